"""Every product in JSON has a model, which refuses damage of any kind in one line."""

import ast
import importlib
import json
import pkgutil
import random
from pathlib import Path

import pytest

import flows
from flows.base.files import to_json
from flows.base.provenance import input_of, provenance
from flows.base.record import Record
from flows.demo.journal import JournalRecord
from flows.documents.readme import KeptReport
from flows.documents.vector_records import RegistersRecord, VectorRecord
from flows.mapping.mapping import map_core
from flows.mapping.mapping_record import MappingRecord
from flows.report.report_record import ReportRecord
from flows.road.core_record import CoreRecord
from flows.road.import_record import ImportRecord
from flows.road.regression_record import RegressionRecord
from flows.road.simulation_record import SimulationRecord
from flows.road.training_record import TrainingRecord
from flows.studies.bench.record import ScaleRecord
from flows.studies.chips.record import ChipsRecord
from flows.studies.comparison.measured import LogicRecord
from flows.studies.comparison.record import CompareRecord
from flows.studies.devices.record import DevicesRecord
from flows.studies.exact.record import ExactRecord
from flows.studies.fits.record import FitsRecord
from flows.studies.overhead.record import OverheadRecord
from flows.studies.randomness.record import RandomnessRecord
from flows.studies.robustness.record import RobustnessRecord
from flows.studies.schemes.record import SchemesRecord
from flows.studies.sharing.record import SharingRecord
from flows.studies.uncertainty.record import UncertaintyRecord
from flows.synthesis.netlist import Netlist
from flows.synthesis.place import Placement
from flows.synthesis.synthesis_record import SynthesisRecord
from flows.verify.campaign_record import CampaignRecord
from flows.verify.faults_record import FaultsRecord
from hdl.config import CoreConfig, InputError

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs/results"
SHA = "0" * 64

#: Beginning of the docstring of a product's model; other records are parts of one.
_PRODUCT = "Contents of "

#: Modules that read JSON which no command of ours wrote, or choose the model by what is in it.
UNCHECKED = {
    "flows/base/files.py": "is what the models and the choice of one are built on",
    "flows/base/invocation.py": "reads the lock of another run, which it need not understand",
    "flows/base/record.py": "returns its own contents as plain data",
    "flows/engine/build.py": "reads a netlist of the cache, whose digest was checked",
    "flows/documents/write.py": "chooses the model of a given file by what is in it",
    "flows/studies/bench/speed.py": "reads what its own child process just wrote",
    "flows/studies/comparison/logic.py": "reads what Yosys wrote",
    "flows/verify/fuzz/wholeness.py": "looks for files that are not whole JSON",
    "flows/verify/fuzz/worker.py": "reads what its own parent wrote",
    "flows/verify/fuzz/workers.py": "reads what its own child wrote",
    "flows/synthesis/gates.py": "reads what Yosys wrote",
    "flows/synthesis/place.py": "reads what Yosys and nextpnr wrote",
    "flows/synthesis/synthesis.py": "reads what Yosys wrote",
}


def origin():
    return provenance(CoreConfig.load("tiny"), {"program": input_of(ROOT, ROOT / "tiny.npz", b"program")})


def spread(mean=0.5, deviation=0.25):
    return {"mean": mean, "deviation": deviation}


EFFECT = {"source": "a", "accuracy": spread(), "nll": spread(), "ece": spread()}
EFFECT |= {"auroc_rotated": None, "auroc_noise": spread(deviation=None)}


def kept(name):
    return lambda: json.loads((KEPT / name).read_text())


def trained(name):
    return lambda: json.loads((ROOT / "examples/trained/fashion_cnn" / name).read_text())


def vectors(name):
    return lambda: json.loads((ROOT / "docs/vectors" / name).read_text())


def core():
    return {
        "top": "tiny",
        "provenance": origin(),
        "program": {"sha256": SHA, "provenance": {"seed": "0"}},
        "verilog": SHA,
        "config": CoreConfig.load("tiny"),
        "ports": {"interface": {}},
    }


