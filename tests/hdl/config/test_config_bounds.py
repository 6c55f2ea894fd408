"""Documents from anywhere, and sizes that no core has room for: refused at once, in one line that names the field."""

import re
import time

import pytest

from hdl.config import CoreConfig, InputError
from hdl.config.document import brief, parse_toml, read_text

from .test_config import BASE, changed, to_toml


def refusal(text):
    with pytest.raises(InputError) as refused:
        CoreConfig.parse(text)
    line = str(refused.value)
    assert len(line) < 500
    assert "\n" not in line
    return line.removeprefix("configuration: ")


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (
            "array.rows",
            2**40,
            "array.rows must be valid, not 1099511627776: Input should be less than or equal to 65536",
        ),
        ("array.cols", 2**17, "array.cols must be valid"),
        ("array.rows_per_read", 2**17, "array.rows_per_read must be valid"),
        ("network.inputs", 2**21, "network.inputs must be valid"),
        ("network.hidden", [1_000_000_000, 16], "network.hidden.0 must be valid, not 1000000000: "),
        ("network.classes", 2**20, "network.classes must be valid"),
        ("network.image", [2**32, 2, 3], "network.image.0 must be valid"),
        ("network.hidden", [2**16, 2**16], "array.rows and array.cols must be large enough for at most 65536 arrays"),
        ("random.units", 10**12, "random.units must be valid"),
        ("random.seed", 2**64, "random.seed must be an integer of at most 64 bits, not one of 65"),
        ("ports.pixels_per_beat", 2**33, "ports.pixels_per_beat must be valid"),
        ("hardware.planes_per_cycle", 65, "hardware.planes_per_cycle must be valid"),
        ("training.epochs", 10**9, "training.epochs must be valid"),
        ("training.batch_size", 2**40, "training.batch_size must be valid"),
        ("training.seed", 2**63, "training.seed must be valid"),
        ("training.shift", 2**50, "training.shift must be valid"),
        ("data.pool", 2**31, "data.pool must be valid"),
        ("bayes.passes", 2**62, "bayes.passes must be valid"),
        ("logits.fraction", 10**15, "logits.fraction must be valid"),
    ],
)
def test_sizes(path, value, line):
    assert refusal(to_toml(changed(path, value))).startswith(line)


@pytest.mark.parametrize("value", ["inf", "nan", "-inf", "1e300", "2.0"])
def test_learning_rates(value):
    text = re.sub("learning_rate = .*", f"learning_rate = {value}", to_toml(changed("training.epochs", 2)))
    assert refusal(text).startswith("training.learning_rate must be valid")


def with_sections(**sections):
    """Return the base with other fields in some sections; None stands for a field that is omitted."""
    plain = {"network": {"image": None}, "training": {"shift": 0, "mirror": False}, "ports": {"pixels_per_beat": 1}}
    merged = {name: fields | plain.get(name, {}) for name, fields in BASE.items() if isinstance(fields, dict)}
    merged = {name: fields | sections.get(name, {}) for name, fields in merged.items()}
    merged["array"].pop("folding")
    document = BASE | merged
    return to_toml(
        {
            name: {key: each for key, each in fields.items() if each is not None}
            if isinstance(fields, dict)
            else fields
            for name, fields in document.items()
        }
    )


def test_cells_of_all_arrays():
    """Each size is possible, and all of them together are not."""
    assert refusal(with_sections(array={"rows": 2**16, "cols": 2**16})) == (
        "array.rows and array.cols must be small enough for 268435456 bits of weights in all arrays, not 65536 and "
        "65536: with network.hidden.0, 6, there are 4294967296"
    )


def test_weights_of_a_layer():
    network = {"inputs": 2**20, "hidden": [2**12, 4]}
    assert refusal(with_sections(network=network, array={"rows": 2**16, "cols": 512})) == (
        "network.hidden.0 must be small enough for 268435456 weights of a layer with 1048576 inputs, not 4096"
    )


def test_map_of_a_convolution():
    network = {"inputs": 3 * 2**18, "image": [512, 512, 3], "convolutions": [{"channels": 128}]}
    assert refusal(with_sections(network=network)) == (
        "network.convolutions.0.channels must be at most 64 for a map of 512 × 512, not 128"
    )


def test_stochastic_units():
    document = BASE | {
        "network": {"inputs": 2048, "hidden": [2048, 4], "classes": 4},
        "array": {"rows": 64, "cols": 64, "rows_per_read": 64},
        "bayes": {"method": "sampled-weights", "passes": 2, "max_passes": 4, "generators": 2048},
        "training": {},
    }
    document.pop("self_test", None)
    assert re.fullmatch(
        r"bayes\.generators must be small enough for 65536 stochastic units, not 2048: there are \d+",
        refusal(to_toml(document)),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "not TOML: must have at most 16 levels, not more"),
        ("a = " + "{a=" * 3000 + "1" + "}" * 3000, "not TOML: must have at most 16 levels, not more"),
        ("a." * 5000 + "a = 1", "not TOML: must have at most 16 levels, not more"),
        ("[" + "a." * 200_000 + "a]", "not TOML: must have at most 16 levels, not more"),
        ("['a'" + ' . "a"' * 5000 + "]", "not TOML: must have at most 16 levels, not more"),
        ("a = " + "[" * 20 + "]" * 20, "a must have at most 16 levels, not more"),
        ("a = " + "9" * 5000, "not TOML: Exceeds the limit"),
        ("[a]\nb = [1, 0x" + "f" * 5000 + "]", "a.b.1 must be an integer of at most 64 bits, not one of 20000"),
        ("a = -0x10000000000000000", "not TOML: "),
        ("\x00", "not TOML: "),
        ("x" * 100_000 + " = 1", "xxxxx"),
        ("x" * 100_000 + " = 0x" + "f" * 200, "xxxxx"),
        ("name = '" + "x" * 100_000 + "'", "name must be valid, not 'xxx"),
    ],
)
def test_documents(text, line):
    begin = time.process_time()
    assert refusal(text).startswith(line)
    assert time.process_time() - begin < 2


def test_long_value():
    line = refusal(to_toml(changed("name", "x" * 100_000)))
    assert line.startswith("name must be valid, not 'xxx")
    assert "..." in line
    assert len(brief(list(range(10**6)))) < 200


def test_byte_order_mark(tmp_path):
    """Editors of another system put it at the beginning of a file."""
    text = to_toml(changed("name", "marked"))
    for encoding in ("utf-8", "utf-8-sig"):
        path = tmp_path / f"{encoding}.toml"
        path.write_text(text, encoding=encoding)
        assert CoreConfig.load(path) == CoreConfig.parse(text)


def test_endless_and_large_files(tmp_path):
    with pytest.raises(InputError, match=r"^/dev/zero must be a file, not a device$"):
        CoreConfig.load("/dev/zero")
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(InputError, match=r"large\.toml must be a file of at most 1048576 bytes, not a larger one$"):
        read_text(path)


def test_ordinary_document():
    assert parse_toml("[a]\nb = [[1, 2], {c = 'd.e.f'}]\n") == {"a": {"b": [[1, 2], {"c": "d.e.f"}]}}
