"""Parameters from a test to its testbench."""

import dataclasses
import json
import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from hdl.config import CoreConfig
from hdl.contract import Program

__all__ = ["VARIABLE", "Parameters"]

#: Environment variable that names the file of parameters; set by the runner.
VARIABLE = "BAYESCIM_PARAMETERS"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Parameters:
    """Configuration, contents and seed of one simulation."""

    seed: int
    """Seed of everything random in the testbench."""

    config: CoreConfig | None = None
    """Configuration of the core or block, where it has one."""

    program: Program | None = None
    """Initial contents, where the block has some."""

    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The block's own parameters, such as a width."""

    def save(self, path: Path) -> None:
        """Write the file, and beside it the Program."""
        content: dict[str, Any] = {"seed": self.seed, "values": dict(self.values)}
        if self.config is not None:
            content["config"] = self.config.model_dump(mode="json")
        if self.program is not None:
            program = path.with_suffix(".npz")
            program.write_bytes(self.program.to_bytes())
            content["program"] = str(program)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls) -> Self:
        """Read, inside the simulator, the file that the runner names."""
        content = json.loads(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
        return cls(
            seed=content["seed"],
            config=CoreConfig.model_validate(content["config"]) if "config" in content else None,
            program=Program.load(content["program"]) if "program" in content else None,
            values=content["values"],
        )

    @property
    def core(self) -> CoreConfig:
        """The configuration, where the testbench needs one."""
        assert self.config is not None, "this testbench needs a configuration"
        return self.config

    @property
    def contents(self) -> Program:
        """The Program, where the testbench needs one."""
        assert self.program is not None, "this testbench needs a Program"
        return self.program

    def rng(self, *words: object) -> random.Random:
        """Return a generator that depends on the seed and on ``words``, such as the name of the test."""
        return random.Random(" ".join(map(str, (self.seed, *words))))
