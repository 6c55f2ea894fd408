import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest

from golden.data import random_program
from hdl.config import CoreConfig, InputError
from hdl.contract import SCHEMA, Program

from ..configurations import CONFIGURATIONS, PADDED, SMALLEST, cases, each_configuration

ARRAYS = ("gains", "offsets", "shifts", "codes")
TUPLES = ("weights", "thresholds", "flips")
PROGRAM = random_program(PADDED, np.random.default_rng(1))


def members_of(program):
    with np.load(io.BytesIO(program.to_bytes()), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def write(path, members):
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=True, **members)
    path.write_bytes(file.getvalue())
    return path


def refusal(path, config=None):
    with pytest.raises(InputError) as caught:
        Program.load(path, config)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")


def same(one, other):
    return (
        one.config == other.config
        and one.seed == other.seed
        and one.provenance == other.provenance
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ARRAYS)
        and all(
            len(getattr(one, name)) == len(getattr(other, name))
            and all(map(np.array_equal, getattr(one, name), getattr(other, name)))
            for name in TUPLES
        )
    )


@each_configuration
def test_round_trip(config, tmp_path):
    """The same integers, and the same bytes."""
    program = random_program(config, np.random.default_rng(2))
    data = program.to_bytes()
    assert program.to_bytes() == data
    path = tmp_path / "program.npz"
    path.write_bytes(data)
    for loaded in (Program.load(path), Program.load(str(path), config)):
        assert same(loaded, program)
        assert loaded.to_bytes() == data
        for name in ARRAYS:
            assert getattr(loaded, name).dtype == np.int64
    # No time of day in it.
    with zipfile.ZipFile(path) as file:
        assert {member.date_time for member in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_largest_seed(tmp_path):
    config = CoreConfig.model_validate(
        SMALLEST.model_dump(mode="json") | {"random": {"lfsr_width": 64, "draw_bits": 2, "seed": 2**64 - 1}}
    )
    program = random_program(config, np.random.default_rng(3))
    program = dataclasses.replace(program, seed=2**64 - 1)
    path = tmp_path / "program.npz"
    path.write_bytes(program.to_bytes())
    assert Program.load(path).seed == 2**64 - 1


def test_training_does_not_matter(tmp_path):
    """A Program is for a piece of hardware, however it was trained."""
    path = write(tmp_path / "program.npz", members_of(PROGRAM))
    retrained = CoreConfig.model_validate(PADDED.model_dump(mode="json") | {"training": {"epochs": 7}})
    assert Program.load(path, retrained).config.training.epochs == 7


def test_truncated(tmp_path):
    data = PROGRAM.to_bytes()
    path = tmp_path / "program.npz"
    lengths = range(0, len(data), 100)
    assert len(lengths) > 20
    for length in [*lengths, len(data) - 1]:
        path.write_bytes(data[:length])
        assert refusal(path) == "must be a whole Program (.npz), not a damaged or truncated one"


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_damaged(tmp_path, mask):
    """A byte that is wrong is refused, or is one that zip itself does not look at."""
    data = PROGRAM.to_bytes()
    path = tmp_path / "program.npz"
    refused = 0
    for place in range(mask % 7, len(data), 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])
        try:
            loaded = Program.load(path)
        except InputError:
            refusal(path)
            refused += 1
        else:
            assert same(loaded, PROGRAM), f"byte {place}"
    assert refused > len(data) // 7 // 2


def test_other_files(tmp_path):
    path = tmp_path / "other"
    assert refusal(path).startswith("cannot be read: ")
    path.mkdir()
    assert refusal(path).startswith("cannot be read: ")
    path = tmp_path / "single.npy"
    np.save(path, np.arange(3))
    assert refusal(path) == "must be a Program (.npz), not a single array"
    path = tmp_path / "text.npz"
    path.write_text("hello")
    assert refusal(path) == "must be a whole Program (.npz), not a damaged or truncated one"
    # Nothing that is loaded can run code.
    path = write(tmp_path / "pickle.npz", members_of(PROGRAM) | {"gains": np.array([print, print], dtype=object)})
    assert refusal(path) == "must be a whole Program (.npz), not a damaged or truncated one"


@pytest.mark.parametrize("name", sorted(members_of(PROGRAM).keys() - {"config"}))
def test_missing_member(tmp_path, name):
    members = members_of(PROGRAM)
    del members[name]
    path = write(tmp_path / "program.npz", members)
    assert refusal(path) == refusal(path, PADDED) == f"{name} is missing"


def test_missing_configuration(tmp_path):
    """It can be given instead."""
    members = members_of(PROGRAM)
    del members["config"]
    path = write(tmp_path / "program.npz", members)
    assert refusal(path) == "config is missing"
    assert same(Program.load(path, PADDED), PROGRAM)


@pytest.mark.parametrize("name", sorted(members_of(PROGRAM).keys() - {"config"}))
@pytest.mark.parametrize(
    "value",
    [np.array([]), np.array("text"), np.array(1.5), np.ones((3, 3, 3)), np.array([[2**62]]), np.array([True])],
    ids=["empty", "text", "real", "cube", "large", "boolean"],
)
def test_member_of_another_kind(tmp_path, name, value):
    path = write(tmp_path / "program.npz", members_of(PROGRAM) | {name: value})
    line = refusal(path)
    assert name.partition("_")[0] in line


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', '{"version": 3}', "\udcff"])
def test_provenance(tmp_path, text):
    member = np.frombuffer(text.encode("utf-8", "surrogateescape"), dtype=np.uint8)
    path = write(tmp_path / "program.npz", members_of(PROGRAM) | {"provenance": member})
    assert refusal(path).startswith("provenance ")


