import copy
import json
import math
import re

import pytest

from hdl.config import CoreConfig, InputError
from hdl.config.schemes import schemes

from ..configurations import CONFIGURATIONS, PADDED, SMALLEST, cases

#: A document that gives every field, and none by default.
BASE = {
    "name": "base",
    "data": {"set": "digits", "pool": 1},
    "network": {
        "inputs": 12,
        "input_bits": 3,
        "image": [2, 2, 3],
        "convolutions": [],
        "hidden": [6, 9],
        "classes": 5,
    },
    "array": {"rows": 8, "cols": 4, "rows_per_read": 4, "folding": [4, 4, 4]},
    "bayes": {"method": "scale-dropout", "p": [0.25, 0.5], "passes": 3, "max_passes": 6},
    "random": {"lfsr_width": 16, "draw_bits": 4, "seed": 77},
    "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 7},
    "ports": {"pixels_per_beat": 2},
    "self_test": {"window_bits": 5, "bound": 9, "drop_run": 6, "keep_run": 7},
    "hardware": {"pipeline": 1},
    "training": {
        "epochs": 2,
        "batch_size": 8,
        "learning_rate": 0.1,
        "distortion": 0.1,
        "mirror": False,
        "shift": 1,
        "precision": "float32",
        "seed": 3,
    },
}
MISSING = object()


def to_value(value):
    """Write numbers and strings as JSON does, and tables in one line; what is None is omitted."""
    if isinstance(value, dict):
        fields = [f"{key} = {to_value(each)}" for key, each in value.items() if each is not None]
        return f"{{{', '.join(fields)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(to_value, value))}]"
    return json.dumps(value)


def to_toml(document):
    """Write a document of strings, numbers, lists and tables."""
    plain = {key: value for key, value in document.items() if value is not None and not isinstance(value, dict)}
    lines = [f"{key} = {to_value(value)}" for key, value in plain.items()]
    for section, fields in document.items():
        if isinstance(fields, dict):
            lines.append(f"[{section}]")
            lines += [f"{key} = {to_value(value)}" for key, value in fields.items() if value is not None]
    return "\n".join(lines).replace("NaN", "nan").replace("Infinity", "inf")


def changed(path, value):
    document = copy.deepcopy(BASE)
    *sections, key = path.split(".")
    place = document
    for section in sections:
        place = place[section]
    if value is MISSING:
        del place[key]
    else:
        place[key] = value
    return document


def refusal(text, source="configuration"):
    with pytest.raises(InputError) as caught:
        CoreConfig.parse(text, source)
    line = str(caught.value)
    assert "\n" not in line
    prefix = f"{source}: "
    assert line.startswith(prefix)
    return line.removeprefix(prefix)


NUMBERS = {
    "data.pool": (0, None),
    "network.inputs": (1, None),
    "network.input_bits": (0, 9),
    "network.classes": (1, None),
    "array.rows": (1, None),
    "array.cols": (1, None),
    "array.rows_per_read": (1, None),
    "bayes.passes": (0, None),
    "bayes.max_passes": (0, 2**16 + 1),
    "random.lfsr_width": (7, 65),
    "random.draw_bits": (1, None),
    "random.seed": (0, None),
    "logits.width": (3, 25),
    "logits.fraction": (-1, None),
    "logits.gain_width": (1, 25),
    "logits.offset_width": (1, 33),
    "logits.max_shift": (0, 32),
    "ports.pixels_per_beat": (0, None),
    "self_test.window_bits": (0, 17),
    "self_test.bound": (-1, 2**17),
    "self_test.drop_run": (-1, 2**16),
    "self_test.keep_run": (-1, 2**16),
    "hardware.pipeline": (-1, 5),
    "training.epochs": (0, None),
    "training.batch_size": (1, None),
    "training.shift": (-1, None),
    "training.seed": (-1, None),
}


@pytest.mark.parametrize("path", NUMBERS)
def test_integers(path):
    """Out of range, or no integer: the line has the field and the value."""
    wrong = [value for value in NUMBERS[path] if value is not None] + [1.5, 2.0, "2", True, [2], math.inf]
    for value in wrong:
        line = refusal(to_toml(changed(path, value)))
        assert re.match(rf"^{re.escape(path)} must be valid, not {re.escape(repr(value))}: ", line), line


REQUIRED = {
    "name",
    "network",
    "array",
    "bayes",
    "network.inputs",
    "network.classes",
    "array.rows",
    "array.cols",
    "array.rows_per_read",
}


@pytest.mark.parametrize("path", sorted(REQUIRED))
def test_missing(path):
    assert refusal(to_toml(changed(path, MISSING))) == f"{path} is missing"


