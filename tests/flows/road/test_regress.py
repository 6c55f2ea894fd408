import hashlib
import json

import pytest


def regressed(bayescim, products, quick, *arguments):
    answer = bayescim("regress", quick, "-o", products.directory, "--simulator", "verilator", "--json", *arguments)
    result = json.loads(answer.out)
    assert json.loads(products.regression.read_text()) == result
    return answer, result


def test_block(bayescim, products, quick):
    answer, result = regressed(bayescim, products, quick, "--block", "tee")
    assert answer.code == 0
    (found,) = result["results"]
    assert (found["block"], found["simulator"], found["failed"]) == ("tee", "verilator", 0)
    assert result["simulators"]["verilator"]["tests"] == found["tests"] > 0
    assert answer.err.startswith("verilator  tee ")
    assert result["logs"] == []


@pytest.mark.slow
def test_edited_verilog(bayescim, products, quick, tmp_path):
    """The exit code tells of a core that somebody broke, and the log is kept."""
    text = products.verilog.read_text()
    place = text.index("module \\tiny.core.logit_unit.logits ")
    broken = tmp_path / "broken.v"
    broken.write_text(text[:place] + text[place:].replace(" - ", " + ", 1))
    answer, result = regressed(bayescim, products, quick, "--verilog", broken)
    assert answer.code == 1
    (found,) = result["results"]
    assert found["block"] == "axi_core"
    assert 0 < found["failed"] <= found["tests"]
    assert result["provenance"]["inputs"]["verilog"]["sha256"] == hashlib.sha256(broken.read_bytes()).hexdigest()
    (log,) = result["logs"]
    assert (products.directory / log).stat().st_size > 0


def test_unknown_block(refused, products, quick):
    line = refused("regress", quick, "-o", products.directory, "--block", "adder")
    assert line.startswith("blocks must be among ")
    assert line.endswith("not 'adder'")
    assert not products.regression.exists()
