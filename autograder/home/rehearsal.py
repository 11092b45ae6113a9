"""A trial load at home.

It has its own process and the graders' limit, on any system; see `autograder.remote.trial`.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import autograder
from autograder.inside.candidate.rehearsal import EXCEEDED
from autograder.inside.requests import Load, as_message
from autograder.records.outcome import Outcome
from autograder.remote.endings import CandidateEnd, seconds_text
from autograder.remote.loading import LeftOut, as_lists
from autograder.remote.trial import Course, Table, known_place
from autograder.wire import encode


class HomeLoad:
    """Loads a submission in a process of its own.

    Parameters
    ----------
    message
        What a candidate is asked.
    table
        Every statement that there is.
    load_s
        The graders' limit on CPU time [s].

    Attributes
    ----------
    end
        How the last load ended, None if everything was loaded.
    """

    def __init__(self, request: Load, table: Table, load_s: float) -> None:
        self._request = request
        self._table = table
        self._load_s = load_s
        self.end: CandidateEnd | None = None
        self._wall_s = 2.0 * load_s + 20.0  # it starts Python and NumPy first, or a framework

    def __call__(self, left_out: Sequence[LeftOut]) -> Course:
        """Load once without some statements."""
        with tempfile.TemporaryDirectory(
            prefix="autograder-", ignore_cleanup_errors=True
        ) as folder:
            request = as_message(replace(self._request, left_out=as_lists(left_out)))
            message = {**request, "load_s": self._load_s, "folder": folder}
            process = _start(b"".join(bytes(part) for part in encode(message)), Path(folder))
            try:
                course = self._follow(process)
                self.end = course.end
                return course
            finally:
                process.kill()
                process.wait()
                assert process.stdout is not None
                process.stdout.close()

    def _follow(self, process: subprocess.Popen[bytes]) -> Course:
        course = Course()
        lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        assert process.stdout is not None
        threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
        deadline = time.monotonic() + self._wall_s
        try:
            while (line := lines.get(timeout=max(0.0, deadline - time.monotonic()))) is not None:
                message = json.loads(line)
                if "ok" in message:
                    return course
                place = known_place(message["place"], self._table)
                course.is_sound &= place is not None
                if place is not None:
                    course.places.append((place, message["cpu_s"]))
        except queue.Empty:
            course.end = _end(
                Outcome.TIMEOUT, "time limit", f"did not answer within {seconds_text(self._wall_s)}"
            )
            return course
        course.end = self._end_of(process.wait())
        if course.places:
            course.cpu_s = course.places[0][1] + self._load_s
        return course

    def _end_of(self, status: int) -> CandidateEnd:
        if status == EXCEEDED:
            return _end(
                Outcome.TIMEOUT, "time limit", f"used more than {self._load_s:g} s of CPU time"
            )
        if status < 0:
            return _end(Outcome.CRASHED, "crash", f"crashed (signal {-status})")
        return _end(
            Outcome.CRASHED, "ended the process", f"ended the process (exit status {status})"
        )


def _start(request: bytes, folder: Path) -> subprocess.Popen[bytes]:
    root = str(Path(autograder.__file__).parent.parent)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.inside.candidate.rehearsal"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "MPLBACKEND": "Agg",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
    )
    assert process.stdin is not None
    try:
        process.stdin.write(request)
        process.stdin.close()
    except OSError:
        pass  # it has ended already, which shows
    return process


def _read(stream: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _end(outcome: Outcome, kind: str, said: str) -> CandidateEnd:
    return CandidateEnd(outcome, f"the submission {said} while loading", kind=kind)