@pytest.mark.parametrize("path", ["training.learning_rate", "training.distortion", "bayes.p.0"])
def test_real_numbers(path):
    wrong = [-0.5, 1.0 if path == "bayes.p.0" else -1, math.nan, math.inf, "0.5", True]
    for value in wrong:
        document = changed("bayes.p", [value, 0.5]) if path == "bayes.p.0" else changed(path, value)
        line = refusal(to_toml(document))
        assert re.match(rf"^{re.escape(path)} must be valid, not {re.escape(repr(value))}: ", line), line


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("name", "Base", "name must be valid, not 'Base': String should match pattern"),
        ("name", "1st", "name must be valid, not '1st': "),
        ("name", "", "name must be valid, not '': "),
        ("name", "a" * 41, f"name must be valid, not '{'a' * 41}': "),
        ("name", "two words", "name must be valid, not 'two words': "),
        ("name", 'a"b', "name must be valid, not 'a\"b': "),
        ("name", "line\n", r"name must be valid, not 'line\n': "),
        ("name", 3, "name must be valid, not 3: "),
        ("name", "std", "name must be valid, not 'std': std is a package of SystemVerilog"),
        ("network", 3, "network must be valid, not 3: "),
        ("network.hidden", [], "network.hidden must have at least 1 layer where there is no convolution, not 0"),
        ("network.image", [2, 2, 2], "network.inputs must be 8 for an image of 2 × 2 × 2, not 12"),
        ("network.hidden", [2] * 17, f"network.hidden must be valid, not {[2] * 17}: "),
        ("network.hidden", 4, "network.hidden must be valid, not 4: "),
        ("network.hidden", [4, 1], "network.hidden.1 must be valid, not 1: "),
        ("network.hidden", [4, 4.0], "network.hidden.1 must be valid, not 4.0: "),
        ("data.set", "mnist", "data.set must be valid, not 'mnist': Input should be 'digits', 'fashion'"),
        ("bayes.method", "dropout", "bayes.method must be one of affine-dropout, ensemble, none, "),
        ("bayes", 3, "bayes must be valid, not 3: "),
        ("bayes.method", ["none"], "bayes.method must be one of affine-dropout, ensemble, none, "),
        ("array.rows", 10, "array.rows must be a multiple of rows_per_read (4), not 10"),
        ("bayes.passes", 7, "bayes.passes must be at most max_passes (6), not 7"),
        ("bayes.p", [0.5], "bayes.p must have 2 values for method 'scale-dropout' and 2 hidden layers, not 1"),
        (
            "bayes",
            {"method": "none", "p": [0.5]},
            "bayes.p is not a field of method 'none', whose fields are max_passes, method, order, passes "
            "(its value is [0.5])",
        ),
        (
            "bayes",
            {"method": "none", "passes": 1, "max_passes": 2},
            "bayes.max_passes must be valid, not 2: Input should be 1",
        ),
        ("random.draw_bits", 17, "random.draw_bits must be at most 16, not 17"),
        ("random", {"lfsr_width": 64, "draw_bits": 33}, "random.draw_bits must be at most 32, not 33"),
        ("random.seed", 2**16, "random.seed must be between 1 and 2^16 - 1, not 65536"),
        ("logits.fraction", 8, "logits.fraction must be less than width (8), not 8"),
        (
            "bayes",
            {"method": "none", "passes": 1, "max_passes": 1},
            "self_test must be omitted where nothing is drawn",
        ),
        (
            "bayes",
            {"method": "subset-vi", "levels": 4, "passes": 3, "max_passes": 6},
            "self_test must be omitted for method 'subset-vi', whose draws have no drop codes",
        ),
        (
            "bayes",
            {"method": "sampled-weights", "passes": 3, "max_passes": 6},
            "self_test must be omitted for method 'sampled-weights', whose draws have no drop codes",
        ),
        ("self_test.bound", 33, "self_test.bound must be at most 32, not 33"),
        (
            "random",
            {"lfsr_width": 32, "draw_bits": 26},
            "self_test.window_bits must be at most 4, not 5",
        ),
        ("ports.pixels_per_beat", 3, "ports.pixels_per_beat must divide array.rows_per_read (4), not 3"),
        ("ports.pixels_per_beat", 8, "ports.pixels_per_beat must divide array.rows_per_read (4), not 8"),
    ],
)
def test_refuses(path, value, line):
    assert refusal(to_toml(changed(path, value))).startswith(line)


