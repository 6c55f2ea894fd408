import itertools
import json
import re

import pytest
from amaranth import ClockDomain, Module
from amaranth.back import rtlil

from flows.base.sections import replace_section
from flows.mapping.folding import balance, evaluate
from flows.mapping.mapping import map_core
from flows.mapping.storage import memory_bits
from flows.mapping.timing_model import predict, stage_cycles
from hdl.config import CoreConfig, InputError
from hdl.config.geometries import geometry
from hdl.core import Core
from hdl.results.predictive import Predictive
from hdl.streams import Logit
from hdl.testing import StreamMonitor, sending, simulate
from tests.hdl.beats import pixel_beats
from tests.hdl.configurations import WEIGHTED, by_name

_VGG = CoreConfig.load("vgg")


def _config(network, folding, *, pipeline=0, passes=3, rows=12, pixels_per_beat=1, method="scale-dropout"):
    hidden = len(folding) - 1
    bayes = {"method": method, "p": [0.5] * hidden, "passes": passes, "max_passes": 8}
    return CoreConfig.model_validate(
        {
            "name": "mapped",
            "network": {"input_bits": 2, "classes": 3, **network},
            "array": {"rows": rows, "cols": 4, "rows_per_read": 2, "folding": folding},
            "bayes": bayes if passes else {"method": "none", "passes": 1, "max_passes": 1},
            "hardware": {"pipeline": pipeline},
            "ports": {"pixels_per_beat": pixels_per_beat},
        }
    )


_CONV = {
    "inputs": 72,
    "image": [6, 6, 2],
    "convolutions": [{"channels": 3, "pool": 2}, {"channels": 4}],
    "hidden": [5],
}

#: Configurations and inputs whose clock cycles are simulated: between them everything that takes time.
_SIMULATED = {
    "dense": (_config({"inputs": 17, "hidden": [7, 13]}, (4, 2, 6)), 5),
    "dense, deep pipeline": (_config({"inputs": 17, "hidden": [7, 13]}, (12, 2, 12), pipeline=4, passes=8), 4),
    "dense, no masks": (_config({"inputs": 9, "hidden": [4]}, (2, 4), passes=0), 6),
    "pooled": (_config(_CONV, (12, 6, 4, 2), pixels_per_beat=2), 3),
    "pooled, deep pipeline": (_config(_CONV, (6, 12, 12, 12), pipeline=3, passes=1), 3),
    "two skips from one": (
        _config(
            {
                "inputs": 20,
                "image": [4, 5, 1],
                "convolutions": [
                    {"channels": 3},
                    {"channels": 3, "kernel": 1, "skip": 0},
                    {"channels": 3, "skip": 0},
                ],
            },
            (4, 2, 12, 6),
            pipeline=1,
            passes=4,
        ),
        2,
    ),
    "means": (_config({"inputs": 17, "hidden": [7, 8, 13]}, (4, 2, 6, 12), passes=4, method="affine-dropout"), 4),
    "means of maps": (
        _config(
            {
                "inputs": 20,
                "image": [4, 5, 1],
                "convolutions": [
                    {"channels": 3},
                    {"channels": 2, "kernel": 1},
                    {"channels": 3, "kernel": 1, "skip": 0},
                ],
            },
            (4, 2, 12, 6),
            pipeline=1,
            passes=4,
            method="affine-dropout",
        ),
        2,
    ),
    "means, pooled": (_config(_CONV, (2, 6, 4, 2), pixels_per_beat=2, method="affine-dropout"), 3),
    "stride": (
        _config(
            {
                "inputs": 35,
                "image": [7, 5, 1],
                "convolutions": [{"channels": 2, "stride": 2}, {"channels": 2, "kernel": 5, "padding": 1}],
            },
            (12, 2, 2),
            passes=0,
        ),
        3,
    ),
}


def _predictive(network, folding, bits, **arguments):
    """Return a configuration with probabilities; the fewer its passes, the more their measures take."""
    config = _config(network, folding, **arguments)
    section = {"probability_bits": bits, "entropy_bits": bits}
    return CoreConfig.model_validate(config.model_dump() | {"predictive": section})


