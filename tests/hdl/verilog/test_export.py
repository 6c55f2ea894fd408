import json
import re
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import hdl
from golden.data import random_program
from hdl.axi import AxiCore
from hdl.core import Core
from hdl.lanes import Popcount
from hdl.stochastic import Lfsr
from hdl.streams import Tee
from hdl.verilog import export, to_metadata, to_verilog

from ..configurations import CONFIGURATIONS, PADDED, SMALLEST, by_name


@pytest.mark.parametrize("config", [SMALLEST, PADDED], ids=by_name)
def test_the_same_input_gives_the_same_text(config, tmp_path):
    program = random_program(config, np.random.default_rng(8))
    first = export(Core(config, program), config.name, tmp_path / "first")
    second = export(Core(config, program), config.name, tmp_path / "second" / "deep")
    assert first == tmp_path / "first" / f"{config.name}.v"
    assert first.read_bytes() == second.read_bytes()
    assert first.with_suffix(".json").read_bytes() == second.with_suffix(".json").read_bytes()
    assert {path.name for path in first.parent.iterdir()} == {f"{config.name}.v", f"{config.name}.json"}
    assert first.read_text() == to_verilog(Core(config, program), config.name)

    # Another Program gives other text: what is the same above is not empty.
    other = random_program(config, np.random.default_rng(9))
    assert first.read_text() != to_verilog(Core(config, other), config.name)


def test_knows_nothing_of_the_machine():
    program = random_program(PADDED, np.random.default_rng(8))
    text = to_verilog(Core(PADDED, program), "padded")
    assert len(text.splitlines()) > 1000
    for place in (Path(hdl.__path__[0]).parent, Path.cwd(), Path.home(), Path(sys.prefix)):
        if place != place.parent:
            assert str(place) not in text
    assert ".py" not in text
    assert "(* src" not in text


def test_top_has_the_name_and_the_ports():
    text = to_verilog(AxiCore(SMALLEST), "smallest")
    (ports,) = re.findall(r"^module smallest\(([^)]*)\);$", text, re.MULTILINE)
    stream = ("tdata", "tlast", "tvalid", "tready")
    buses = {"s_axis": stream, "m_axis": stream, "m_axis_logits": stream}
    address, answer = ("addr", "prot", "valid", "ready"), ("resp", "valid", "ready")
    write, read = ("data", "strb", "valid", "ready"), ("data", *answer)
    channels = {"aw": address, "w": write, "b": answer, "ar": address, "r": read}
    buses["s_axi"] = tuple(f"{channel}{member}" for channel, members in channels.items() for member in members)
    expected = {f"{bus}_{member}" for bus, members in buses.items() for member in members} | {"aclk", "aresetn", "irq"}
    assert set(re.findall(r"\w+", ports)) == expected


def test_names_and_widths():
    """No range of [-1:0], which is no Verilog of a port without bits; no name with an index, like that of a bit."""
    cores = [(Core(config), "core") for config in CONFIGURATIONS]
    for dut, name in (*cores, (Tee(1), "tee"), (Popcount(1, 1), "popcount")):
        text = to_verilog(dut, name)
        assert f"module {name}(" in text
        assert "[-1:0]" not in text
        assert not re.search(r"\\\S*\[", text)


def test_metadata(tmp_path):
    """The ports as plain data, with the signs that Verilog loses."""
    source = export(Core(SMALLEST), "smallest", tmp_path)
    metadata = json.loads(source.with_suffix(".json").read_text())
    members = metadata["interface"]["members"]
    assert set(members) == {"pixels", "logits", "results", "request", "answer", "irq", "short_packet", "long_packet"}
    assert members["logits"]["members"]["payload"]["width"] == SMALLEST.logits.width + 2
    lfsr = Lfsr(SMALLEST.random)
    plain = to_metadata(lfsr)
    assert json.loads(json.dumps(plain)) == plain
    assert plain["interface"]["members"]["draw"]["width"] == SMALLEST.random.draw_bits
    # It is a component like the others, and not only its metadata is looked at.
    assert "module lfsr(" in to_verilog(lfsr, "lfsr")


def test_metadata_side_by_side():
    """Amaranth keeps quiet about a dependency by filters that all threads share; a warning is an error here."""
    filters, interval = list(warnings.filters), sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(to_metadata, [Popcount(3, 4) for _ in range(60)]))
    finally:
        sys.setswitchinterval(interval)
    assert found == [to_metadata(Popcount(3, 4))] * 60
    assert warnings.filters == filters


def test_the_yosys_of_the_environment_is_not_used(monkeypatch):
    """The one on the path may be another, and would write other text."""
    monkeypatch.setenv("AMARANTH_USE_YOSYS", "system")
    monkeypatch.setenv("YOSYS", "false")
    assert "module popcount(" in to_verilog(Popcount(2, 2), "popcount")
