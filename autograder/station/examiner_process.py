"""The station's end of an examiner.

The examiner is a supervised child process with an environment of our making.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import CriterionInfo
from autograder.errors import CourseError, InfrastructureError
from autograder.examiner import messages
from autograder.examiner.message_socket import MessageSocket, MessageSocketError, post_pair

START_TIMEOUT_S = 120.0  # a reference may import TensorFlow, and a disk may be cold
_ANSWER_TIMEOUT_S = 60.0  # to fork, or to reap what was killed
_DUMP_ALLOWANCE_S = 5.0  # in which a hanging examiner says where it hangs
_END_TIMEOUT_S = 10.0
_TAIL_BYTES = 16_384
_MAX_TALK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ExamProcess:
    """A fork of the examiner that examines one submission.

    Attributes
    ----------
    pid
        Its number, as long as the examiner has not reaped it.
    pid_fd
        Stands for the process even if its number is used again.
    post
        Leads to it.
    """

    pid: int
    pid_fd: int
    post: MessageSocket


class ExaminerProcess:
    """An examiner, started once and forked per submission.

    Parameters
    ----------
    course
        The folder that holds ``assignments`` and ``reference``.
    assignment_id
        The assignment whose rubric is collected.
    threads
        Threads that NumPy and the frameworks may use.
    start_timeout_s
        How long rubric and reference may take to load [s].
    """

    def __init__(
        self,
        course: Path,
        assignment_id: str,
        *,
        threads: int = 1,
        start_timeout_s: float = START_TIMEOUT_S,
    ) -> None:
        self._course = course
        self._assignment_id = assignment_id
        self._threads = threads
        self._start_timeout_s = start_timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._post: MessageSocket | None = None
        self._stderr: Any = None
        self._ordered: MessageSocket | None = None  # leads to an exam that is being forked
        self._forked: tuple[int, int] | None = None  # its number and descriptor
        self._unreaped = 0
        self._statuses: dict[int, int] = {}  # of the fork that was reaped last

    def start(self) -> list[CriterionInfo]:
        """Start the process and return the rubric's criteria in order.

        The examiner collects the rubric.

        Raises
        ------
        CourseError
            The rubric cannot be collected, or hangs or ends the process. The message names all its
            problems.
        InfrastructureError
            The process did not start.
        """
        try:
            return self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> list[CriterionInfo]:
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
            )
        self._tell(messages.Collect(str(self._course), self._assignment_id, self._start_timeout_s))
        answer = self._first_answer()
        if isinstance(answer, messages.Broken):
            raise CourseError(answer.message, hint=answer.hint)
        return list(messages.expect_message(messages.Collected, answer).criteria)

    def _first_answer(self) -> messages.Message:
        """Return the examiner's first answer, after the rubric's collection.

        Without an answer, mostly the rubric is at fault.
        """
        assert self._process is not None
        try:
            answer, _ = messages.receive_message(
                self._connected(), time.monotonic() + self._start_timeout_s + _DUMP_ALLOWANCE_S
            )
        except TimeoutError as error:
            what = (
                f"The rubric and the reference of {self._assignment_id!r} did not load within "
                f"{self._start_timeout_s:g} s."
            )
            raise CourseError(what, hint=self._stuck_at()) from error
        except (EOFError, MessageSocketError) as error:
            status = self._process.wait(_END_TIMEOUT_S)
            words = self._last_words()
            if status >= 0:
                what = (
                    f"The rubric or the reference of {self._assignment_id!r} ended the examiner "
                    f"(exit status {status})."
                )
                raise CourseError(what, hint=words) from error
            what = (
                f"The examiner of {self._assignment_id!r} was ended by signal {-status} while "
                "it started."
            )
            raise InfrastructureError(what, hint=words) from error
        return answer

    def prepare(self) -> None:
        """Begin to fork an exam, without waiting for it.

        The next `fork` returns it.
        """
        if self._ordered is None:
            self._ordered, theirs = post_pair()
            with theirs:
                self._tell(messages.Examine(), theirs.fileno())

    def fork(self) -> ExamProcess:
        """Fork a fresh exam off the collected rubric."""
        self.prepare()
        while self._forked is None:
            self._hear()
        (pid, pid_fd), post = self._forked, self._ordered
        assert post is not None
        self._forked = self._ordered = None
        return ExamProcess(pid, pid_fd, post)

    def find_status(self, exam: ExamProcess) -> int:
        """End a fork that is lost, and return its wait status.

        Raises
        ------
        InfrastructureError
            The examiner itself is gone, and its forks are gone with it.
        """
        self.end(exam)
        while exam.pid not in self._statuses:
            self._hear()
        return self._statuses[exam.pid]

    def end(self, exam: ExamProcess) -> None:
        """Kill a fork if it still runs, and have it reaped.

        `settle` waits for that.

        Raises
        ------
        InfrastructureError
            The examiner itself is gone, and its forks are gone with it.
        """
        exam.post.close()
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(exam.pid_fd, signal.SIGKILL)
        os.close(exam.pid_fd)
        self._tell(messages.Reap(exam.pid))
        self._unreaped += 1

    def settle(self) -> None:
        """End an unused fork, and wait for all reaping.

        Every fork that was ended is then reaped.

        Raises
        ------
        InfrastructureError
            The examiner itself is gone, and its forks are gone with it.
        """
        if self._ordered is not None:
            self.end(self.fork())
        while self._unreaped:
            self._hear()
        self._shorten_talk()

    def _hear(self) -> None:
        """Take one answer, which reports a forked or reaped exam."""
        answer, fds = self._answer_with_fds()
        if isinstance(answer, messages.ExamForked):
            self._forked = answer.pid, fds[0]
        elif isinstance(answer, messages.Reaped):
            self._statuses = {answer.pid: answer.status}
            self._unreaped -= 1

    def close(self) -> None:
        """End the examiner.

        A second call does nothing.
        """
        for post in (self._post, self._ordered):
            if post is not None:
                post.close()
        if self._forked is not None:
            os.close(self._forked[1])
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._stderr is not None:
            self._stderr.close()
        self._post = self._process = self._stderr = self._ordered = self._forked = None
        self._unreaped = 0

    def _connected(self) -> MessageSocket:
        if self._post is None:
            raise InfrastructureError("The examiner was used before it was started.")
        return self._post

    def _tell(self, message: messages.Message, *fds: int) -> None:
        try:
            messages.send(self._connected(), message, *fds)
        except (EOFError, OSError) as error:
            raise InfrastructureError(
                f"The examiner of {self._assignment_id!r} is gone.", hint=self._last_words()
            ) from error

    def _answer_with_fds(self) -> tuple[messages.Message, tuple[int, ...]]:
        try:
            return messages.receive_message(self._connected(), time.monotonic() + _ANSWER_TIMEOUT_S)
        except (EOFError, TimeoutError, MessageSocketError) as error:
            raise InfrastructureError(
                f"The examiner of {self._assignment_id!r} ended or hung: {error}.",
                hint=self._last_words(),
            ) from error

    def _talk(self) -> list[str]:
        self._stderr.seek(max(0, self._stderr.seek(0, os.SEEK_END) - _TAIL_BYTES))
        lines: list[str] = self._stderr.read().decode(errors="replace").strip().splitlines()
        return lines

    def _last_words(self) -> str | None:
        lines = self._talk()
        return "It said: " + " | ".join(lines[-5:]) if lines else None

    def _stuck_at(self) -> str | None:
        """Return the examiner's place in the course at its time-out.

        It is found in the traceback that the examiner wrote.
        """
        places = [
            line.strip()
            for line in self._talk()
            if line.lstrip().startswith("File ") and str(self._course.resolve()) in line
        ]
        return f"It was at: {places[0]}." if places else self._last_words()

    def _shorten_talk(self) -> None:
        """Forget the exams' output when it grows.

        Rubrics of a thousand submissions may print much.
        """
        if self._stderr.seek(0, os.SEEK_END) > _MAX_TALK_BYTES:
            self._stderr.truncate(0)
            # the examiner writes where this descriptor stands: it is the same open file
            self._stderr.seek(0)


def examiner_environment(threads: int) -> dict[str, str]:
    """Return the whole environment of an examiner.

    Of the caller's variables, only three are passed on. Others would change the examiner (``CI``
    makes pytest print long diffs).

    String hashes stay random, since an examiner puts keys of candidates into dicts, and no
    candidate shall know where they collide.
    """
    pins = (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    )
    # the kernel choice must be the same on both sides of the wall
    passed = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TMPDIR")
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
