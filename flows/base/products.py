"""Paths of the products of each step."""

import dataclasses
import shlex
from pathlib import Path

from hdl.config import CoreConfig, config_twin

from .configuration import load_config
from .files import claim_directory, make_directory
from .twin_place import TwinPlace

__all__ = ["Products"]


@dataclasses.dataclass(frozen=True)
class Products:
    """Paths of the products of one configuration.

    All are in one directory, which this class does not access.
    """

    config: CoreConfig
    """Configuration that the files are for."""

    directory: Path
    """Where they are."""

    twin_of: Path | None = None
    """Directory of the network whose deterministic twin these are of, None where they are of no twin."""

    source: str | None = None
    """Argument that names the configuration, by default its name, which that of a file need not be."""

    @classmethod
    def load(cls, argument: str, output: Path | None) -> "Products":
        """Return the products of the configuration that ``argument`` names, as in :meth:`at`.

        Raises
        ------
        InputError
            There is no such configuration, or as in :meth:`at`.
        """
        return dataclasses.replace(cls.at(load_config(argument), output), source=argument)

    @classmethod
    def at(cls, config: CoreConfig, output: Path | None) -> "Products":
        """Return the products in ``output``, by default ``build/<name>``, which is made where it is missing.

        Raises
        ------
        InputError
            The directory cannot be made or written, or another run writes there.
        """
        return cls(config, claim_directory(output if output is not None else Path("build") / config.name))

    def choose(self, deterministic: bool) -> "Products":
        """Return these products, or those of the deterministic twin, whose directory is made where it is missing."""
        if not deterministic:
            return self
        make_directory(self.twin.directory)
        return self.twin

    def core(self, deterministic: bool) -> "Products":
        """Return the products that have the core on which these run, or the deterministic twin."""
        own = deterministic and TwinPlace.of(self.config) is TwinPlace.OWN_CORE
        return self.twin if own else self

    def made_by(self, step: str) -> str:
        """Return the command ``step`` that makes some of them, as a shell takes it."""
        options = [] if self.twin_of is None else ["--deterministic"]
        directory = self.directory if self.twin_of is None else self.twin_of
        return shlex.join(["bayescim", step, *options, self.source or self.config.name, "-o", str(directory)])

    @property
    def twin(self) -> "Products":
        """Products of the deterministic twin, in a directory of their own."""
        return Products(config_twin(self.config), self.directory / "deterministic", self.directory, self.source)

    @property
    def checkpoint(self) -> Path:
        """State of training."""
        return self.directory / f"{self.config.name}.safetensors"

    @property
    def training(self) -> Path:
        """Loss and accuracy of every epoch."""
        return self.directory / "training.json"

    @property
    def training_curve(self) -> Path:
        """The same as a picture."""
        return self.directory / "training.svg"

    @property
    def program(self) -> Path:
        """Integers of the trained core."""
        return self.directory / f"{self.config.name}.npz"

    @property
    def imported_config(self) -> Path:
        """Configuration of a network from outside."""
        return self.directory / f"{self.config.name}.toml"

    @property
    def imported(self) -> Path:
        """Record of its nodes."""
        return self.directory / "import.json"

    @property
    def verilog(self) -> Path:
        """Generated core."""
        return self.directory / f"{self.config.name}.v"

    @property
    def metadata(self) -> Path:
        """Ports, configuration and provenance of the generated core."""
        return self.directory / f"{self.config.name}.json"

    @property
    def package(self) -> Path:
        """Folder of the generated core that stands for itself."""
        return self.directory / "ip"

    @property
    def regression(self) -> Path:
        """Results of the testbenches."""
        return self.directory / "regress.json"

    @property
    def simulation(self) -> Path:
        """Figures of a whole data set in RTL."""
        return self.directory / "simulate.json"

    @property
    def logits(self) -> Path:
        """Logits of every input and pass of that simulation."""
        return self.directory / "simulate.npz"

    @property
    def synthesis(self) -> Path:
        """Cells per target and block."""
        return self.directory / "synth.json"

    @property
    def mapping(self) -> Path:
        """Layers on arrays, and clock cycles."""
        return self.directory / "map.json"

    def study(self, name: str) -> Path:
        """Return where the result of a study is."""
        return self.directory / f"{name}.json"

    @property
    def steps(self) -> Path:
        """Steps of the demo that are done."""
        return self.directory / "steps.json"

    @property
    def report(self) -> Path:
        """The page; the same numbers are beside it as JSON."""
        return self.directory / "report.html"

    @property
    def figures(self) -> Path:
        """The numbers of the page."""
        return self.directory / "report.json"