def regression():
    result = {"simulator": "icarus", "block": "axi_core", "tests": 7, "failed": 2, "seconds": 1.5, "error": None}
    return {
        "provenance": origin(),
        "seed": 0,
        "simulators": {"icarus": {"version": "11.0", "tests": 7, "failed": 2}},
        "skipped": {"verilator": "verilator must be installed"},
        "results": [result],
        "logs": ["regress-icarus-axi_core.log"],
    }


def synthesis():
    target = {
        "target": "ecp5",
        "title": "Lattice ECP5",
        "cells": {"LUT4": 3},
        "kinds": {"LUTs": 3},
        "blocks": {"core": {"core": {"LUTs": 3}}},
        "transistors": None,
        "area": None,
        "yosys": "Yosys 0.70",
        "script": ["synth_ecp5"],
    }
    return {"provenance": origin(), "estimate": "cells after synthesis", "targets": {"ecp5": target}}


def report():
    kept = json.loads((KEPT / "digits.json").read_text())
    synthesized = synthesis()["targets"]["ecp5"]
    area = {name: synthesized[name] for name in ("title", "kinds", "blocks", "transistors", "area", "yosys")}
    return kept | {
        "random_weights": False,
        "passes": 64,
        "correct": 350,
        "twin": True,
        "area": {"ecp5": area},
        "regression_results": regression()["results"],
        "skipped_simulators": {},
    }


def mapping():
    config = CoreConfig.load("tiny")
    return {"provenance": provenance(config), "hardware": {"pipeline": 1}, "mapping": map_core(config)}


def placement():
    return {
        "provenance": origin(),
        "target": "ecp5",
        "device": "ECP5",
        "pipeline": 1,
        "goal": 100.0,
        "tools": {"yosys": "0.70", "nextpnr": "0.9"},
        "frequencies": {"1": 81.5},
        "mean": 81.5,
        "spread": 0.0,
        "utilization": {"TRELLIS_COMB": [10, 100]},
        "shell": 7,
        "path": [{"block": "core", "place": "core", "cells": 3, "logic": 1.5, "routing": 2.5}],
        "slowest": [{"block": "core", "place": "core", "delay": 4.5}],
    }


def netlist():
    target = {
        "target": "ice40",
        "title": "Lattice iCE40",
        "cells": 9,
        "simulator": "icarus 11.0",
        "tests": 3,
        "failed": 0,
        "seconds": {"mapping": 1.5, "tests": 2.5, "equivalence": 3.5},
        "blocks": [{"block": "core.neuron", "outcome": "proved", "reason": "", "seconds": 0.5}],
        "log": None,
    }
    return {"provenance": origin(), "yosys": "0.70", "seed": 0, "sequences": 3, "limit": 5, "targets": [target]}


def logic():
    return {"measured": json.loads((KEPT / "comparison/digits.json").read_text())["logic"]}


def randomness():
    test = {"name": "runs", "statistic": 1.5, "degrees": 2, "largest": -0.25, "p_value": 0.5}
    quality = {"source": "LFSR", "period": 255, "draws": 9, "tests": [test], "alarm": None, "alarm_draw": None}
    limits = {"window_bits": 11, "bound": 99, "drop_run": 40, "keep_run": 40}
    return {
        "provenance": origin(),
        "inputs": 9,
        "passes": 8,
        "tested": 99,
        "repeats": 2,
        "qualities": [quality | {"repeats": False, "passed": True}],
        "effects": [EFFECT],
        "self_test": limits,
        "watched_units": 1,
    }


def imported():
    layer = {"node": "node 'a' (MatMul)", "inputs": 9, "outputs": 3, "flipped": 1, "constant": 0, "drop": 0.25}
    return {
        "provenance": origin(),
        "config": "net.toml",
        "method": "spin-dropout",
        "opset": 20,
        "input": {"bits": 8, "lowest": -1.0, "step": 0.0078125, "other_bytes": None},
        "layers": [layer],
        "logit_error": 0.0078125,
        "ignored": ["node 'b' (Dropout): dropout of the input"],
    }


def sharing():
    way = {"sampling": "read", "generators": 4, "registers": 8, "correlations": [0.5, 0.25], "effect": EFFECT}
    return {"provenance": origin(), "inputs": 9, "passes": 8, "repeats": 2, "correlated": 64, "ways": [way]}


