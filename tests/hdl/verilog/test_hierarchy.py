"""Where the blocks of every geometry stand."""

from pathlib import Path

import pytest
from amaranth import Module, Signal
from amaranth.lib.memory import Memory

import hdl
from cocotb_tests.blocks.configurations import configuration
from flows.synthesis.verilog_modules import Design
from hdl.axi import AxiCore
from hdl.config import CoreConfig
from hdl.config.geometries import GEOMETRIES
from hdl.core import Core
from hdl.neurons import Pool
from hdl.verilog import Block, Hierarchy, to_verilog

#: Every configuration of the catalogue, and two that change with the seed.
NAMES = (*GEOMETRIES, "random", "deterministic")

HOUSE = Path(hdl.__file__).parent

#: Blocks of a core that stand beside any room of blocks.
LISTS = {Block(room="axi", name="axi core"), Block(room="core", name="core")}


#: Small cores that together have every room, of which one has an instance that is called like a net.
EXPORTED = ("smallest_prefix", "predictive_smallest", "drawn_smallest", "affine_smallest", "one_pixel", "macro_column")


@pytest.mark.parametrize("name", NAMES)
def test_every_instance_has_a_block(name):
    """A component that stands in no room fails with the path of its instance."""
    hierarchy = Hierarchy(AxiCore(configuration(name, seed=1)))
    assert hierarchy.nameless == ()
    # The lists of connections are only lists.
    assert [path for path, block in hierarchy.blocks.items() if block in LISTS] == [(), ("core",)]


@pytest.mark.parametrize("name", EXPORTED)
def test_every_instance_of_the_verilog_is_known(name):
    config = configuration(name, seed=1)
    core = AxiCore(config)
    hierarchy = Hierarchy(core)
    paths = [each.path for each in Design(to_verilog(core, config.name), config.name).instances()]
    assert len(paths) > len(config.layers)
    assert [path for path in paths if len(hierarchy.known(path)) < len(path)] == []


def test_blocks_are_called_like_their_files():
    """The one that a library has is `fifo`."""
    configs = [configuration(name, seed=1) for name in ("residual", "predictive", "spin", "macro_adc", "entropies")]
    found = {block for config in configs for block in Hierarchy(AxiCore(config)).blocks.values()}
    files = {path.stem.replace("_", " ") for path in HOUSE.rglob("*.py")}
    assert {block.name for block in found} <= files | {"fifo"}
    assert {block.room for block in found} <= {path.name for path in HOUSE.iterdir()} | {"core"}
    for room, name in (
        ("inputs", "window buffer"),
        ("inputs", "frame buffer"),
        ("inputs", "flatten"),
        ("neurons", "pool"),
        ("neurons", "residual"),
        ("neurons", "row store"),
        ("crossbar", "row store"),
        ("stochastic", "self test"),
        ("stochastic", "local units"),
        ("results", "softmax"),
    ):
        assert Block(room=room, name=name) in found


def test_parts_belong_to_the_block_that_has_them():
    hierarchy = Hierarchy(AxiCore(configuration("residual", seed=1)))
    assert str(hierarchy.block(("core", "input_0", "gather", "rows"))) == "inputs: window buffer"
    assert str(hierarchy.block(("core", "crossbar_0", "array_0_0", "columns", "popcount"))) == "crossbar: array"
    # What is in a block and not known, such as a net, as well; between the blocks it is of the list.
    assert str(hierarchy.block(("core", "input_0", "gather", "index", "3"))) == "inputs: window buffer"
    assert str(hierarchy.block(("core", "nothing"))) == "core: core"
    assert str(hierarchy.block(())) == "axi: axi core"


def test_a_block_of_no_room_is_told(monkeypatch):
    elaborate = Core.elaborate

    def with_stray(self, platform):
        m = elaborate(self, platform)
        m.submodules.stray = stray = Module()
        stray.d.sync += Signal(name="state").eq(1)
        return m

    monkeypatch.setattr(Core, "elaborate", with_stray)
    assert Hierarchy(AxiCore(configuration("smallest", seed=1))).nameless == (("core", "stray"),)


def test_a_top_below_the_core():
    config = CoreConfig.load("fashion_cnn")
    layer = next(each for each in config.layers if each.pool > 1)
    assert {str(block) for block in Hierarchy(Pool(config, layer)).blocks.values()} == {"neurons: pool"}


def test_a_top_of_no_room():
    with pytest.raises(ValueError, match=r"^Hierarchy component must be a block of hdl, not <amaranth"):
        Hierarchy(Memory(shape=1, depth=2, init=[]))
