import dataclasses
import re

import numpy as np
import pytest
from amaranth import Value
from amaranth.lib.wiring import In

from cocotb_tests.blocks.blocks import BLOCKS, blocks
from cocotb_tests.blocks.configurations import configuration, program
from cocotb_tests.runner import runner
from cocotb_tests.runner.regress import regress
from cocotb_tests.runner.runner import SILENCE, Result
from cocotb_tests.runner.simulators import find_simulator
from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config import CoreConfig, InputError
from hdl.verilog import export

SMALLEST = configuration("smallest", 0)


@pytest.mark.sim
def test_results_come_one_by_one(seed, tmp_path):
    contents = program("smallest", seed)
    found: list[Result] = []
    simulators = [find_simulator("verilator")]
    results = regress(
        contents.config,
        contents,
        simulators,
        blocks=["tee", "lfsr"],
        directory=tmp_path,
        seed=seed,
        on_result=found.append,
    )
    assert results == found
    assert [(result.block, result.failed) for result in results] == [("tee", 0), ("lfsr", 0)]
    assert all(result.tests > 0 and result.log.is_file() for result in results)


@pytest.mark.sim
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
def test_a_block_that_cannot_be_made_leaves_the_others_their_results(simulator, seed, monkeypatch, tmp_path):
    """More ports than a module may have, as the error says; the exit code is that of differences."""
    contents = program("smallest", seed)
    wide = dataclasses.replace(BLOCKS["popcount"], values=lambda _program, _layer: {"words": 2, "lanes": 40_000})
    monkeypatch.setitem(BLOCKS, "popcount", wide)
    found: list[Result] = []
    names = ["bank_pair", "popcount", "tee"]
    arguments = {"directory": tmp_path, "seed": seed, "on_result": found.append}
    regress(contents.config, contents, [simulator], blocks=names, **arguments)
    assert [result.block for result in found] == names
    assert [result.failed for result in found] == [0, wide.tests, 0]
    assert [result.error is None for result in found] == [True, False, True]
    assert (found[1].error or "").startswith("AssertionError")
    assert "Traceback" in found[1].log.read_text(encoding="utf-8")


def test_a_simulation_that_is_stopped_after_its_last_test_has_failed(monkeypatch, seed, tmp_path):
    def stopped(_request, log, _environment, watch):
        log.write_text(case.tests * "INFO cocotb.regression each passed\n", encoding="utf-8")
        assert watch.reason() is None
        assert watch.passed == case.tests
        return "stopped"

    contents = program("smallest", seed)
    case = BLOCKS["tee"].case(contents)
    monkeypatch.setattr(runner, "_execute", stopped)
    with pytest.raises(AssertionError, match=f"^1 of {case.tests} tests of tee failed on icarus"):
        runner.run(case, directory=tmp_path, simulator=find_simulator("icarus"), seed=seed)


#: What makes a core hang: an answer that never comes, a loop in no time, and logic that chases itself.
HANGS = {
    "answer": (".bus__tready(s_axis_tready)", ".bus__tready()", "assign s_axis_tready = 1'b0;"),
    "loop": ("", "", "reg spin = 0; always @(posedge aclk) if (aresetn) while (spin === spin) spin = ~spin;"),
    "ring": ("", "", "wire ring = s_axi_awvalid & ~ring;"),
}


@pytest.mark.sim
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
@pytest.mark.parametrize("hang", ["loop", *(pytest.param(each, marks=pytest.mark.slow) for each in ("answer", "ring"))])
def test_a_core_that_hangs_is_stopped_and_the_test_is_named(hang, simulator, seed, tmp_path):
    contents = program("smallest", seed)
    good = export(AxiCore(contents.config, contents), contents.config.name, tmp_path).read_text(encoding="utf-8")
    old, new, addition = HANGS[hang]
    text = good.replace(old, new, 1) if old else good
    assert (text != good) == bool(old)
    end = text.index("endmodule")
    broken = tmp_path / "broken.v"
    broken.write_text(f"{text[:end]}  {addition}\n{text[end:]}", encoding="utf-8")
    (result,) = regress(
        contents.config,
        contents,
        [simulator],
        verilog=broken,
        directory=tmp_path,
        seed=seed,
        on_result=lambda _: None,
        silence=SILENCE if hang == "answer" else 8,
    )
    assert result.failed == result.tests
    reasons = {"answer": "stopped after the timeouts of ", "loop": "stopped after 8 s without output in test "}
    error = result.error or ""
    assert error.startswith(reasons.get(hang, reasons["loop"]))
    assert "inputs_come_out/source=NEVER/sink=NEVER" in error
    assert result.log.read_text(encoding="utf-8").endswith(f"{result.error}\n")
    assert result.seconds < 600


@pytest.mark.sim
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
def test_whole_cores_are_read_in_two_generations(simulator, seed, tmp_path):
    """Blocks in one: it is the same text."""
    contents = program("smallest", seed)
    found: list[Result] = []
    arguments = {"directory": tmp_path, "seed": seed, "on_result": found.append}
    regress(contents.config, contents, [simulator], blocks=["axi_core", "tee"], **arguments)
    assert [(result.block, result.failed) for result in found] == [("axi_core", 0), ("axi_core -g2012", 0), ("tee", 0)]
    assert [result.tests for result in found[:2]] == [BLOCKS["axi_core"].tests] * 2


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if name in {"bayes2imc_1024", "fashion_512"} else ())
        for name in CoreConfig.names()
    ],
)
def test_every_block_of_a_named_configuration_can_be_exported(name):
    """Amaranth numbers the bits of the inputs of a module with 16 bits."""
    config = CoreConfig.load(name)
    contents = random_program(config, np.random.default_rng(0))
    for block in blocks(config):
        component = BLOCKS[block].case(contents).component
        inputs = [value for _, member, value in component.signature.flatten(component) if member.flow is In]
        assert sum(len(Value.cast(each)) for each in inputs) < 2**16, block


