import re

import numpy as np
import pytest
from amaranth import Instance, Module
from amaranth.back import verilog
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden.data import random_program
from hdl.core import Core
from hdl.crossbar import Crossbar
from hdl.verilog import SharedModules, to_verilog

from ..configurations import CONFIGURATIONS, CONVOLUTIONAL, RESIDUAL, cases, pipelined

_MODULE = re.compile(
    r"^module (?P<name>\\?\S+?) *\((?P<ports>[^)]*)\);\n(?P<body>.*?)^endmodule$", re.MULTILINE | re.DOTALL
)


class Delay(wiring.Component):
    """A register, as an instance where a platform shares modules."""

    i: In(2)
    o: Out(2)

    def elaborate(self, platform):
        if isinstance(platform, SharedModules) and platform.shares(self):
            return platform.instance(self, "delay", ())
        m = Module()
        m.d.sync += self.o.eq(self.i)
        return m


class Delays(wiring.Component):
    """Two in a row, and a key for the pair."""

    i: In(2)
    o: Out(2)

    def __init__(self, key):
        self._key = key
        super().__init__()

    def elaborate(self, platform):
        if isinstance(platform, SharedModules) and platform.shares(self):
            return platform.instance(self, "delays", self._key)
        m = Module()
        m.submodules.first = first = Delay()
        m.submodules.second = second = Delay()
        m.d.comb += [first.i.eq(self.i), second.i.eq(first.o), self.o.eq(second.o)]
        return m


class Top(wiring.Component):
    i: In(2)
    o: Out(6)

    def elaborate(self, _platform):
        m = Module()
        for index, key in enumerate("aba"):
            m.submodules[f"part_{index}"] = part = Delays(key)
            m.d.comb += [part.i.eq(self.i), self.o.word_select(index, 2).eq(part.o)]
        return m


class EachByItself(SharedModules):
    """Platform that makes a module of every instance; those that are the same are merged in the end."""

    def shares(self, component):
        del component
        return False


def names(text):
    return [match["name"].lstrip("\\") for match in _MODULE.finditer(text)]


def normal_modules(text):
    """Return ports and body of each module, with arrays numbered anew and of their bodies only what they use."""
    arrays = list(dict.fromkeys(re.findall(r"^ +(\\\S+array_\d+(?:_\d+)?) +array", text, re.MULTILINE)))
    assert arrays
    for index, name in enumerate(arrays):
        text = text.replace(f"{name} ", f"\\ARRAY_{index} ").replace(f"{name}.", f"\\ARRAY_{index}.")
    text = re.sub(r"port\$\d+", "NUMBERED", text)
    found = {}
    for match in _MODULE.finditer(text):
        # A module of its own has wires of its own for its ports.
        alone = re.fullmatch(r"\\ARRAY_\d+", match["name"])
        body = re.findall(r"^ +\\\S+ +\w+ \($", match["body"], re.MULTILINE) if alone else match["body"]
        found[match["name"]] = (frozenset(match["ports"].split(", ")), body)
    return found


def test_equal_keys_are_one_module():
    """Also where a shared module uses others; the names begin with the prefix."""
    text = to_verilog(Top(), "top")
    # The modules of two keys are equal here, and are merged in the end.
    assert names(text) == ["top", "top.delays_0", "top.delay_2"]
    used = re.findall(r"^ +\\(\S+) +(\w+) \($", text, re.MULTILINE)
    assert used == [
        *(("top.delays_0", f"part_{index}") for index in range(3)),
        ("top.delay_2", "first"),
        ("top.delay_2", "second"),
    ]


def test_modules_come_once_and_in_the_order_they_were_asked_for():
    shared = SharedModules("x.")
    first, second, third = Delay(), Delays("a"), Delay()
    assert isinstance(shared.instance(first, "delay", ()), Instance)
    shared.instance(second, "delays", "a")
    shared.instance(third, "delay", ())
    seen = []
    for name, component in shared.modules():
        # It is being made into a module, so it is no instance itself; all others are.
        assert not shared.shares(component)
        assert shared.shares(third)
        seen.append((name, component))
        if len(seen) == 1:
            shared.instance(Delay(), "delay", "late")
    assert [name for name, _ in seen] == ["x.delay_0", "x.delays_1", "x.delay_2"]
    assert [component for _, component in seen[:2]] == [first, second]
    assert shared.shares(first)


# Members of no bits are left out of what is exported, so those with masks.
@pytest.mark.parametrize(
    "config", cases([config for config in (*CONFIGURATIONS, *CONVOLUTIONAL) if config.stochastic.mask_width])
)
def test_shared_arrays_are_the_arrays(config):
    """The Verilog of a crossbar is the same whether arrays are shared or made one by one."""
    # Registers in front of the arrays have the names of their ports, which are numbered differently.
    config = pipelined(config, 0)
    layer = config.layers[0]
    shared = to_verilog(Crossbar(config, layer), "crossbar")
    alone = to_verilog(Crossbar(config, layer), "crossbar", EachByItself())
    assert len(re.findall(r"^ +\\crossbar\.array_\d+_\d+ ", alone, re.MULTILINE)) == layer.arrays
    # As many as Amaranth has without our passes.
    plain = verilog.convert(Crossbar(config, layer), name="crossbar", emit_src=False, strip_internal_attrs=True)
    assert len(re.findall(r"^module \\crossbar\.array_\d+_\d+ ", plain, re.MULTILINE)) == layer.arrays
    assert len(re.findall(r"^ +\\crossbar\.array_\d+ ", shared, re.MULTILINE)) == layer.arrays
    # The last row tile may hold fewer inputs.
    assert len(re.findall(r"^module \\crossbar\.array_\d+ ", shared, re.MULTILINE)) <= 2
    assert normal_modules(shared) == normal_modules(alone)


def test_arrays_with_contents_are_their_own():
    """Those without are as many as there are geometries."""
    arrays = sum(layer.arrays for layer in RESIDUAL.layers)
    program = random_program(RESIDUAL, np.random.default_rng(3))
    counts = [
        len(re.findall(r"^module \S+array_\d+(?:_\d+)? ", to_verilog(Core(RESIDUAL, each), "core"), re.MULTILINE))
        for each in (program, None)
    ]
    assert counts[0] == arrays
    geometries = {
        (layer.rows_per_read, layer.groups, layer.tile_inputs(tile))
        for layer in RESIDUAL.layers
        for tile in range(layer.row_tiles)
    }
    assert counts[1] == len(geometries) < arrays
