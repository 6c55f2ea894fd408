import dataclasses

import pytest

from cocotb_tests.blocks.configurations import program
from flows.road.native import NativeTransport
from hdl.axi import AxiCore
from hdl.contract import Program
from hdl.verilog import export

SEED = 1

#: Configurations of the cores.
TARGETS = ("smallest", "padded", "predictive", "prefix")


@dataclasses.dataclass(frozen=True)
class Target:
    """A generated core and what it holds after reset."""

    program: Program
    verilog: object

    @property
    def config(self):
        return self.program.config

    def transport(self):
        """Return the way to a core of its own."""
        return NativeTransport(self.verilog, self.config)


@pytest.fixture(scope="session")
def target_of(tmp_path_factory):
    """Generate a core of the tests, once."""
    targets = {}

    def generate(name):
        if name not in targets:
            contents = program(name, SEED)
            directory = tmp_path_factory.mktemp(name)
            verilog = export(AxiCore(contents.config, contents), contents.config.name, directory)
            targets[name] = Target(contents, verilog)
        return targets[name]

    return generate


@pytest.fixture(params=TARGETS)
def target(request, target_of):
    return target_of(request.param)


@pytest.fixture
def padded(target_of):
    return target_of("padded")
