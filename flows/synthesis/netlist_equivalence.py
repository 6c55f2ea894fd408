"""Equivalence of a netlist with the RTL.

Block by block, with Yosys.
"""

import dataclasses
import enum
import re
import time
from collections.abc import Sequence
from pathlib import Path

from hdl.config import InputError

from ..base.yosys import Yosys
from .yosys_script import complaint, run_script

__all__ = ["CYCLES", "BlockEquivalence", "Outcome", "compare_blocks"]

#: Cycles from the start that are searched for a difference where there is no proof.
CYCLES = 6

#: Each block alone, in both forms. A memory becomes registers, so that both are of the same kind. Values that the RTL
#: leaves undefined, as of a memory read beyond its end, stay undefined: optimization would choose a value. In the
#: netlist unconnected inputs of cells are 0 and registers without an initial value start at 0, as in the devices.
_LOAD = """read_rtlil gold-{index}.il
rename {block} gold
memory_map
opt -keepdc
design -stash gold
read_rtlil gate-{index}.il
rename {block} gate
memory_map
setundef -zero -undriven -init
opt
design -stash gate
design -copy-from gold -as gold gold
design -copy-from gate -as gate gate"""

_PROOF = (
    _LOAD
    + """
equiv_make gold gate equiv
hierarchy -top equiv
opt_clean
equiv_simple
equiv_induct
equiv_status -assert
"""
)

#: Values that RTL leaves undefined, such as the read registers of memories at the start, are compared once defined.
_SEARCH = (
    _LOAD
    + """
miter -equiv -ignore_gold_x -flatten -make_outputs gold gate miter
hierarchy -top miter
opt -keepdc
sat -verify -prove trigger 0 -seq {cycles} -enable_undef -set-init-undef -set-def-inputs miter
"""
)

_PROVED = "Equivalence successfully proven!"
_PAIRS = re.compile(r"Of those cells (\d+) are proven and (\d+) are unproven")
_NO_DIFFERENCE = "SAT proof finished - no model found: SUCCESS!"
_DIFFERENCE = "SAT proof finished - model found: FAIL!"


class Outcome(enum.Enum):
    """Outcome for one block."""

    PROVED = "proved"
    """Netlist and RTL agree from any equal states, for all inputs and for ever."""

    DIFFERENT = "DIFFERENT"
    """There are inputs for which they differ."""

    UNDECIDED = "not decided"
    """No answer was found in time."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlockEquivalence:
    """Comparison of one block with the RTL.

    Without its submodules, in both.
    """

    block: str
    """Name of the module."""

    outcome: Outcome
    """Outcome of the comparison."""

    reason: str
    """Reason why it is not proved; empty where it is."""

    seconds: float
    """Wall time."""


def compare_blocks(
    directory: Path,
    *,
    top: str,
    rtl: Sequence[str],
    netlist: Sequence[str],
    netlist_file: Path,
    yosys: Yosys,
    limit: int,
    only: Sequence[str] | None = None,
) -> list[BlockEquivalence]:
    """Compare every module of a mapped netlist with the module of the RTL that has its name.

    First by induction over the signals that kept their names. If that is inconclusive, the first :data:`CYCLES` cycles
    are searched for a difference: one that is found is real, and none is no proof.

    Parameters
    ----------
    directory
        Directory of all files.
    top
        Name of the top.
    rtl, netlist
        Yosys commands that read the two.
    netlist_file
        The netlist, for the names of its modules.
    yosys
        Yosys.
    limit
        Seconds of processor time for each of the two attempts.
    only
        Names of blocks to compare, by default all.

    Raises
    ------
    InputError
        Yosys rejects one of the files.
    """
    names = re.compile(rf"^module \\?({re.escape(top)}(?:\.[^\s(]+)?)\s*\(", re.MULTILINE)
    # Each before those within it.
    blocks = sorted(names.findall(netlist_file.read_text(encoding="utf-8")))
    script = [*_split(rtl, "gold", blocks, top), "design -reset", *_split(netlist, "gate", blocks, top)]
    if reason := complaint(run_script(directory, "split", script, yosys=yosys)):
        raise InputError(f"equivalence of {top} failed: {reason}")
    return [
        _compare(directory, index, block, yosys, limit)
        for index, block in enumerate(blocks)
        if only is None or block in only
    ]


def _split(read: Sequence[str], form: str, blocks: Sequence[str], top: str) -> list[str]:
    """Return commands that write every block with the ports of its submodules as its own."""
    return [
        *read,
        f"setattr -mod -set keep_hierarchy 1 {top} {top}.*",
        "proc",
        # Models of the cells.
        "flatten",
        "opt_clean",
        # A block before its submodules, whose ports are then still their own.
        *(f"expose -evert {block}/t:{top}.*" for block in blocks),
        "memory_dff",
        "memory_collect",
        "opt_clean",
        f"setattr -mod -unset keep_hierarchy {top} {top}.*",
        *(
            command
            for index, block in enumerate(blocks)
            for command in (f"select -module {block}", f"write_rtlil -selected {form}-{index}.il", "select -clear")
        ),
    ]


def _compare(directory: Path, index: int, block: str, yosys: Yosys, limit: int) -> BlockEquivalence:
    start = time.monotonic()
    outcome, reasons = Outcome.UNDECIDED, []
    for attempt, text in (("proof", _PROOF), ("search", _SEARCH)):
        commands = text.format(index=index, block=block, cycles=CYCLES).splitlines()
        log = run_script(directory, f"{attempt}-{index}", commands, yosys=yosys, limit=limit)
        if log is None:
            reasons.append(f"no end of the {attempt} in {limit} s")
        elif _PROVED in log:
            outcome, reasons = Outcome.PROVED, []
            break
        elif _DIFFERENCE in log:
            outcome, reasons = Outcome.DIFFERENT, [f"within {CYCLES} cycles"]
        elif _NO_DIFFERENCE in log:
            reasons.append(f"no difference in {CYCLES} cycles")
        elif pairs := _PAIRS.search(log):
            reasons.append(f"{pairs[2]} of {int(pairs[1]) + int(pairs[2])} signals not proved")
        else:
            reasons.append(complaint(log) or "no answer")
    return BlockEquivalence(
        block=block, outcome=outcome, reason="; ".join(reasons), seconds=round(time.monotonic() - start, 1)
    )
