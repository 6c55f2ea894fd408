"""Why a program failed, in one line."""

import re
import signal

__all__ = ["failure"]

#: Lines at the end of the output that are looked at: what went well before is not what is wrong.
_LOG_LINES = 20

#: How Yosys, nextpnr and ABC begin the line that tells what is wrong.
_COMPLAINT = re.compile(r"ERROR|cannot be used")


def failure(output: str, returncode: int) -> str:
    """Return the line of ``output`` that tells what is wrong, or how the program ended where none does.

    ``returncode`` is that of :mod:`subprocess`, not 0; a negative one is a signal.
    """
    lines = [line for line in output.splitlines()[-_LOG_LINES:] if line.strip()]
    complaint = next((line for line in lines if _COMPLAINT.search(line)), None)
    if complaint is not None:
        return complaint
    # The last line of a killed program tells what it was at, and not why it ended.
    if returncode < 0:
        return f"ended by {_signal_name(-returncode)}"
    return lines[-1] if lines else f"ended with exit status {returncode} and no output"


def _signal_name(number: int) -> str:
    if number == signal.SIGKILL:
        # Nobody catches it, and what sends it unasked is a system without memory.
        return "SIGKILL; memory may have run out"
    try:
        return signal.Signals(number).name
    except ValueError:
        # Real-time signals but the first and the last have none.
        return f"signal {number}"
