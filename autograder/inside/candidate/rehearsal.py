"""The load of a submission in a process of its own.

It tells the statement that is about to run. The command is ``python -m
autograder.inside.candidate.rehearsal``.

For a student's own machine, whatever its system: a load request as one frame on standard input,
then a line of JSON for each statement on standard output. The submission itself prints to nowhere.
CPU time is watched from inside, since no student means harm there.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from autograder.inside.candidate.state import load_alone
from autograder.inside.requests import AtStatement, Load, as_message, parse
from autograder.wire import decode

EXCEEDED = 94  # exit status: the limit on CPU time
_INTERVAL_S = 0.05


def _watch(limit_s: float) -> None:
    while time.process_time() < limit_s:
        time.sleep(_INTERVAL_S)
    os._exit(EXCEEDED)


def main() -> None:
    """Be that process."""
    asked: Any = decode(sys.stdin.buffer.read())
    limit_s, folder, request = asked.pop("load_s"), asked.pop("folder"), parse(asked)
    assert isinstance(request, Load)
    told = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    with open(os.devnull, "r+b") as nowhere:  # noqa: PTH123  # a descriptor is all that is wanted
        for stream in (0, 1, 2):
            os.dup2(nowhere.fileno(), stream)

    def tell(place: tuple[str, int, int]) -> None:
        told.write(
            json.dumps({**as_message(AtStatement(list(place))), "cpu_s": time.process_time()})
            + "\n"
        )

    begun_s = time.process_time()  # what it takes to start is not the submission's
    threading.Thread(target=_watch, args=(begun_s + limit_s,), daemon=True).start()
    load_alone(request, Path(folder), tell)
    told.write(json.dumps({"ok": None}) + "\n")
    told.flush()
    os._exit(0)  # threads of the submission are waited for by nobody


if __name__ == "__main__":
    main()