@pytest.mark.parametrize("path", ["other", *(f"{section}.other" for section in BASE if section != "name")])
def test_unknown_keys(path):
    """A misspelt key explains more than the one it leaves missing."""
    known = "a known field"
    if path.startswith("bayes."):
        known = "a field of method 'scale-dropout', whose fields are max_passes, method, order, p, passes"
    assert refusal(to_toml(changed(path, 3))) == f"{path} is not {known} (its value is 3)"
    document = changed("network.inputs", MISSING)
    document["network"]["input"] = 12
    assert refusal(to_toml(document)) == "network.input is not a known field (its value is 12) (and 1 more)"


@pytest.mark.parametrize("text", ["name =", "[network", "name = 'a'\nname = 'b'", "\x00", "name = 'a\nb'"])
def test_not_toml(text):
    assert re.fullmatch(r"not TOML: .+", refusal(text, "file.toml"))


@pytest.mark.parametrize("kind", ["absent", "directory", "binary", "invalid"])
def test_load_refuses(tmp_path, kind):
    path = tmp_path / "file.toml"
    if kind == "directory":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(b"\xff\xfe")
    elif kind == "invalid":
        path.write_text("")
    with pytest.raises(InputError) as caught:
        CoreConfig.load(path)
    line = str(caught.value)
    assert "\n" not in line
    if kind == "invalid":
        assert line == f"{path}: name is missing (and 3 more)"
    else:
        names = ", ".join(CoreConfig.names())
        assert line.startswith(f"configuration must be one of {names} or a TOML file, not {str(path)!r} (")


def test_named_configurations(tmp_path):
    assert {"tiny", "digits", "fashion"} <= set(CoreConfig.names())
    hashes = set()
    for name in CoreConfig.names():
        config = CoreConfig.load(name)
        assert config.name == name
        hashes.add(config.hash)
        # Written out and read as a file it is the same.
        path = tmp_path / f"{name}.toml"
        path.write_text(to_toml(config.model_dump(mode="json")))
        assert CoreConfig.load(path) == config
        assert CoreConfig.load(str(path)).hash == config.hash
    assert len(hashes) == len(CoreConfig.names())


@pytest.mark.parametrize("config", cases([*CONFIGURATIONS, CoreConfig.parse(to_toml(BASE))]))
def test_round_trip(config):
    again = CoreConfig.model_validate_json(config.model_dump_json())
    assert again == config
    assert again.hash == config.hash


def test_is_immutable():
    for section in (SMALLEST, SMALLEST.network, SMALLEST.logits):
        with pytest.raises(ValueError, match="frozen"):
            section.inputs = 3


def test_schema():
    """Every field has prose, for editors, and nothing is allowed that is not told."""
    schema = json.loads(json.dumps(CoreConfig.model_json_schema()))
    sections = [schema, *(part for part in schema["$defs"].values() if part["type"] == "object")]
    # All sections, of each scheme another one, a convolution, and predictive probabilities and macros.
    assert len(sections) == len(BASE) - 1 + len(schemes()) + 3
    for section in sections:
        assert section["additionalProperties"] is False
        for name, field in section["properties"].items():
            assert field.get("description") or "$ref" in field, name
    assert set(schema["properties"]) == {*BASE, "predictive", "macro"}
    assert set(schema["required"]) == {"name", "network", "array", "bayes"}
    bayes = schema["properties"]["bayes"]["discriminator"]
    assert bayes["propertyName"] == "method"
    assert set(bayes["mapping"]) == set(schemes())


#: Other values that are as good, for each field; of some with what has to follow, by section.
OTHERS = {
    "name": "other",
    "data.set": "fashion",
    "data.pool": 2,
    "network.inputs": {"network": {"inputs": 13, "image": None}, "training": {"shift": 0}},
    "network.input_bits": 4,
    "network.image": [1, 4, 3],
    "network.convolutions": {
        "network": {"convolutions": [{"channels": 2}]},
        "bayes": {"p": [0.25, 0.5, 0.25]},
        "array": {"folding": [4, 4, 4, 4]},
        "ports": {"pixels_per_beat": 3},
    },
    "network.hidden": [6, 10],
    "network.classes": 6,
    "array.rows": 12,
    "array.cols": 5,
    "array.rows_per_read": 8,
    "array.folding": [4, 4, 8],
    "bayes.method": {"bayes": {"method": "affine-dropout"}},
    "bayes.p": [0.25, 0.75],
    "bayes.passes": 4,
    "bayes.max_passes": 7,
    "random.lfsr_width": 17,
    "random.draw_bits": 5,
    "random.seed": 78,
    "logits.width": 9,
    "logits.fraction": 4,
    "logits.gain_width": 7,
    "logits.offset_width": 10,
    "logits.max_shift": 8,
    "ports.pixels_per_beat": 4,
    "self_test.window_bits": 6,
    "self_test.bound": 10,
    "self_test.drop_run": 0,
    "self_test.keep_run": 8,
    "hardware.pipeline": 2,
    "training.epochs": 3,
    "training.batch_size": 9,
    "training.learning_rate": 0.2,
    "training.distortion": 0.2,
    "training.mirror": True,
    "training.shift": 2,
    "training.precision": "bfloat16",
    "training.seed": 4,
}


