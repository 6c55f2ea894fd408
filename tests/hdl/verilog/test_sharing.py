import re

import pytest
from amaranth import Module, Signal
from amaranth.back import verilog
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from hdl.crossbar import Crossbar
from hdl.lanes import AgreementCounter
from hdl.rows import RowStore
from hdl.verilog import share_modules, to_verilog

from ..configurations import CONFIGURATIONS, PADDED


class Pair(wiring.Component):
    """Two parts, which have a part each."""

    def __init__(self, *parts):
        self._parts = parts
        super().__init__({"i": In(2), "o": Out(len(parts) * 4)})

    def elaborate(self, _platform):
        m = Module()
        for index, part in enumerate(self._parts):
            m.submodules[f"part_{index}"] = part
            for bit, port in enumerate(part.words):
                m.d.comb += port.eq(self.i[bit % 2])
            for bit, plane in enumerate(part.count):
                m.d.comb += self.o[index * 4 + bit].eq(plane[0])
        return m


def modules(text):
    return re.findall(r"^module (\S+?) *\(", text, re.MULTILINE)


def test_equal_modules_become_one():
    text = to_verilog(Pair(AgreementCounter(3, 2), AgreementCounter(3, 2)), "pair")
    assert len(modules(text)) == 2
    instances = re.findall(r"^ +\\(\S+) +(part_\d) \($", text, re.MULTILINE)
    assert [name for _, name in instances] == ["part_0", "part_1"]
    assert len({module for module, _ in instances}) == 1


def test_different_modules_stay():
    text = to_verilog(Pair(AgreementCounter(3, 2), AgreementCounter(2, 2), AgreementCounter(3, 1)), "pair")
    assert len(modules(text)) == 4


def test_different_contents_stay():
    """Memories that differ only in what they hold."""

    class Stores(wiring.Component):
        o: Out(4)

        def __init__(self, contents):
            self._contents = contents
            super().__init__()

        def elaborate(self, _platform):
            m = Module()
            for index, init in enumerate(self._contents):
                m.submodules[f"store_{index}"] = store = RowStore(2, 1, 2, init=init)
                read = Signal(name=f"read_{index}", init=1)
                m.d.comb += [store.read.eq(read), self.o[2 * index : 2 * index + 2].eq(store.words[0])]
                m.d.sync += read.eq(~read)
            return m

    def stores(contents):
        return [name for name in modules(to_verilog(Stores(contents), "stores")) if re.search(r"store_\d+$", name)]

    assert len(stores([[[1], [2]], [[1], [2]]])) == 1
    assert len(stores([[[1], [2]], [[1], [3]]])) == 2


def test_sharing_again_changes_nothing():
    text = to_verilog(Pair(AgreementCounter(3, 2), AgreementCounter(3, 2)), "pair")
    assert share_modules(text) == text


@pytest.mark.parametrize(
    ("config", "arrays"),
    [pytest.param(CONFIGURATIONS[-1], 1, id="even", marks=pytest.mark.slow), pytest.param(PADDED, 2, id="padded")],
)
def test_whoever_uses_shared_modules_is_shared_as_well(config, arrays):
    """All arrays without weights are the same, with all in them, but for the padding of the last row tile."""
    layer = config.layers[0]
    assert layer.arrays > arrays
    names = modules(to_verilog(Crossbar(config, layer), "crossbar"))
    for kind in (r"array_\d+", r"array_\d+\.columns"):
        assert len([name for name in names if re.search(rf"\.{kind}$", name)]) == arrays
    assert len([name for name in names if name.endswith(".store")]) == 1


@pytest.mark.parametrize("text", ["", "// nothing\n"])
def test_text_without_modules_stays(text):
    assert share_modules(text) == text


def test_top_stays_what_the_back_end_wrote():
    raw = verilog.convert(AgreementCounter(2, 2), name="counter", emit_src=False, strip_internal_attrs=True)
    assert share_modules(raw) == raw
