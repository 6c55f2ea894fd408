import dataclasses
import json

import pytest

from flows.base.spread import Spread
from flows.studies.effect import Effect
from flows.studies.effect_row import effect_row
from flows.studies.randomness.picture import draw_effects
from flows.studies.randomness.quality import SIGNIFICANCE
from flows.studies.randomness.self_test_table import render_limits
from flows.studies.randomness.study import qualities
from golden.randomness import core_limits, limits
from hdl.config import CoreConfig, InputError
from tests.test_documents import section

DIGITS = CoreConfig.load("digits")

#: Sources that are as random as the tests can tell.
_GOOD = {
    *(f"LFSR, {width} bits, {units}" for width in (24, 32, 48, 64) for units in ("shared", "one per layer")),
    "independent (PCG64)",
}

#: And those that only the self-test's alarm tells of, or that it cannot tell.
_ALARMS = {
    "p + 0.1": "out of bounds",
    "p − 0.1": "out of bounds",
    "stuck at keep": "stuck",
    "stuck at drop": "stuck",
    "alternating": None,
    "LFSR, 8 bits, shared": None,
}


def test_poor_sources_fail_and_good_ones_pass():
    found = {each.source: each for each in qualities(DIGITS, passes=2**16)}
    assert {name for name, each in found.items() if each.passed} == {*_GOOD, "overlapping draws, 4 of 8 bits new"}
    for name, alarm in _ALARMS.items():
        assert found[name].alarm == alarm
        assert (found[name].alarm_draw is None) == (alarm is None)
    assert all(found[name].alarm is None for name in _GOOD)
    assert found["LFSR, 8 bits, shared"].period == 255
    assert found["LFSR, 16 bits, one per layer"].repeats
    # Alternating bits are as many as they should be, and that is what is wrong with them.
    (monobit, *_) = found["alternating"].tests
    assert monobit.p_value < SIGNIFICANCE
    assert abs(monobit.largest) < 1e-4


def test_each_of_several_units_is_watched():
    """With its own draws, and limits for both."""
    two = DIGITS.model_validate({**DIGITS.model_dump(), "random": {**DIGITS.random.model_dump(), "units": 2}})
    limits = core_limits(two)
    found = {each.source: each for each in qualities(two, passes=2**14)}
    stuck = {"stuck at drop": limits.drop_run, "stuck at keep": limits.keep_run}
    for name, run in stuck.items():
        assert (found[name].alarm, found[name].alarm_draw) == ("stuck", run)
    for name in ("p + 0.1", "p − 0.1"):
        assert (found[name].alarm, found[name].alarm_draw) == ("out of bounds", limits.window)
    assert found["independent (PCG64)"].alarm is None


def test_nothing_is_drawn():
    none = DIGITS.model_validate({**DIGITS.model_dump(), "bayes": {"method": "none", "passes": 1, "max_passes": 1}})
    with pytest.raises(InputError, match=r"^config must be of a stochastic method, not 'none'$"):
        list(qualities(none, passes=100))


def test_command(bayescim, products, quick, tmp_path):
    """Every source is measured; where bits do not vary, neither does the network."""
    document = tmp_path / "document.md"
    name = products.config.name
    sections = [
        f"<!-- {each}: by a command -->\n<!-- end of {each} -->\n" for each in (f"randomness {name}", "self-test")
    ]
    document.write_text("\n".join(sections))
    arguments = ("--tested", 1000, "--repeats", 3, "--inputs", 50, "--document", document)
    answer = bayescim("randomness", quick, "-o", products.directory, *arguments, "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert found == json.loads((products.directory / "randomness.json").read_text())
    effects = {each["source"]: each for each in found["effects"]}
    assert {"LFSR, 16 bits", "LFSR, 8 bits", "independent (PCG64)", "alternating", "p + 0.1"} < set(effects)
    for each in effects.values():
        assert 0 < each["accuracy"]["mean"] <= 1
        assert each["nll"]["mean"] > 0
        assert 0 <= each["auroc_noise"]["mean"] <= 1
        assert 0 <= each["auroc_rotated"]["mean"] <= 1
    assert effects["stuck at keep"]["nll"]["deviation"] == effects["stuck at drop"]["nll"]["deviation"] == 0
    assert effects["independent (PCG64)"]["nll"]["deviation"] > 0
    assert effects["stuck at keep"]["nll"]["mean"] != effects["stuck at drop"]["nll"]["mean"]
    config = products.config
    assert found["self_test"] == limits(config.stochastic.drop_codes, config.random.draw_bits).model_dump()
    assert "| alternating |" in section(document, f"randomness {name}")
    assert section(document, "self-test") == render_limits()
    for picture in (products.directory / f"randomness_{name}.svg", tmp_path / f"pictures/randomness_{name}.svg"):
        assert picture.read_bytes().startswith(b"<?xml")


def test_command_needs_a_trained_network(refused, tmp_path):
    line = refused("randomness", "tiny", "-o", tmp_path)
    assert line.endswith(f"run `bayescim lower tiny -o {tmp_path}` first")


def test_command_needs_its_sections(refused, products, quick, tmp_path):
    document = tmp_path / "document.md"
    document.write_text("nothing")
    line = refused("randomness", quick, "-o", products.directory, "--document", document)
    assert line == f"document must have a section 'randomness {products.config.name}' between its two comments"


def test_a_single_repetition_has_no_deviation():
    once, twice = Spread.of([0.5]), Spread.of([0.25, 0.75])
    effect = dataclasses.asdict(
        Effect(source="one", accuracy=once, nll=twice, ece=once, auroc_rotated=None, auroc_noise=once)
    )
    assert effect_row(effect, shown=True) == ["one", "0.5000", "0.5000 ± 0.3536", "0.5000", "—", "0.5000"]
    assert effect_row(effect, shown=False) == ["one", "0.5000", "0.5000", "0.5000", "—", "0.5000"]
    figure = draw_effects([effect])
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["accuracy", "NLL, nats", "ECE", "AUROC, noise"]
