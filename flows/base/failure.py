"""One-line reason of a program's failure."""

import re
import signal

__all__ = ["failure"]

#: Lines at the end of the output that are searched: earlier ones do not report the failure.
_LOG_LINES = 20

#: Prefixes of the error lines of Yosys, nextpnr and ABC.
_COMPLAINT = re.compile(r"ERROR|cannot be used")


def failure(output: str, returncode: int) -> str:
    """Return the line of ``output`` that reports the error, or else how the program ended.

    ``returncode`` is that of :mod:`subprocess`, not 0; a negative one is a signal.
    """
    lines = [line for line in output.splitlines()[-_LOG_LINES:] if line.strip()]
    complaint = next((line for line in lines if _COMPLAINT.search(line)), None)
    if complaint is not None:
        return complaint
    # The last line of a killed program shows its progress, and not the reason of its end.
    if returncode < 0:
        return f"ended by {_signal_name(-returncode)}"
    return lines[-1] if lines else f"ended with exit status {returncode} and no output"


def _signal_name(number: int) -> str:
    if number == signal.SIGKILL:
        # It cannot be caught, and a system without memory sends it.
        return "SIGKILL; memory may have run out"
    try:
        return signal.Signals(number).name
    except ValueError:
        # Real-time signals except the first and the last have no name.
        return f"signal {number}"
