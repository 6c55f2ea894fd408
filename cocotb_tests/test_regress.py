import re

import pytest

from cocotb_tests.blocks.blocks import BLOCKS, blocks
from cocotb_tests.blocks.configurations import configuration, program
from cocotb_tests.runner.regress import regress
from cocotb_tests.runner.runner import Result
from cocotb_tests.runner.simulators import find_simulator
from hdl.axi import AxiCore
from hdl.config import InputError
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
