"""``bayescim prove``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..base.arguments import JsonOption
from ..base.console import notice, progress, show, table

if TYPE_CHECKING:
    from rich.table import Table

    from ..verify.prove import Verdict

__all__ = ["prove"]


def prove(
    block: Annotated[
        list[str] | None, typer.Argument(metavar="[BLOCK]...", help="Blocks to prove.", show_default="all")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Only the proofs that take a few seconds.")] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Directory for waveforms of counterexamples.")
    ] = Path("build/prove"),
    into: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="Document whose section `proofs` is written.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove what the blocks promise. The exit code is 1 if a claim fails or a proof turns out to be vacuous."""
    from hdl.config import InputError

    from ..base.files import write_atomically
    from ..base.sections import read_document, replace_section
    from ..verify.prove import Prover, choose, to_markdown
    from ..verify.prove import prove as step

    if into is not None and (block or fast):
        raise InputError("document must show all proofs, not some: omit BLOCK and --fast")
    proofs = choose(block or (), fast=fast)
    prover = Prover.find()
    if into is not None:
        replace_section(read_document(into), "proofs", "")

    done = 0
    with progress("prove") as advance:

        def tell(verdict: "Verdict") -> None:
            nonlocal done
            done += 1
            advance(done, len(proofs))
            if not verdict.proved:
                trace = f", waveform in {verdict.trace}" if verdict.trace is not None else ""
                notice(f"{verdict.proof.block}.{verdict.proof.name}: {verdict.complaint}{trace}")

        advance(done, len(proofs))
        verdicts = step(proofs, prover=prover, directory=output, on_verdict=tell)

    if into is not None:
        # Read again: the proofs take minutes, in which the document may have changed elsewhere.
        write_atomically(into, replace_section(read_document(into), "proofs", to_markdown(verdicts)).encode())
    found = [
        {
            "block": each.proof.block,
            "name": each.proof.name,
            "claim": each.proof.claim,
            "sizes": each.proof.sizes,
            "method": each.proof.method,
            "depth": each.proof.depth,
            "bounded": each.proof.bounded,
            "reason": each.proof.reason,
            "seconds": round(each.seconds, 1),
            "proved": each.proved,
            "complaint": each.complaint,
            "trace": each.trace,
        }
        for each in verdicts
    ]
    show({"prover": prover.version, "proofs": found}, _by_claim(verdicts), as_json=as_json)
    if not all(each.proved for each in verdicts):
        raise typer.Exit(1)


def _by_claim(verdicts: Sequence["Verdict"]) -> list["Table"]:
    """Return a table for each claim, which is a sentence and needs the whole width of the terminal."""
    from ..verify.prove import bounded, method, result

    claims: dict[tuple[str, str, str], list[Verdict]] = {}
    for each in verdicts:
        claims.setdefault((each.proof.block, each.proof.claim, method(each.proof)), []).append(each)
    tables = []
    for (block, claim, how), group in claims.items():
        rows = []
        for each in group:
            limit = f"; {bounded(each.proof)}" if each.proof.bounded else ""
            rows.append([each.proof.name, f"{each.proof.sizes}{limit}", f"{each.seconds:.1f}", result(each)])
        shown = table(f"{block}: {claim} ({how})", ["proof", "sizes", "seconds", "result"], rows)
        shown.expand = True
        shown.columns[1].justify = "left"
        shown.columns[1].ratio = 1
        for column in shown.columns[2:]:
            column.no_wrap = True
        tables.append(shown)
    return tables
