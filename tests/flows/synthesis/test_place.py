import dataclasses
import json
import re
import subprocess
from pathlib import Path

import pytest

from flows.base.yosys import Yosys
from flows.synthesis.parts import PARTS
from flows.synthesis.pin_shell import SHELL, pin_shell
from flows.synthesis.timing import arrivals, block_of, critical_path, frequency
from hdl.axi import AxiCore
from hdl.config import CoreConfig
from hdl.verilog import Hierarchy, to_verilog

DOCUMENT = Path(__file__).parents[3] / "docs" / "timing.md"

#: All sizes small: placed in seconds.
SMALL = """
name = "small"
network = { inputs = 2, input_bits = 1, hidden = [2], classes = 2 }
array = { rows = 2, cols = 2, rows_per_read = 2 }
bayes = { method = "scale-dropout", p = [0.5], passes = 1, max_passes = 2 }
random = { lfsr_width = 8, draw_bits = 2, seed = 1 }
logits = { width = 4, fraction = 0, gain_width = 2, offset_width = 2, max_shift = 1 }
"""


def step(kind, delay, cell):
    return {"type": kind, "delay": delay, "to": {"cell": cell}}


CLOCK = "posedge $glbnet$aclk"

TINY = Hierarchy(AxiCore(CoreConfig.load("tiny")))


def places(hierarchy):
    """Return what a cell of a core may belong to."""
    return {*map(str, hierarchy.blocks.values()), "pin shell"}


#: A path through two blocks and back, one that is not from register to register, and three endpoints.
REPORT = {
    "fmax": {"aclk": {"achieved": 80.0, "constraint": 150}, "other": {"achieved": 300.0, "constraint": 150}},
    "critical_paths": [
        {
            "from": CLOCK,
            "to": CLOCK,
            "path": [
                step("clk-to-q", 0.5, "inside.core.tee.served_TRELLIS_FF_Q"),
                step("routing", 1.25, "inside.core.neuron_0.fires_LUT4_Z_1"),
                step("logic", 0.25, "inside.core.neuron_0.fires_LUT4_Z_1"),
                step("routing", 0.5, "inside.core.neuron_0.fires_LUT4_Z_2"),
                step("logic", 0.25, "inside.core.neuron_0.fires_LUT4_Z_2"),
                step("routing", 2.0, "inside.core.logit_unit.logits.index_TRELLIS_FF_Q"),
                step("setup", 0.125, "inside.core.logit_unit.logits.index_TRELLIS_FF_Q"),
            ],
        },
        {"from": CLOCK, "to": CLOCK, "path": [step("clk-to-q", 0.5, "inputs_TRELLIS_FF_Q")]},
        {"from": "<async>", "to": CLOCK, "path": [step("routing", 99.0, "inside.core.tee.served_TRELLIS_FF_Q")]},
    ],
    "detailed_net_timings": [
        {
            "endpoints": [
                {"cell": "inside.core.neuron_0.fetched_SB_DFF_Q", "event": CLOCK, "delay": [1.0, 3.0]},
                {"cell": "inside.core.neuron_1.fetched_SB_DFF_Q", "event": CLOCK, "delay": [1.0, 4.0]},
            ]
        },
        {"endpoints": [{"cell": "chain_SB_DFF_Q", "event": CLOCK, "delay": [1.0, 5.0]}]},
        {"endpoints": [{"cell": "inside.core.neuron_0.late_SB_DFF_Q", "event": "<async>", "delay": [1.0, 9.0]}]},
    ],
}


def test_the_slowest_clock_counts():
    assert frequency(REPORT) == 80.0


def test_a_path_is_cut_at_the_borders_of_blocks():
    path = critical_path(REPORT, TINY)
    assert [(each.block, each.place, each.cells, each.logic, each.routing) for each in path] == [
        ("streams: tee", "core.tee.served", 1, 0.5, 0.0),
        ("neurons: neuron", "core.neuron_0.fires", 2, 0.5, 1.75),
        ("results: logits", "core.logit_unit.logits.index", 1, 0.125, 2.0),
    ]


def test_the_slowest_way_into_each_block():
    assert [(each.block, each.place, each.delay) for each in arrivals(REPORT, TINY)] == [
        ("pin shell", "chain", 5.0),
        ("neurons: neuron", "core.neuron_1.fetched", 4.0),
    ]


@pytest.mark.parametrize(
    ("cell", "block"),
    [
        ("inputs_SB_DFF_Q_3", "pin shell"),
        ("inside.bridge.busy_SB_DFF_Q", "axi: axi lite"),
        ("inside.bus__tready$99_LUT4_Z", "axi: axi core"),
        ("inside.core.o__payload$220_LUT4_Z", "core: core"),
        ("inside.core.crossbar_2.array_0_0.store.line_1.0.0_RAM", "crossbar: row store"),
        ("inside.core.crossbar_2.accumulator.total__0_SB_DFFE_Q", "crossbar: accumulator"),
        ("$gbuf_inside.core.crossbar_0.idle_SB_LUT4_O", "crossbar: crossbar"),
    ],
)
def test_cells_belong_to_blocks(cell, block):
    assert block_of(cell, TINY) == block


