"""Process that runs command lines, one after the other.

Each line of standard input is a request in JSON: arguments, a directory and a limit in seconds of the processor, at
which the process ends. Each line of standard output is the answer: exit code, standard output and error, and seconds.
"""

import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from typing import Any

__all__ = ["MOST_MEMORY", "main"]

#: Bytes that a case may have: small networks need less than one GB.
MOST_MEMORY = 6 * 2**30

#: Exit code that stands for an exception.
_UNCAUGHT = 70


def main() -> None:
    """Answer requests until there are none."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # As the program has it.
    warnings.filterwarnings("ignore", message=".* created but never used")
    environment = dict(os.environ)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(_answer(request)), file=answers, flush=True)
        os.environ.clear()
        os.environ.update(environment)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    # The command line is above this room, as it is above all.
    run = importlib.import_module("flows.cli").run
    os.chdir(request["directory"])
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        for stream, file in ((1, out), (2, err)):
            os.dup2(file.fileno(), stream)
        signal.setitimer(signal.ITIMER_PROF, request["limit"])
        begin = time.monotonic()
        try:
            code = run(request["arguments"])
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
            code = _UNCAUGHT
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.flush()
        sys.stderr.flush()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return {"code": code, "out": texts[0], "err": texts[1], "seconds": time.monotonic() - begin}


if __name__ == "__main__":
    main()
