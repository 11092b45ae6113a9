"""The station's end of an examiner: a supervised child process with an environment of our making."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, InfrastructureError
from autograder.examiner.post import Post, PostError, post_pair

START_TIMEOUT_S = 120.0  # a reference may import TensorFlow, and a disk may be cold
MEMORY_MIB = 6144  # private memory of an examiner: a reference that trains fits, a runaway does not take the machine


@dataclass(frozen=True, slots=True)
class ExamProcess:
    """A fork of the examiner that examines one submission."""

    pid: int
    post: Post


class ExaminerProcess:
    """One examiner: started once, forked per submission.

    Parameters
    ----------
    course
        The folder that holds ``assignments`` and ``reference``.
    assignment_id
        The assignment whose rubric is collected.
    threads
        Threads that NumPy and the frameworks may use.
    """

    def __init__(self, course: Path, assignment_id: str, *, threads: int = 1) -> None:
        self._course = course
        self._assignment_id = assignment_id
        self._threads = threads
        self._process: subprocess.Popen[bytes] | None = None
        self._post: Post | None = None
        self._stderr: Any = None

    def start(self) -> list[dict[str, Any]]:
        """Start the process and collect the rubric; the criteria as JSON.

        Raises
        ------
        CourseError
            The rubric cannot be collected; all its problems are named.
        InfrastructureError
            The process did not come up.
        """
        self._post, theirs = post_pair()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-sPB", "-m", "autograder.examiner", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=self._stderr,
                stderr=self._stderr,
                env=examiner_environment(self._threads),
                preexec_fn=_limit_memory,
            )
        self._tell({"course": str(self._course), "assignment": self._assignment_id})
        answer = self._answer(time.monotonic() + START_TIMEOUT_S)
        if answer.get("op") == "broken":
            raise CourseError(answer["message"], hint=answer.get("hint"))
        criteria: list[dict[str, Any]] = answer["criteria"]
        return criteria

    def fork(self) -> ExamProcess:
        """Fork a fresh exam off the collected rubric."""
        post, theirs = post_pair()
        with theirs:
            self._tell({"op": "examine"}, theirs.fileno())
        answer = self._answer(time.monotonic() + START_TIMEOUT_S)
        return ExamProcess(int(answer["pid"]), post)

    def end(self, exam: ExamProcess) -> int:
        """Kill a fork if it still runs, and reap it; its wait status."""
        exam.post.close()
        os.kill(exam.pid, signal.SIGKILL)  # its parent has not reaped it yet, so the number is still its own
        self._tell({"op": "reap", "pid": exam.pid})
        return int(self._answer(time.monotonic() + START_TIMEOUT_S)["status"])

    def close(self) -> None:
        """End the examiner."""
        if self._post is not None:
            self._post.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._stderr is not None:
            self._stderr.close()

    def _connected(self) -> Post:
        if self._post is None:
            raise InfrastructureError("The examiner was used before it was started.")
        return self._post

    def _tell(self, message: dict[str, Any], *fds: int) -> None:
        try:
            self._connected().send(message, fds)
        except (EOFError, OSError) as error:
            raise InfrastructureError(f"The examiner of {self._assignment_id!r} is gone.", hint=self._last_words()) from error

    def _answer(self, deadline: float) -> dict[str, Any]:
        try:
            answer, _ = self._connected().recv(deadline)
        except (EOFError, TimeoutError, PostError) as error:
            raise InfrastructureError(
                f"The examiner of {self._assignment_id!r} ended or hung: {error}.", hint=self._last_words()
            ) from error
        return dict(answer)

    def _last_words(self) -> str | None:
        self._stderr.seek(0)
        lines = self._stderr.read()[-4000:].decode(errors="replace").strip().splitlines()
        return "It said: " + " | ".join(lines[-5:]) if lines else None


def examiner_environment(threads: int) -> dict[str, str]:
    """The whole environment of an examiner; nothing of the caller's is passed on (``CI`` makes pytest print long diffs).

    String hashes stay random: an examiner puts keys of candidates into dicts, and nobody shall know where they collide.
    """
    pins = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    passed = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TMPDIR")  # the kernel choice must be the same on both sides of the wall
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": tempfile.gettempdir(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "MPLBACKEND": "Agg",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "",
        **{name: str(threads) for name in pins},
        **{name: os.environ[name] for name in passed if name in os.environ},
    }


def _limit_memory() -> None:
    size = MEMORY_MIB * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
