"""Tables of blocks as parameters of tests."""

from collections.abc import Iterable

import pytest

from .blocks.block import Block
from .blocks.geometries import When
from .runner.simulators import SIMULATORS

__all__ = ["each_case"]


def each_case(blocks: Iterable[Block]) -> pytest.MarkDecorator:
    """Return a decorator: run a test over ``block``, ``configuration``, ``layer`` and ``simulator`` of each case."""
    parameters = []
    for block in blocks:
        for geometry in block.geometries:
            for simulator in SIMULATORS:
                when: When = getattr(geometry, simulator)
                if when is When.NEVER:
                    continue
                name = f"{block.name}-{geometry.configuration}-{geometry.layer}-{simulator}"
                marks = [pytest.mark.slow] if when is When.LONG else []
                values = (block.name, geometry.configuration, geometry.layer, simulator)
                parameters.append(pytest.param(*values, id=name, marks=marks))
    return pytest.mark.parametrize(("block", "configuration", "layer", "simulator"), parameters, indirect=["simulator"])
