"""Products tell the data set and the table that they were made from."""

import hashlib
import json
import shutil

import pytest

from flows.verify.fuzz.sandbox import fill_sandbox
from golden.data import load
from hdl.config import CoreConfig


@pytest.fixture
def sandbox(once, tmp_path):
    made = once("fuzz", lambda directory: fill_sandbox(directory / "files")) / "files"
    return shutil.copytree(made, tmp_path / "files")


def provenance(path):
    return json.loads(path.read_text())["provenance"]


def test_data_set(bayescim, sandbox):
    """That behind `--data`: another pixel is another digest, and another place is not."""
    config, found = sandbox / "fashion.toml", []
    for place in ("fashion", "moved", "changed"):
        if place != "fashion":
            shutil.copytree(sandbox / "fashion", sandbox / place)
        if place == "changed":
            images = sandbox / place / "t10k-images-idx3-ubyte"
            content = bytearray(images.read_bytes())
            content[-1] ^= 1
            images.write_bytes(content)
        assert bayescim("train", config, "-o", sandbox / "out" / place, "--data", sandbox / place).code == 0
        found.append(provenance(sandbox / "out" / place / "training.json")["data"])
        assert found[-1] == load(CoreConfig.load(config), sandbox / place).digest
    assert found[0] == found[1] != found[2]


def test_data_set_of_a_study(bayescim, sandbox):
    products = sandbox / "products"
    line = ("uncertainty", sandbox / "tiny.toml", "-o", products, "--source", "golden", "--inputs", 2, "--ood", "noise")
    assert bayescim(*line).code == 0
    assert provenance(products / "uncertainty.json")["data"] == load(CoreConfig.load("tiny")).digest


def test_table(bayescim, sandbox):
    table = sandbox / "cells.csv"
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    assert bayescim("devices", "--table", table, "-o", sandbox / "out", "--chips", 1, "--samples", 4).code in (0, 1)
    assert provenance(sandbox / "out" / "devices.json")["table"] == digest
    line = ("chips", sandbox / "sampled.toml", "-o", sandbox / "sampled", "--table", table, "--chips", 2)
    assert bayescim(*line, "--inputs", 2, "--ages", 86400, "--calibration", 4, "--passes", 1).code == 0
    told = provenance(sandbox / "sampled" / "chips.json")
    assert told["inputs"]["table"] == {"file": "../cells.csv", "sha256": digest}
    assert told["data"] == load(CoreConfig.load("tiny")).digest


def test_nothing_where_nothing_is_read(bayescim, sandbox):
    assert bayescim("map", sandbox / "tiny.toml", "-o", sandbox / "out").code == 0
    assert provenance(sandbox / "out" / "map.json")["data"] is None
