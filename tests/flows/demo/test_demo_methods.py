"""Steps of the demo for every method.

Without regression and synthesis, which other tests run.
"""

import dataclasses
import re

import pytest

from flows.base.files import read_json
from flows.base.products import Products
from flows.base.twin_place import TwinPlace
from flows.demo.demo import run, steps
from flows.report import report_tables
from hdl.config import CoreConfig
from hdl.config.schemes import schemes

from ..conftest import with_epochs

#: Section `bayes`, what comes behind it, where the twin runs, and steps of the twin.
METHODS = {
    "scale-dropout": ("p = [0.125, 0.125]", "", TwinPlace.SAME_CORE, 3),
    "affine-dropout": ("p = [0.125, 0.125]", "", TwinPlace.OWN_CORE, 4),
    "spatial-dropout": ("p = [0.125, 0.125]", "", TwinPlace.SAME_CORE, 3),
    "spin-dropout": ("p = [0.125, 0.125]", "", TwinPlace.SAME_CORE, 3),
    "subset-vi": ("levels = 3", "", TwinPlace.SAME_CORE, 3),
    "ensemble": ("sets = 2", "", TwinPlace.SAME_CORE, 3),
    "sampled-weights": ("weight_bits = 4", "", TwinPlace.SAME_CORE, 3),
    "none": ("", "", TwinPlace.ITSELF, 0),
    "prefix": ('p = [0.125, 0.125]\norder = "prefix"', "", TwinPlace.SAME_CORE, 3),
    "macros": ("weight_bits = 4", "[macro]\ntolerance = 2\nmax_pulses = 6\ncalibration_reads = 8", TwinPlace.MACROS, 0),
}

#: A twin on a core of its own, and one in sets of weights.
_FAST = ("affine-dropout", "ensemble")

INPUTS, CLASSES, PASSES = 360, 10, 4


def config_of(case):
    """Return `tiny` with another method, trained for two epochs."""
    own, section, _, _ = METHODS[case]
    method = {"macros": "sampled-weights", "prefix": "scale-dropout"}.get(case, case)
    passes = 1 if method == "none" else PASSES
    bayes = f'[bayes]\nmethod = "{method}"\n{own}\npasses = {passes}\nmax_passes = {passes}\n\n{section}\n\n'
    text, count = re.subn(r"^\[bayes\]\n.*?\n\n", bayes, with_epochs(2), flags=re.MULTILINE | re.DOTALL)
    assert count == 1
    return CoreConfig.parse(text.replace('name = "tiny"', f'name = "tiny_{case.replace("-", "_")}"'))


def test_every_method_is_here():
    assert set(METHODS) == {*schemes(), "macros", "prefix"}


@pytest.mark.parametrize(
    "case", [*_FAST, *(pytest.param(case, marks=pytest.mark.slow) for case in METHODS if case not in _FAST)]
)
def test_goes_to_its_end(case, tmp_path):
    _, _, place, twin_steps = METHODS[case]
    config = config_of(case)
    assert TwinPlace.of(config) is place
    products = Products.at(config, tmp_path)
    plan = {step.name: step for step in steps(products, [], skipped={}, on_result=lambda _: None)}
    assert sum("twin" in name for name in plan) == twin_steps
    assert plan["regress"].settings == [["macro_core" if case == "macros" else "axi_core"]]
    left_out = {path for name in ("regress", "synthesize") for path in plan.pop(name).outputs}
    inputs = tuple(path for path in plan["report"].inputs if path not in left_out)
    plan["report"] = dataclasses.replace(plan["report"], inputs=inputs)
    report = run(products, list(plan.values()), lambda *_: None)

    numbers = report.plain()
    equivalence, passes = numbers["equivalence"], config.bayes.max_passes
    every = INPUTS * CLASSES * (passes + place.runs)
    # In the order by prefixes a mask that was drawn several times has one pass.
    assert equivalence["compared"] < every if config.passes_weighted else equivalence["compared"] == every
    # As the core itself says, whose sums know the weights of passes.
    assert numbers["accuracy"]["rtl"] == read_json(products.simulation, "simulate")["correct"] / INPUTS
    assert list(numbers["uncertainty"]) == [
        *([str(passes)] if config.passes_weighted else [str(count) for count in (1, 4) if count <= passes]),
        *(["deterministic"] if place.runs else []),
    ]
    assert equivalence["mismatches"] == equivalence["statistics_mismatches"] == 0
    assert ("deterministic" in numbers["uncertainty"]) == numbers["twin"] == place.runs
    assert (numbers["accuracy"]["deterministic"] is not None) == place.runs
    assert not place.runs or numbers["accuracy"]["deterministic"] > 1 / CLASSES
    page = products.report.read_text()
    assert place.value in page
    assert ("deterministic twin (RTL, simulated)" in page) == place.runs
    shown = [str(cell) for table in report_tables(report) for cell in table.columns[0].cells]
    assert shown.count("deterministic") == 2 * place.runs