def steps():
    return {"steps": {"train": {"key": "a", "outputs": {"tiny.npz": SHA}}, "lower": {"key": "b", "outputs": None}}}


#: A file of each kind, as a command writes it.
SAMPLES = {
    CampaignRecord: lambda: json.loads((ROOT / "docs/campaigns/tiny.json").read_text()),
    FaultsRecord: lambda: json.loads((ROOT / "docs/faults/digits.json").read_text()),
    ChipsRecord: kept("chips/bayes2imc_pcm_spread.json"),
    CompareRecord: kept("comparison/digits.json"),
    CoreRecord: core,
    DevicesRecord: kept("devices/devices.json"),
    ExactRecord: kept("exact/digits_exact.json"),
    FitsRecord: kept("fits/digits.json"),
    ImportRecord: imported,
    JournalRecord: steps,
    KeptReport: kept("digits.json"),
    LogicRecord: logic,
    MappingRecord: mapping,
    Netlist: netlist,
    OverheadRecord: kept("overhead/fashion_512.json"),
    Placement: placement,
    RandomnessRecord: randomness,
    RegistersRecord: vectors("registers.json"),
    RegressionRecord: regression,
    ReportRecord: report,
    RobustnessRecord: kept("robustness/digits.json"),
    ScaleRecord: kept("scale/vgg.json"),
    SchemesRecord: kept("schemes/fashion_mini.json"),
    SharingRecord: sharing,
    SimulationRecord: trained("simulate.json"),
    SynthesisRecord: synthesis,
    TrainingRecord: trained("training.json"),
    UncertaintyRecord: kept("uncertainty/fashion.json"),
    VectorRecord: vectors("scale_dropout.json"),
}

every = pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)


@pytest.fixture(scope="module")
def texts():
    return {kind: to_json(make()) for kind, make in SAMPLES.items()}


def subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def test_no_product_is_forgotten():
    for info in pkgutil.walk_packages(flows.__path__, "flows."):
        if not info.name.endswith("__main__"):
            importlib.import_module(info.name)
    products = {
        each
        for each in subclasses(Record)
        if each.__module__.startswith("flows.") and _PRODUCT in (each.__doc__ or "").replace("contents", "Contents")
    }
    assert products | {KeptReport} == SAMPLES.keys()


def test_json_is_read_through_the_models():
    """Nothing else reads what a command may have written."""
    found = set()
    for path in sorted((ROOT / "flows").rglob("*.py")):
        called = {
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
        }
        if called & {"read_json", "from_json", "loads", "model_validate_json"}:
            found.add(path.relative_to(ROOT).as_posix())
    assert found == UNCHECKED.keys()


@every
def test_what_is_written_is_read(kind, texts, tmp_path):
    record = kind.of(json.loads(texts[kind]))
    path = record.write(tmp_path / "product.json")
    assert kind.read(path, "make it") == record
    again = kind.read(path, "make it").write(tmp_path / "again.json")
    assert again.read_bytes() == path.read_bytes()