#: The same with predictive probabilities: their measures are the slowest, or their passes, or the layers.
_WITH_PROBABILITIES = {
    "probabilities": (_predictive({"inputs": 17, "hidden": [7, 13]}, (12, 4, 12), 12, passes=8), 4),
    "probabilities of one pass": (_predictive({"inputs": 5, "hidden": [4], "classes": 10}, (12, 12), 8, passes=0), 4),
    "probabilities of two classes": (_predictive({"inputs": 9, "hidden": [4], "classes": 2}, (2, 4), 16, passes=3), 5),
    "probabilities of maps": (_predictive(_CONV, (12, 6, 4, 2), 4, pixels_per_beat=2), 2),
}
_SIMULATED |= _WITH_PROBABILITIES


def _grouped(config, columns, **sections):
    """Return ``config`` with ``columns`` sensed at a time in each layer."""
    content = config.model_dump() | sections
    return CoreConfig.model_validate(content | {"array": content["array"] | {"column_folding": columns}})


#: The same with columns in groups; of each kind of neuron.
_SIMULATED |= {
    "groups": (_grouped(_config({"inputs": 17, "hidden": [7, 13]}, (4, 2, 6)), (2, 2, 2)), 5),
    "groups, deep pipeline": (
        _grouped(_config({"inputs": 17, "hidden": [7, 13]}, (12, 2, 12), pipeline=4, passes=8), (2, 4, 2)),
        4,
    ),
    "groups of maps": (_grouped(_config(_CONV, (12, 6, 4, 2), pixels_per_beat=2), (2, 2, 2, 4)), 2),
    "groups of means": (
        _grouped(_config({"inputs": 17, "hidden": [7, 8]}, (4, 2, 6), method="affine-dropout"), (2, 2, 2)),
        3,
    ),
    **{f"groups of {name}": (geometry(f"grouped_{name}"), 2) for name in ("bits", "levels", "draws", "sets")},
}


def _simulate(config, inputs):
    """Return the clock cycles of inputs that are always offered, and whose results are always taken."""
    dut = Core(config)
    module = Module()
    module.domains.sync = ClockDomain()
    module.submodules.core = dut
    pixels, results = StreamMonitor(dut.pixels), StreamMonitor(dut.results)
    image = [index % 2**config.network.input_bits for index in range(config.network.inputs)]

    async def take(ctx):
        ctx.set(dut.results.ready, 1)
        ctx.set(dut.logits.ready, 1)

    async def finish(ctx):
        while len(results.taken) < inputs * config.network.classes:
            await ctx.tick()

    beats = pixel_beats(config, image) * inputs
    background = [pixels.watch, results.watch]
    simulate(module, take, sending(dut.pixels, beats), finish, background=background, max_cycles=20_000)
    assert len(pixels.taken) == inputs * config.beats_per_input
    return results.taken[-1] - pixels.taken[0] + 1


#: Simulated in the long regression only: random cores with such groups agree with golden in every run.
_LONG = {f"groups of {name}" for name in ("maps", "means", "levels", "draws", "sets")}


def _marked(name, *values):
    """Return a case of that name."""
    return pytest.param(*values, id=name, marks=[pytest.mark.slow] if name in _LONG else [])


@pytest.mark.parametrize(("config", "inputs"), [_marked(name, *case) for name, case in _SIMULATED.items()])
def test_prediction_is_the_simulation(config, inputs):
    assert predict(config, inputs=inputs, passes=config.bayes.passes).cycles == _simulate(config, inputs)


def test_prediction_is_the_native_simulation(bayescim, products, quick):
    """At the ports of the exported core."""
    answer = bayescim("simulate", quick, "-o", products.directory, "--inputs", 9, "--passes", 5, "--json")
    assert answer.code == 0, answer.err
    assert predict(products.config, inputs=9, passes=5, axi=True).cycles == json.loads(answer.out)["cycles"]


