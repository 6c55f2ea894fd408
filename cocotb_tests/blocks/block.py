"""Row of the tables of blocks."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from amaranth.lib import wiring

from hdl.config import CoreConfig, Layer
from hdl.contract import Program

from .case import Case
from .geometries import Geometry

__all__ = ["Block", "hidden", "of_config", "of_layer", "one_that", "with_contents"]

#: The layer that has a block, for a given one.
Choice = Callable[[CoreConfig, Layer], Layer]


def _itself(_config: CoreConfig, layer: Layer) -> Layer:
    """Return the layer that was asked for."""
    return layer


def hidden(config: CoreConfig, layer: Layer) -> Layer:
    """Return ``layer`` or, of the last one, which has no neurons, the layer before it."""
    return config.hidden_layers[min(layer.index, len(config.hidden_layers) - 1)]


def one_that(has: Callable[[Layer], bool]) -> Choice:
    """Return the choice of the given layer, or the first one after it that ``has`` the block."""

    def choose(config: CoreConfig, layer: Layer) -> Layer:
        return next(each for each in config.layers[layer.index :] if has(each))

    return choose


def of_config(component: Callable[[CoreConfig], wiring.Component]) -> Callable[[Program, Layer], wiring.Component]:
    """Return a factory of a block that a core has one of."""
    return lambda program, _layer: component(program.config)


def of_layer(
    component: Callable[[CoreConfig, Layer], wiring.Component],
) -> Callable[[Program, Layer], wiring.Component]:
    """Return a factory of a block that a layer has one of."""
    return lambda program, layer: component(program.config, layer)


def with_contents(component: Callable[..., wiring.Component]) -> Callable[[Program, Layer], wiring.Component]:
    """Return a factory of a block of a hidden layer with the contents of the layer."""
    return lambda program, layer: component(program.config, layer, contents=program.neurons[layer.index])


def _whole(config: CoreConfig) -> CoreConfig:
    """Return the configuration as it is."""
    return config


def _no_values(_program: Program, _layer: Layer) -> Mapping[str, Any]:
    """Return no parameters."""
    return {}


def _everywhere(_config: CoreConfig) -> bool:
    """Return that every core has the block."""
    return True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Block:
    """A block that has a testbench.

    Its factory, the geometries of its tests, and the cores that have it.
    """

    name: str
    """Name of the block. Its testbench is the module ``tb_<name>``."""

    make: Callable[..., wiring.Component]
    """Makes the block from a Program, a layer and, by keyword, the ``values``."""

    tests: int
    """Number of tests in the testbench."""

    geometries: tuple[Geometry, ...]
    """Geometries of its tests."""

    exists: Callable[[CoreConfig], bool] = _everywhere
    """Whether a core has the block."""

    layer: Choice = _itself
    """Chooses the layer that has the block."""

    size: Callable[[CoreConfig], CoreConfig] = _whole
    """Returns a configuration in which the block has no more ports than a module may have; within a core it may."""

    values: Callable[[Program, Layer], Mapping[str, Any]] = _no_values
    """Parameters of the block itself, which the testbench gets as well."""

    contents: bool = False
    """Whether the testbench gets the Program."""

    core: bool = False
    """Whether it is a whole core, whose Verilog module has the name of the configuration."""

    def case(self, program: Program, layer: Layer | None = None) -> Case:
        """Return the block with its testbench, in the geometry of a layer, by default the first one."""
        config = self.size(program.config)
        layer = self.layer(config, config.layers[0 if layer is None else layer.index])
        values = self.values(program, layer)
        return Case(
            block=self.name,
            component=self.make(program, layer, **values),
            tests=self.tests,
            top=config.name if self.core else "",
            config=config,
            program=program if self.contents else None,
            values={"layer": layer.index, **values},
        )