@pytest.mark.parametrize("name", ["small", "wire"])
def test_the_shell_passes_every_bit_of_every_port(name, tmp_path):
    """The core in its shell has the state of the core and that of the shell, and no port is left open."""
    core = AxiCore(CoreConfig.parse(SMALL.replace("small", name)))
    (tmp_path / "core.v").write_text(to_verilog(core, name))
    (tmp_path / "pins.v").write_text(pin_shell(core, name))
    script = (
        f"read_verilog core.v pins.v; hierarchy -check -top {SHELL}; proc; check -assert {SHELL} {name}; "
        "write_json shell.json"
    )
    done = subprocess.run(
        [*Yosys.find().command, "-q", "-p", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    modules = json.loads((tmp_path / "shell.json").read_text())["modules"]
    inside = modules[SHELL]["cells"]["inside"]["connections"]
    ports = modules[name]["ports"]
    assert {port: len(bits) for port, bits in inside.items()} == {
        port: len(described["bits"]) for port, described in ports.items()
    }
    for direction in ("input", "output"):
        bits = [bit for name, port in ports.items() if port["direction"] == direction for bit in inside[name]]
        # Each bit of its own.
        assert len(bits) == len(set(bits)) > 0


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("placed") / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.mark.parametrize(
    ("target", "seeds"), [pytest.param("ice40", ["1", "2"], marks=pytest.mark.slow), ("ecp5", ["1"])]
)
def test_a_small_core_is_placed(bayescim, small, tmp_path, target, seeds):
    document = tmp_path / "timing.md"
    document.write_text(
        f"before\n<!-- timing small {target}: x -->\n\nearlier figures\n\n<!-- end of timing small {target} -->\n"
    )
    output = tmp_path / "products"
    options = [part for seed in seeds for part in ("--seed", seed)]
    answer = bayescim("place", small, "-o", output, "-t", target, *options, "--document", document, "--json")
    assert answer.code == 0, answer.err
    # Nothing else stays behind.
    assert [path.name for path in output.iterdir()] == [f"place-{target}.json"]
    assert answer.out == (output / f"place-{target}.json").read_text()
    found = json.loads(answer.out)
    assert list(found["frequencies"]) == seeds
    assert 10 < min(found["frequencies"].values()) <= found["mean"] <= max(found["frequencies"].values()) < 1000
    # The path that is shown is that of the slowest seed.
    delay = sum(each["logic"] + each["routing"] for each in found["path"])
    assert 1000 / delay == pytest.approx(min(found["frequencies"].values()), rel=0.02)
    known = places(Hierarchy(AxiCore(CoreConfig.load(small))))
    assert {each["block"] for each in found["path"]} <= known
    inside = {"neurons: neuron", "control: control", "axi: axi lite", "pin shell"}
    assert inside <= {each["block"] for each in found["slowest"]} <= known
    ports = AxiCore(CoreConfig.load(small)).signature.members
    assert len(ports) < found["shell"]
    assert all(0 < used <= available for used, available in found["utilization"].values())
    assert "earlier figures" not in document.read_text()
    assert f"{found['mean']:.1f}" in document.read_text()


def test_bad_input(refused, small, tmp_path):
    assert refused("place", small, "-o", tmp_path, "-t", "asic") == "target must be one of ice40, ecp5, not 'asic'"
    document = tmp_path / "timing.md"
    document.write_text("nothing")
    line = "document must have a section 'timing small ecp5' between its two comments"
    assert refused("place", small, "-o", tmp_path, "--document", document) == line
    missing = tmp_path / "missing.md"
    line = f"document must be a file with sections, not {str(missing)!r} (No such file or directory)"
    assert refused("place", small, "-o", tmp_path, "--document", missing) == line


def test_a_core_that_does_not_fit_is_one_line(refused, small, tmp_path, monkeypatch):
    smallest = dataclasses.replace(PARTS["ice40"], options=("--lp384", "--package", "qn32"))
    monkeypatch.setitem(PARTS, "ice40", smallest)
    assert refused("place", small, "-o", tmp_path, "-t", "ice40").startswith("placement for ice40 failed: ERROR: ")
    assert not list(tmp_path.iterdir())


def sections():
    """Yield (configuration, target, text) of the sections that hold a measurement."""
    pattern = r"<!-- timing (\w+) (\w+):[^>]*-->\n\n(.*?)\n<!-- end of timing \1 \2 -->"
    for match in re.finditer(pattern, DOCUMENT.read_text(), re.DOTALL):
        if match[3].strip():
            yield match.groups()


def test_tiny_is_documented_on_every_device():
    assert {target for name, target, _ in sections() if name == "tiny"} == set(PARTS)


@pytest.mark.parametrize(
    ("name", "target", "text"), [pytest.param(*each, id="-".join(each[:2])) for each in sections()]
)
def test_the_document_is_of_the_configurations_as_they_are(name, target, text):
    lines = text.splitlines()
    _, first, device, pipeline, mean, *_ = (cell.strip() for cell in lines[2].split("|"))
    assert first == f"`{name}`"
    assert device == PARTS[target].title
    assert int(pipeline) == CoreConfig.load(name).hardware.pipeline
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")][3:]
    assert rows[-1][0] == "in all"
    hierarchy = Hierarchy(AxiCore(CoreConfig.load(name)))
    assert {row[0] for row in rows[:-1]} <= places(hierarchy)
    # A net stands where its name says.
    assert [row[0] for row in rows[:-1]] == [str(hierarchy.block(row[1].split("."))) for row in rows[:-1]]
    # With one seed the path is that of the mean; with several it is the slowest's.
    assert 1000 / (float(rows[-1][3]) + float(rows[-1][4])) <= float(mean) * 1.02
