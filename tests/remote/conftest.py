"""Candidates for the tests of the conversation: threads of this process, and processes without walls."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

import autograder
from autograder.home.inline import InlineSpawner
from autograder.remote import CandidateEnd, Link, LoadRequest, PipeTail, Submission
from autograder.sandbox.seam import Ending
from autograder.wire import Channel


class ProcessLink(Link):
    """A candidate that is an ordinary process, of trusted test programs only."""

    def __init__(self, program):
        ours, theirs = socket.socketpair()
        out, err = os.pipe(), os.pipe()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"{program}\nserve({theirs.fileno()})"],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=out[1], stderr=err[1],
            )  # fmt: skip
        os.close(out[1])
        os.close(err[1])
        super().__init__(Channel(ours), stdout=PipeTail(out[0]), stderr=PipeTail(err[0]))

    def finish(self, limit):
        """Hang up, wait for a process that ends by itself, and kill any other."""
        self.channel.close()
        try:
            self.process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return self._told(None, None, limit)
        status = self.process.returncode
        return self._told(status if status >= 0 else None, -status if status < 0 else None, limit)

    @staticmethod
    def _told(status, number, limit):
        is_cpu = number == signal.SIGXCPU
        return Ending(status, number, is_oom=False, cpu_s=0.0, peak_memory_mib=None, limit="cpu" if is_cpu else limit)


class ProcessSpawner:
    """Starts processes that are candidates."""

    program = "from autograder.inside.candidate.candidate import serve"

    def __init__(self, folder, program=program):
        self.links = []
        root = str(Path(autograder.__file__).parent.parent)
        self._program = f"import os, sys; sys.path.insert(0, {root!r}); os.chdir({str(folder)!r})\n{program}"

    def spawn(self, *, frameworks, kind):
        """Start one."""
        self.links.append(ProcessLink(self._program))
        return self.links[-1]


class PeerLink(Link):
    """A peer of the examiner's channel that follows no protocol: a function with a raw socket."""

    def __init__(self, behave):
        ours, theirs = socket.socketpair()
        super().__init__(Channel(ours))
        self.limits = []
        self._thread = threading.Thread(target=self._run, args=(behave, theirs), daemon=True)
        self._thread.start()

    @staticmethod
    def _run(behave, sock):
        try:
            behave(sock)
        except (OSError, EOFError):
            pass
        finally:
            sock.close()

    def finish(self, limit):
        """Note the limit."""
        self.limits.append(limit)
        return Ending(None, None, is_oom=False, cpu_s=0.0, peak_memory_mib=None, limit=limit)


class PeerSpawner:
    """Starts a peer that behaves as a function says."""

    def __init__(self, behave):
        self._behave = behave
        self.links = []

    def spawn(self, *, frameworks, kind):
        """Start one."""
        self.links.append(PeerLink(self._behave))
        return self.links[-1]


def request_for(*sources, **options):
    """A load request for ``layers.py``, or for ``layers.py`` and ``net.py``: texts with any indentation, or lists of cells."""
    names = ["layers.py", "net.py"][: len(sources)]
    texts = [textwrap.dedent(source) if isinstance(source, str) else source for source in sources]
    return LoadRequest(dict(zip(names, texts, strict=True)), **{"order": names, **options})


@pytest.fixture
def opened():
    """Submissions that are closed after the test."""
    submissions = []
    yield submissions
    for submission in submissions:
        submission.close()


@pytest.fixture
def load(opened):
    """Load sources into a candidate that is a thread: ``load(layers, net, **load request)``."""

    def load_sources(*sources, open_with=None, **options):
        submission = Submission(InlineSpawner(), request_for(*sources, **options), **(open_with or {}))
        opened.append(submission)
        return submission

    return load_sources


@pytest.fixture
def load_process(opened, tmp_path):
    """Load sources into a candidate that is a process."""

    def load_sources(*sources, open_with=None, **options):
        submission = Submission(ProcessSpawner(tmp_path), request_for(*sources, **options), **(open_with or {}))
        opened.append(submission)
        return submission

    return load_sources


@pytest.fixture
def open_peer(opened):
    """Open a submission whose candidate behaves as a function with a raw socket says."""

    def open_behaviour(behave, **options):
        submission = Submission(PeerSpawner(behave), request_for("f = 1"), **options)
        opened.append(submission)
        return submission

    return open_behaviour


@pytest.fixture
def caught_end():
    """Catch the end that an action leads to."""

    def catch(action):
        try:
            action()
        except CandidateEnd as end:
            return end
        raise AssertionError("the candidate did not end")

    return catch