@pytest.mark.sim
@pytest.mark.slow
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
@pytest.mark.parametrize(
    ("name", "block"), [("digits", "popcount"), ("bayes2imc", "weight_sampler"), ("vgg", "popcount")]
)
def test_blocks_of_wide_arrays(name, block, simulator, seed, tmp_path):
    config = CoreConfig.load(name)
    contents = random_program(config, np.random.default_rng(0))
    arguments = {"directory": tmp_path, "seed": seed, "on_result": print}
    (result,) = regress(config, contents, [simulator], blocks=[block], **arguments)
    assert (result.failed, result.error) == (0, None)


@pytest.mark.sim
@pytest.mark.slow
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
def test_given_verilog_is_what_is_judged(simulator, seed, tmp_path):
    """A core that stores another word in every row fails; as it was exported it passes."""
    contents = program("padded", seed)
    good = export(AxiCore(contents.config, contents), contents.config.name, tmp_path)
    text = good.read_text(encoding="utf-8")
    bad = good.with_name("edited.v")
    bad.write_text(
        re.sub(r"(line_\d+\[\d+\] = 4'h)(\w)", lambda match: f"{match[1]}{int(match[2], 16) ^ 1:x}", text),
        encoding="utf-8",
    )
    assert bad.read_text(encoding="utf-8") != text
    failed = {}
    for verilog in (good, bad):
        (result,) = regress(
            contents.config,
            contents,
            [simulator],
            verilog=verilog,
            directory=tmp_path / verilog.stem,
            seed=seed,
            on_result=lambda _: None,
        )
        failed[verilog.name] = result.failed
    assert failed[good.name] == 0
    assert failed[bad.name] > 0


def test_a_core_has_its_own_blocks():
    """Every block is in one of the configurations; others stand at the input with convolutions."""
    names = [
        "smallest",
        "residual",
        "odd_maps",
        "one_pixel",
        "prefix",
        "monitored",
        "entropy",
        "entropies",
        "predictive",
    ]
    names += ["affine", "spin", "sampled", "drawn", "macro", "watched", "watched_channels"]
    found = {name: set(blocks(configuration(name, 0))) for name in names}
    assert set().union(*found.values()) == set(BLOCKS)
    maps = {"frame_buffer", "window_buffer", "flatten"}
    affine = {"affine_transform", "inverted_normalization", "mean_comparator", "mean_unit"}
    affine |= {"mean_divider", "serial_multiplier", "queued_branch"}
    common = found["smallest"] - {"pixel_buffer", "repeater"}
    once = {"repeater", "stochastic_unit"}
    inside = {"array", "axi_core", "core", "crossbar", "lfsr", "row_access", "row_store"}
    outside = {"macro_core", "program_verify", "reference_search", "vector_repeater"}
    assert found == {
        "smallest": common | {"pixel_buffer", "repeater"},
        "residual": common | maps | {"frame_repeater", "pool", "residual", "queued_branch"},
        "odd_maps": (common | maps | {"frame_repeater"}) - {"stochastic_unit"},
        "one_pixel": common | maps | {"repeater"},
        "prefix": (common | {"pixel_buffer", "mask_sequencer", "prefix_repeater"}) - {"pass_counter"},
        "predictive": found["smallest"] | {"predictive"},
        "affine": (found["smallest"] | affine) - {"neuron"},
        "spin": (found["residual"] | {"local_units", "activation_dropout", "dropout_neuron"}) - {"stochastic_unit"},
        "sampled": (found["residual"] | {"local_units", "sampled_neuron"}) - {"stochastic_unit", "neuron"},
        "drawn": (found["smallest"] | {"vector_repeater", "weight_draws", "weight_sampler"}) - once,
        "macro": (found["smallest"] | outside) - once - inside,
        "monitored": found["smallest"] | {"self_test"},
        "entropy": (found["smallest"] | {"self_test", "entropy"}) - {"lfsr", "stochastic_unit"},
        "entropies": (found["smallest"] | {"self_test", "unit_faults"}) - {"lfsr", "stochastic_unit"},
        "watched": found["smallest"] | {"self_test"},
        "watched_channels": (found["spin"] - maps - {"pool", "residual", "queued_branch", "frame_repeater"})
        | {"self_test", "pixel_buffer", "repeater"},
    }


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"blocks": ["nonsense"]}, f"blocks must be among {', '.join(blocks(SMALLEST))}, not 'nonsense'"),
        ({"blocks": ["pool"]}, f"blocks must be among {', '.join(blocks(SMALLEST))}, not 'pool'"),
        ({"blocks": ["tee"], "verilog": "core.v"}, "blocks must be among axi_core, not 'tee'"),
        ({"blocks": []}, "blocks must be at least one, not none"),
    ],
)
def test_unknown_blocks_are_refused(arguments, line, seed, tmp_path):
    contents = program("smallest", seed)
    with pytest.raises(InputError) as caught:
        regress(contents.config, contents, [], directory=tmp_path, seed=seed, on_result=print, **arguments)
    assert str(caught.value) == line


def test_a_program_of_another_configuration_is_refused(seed, tmp_path):
    contents = program("smallest", seed)
    with pytest.raises(InputError, match=r"^program must be for configuration "):
        regress(program("padded", seed).config, contents, [], directory=tmp_path, seed=seed, on_result=print)
