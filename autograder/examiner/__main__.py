"""The examiner process, ``python -m autograder.examiner FD``."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import os
import resource
import socket
import sys
import traceback
from pathlib import Path

import pytest

from autograder.course import Assignment, load_assignment, map_defined_names
from autograder.errors import AutograderError, CourseError
from autograder.examiner import messages
from autograder.examiner.exam import Exam, Rubric
from autograder.examiner.message_socket import MessageSocket, die_with_parent
from autograder.examiner.messages import ExamRequest
from autograder.examiner.metering import ExamMeter
from autograder.examiner.plugin import RubricPlugin, build_table, collect_rubric, warm
from autograder.examiner.reference import beside_data, load_reference
from autograder.examiner.services import StationServices

# private memory of an examiner: a reference that trains fits, a runaway does not take the machine
MEMORY_MIB = 6144

# NumPy imports these lazily; otherwise each exam would pay for it.
_NUMPY_PARTS = ("numpy.random", "numpy.linalg", "numpy.fft", "numpy.ma", "numpy.polynomial")


class Examiner:
    """Serves one collected rubric until its station hangs up.

    Parameters
    ----------
    post
        The station's commands: ``examine`` and ``reap``.
    """

    def __init__(self, post: MessageSocket) -> None:
        self._post = post
        self._plugin = RubricPlugin(self._serve)
        self._assignment: Assignment | None = None

    def run(self) -> None:
        """Collect, then fork an exam whenever the station asks for one."""
        message, _ = messages.receive_message(self._post)
        asked = messages.expect_message(messages.Collect, message)
        # a rubric that hangs is named by file and line
        faulthandler.dump_traceback_later(asked.timeout_s)
        try:
            self._assignment = load_assignment(Path(asked.course), asked.assignment)
            with beside_data(self._assignment):
                code = collect_rubric(self._plugin, self._assignment.rubric)
            if self._plugin.problems or code:
                raise CourseError("\n".join(self._plugin.problems) or self._explain(code))
        except AutograderError as error:
            messages.send(self._post, messages.Broken(error.message, error.hint))

    def _explain(self, code: int) -> str:
        assert self._assignment is not None
        where = self._assignment.relative(self._assignment.rubric)
        if code == pytest.ExitCode.NO_TESTS_COLLECTED:
            return f"{where}: there are no criteria."
        return f"{where}: the rubric was not collected (pytest says {code})."

    def _serve(self, items: list[pytest.Item]) -> None:
        if self._plugin.problems or not items:
            return
        assert self._assignment is not None
        try:
            table = build_table(self._assignment, items)
            defines = map_defined_names(self._assignment.reference_sources())
            rubric = Rubric(
                self._assignment, table, load_reference(self._assignment), self._plugin, defines
            )
        except AutograderError as error:
            messages.send(self._post, messages.Broken(error.message, error.hint))
            os._exit(0)
        messages.send(self._post, messages.Collected(tuple(one.info for one in table)))
        for name in _NUMPY_PARTS:
            importlib.import_module(name)
        warm(items)
        faulthandler.cancel_dump_traceback_later()
        gc.collect()
        gc.freeze()  # a fork then copies no page for the sake of a collection
        while self._serve_one(rubric):
            pass
        os._exit(0)

    def _serve_one(self, rubric: Rubric) -> bool:
        try:
            message, fds = messages.receive_message(self._post)
        except EOFError:
            return False
        if isinstance(message, messages.Reap):
            _, status = os.waitpid(message.pid, 0)
            messages.send(self._post, messages.Reaped(message.pid, status))
            return True
        messages.expect_message(messages.Examine, message)
        pid = os.fork()
        if pid == 0:
            self._examine(rubric, fds[0])
        os.close(fds[0])
        pid_fd = os.pidfd_open(pid)  # not reaped before the station says so
        messages.send(self._post, messages.ExamForked(pid), pid_fd)
        os.close(pid_fd)
        return True

    def _examine(self, rubric: Rubric, fd: int) -> None:
        """Run the exam of one submission, and never return."""
        status = 1
        try:
            die_with_parent()
            _be_killed_first()
            self._post.close()
            post = MessageSocket(socket.socket(fileno=fd))
            message, _ = messages.receive_message(post)
            Exam(
                rubric,
                messages.expect_message(ExamRequest, message),
                StationServices(post, ExamMeter),
            ).run()
            status = 0
        except EOFError:
            pass
        # the station keeps what is printed, and judges the loss
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)


def _be_killed_first() -> None:
    """Have the kernel kill an exam before station and examiner.

    This is where memory runs out. Candidates go before the exam.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


def main() -> None:
    """Run the examiner on the socket whose descriptor is the first argument."""
    die_with_parent()
    size = MEMORY_MIB * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Examiner(MessageSocket(socket.socket(fileno=int(sys.argv[1])))).run()


if __name__ == "__main__":
    main()