@pytest.mark.parametrize(
    "name", ["dense", "pooled", "two skips from one", "means", "means of maps", *_WITH_PROBABILITIES]
)
def test_what_is_left_out_changes_nothing(name):
    """Periods are left out; one input more at a time, none is. Queues of probabilities are full only after a while."""
    config, _ = _SIMULATED[name]
    passes = config.bayes.max_passes
    inputs = 40 if config.measures is not None else 12
    few = [predict(config, inputs=inputs - before, passes=passes) for before in range(6, -1, -1)]
    many = predict(config, inputs=500, passes=passes)
    assert predict(config, inputs=1, passes=passes).cycles_per_input is None
    assert many.cycles_per_input == few[-1].cycles_per_input
    steps = {later.cycles - sooner.cycles for sooner, later in itertools.pairwise(few)}
    assert steps == {many.cycles_per_input}
    assert many.cycles == few[-1].cycles + (500 - inputs) * many.cycles_per_input


@pytest.mark.parametrize("name", _SIMULATED)
def test_no_core_is_faster_than_its_slowest_block(name):
    config, _ = _SIMULATED[name]
    passes = config.bayes.passes
    assert predict(config, inputs=100, passes=passes).cycles_per_input >= max(stage_cycles(config, passes).values())


@pytest.mark.parametrize(
    "name",
    [
        "dense, no masks",
        "pooled",
        "two skips from one",
        "means",
        "means of maps",
        "groups",
        *(_marked(f"groups of {each}", f"groups of {each}") for each in ("maps", "means", "draws")),
        *_WITH_PROBABILITIES,
    ],
)
def test_bits_of_memories_are_those_of_the_core(name):
    config, _ = _SIMULATED[name]
    assert sum(memory_bits(config).values()) == sum(_memories(rtlil.convert(Core(config))))


def _memories(text):
    """Return the bits of each memory."""
    return [int(width) * int(size) for width, size in re.findall(r"memory width (\d+) size (\d+)", text)]


@pytest.mark.parametrize("config", WEIGHTED, ids=by_name)
def test_bits_of_memories_where_passes_have_weights(config):
    kinds = _memories(rtlil.convert(Core(config)))
    assert sum(memory_bits(config).values()) == sum(kinds)


def test_which_masks_occur_is_not_predicted(refused):
    line = "bayes.order must be 'plain' to predict clock cycles, not 'prefix'"
    assert refused("map", "digits_exact") == line
    with pytest.raises(InputError, match=f"^{line}$"):
        predict(WEIGHTED[0], inputs=1, passes=1)


def test_vgg():
    mapping = map_core(_VGG, passes=3)
    assert (mapping.weights, mapping.macs, mapping.arrays) == (14_022_016, 616_966_144, 222)
    assert [layer.arrays for layer in mapping.layers] == [1, 5, 5, 9, 18, 36, 128, 16, 4]
    assert [layer.cycles for layer in mapping.layers] == [
        8192,
        1024 * 5,
        256 * 16,
        256 * 16,
        64 * 64,
        64 * 64,
        128,
        128,
        128,
    ]
    assert mapping.utilisation == 14_022_016 / (222 * 256 * 256)
    assert mapping.memory_bits["weights"] == 222 * 256 * 256
    assert mapping.memory_bits["counts of passes"] == 1024 * 128 * 13
    assert mapping.bottleneck == "crossbar_1"
    assert mapping.balanced.rows_per_read == (32, 64, 16, 16, 4, 4, 2, 2, 2)
    assert mapping.latency == predict(_VGG, inputs=1, passes=3, axi=True).cycles
    assert [each.rows_per_read[1] for each in mapping.alternatives] == [2, 4, 8, 16, 32, 64, 128, 256]
    found = [each.cycles_per_input for each in mapping.alternatives]
    assert found == sorted(found, reverse=True)
    assert mapping.cycles_per_input == found[5] > mapping.stages["crossbar_1"] == 3 * 1024 * 5


def test_balanced_foldings():
    config, _ = _SIMULATED["pooled"]
    assert balance(config, cycles=36) == (12, 3, 2, 2)
    fewest = balance(config, cycles=1_000)
    assert set(fewest) == {2}
    lines = evaluate(config, fewest, 1).word_lines
    assert balance(config, word_lines=lines) == fewest
    assert max(balance(config, word_lines=10_000)) == 12
    for each in range(lines, lines + 40):
        assert evaluate(config, balance(config, word_lines=each), 1).word_lines <= each
    with pytest.raises(InputError, match=rf"^word_lines must be at least {lines}, not {lines - 1}$"):
        balance(config, word_lines=lines - 1)
    with pytest.raises(InputError, match=r"^cycles must be at least 27, not 26$"):
        balance(config, cycles=26)
    assert balance(config, cycles=27)[1] == 6


