"""Failing tests of the imported sources.

This runs in a process of its own: sources with a deliberate bug may be such that they cannot even be imported.
"""

import json
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from ..blocks.blocks import BLOCKS
from ..blocks.configurations import program
from ..runner.runner import measure
from ..runner.simulators import find_simulator

__all__ = ["failures"]

#: Seed of the judging.
_SEED = 1


def failures(block: str, layer: int, configuration: str, simulator: str) -> list[str]:
    """Return the tests that fail on the ``hdl`` that this process has imported."""
    contents = program(configuration, _SEED)
    case = BLOCKS[block].case(contents, contents.config.layers[layer])
    with tempfile.TemporaryDirectory(prefix="bayescim-judge-") as scratch:
        directory = Path(scratch)
        result = measure(case, directory=directory, simulator=find_simulator(simulator), seed=_SEED)
        if not result.failed:
            return []
        results = directory / "results.xml"
        if not results.is_file():
            return ["the simulation"]
        tests = ElementTree.parse(results).iter("testcase")  # noqa: S314 - the simulator has just written it
        names = [
            test.get("name", "") for test in tests if not {"failure", "error"}.isdisjoint(part.tag for part in test)
        ]
        return names or ["the number of tests"]


if __name__ == "__main__":
    print(json.dumps(failures(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])))
