"""The command: from a graph to a core that computes what golden computes."""

import json
import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from flows.road.import_record import ImportRecord
from flows.verify.fuzz import sandbox
from flows.verify.fuzz.damage import damage
from golden.model import core_model
from hdl.config import CoreConfig, config_twin
from hdl.contract import Program

from .graphs import convolution_graph, deep_graph, dense_graph

#: Configuration with choices for each of three layers.
FOLDED = """
name = "folded"
network = { inputs = 24, hidden = [9, 7], classes = 5 }
array = { rows = 16, cols = 16, rows_per_read = 4, folding = [8, 4, 2], cols_per_read = 8, column_folding = [8, 16, 4] }
bayes = { method = "none" }
"""


@pytest.fixture
def graph(tmp_path, monkeypatch):
    """Write a graph into the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(build, name="Net 1.onnx"):
        (tmp_path / name).write_bytes(build.model().SerializeToString())
        return name

    return write


def loaded(name):
    config = CoreConfig.load(f"build/{name}/{name}.toml")
    return config, Program.load(f"build/{name}/{name}.npz", config)


def test_products(bayescim, graph):
    """A configuration and a Program that belong together, and a record of every layer."""
    answer = bayescim("import", graph(dense_graph(bits=8)), "--json")
    assert (answer.code, answer.err) == (0, "")
    config, program = loaded("net_1")
    path = Path("build/net_1/import.json")
    record = ImportRecord.read(path, "import")
    assert path.read_text() == answer.out
    assert record.provenance.config_hash == config.hash
    assert [layer.outputs for layer in record.layers] == [9, 7, 5]
    assert [layer.flipped for layer in record.layers] == [*(int(each.sum()) for each in program.flips), 0]
    assert record.input.bits == config.network.input_bits == 8
    assert program.provenance["opset"] == "20"
    assert config.bayes.method == "none"
    assert record.logit_error <= 2.0 ** -(config.logits.fraction + 1) * 1.1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "method"),
    [(dense_graph, "spin-dropout"), (convolution_graph, "spatial-dropout")],
    ids=["dense", "convolutions"],
)
def test_an_imported_core_is_golden(bayescim, graph, build, method):
    """RTL and golden agree, through the commands that a user has."""
    name = graph(build(seed=3), "net.onnx")
    assert bayescim("import", name, "-o", "out", "--dropout", "0.25", "--method", method, "--like", "tiny").code == 0
    assert bayescim("generate", "out/net.toml", "-o", "out").code == 0
    simulation = "simulate out/net.toml -o out --random-pixels 1 --inputs 6 --passes 4"
    assert bayescim(*simulation.split()).code == 0
    simulated = json.loads(Path("out/simulate.json").read_text())["equivalence"]
    assert simulated["mismatches"] == simulated["statistics_mismatches"] == 0 < simulated["compared"]


def test_like(bayescim, refused, graph):
    """Arrays, ports and options of another configuration, as far as they fit."""
    name = graph(dense_graph())
    assert bayescim("import", name, "--name", "other", "--like", "tiny", "--dropout", "0.5").code == 0
    config, tiny = loaded("other")[0], CoreConfig.load("tiny")
    assert (config.array, config.random, config.hardware) == (tiny.array, tiny.random, tiny.hardware)
    assert (config.bayes.passes, config.bayes.max_passes) == (tiny.bayes.passes, tiny.bayes.max_passes)
    # Those of each layer only where there are as many, and columns that are sensed in groups.
    Path("folded.toml").write_text(FOLDED)
    for layers, own in ((4, "deep.onnx"), (3, name)):
        graph(dense_graph() if layers == 3 else deep_graph(), own)
        assert bayescim("import", own, "--name", "folded", "--like", "folded.toml").code == 0
        array = loaded("folded")[0].array
        assert (array.folding, array.column_folding) == (((8, 4, 2), (8, 16, 4)) if layers == 3 else ((), ()))
        assert array.cols_per_read == 8
    assert refused("import", name, "--like", "nothing").startswith("configuration must be one of ")


def test_sums_keep_their_mean_under_dropout(bayescim, graph):
    """Averaged over many masks, logits behind a dropout are those without it, though dropped is −1."""
    name = graph(dense_graph(seed=2, late_drop=0.3))
    assert bayescim("import", name, "--name", "plain").code == 0
    assert bayescim("import", name, "--name", "dropped", "--dropout", "graph").code == 0
    (_, plain), (config, dropped) = loaded("plain"), loaded("dropped")
    assert (config.bayes.method, config.bayes.p) == ("spin-dropout", (0.0, pytest.approx(0.3)))
    # The twin is the network without dropout, in the formats of the other.
    twin = Program.load("build/dropped/deterministic/dropped.npz", config_twin(config))
    assert np.array_equal(twin.thresholds[1], plain.thresholds[1])
    assert np.array_equal(twin.weights[2], dropped.weights[2])
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 2, (3, 24), dtype=np.uint8))
    repeated = pixels.repeat_interleave(400, dim=0)
    drawn = core_model(dropped).logits(repeated).double().reshape(3, -1, 5) / 2**config.logits.fraction
    wanted = core_model(plain).logits(pixels)[:, 0].double() / 2**plain.config.logits.fraction
    error = drawn.std(dim=1) / drawn.shape[1] ** 0.5
    assert (error > 0).all()
    assert ((drawn.mean(dim=1) - wanted).abs() <= 5 * error + 2.0**-config.logits.fraction).all()


def test_dropout_of_the_graph(bayescim, refused, graph):
    name = graph(dense_graph(drop=0.25))
    answer = bayescim("import", name, "--dropout", "graph")
    assert answer.code == 0
    assert "bayescim: node 'Dropout_4' (Dropout): dropout of the input is ignored" in answer.err
    # The second hidden layer has none.
    assert loaded("net_1")[0].bayes.p == (0.25, 0.0)
    # A rate of 0 is none.
    for build in (dense_graph(), dense_graph(late_drop=0.0)):
        assert refused("import", graph(build), "--dropout", "graph") == (
            "Net 1.onnx: dropout must be a number: the network has no dropout behind a sign of its own"
        )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("--dropout 1", "Net 1.onnx: dropout must be between 0 and 1, both excluded, or 'graph', not 1"),
        ("--dropout nan", "Net 1.onnx: dropout must be between 0 and 1, both excluded, or 'graph', not nan"),
        ("--dropout 0.0005", "dropout must be a probability that 8 bits can tell from 0, not 0.0005"),
        ("--dropout much", "dropout must be a number between 0 and 1, or 'graph', not 'much'"),
        ("--method spatial-dropout", "method must be omitted without --dropout, not 'spatial-dropout'"),
        (
            "--dropout 0.1 --method scale-dropout",
            "method must be one of spin-dropout, spatial-dropout, not 'scale-dropout'",
        ),
        ("--name Net", "Net 1.onnx: name must "),
    ],
)
def test_arguments(refused, graph, options, line):
    assert refused("import", graph(dense_graph()), *options.split()).startswith(line)


def test_a_maximum_before_its_dropout_is_refused(refused, graph):
    name = graph(convolution_graph())
    line = refused("import", name, "--dropout", "0.1")
    assert line.startswith("method must be 'spatial-dropout' for a network with a maximum behind node 'Conv_4' (Conv)")


@pytest.mark.parametrize("missing", ["onnx", "google.protobuf.message"])
def test_without_the_extra(refused, monkeypatch, missing):
    """One line says what to install."""
    for name in [
        each for each in sys.modules if each == missing or each.startswith(("flows.exchange", "flows.road.import"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert refused("import", "net.onnx") == (
        f"package {missing!r} must be installed for `import`: pip install 'bayescim[import]'"
    )


def test_damaged_files(bayescim, tmp_path, monkeypatch):
    """A network or one line, for any content."""
    monkeypatch.chdir(tmp_path)
    whole = {
        name: build().model().SerializeToString() for name, build in (("a", dense_graph), ("b", convolution_graph))
    }
    rng, codes = random.Random(1), set()
    for number in range(60):
        (tmp_path / "net.onnx").write_bytes(damage(rng, rng.choice(list(whole.values()))))
        answer = bayescim("import", "net.onnx", "-o", f"out{number}")
        assert answer.code in (0, 2), (number, answer)
        if answer.code:
            assert (answer.out, len(answer.err.splitlines())) == ("", 1), answer
            assert not (tmp_path / f"out{number}").exists()
        codes.add(answer.code)
    assert codes == {0, 2}


def test_the_network_of_the_fuzzer_is_whole(bayescim, tmp_path, monkeypatch):
    """So that its damage is what is refused."""
    monkeypatch.chdir(tmp_path)
    assert bayescim("import", sandbox._NETWORK, "-o", "out", "--dropout", "graph").code == 0