def refusal(kind, path, content):
    """Return the line that refuses ``content``, None where it is a record of that kind."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        record = kind.read(path, "make it")
    except InputError as error:
        line = str(error)
    else:
        # Nothing is taken for what it is not.
        assert kind.of(record.plain()) == record
        return None
    assert line.startswith(f"{path} ")
    assert "\n" not in line
    assert line.endswith(": run `make it` again")
    return line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must be whole JSON, and is not"),
        (b"{", "must be whole JSON, and is not"),
        (b"\xff\x00junk", "must be whole JSON, and is not"),
        (b"[" * 100_000, "must be whole JSON, and is not"),
        (b"[]", "content must be an object, not []"),
        (b"null", "content must be an object, not None"),
        (b"3", "content must be an object, not 3"),
        (b'"text"', "content must be an object, not 'text'"),
        (b"{}", "must have the field "),
        (b'{"unknown": 1}', "must have no field unknown, not 1"),
    ],
    ids=["empty", "cut", "bytes", "deep", "list", "null", "number", "text", "nothing", "other"],
)
@every
def test_other_content_is_refused(kind, tmp_path, content, words):
    assert words in refusal(kind, tmp_path / "product.json", content)


@every
def test_a_truncated_file_is_refused(kind, texts, tmp_path):
    whole = texts[kind].rstrip().encode()
    for length in (len(whole) // 3, len(whole) // 2, len(whole) - 1):
        assert "must be whole JSON, and is not" in refusal(kind, tmp_path / "product.json", whole[:length])


@every
def test_a_missing_or_misspelt_field_is_refused(kind, texts, tmp_path):
    content = json.loads(texts[kind])
    for name in content:
        rest = {key: value for key, value in content.items() if key != name}
        assert f"must have the field {name}, and has not" in refusal(kind, tmp_path / "p.json", json.dumps(rest))
        misspelt = rest | {f"{name}s": content[name]}
        assert f"must have no field {name}s" in refusal(kind, tmp_path / "p.json", json.dumps(misspelt))


#: Values that a field may be swapped for.
_WRONG = (None, True, -1, 3.5, "text", [], {}, [None], {"x": 1}, 10**30)


@every
def test_a_wrong_value_anywhere_is_refused_or_right(kind, texts, tmp_path):
    """Every field at the top, and forty places within, each with a value of another kind."""
    chosen = random.Random(kind.__name__)
    places = list(inner(json.loads(texts[kind])))
    top = [place for place in places if len(place) == 1]
    refused = 0
    for place in [*top, *chosen.sample(places, min(40, len(places)))]:
        for wrong in chosen.sample(_WRONG, 3) if len(place) > 1 else _WRONG:
            content = json.loads(texts[kind])
            holder = content
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = wrong
            refused += refusal(kind, tmp_path / "product.json", json.dumps(content)) is not None
    assert refused > len(top)


def inner(content, before=()):
    """Yield the place of every member."""
    members = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in members:
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from inner(value, (*before, key))


@every
def test_numbers_that_json_has_not_are_refused(kind, texts, tmp_path):
    content = json.loads(texts[kind])
    for place in inner(content):
        holder = content
        for step in place[:-1]:
            holder = holder[step]
        if isinstance(holder[place[-1]], float):
            break
    else:
        pytest.skip("it has no real number")
    for wrong in (float("nan"), float("inf"), -float("inf")):
        holder[place[-1]] = wrong
        assert refusal(kind, tmp_path / "product.json", json.dumps(content)) is not None


def test_the_line_names_file_field_value_and_what_is_allowed(tmp_path):
    path = tmp_path / "regress.json"
    content = json.loads(to_json(regression()))
    content["simulators"]["icarus"]["tests"] = "seven"
    assert refusal(RegressionRecord, path, json.dumps(content)) == (
        f"{path} is not what a command wrote: simulators.icarus.tests must be a valid integer, not 'seven': "
        "run `make it` again"
    )
    content["simulators"]["icarus"]["tests"] = -7
    content["seed"] = None
    assert refusal(RegressionRecord, path, json.dumps(content)) == (
        f"{path} is not what a command wrote: seed must be a valid integer, not None (and 1 more): run `make it` again"
    )


@pytest.mark.parametrize(
    ("kind", "make", "change", "words"),
    [
        (SimulationRecord, trained("simulate.json"), {"correct": 10**6}, "correct must be at most inputs"),
        (SimulationRecord, trained("simulate.json"), {"random_pixels": 3}, "correct must be a number for a data set"),
        (UncertaintyRecord, kept("uncertainty/fashion.json"), {"passes": [1]}, "must be of (1,) passes"),
        (RobustnessRecord, kept("robustness/digits.json"), {"kinds": {}}, "networks must have the faults"),
        (MappingRecord, mapping, {"provenance": kept("digits.json")()["provenance"]}, "config_hash must be that of"),
    ],
    ids=["too many right", "pixels with labels", "passes", "faults", "another configuration"],
)
def test_fields_that_do_not_fit_each_other_are_refused(tmp_path, kind, make, change, words):
    content = json.loads(to_json(make())) | change
    assert words in refusal(kind, tmp_path / "product.json", json.dumps(content))