def test_groups_of_columns_take_cycles_for_cells():
    config, _ = _SIMULATED["groups, deep pipeline"]
    mapping = map_core(config)
    assert [layer.cols_per_read for layer in mapping.layers] == [2, 4, 2]
    assert [each.cols_per_read for each in mapping.groupings] == [(2, 2, 2), (4, 4, 4), (2, 4, 2)]
    few, every, own = mapping.groupings
    # Word lines at a time 12, 2, 12; two, one and two row tiles; columns of all column tiles: 2 + 2, 2 + 2 + 2 + 1, 2.
    assert few.cells == 12 * 2 * 4 + 2 * 7 + 12 * 2 * 2
    assert (few.cells, every.cells) == (158, 12 * 2 * 7 + 2 * 13 + 12 * 2 * 3)
    assert few.cycles_per_input > own.cycles_per_input == mapping.cycles_per_input > every.cycles_per_input
    assert mapping.layers[0].reads == 2 * 2 * config.layers[0].groups
    macro = map_core(geometry("macro"))
    assert [each.cols_per_read for each in macro.groupings] == [(4, 4)]


def test_command_writes_everything(bayescim, tmp_path):
    document = tmp_path / "mapping.md"
    document.write_text("# Mapping\n\n<!-- map tiny: here -->\n<!-- end of map tiny -->\n")
    answer = bayescim("map", "tiny", "-o", tmp_path, "--passes", 2, "--document", document, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert found == json.loads((tmp_path / "map.json").read_text())
    found = found["mapping"]
    assert (found["weights"], found["passes"], len(found["layers"])) == (16 * 16 * 2 + 160, 2, 3)
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    picture = (tmp_path / "map.svg").read_text()
    assert picture == (tmp_path / "pictures/map_tiny.svg").read_text()
    # Each array is an outline and what is filled of it.
    assert picture.count("<path") > 2 * found["arrays"]
    section = document.read_text()
    assert replace_section(section, "map tiny", "") != section
    assert "![Layers of tiny on arrays](pictures/map_tiny.svg)" in section
    assert f"{found['latency']:,} clock cycles" in section


def test_tables_fit_a_terminal(bayescim, tmp_path):
    answer = bayescim("map", "vgg", "-o", tmp_path, "--passes", 1)
    assert (answer.code, answer.err) == (0, "")
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "616,966,144" in answer.out
    assert "…" not in answer.out
    assert "4 + 1" in answer.out


def test_bad_input(refused, tmp_path):
    arguments = ("map", "tiny", "-o", tmp_path)
    assert refused(*arguments, "--passes", 0).startswith("passes must be between 1 and ")
    assert refused(*arguments, "--cycles", 0) == "cycles must be at least 3, not 0"
    assert refused(*arguments, "--word-lines", 5) == "word_lines must be at least 6, not 5"
    line = refused(*arguments, "--cycles", 9, "--word-lines", 9)
    assert line == "word_lines must be omitted where there are cycles, not 9"
    document = tmp_path / "empty.md"
    document.write_text("")
    assert refused(*arguments, "--document", document).startswith("document must have a section 'map tiny'")
    with pytest.raises(InputError, match=r"^inputs must be at least 1, not 0$"):
        predict(_VGG, inputs=0, passes=1)


def test_a_core_with_probabilities():
    """Its measures are among the blocks, and their tables and queues in the storage."""
    config, _ = _WITH_PROBABILITIES["probabilities"]
    mapping = map_core(config)
    block = Predictive(config.measures, Logit(config), total_width=config.pass_weight_width)
    assert mapping.stages["predictive"] == max(8 * block.cycles, block.input_cycles)
    assert mapping.bottleneck in mapping.stages
    assert mapping.memory_bits["probabilities"] > 0
    assert mapping.latency == predict(config, inputs=1, passes=8, axi=True).cycles