def test_hash_leaves_out_only_training_and_hardware():
    base = CoreConfig.parse(to_toml(BASE))
    fields = {f"{section}.{key}" for section, part in BASE.items() if isinstance(part, dict) for key in part} | {"name"}
    assert OTHERS.keys() == fields
    assert re.fullmatch(r"[0-9a-f]{64}", base.hash)
    for path, value in OTHERS.items():
        sections = value if isinstance(value, dict) else {}
        document = copy.deepcopy(BASE) if sections else changed(path, value)
        for section, fields_of_section in sections.items():
            document[section] = fields_of_section and document[section] | fields_of_section
        other = CoreConfig.parse(to_toml(document))
        assert other != base
        assert (other.hash == base.hash) == path.startswith(("training.", "hardware.")), path
        assert (other.circuit_hash == base.circuit_hash) == path.startswith("training."), path


@pytest.mark.parametrize(
    ("bayes", "units", "watched"),
    [
        ({}, 1, ((0, 1),)),
        ({}, 2, ((0,), (1,))),
        ({}, 9, ((0,), (1,))),
        ({"method": "spin-dropout"}, 1, ((0,), (1,))),
        ({"method": "spatial-dropout"}, 7, ((0,),) * 6 + ((1,),) * 7),
        ({"method": "subset-vi", "levels": 4, "p": MISSING}, 2, ()),
    ],
)
def test_units_that_can_be_watched(bayes, units, watched):
    section = {key: value for key, value in (BASE["bayes"] | bayes).items() if value is not MISSING}
    document = BASE | {"bayes": section, "random": BASE["random"] | {"units": units}}
    document["self_test"] = document["self_test"] if watched else None
    config = CoreConfig.parse(to_toml(document))
    assert config.stochastic.watched == watched
    assert config.stochastic.units == len(watched) or not watched


def test_no_more_units_are_watched_than_a_register_has_bits():
    network = BASE["network"] | {"hidden": [18, 18]}
    document = BASE | {"network": network, "bayes": BASE["bayes"] | {"method": "spin-dropout"}}
    config = CoreConfig.parse(to_toml(document | {"random": BASE["random"] | {"units": 16}}))
    assert len(config.stochastic.watched) == 32
    line = refusal(to_toml(document | {"random": BASE["random"] | {"units": 17}}))
    assert line == "self_test must be for at most 32 stochastic units, not 34"


@pytest.mark.parametrize(("units", "width"), [(1, 4), (2, 8), (5, 8)])
def test_a_beat_of_draws_is_for_all_units(units, width):
    config = CoreConfig.parse(to_toml(BASE | {"random": BASE["random"] | {"units": units, "source": "external"}}))
    assert config.stochastic.external
    assert config.stochastic.entropy_width == width


def test_draws_of_local_units_do_not_come_from_outside():
    document = BASE | {"bayes": BASE["bayes"] | {"method": "spin-dropout"}, "self_test": None}
    line = refusal(to_toml(document | {"random": BASE["random"] | {"source": "external"}}))
    assert line == "random.source must be 'lfsr' for method 'spin-dropout', not 'external'"


def test_hash_does_not_depend_on_what_is_written_out():
    defaults = CoreConfig.parse(
        to_toml({key: BASE[key] for key in ("name", "network", "array")} | {"bayes": {"p": [0, 0.5]}})
    )
    explicit = CoreConfig.parse(to_toml(defaults.model_dump(mode="json")))
    assert defaults.hash == explicit.hash


@pytest.mark.parametrize(
    ("p", "code"), [(0, 0), (0.0, 0), (1 / 16, 1), (0.03, 0), (0.04, 1), (0.5, 8), (0.96, 15), (0.97, 15), (0.999, 15)]
)
def test_drop_codes(p, code):
    """The nearest of 16, but never all of them: dropping always is not a draw below a code of four bits."""
    config = CoreConfig.parse(to_toml(changed("bayes.p", [p, 0.5])))
    assert config.stochastic.drop_codes == (code, 8)
    assert config.stochastic.realised_p == (code / 16, 0.5)


def test_padded_is_padded():
    assert PADDED.network.inputs % PADDED.ports.pixels_per_beat
