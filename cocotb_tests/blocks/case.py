"""What is simulated."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from amaranth.lib import wiring

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Program
from hdl.core import Core

__all__ = ["Case"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """One block in one geometry, with its testbench."""

    block: str
    """Name of the block. Its testbench is the module ``tb_<block>``."""

    component: wiring.Component
    """The block."""

    tests: int
    """Number of tests in the testbench."""

    label: str = ""
    """What tells it from other cases of the same block."""

    top: str = ""
    """Name of the Verilog module, that of the block when not given."""

    config: CoreConfig | None = None
    """Configuration, where the testbench needs it."""

    program: Program | None = None
    """Initial contents, where the block has some."""

    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Parameters of the block itself, such as a width."""

    @classmethod
    def of_core(cls, block: str, tests: int, program: Program) -> "Case":
        """Return a whole core that sends its logits."""
        config = program.config
        component = Core(config, program, logits=True)
        return cls(block=block, top=config.name, component=component, tests=tests, config=config, program=program)

    @classmethod
    def of_neurons(
        cls,
        block: str,
        make: Callable[..., wiring.Component],
        tests: int,
        program: Program,
        layer: Layer,
        *,
        contents: bool = False,
        **options: Any,
    ) -> "Case":
        """Return ``make(config, layer, **options)`` of a hidden layer; of the last layer, that of the one before.

        With ``contents`` the block gets the layer's from ``program``, and the testbench the Program.
        """
        config = program.config
        layer = config.hidden_layers[min(layer.index, len(config.hidden_layers) - 1)]
        if contents:
            options["contents"] = program.neurons[layer.index]
        return cls(
            block=block,
            component=make(config, layer, **options),
            tests=tests,
            config=config,
            program=program if contents else None,
            values={"layer": layer.index},
        )

    @property
    def name(self) -> str:
        """Block and label."""
        return f"{self.block} {self.label}".rstrip()