def test_other_schema(tmp_path):
    path = write(tmp_path / "program.npz", members_of(PROGRAM) | {"schema": np.array(SCHEMA + 1)})
    assert refusal(path) == f"schema must be {SCHEMA}, not {SCHEMA + 1}"


@pytest.mark.parametrize("config", cases([config for config in CONFIGURATIONS if config is not PADDED]))
def test_other_configuration(tmp_path, config):
    path = write(tmp_path / "program.npz", members_of(PROGRAM))
    line = refusal(path, config)
    wanted, found = config.hash[:12], PADDED.hash[:12]
    assert line.startswith(f"config_hash must be {wanted}… of configuration {config.name!r}, not {found}…: ")


def test_configuration_that_is_not_the_one_hashed(tmp_path):
    document = json.dumps(PADDED.model_dump(mode="json") | {"name": "changed"})
    members = members_of(PROGRAM) | {"config": np.frombuffer(document.encode(), dtype=np.uint8)}
    assert "config_hash must be" in refusal(write(tmp_path / "program.npz", members))
    for text in (b"{", b"\xff", b"[]", b"\n"):
        members["config"] = np.frombuffer(text, dtype=np.uint8)
        assert refusal(write(tmp_path / "program.npz", members)).startswith("config must be a JSON object, not '")
    for text, line in (
        (b"{}", "config: name is missing (and 3 more)"),
        (
            json.dumps(PADDED.model_dump(mode="json") | {"bayes": {"method": "own"}}).encode(),
            "config: bayes.method must",
        ),
    ):
        members["config"] = np.frombuffer(text, dtype=np.uint8)
        assert refusal(write(tmp_path / "program.npz", members)).startswith(line)


def ranges():
    """Return for each array what it may hold."""
    logits, random = PADDED.logits, PADDED.random
    gain, offset = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    found = {
        "gains": (-gain, gain - 1),
        "offsets": (-offset, offset - 1),
        "shifts": (0, logits.max_shift),
        "codes": (0, 2**random.draw_bits - 1),
    }
    for layer in PADDED.hidden_layers:
        found[f"thresholds_{layer.index}"] = (0, layer.threshold_max)
        found[f"flips_{layer.index}"] = (0, 1)
    return found | {f"weights_{layer.index}": (0, 1) for layer in PADDED.layers}


def with_array(name, array):
    """Return PROGRAM with another array ``name``."""
    field, _, index = name.partition("_")
    if not index:
        return dataclasses.replace(PROGRAM, **{field: array})
    if field in ("thresholds", "flips"):
        field, array = "neurons", {**PROGRAM.neurons[int(index)], field: array}
    parts = list(getattr(PROGRAM, field))
    parts[int(index)] = array
    return dataclasses.replace(PROGRAM, **{field: tuple(parts)})


def array_of(name):
    field, _, index = name.partition("_")
    return getattr(PROGRAM, field)[int(index)] if index else getattr(PROGRAM, field)


@pytest.mark.parametrize("name", ranges())
def test_range(tmp_path, name):
    """Both ends are allowed, one more is not: neither in memory nor in a file."""
    lowest, highest = ranges()[name]
    for value in (lowest, highest):
        array = array_of(name).copy()
        array.flat[-1] = value
        program = with_array(name, array)
        path = tmp_path / "program.npz"
        path.write_bytes(program.to_bytes())
        assert same(Program.load(path), program)
    for value in (lowest - 1, highest + 1, 2**40, -(2**40)):
        array = array_of(name).copy()
        array.flat[-1] = value
        with pytest.raises(InputError, match=rf"^{name} must be between {lowest} and {highest}, not {value}$"):
            with_array(name, array)
        if not name.startswith("weights"):
            path = write(tmp_path / "program.npz", members_of(PROGRAM) | {name: array})
            assert refusal(path) == f"{name} must be between {lowest} and {highest}, not {value}"


@pytest.mark.parametrize("name", ranges())
def test_shape_and_type(name):
    array = array_of(name)
    for wrong in (array[1:], array[None], array.reshape(-1)[:0]):
        message = f"{name} must have shape {array.shape}, not {wrong.shape}"
        with pytest.raises(InputError) as caught:
            with_array(name, wrong)
        assert str(caught.value) == message
    with pytest.raises(InputError, match=rf"^{name} must hold integers, not float64$"):
        with_array(name, array.astype(np.float64))


@pytest.mark.parametrize("seed", [0, -1, 2**PADDED.random.lfsr_width])
def test_seed(seed):
    most = 2**PADDED.random.lfsr_width - 1
    with pytest.raises(InputError, match=rf"^seed must be between 1 and {most}, not {seed}$"):
        dataclasses.replace(PROGRAM, seed=seed)


@pytest.mark.parametrize("name", ["weights", "neurons"])
def test_number_of_layers(name):
    parts = getattr(PROGRAM, name)
    for wrong in (parts[1:], (*parts, parts[0]), ()):
        with pytest.raises(InputError, match=rf"^{name} must be given for {len(parts)} layers, not {len(wrong)}$"):
            dataclasses.replace(PROGRAM, **{name: wrong})


@pytest.mark.parametrize(("given", "named"), [(("thresholds",), "thresholds"), ((), "")])
def test_members_of_neurons(given, named):
    first, *others = PROGRAM.neurons
    wrong = {name: first[name] for name in given}
    with pytest.raises(InputError, match=rf"^neurons_0 must have thresholds, flips, not {named}$"):
        dataclasses.replace(PROGRAM, neurons=(wrong, *others))
