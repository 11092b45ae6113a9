"""The candidate that is a thread: for a student's own machine, and for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import autograder
from autograder.home.inline import InlineSandbox, InlineSpawner
from autograder.records.outcome import Limits, Strength
from autograder.remote import LoadRequest, Submission
from autograder.wire import Channel


def test_inline_sandbox_forks_a_thread_that_talks_over_the_descriptors():
    """The protocol of sandboxes, with nothing of a wall."""
    ours, theirs = socket.socketpair()
    out, err = os.pipe(), os.pipe()
    with InlineSandbox() as sandbox:
        candidate = sandbox.fork(
            frameworks=False, limits=Limits(), channel=theirs.fileno(), stdout=out[1], stderr=err[1]
        )
        theirs.close()
        os.close(out[1])
        os.close(err[1])
        channel = Channel(ours)
        channel.send({"op": "load", "files": {"a.py": "print('hello')\nx = 1"}, "n": 1})
        assert channel.recv()["ok"]["names"] == {"x": "value"}
        assert candidate.is_alive()
        assert set(sandbox.strengths.values()) == {Strength.NONE}
        sandbox.watch()
        channel.close()
        ending = candidate.end()
        assert candidate.end() is ending
        assert not candidate.is_alive()
    assert os.read(out[0], 100) == b"hello\n"
    assert os.read(out[0], 100) == b""
    os.close(out[0])
    os.close(err[0])


def test_inline_output_and_warnings_are_the_submissions_own(load, capsys):
    """What it prints is kept apart, and `-W error` of this process is not its own."""
    submission = load("""
        import sys, warnings
        print("out")
        def f():
            print("err", file=sys.stderr)
            warnings.warn("careful")
            return 1
    """)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert submission.f() == 1
    stdout, stderr = submission.output
    assert submission.loading_output == ("out\n", "")
    assert stdout == ""
    assert stderr.startswith("err\nlayers.py:6: UserWarning: careful")
    assert capsys.readouterr() == ("", "")


def test_inline_candidates_side_by_side_do_not_see_each_other(load):
    """Two submissions with the same file names, called in turn."""
    first, second = (load(f"x = {number}\ndef f():\n    import layers\n    return layers.x") for number in (1, 2))
    assert [first.f(), second.f(), first.f()] == [1, 2, 1]


def test_inline_submission_calls_another_in_a_callback(load):
    """The reference behind a second candidate can answer the first."""
    reference = load("def g(x):\n    import layers\n    return layers.k * x\nk = 10")
    submission = load("def f(g):\n    import layers\n    return g(2) + layers.k\nk = 1")
    assert submission.f(lambda x: reference.g(x)) == 21  # noqa: PLW0108  # a callback


def test_inline_work_folder_of_the_student_is_not_written_to(tmp_path):
    """At home the files stay as they are."""
    submission = Submission(
        InlineSpawner(tmp_path), LoadRequest({"layers.py": "def f(): return __file__"}, data={"x.bin": b"1"})
    )
    assert submission.f() == str(tmp_path / "layers.py")
    submission.close()
    assert list(tmp_path.iterdir()) == []


def test_inline_candidate_leaves_no_folder_behind(load):
    """Its temporary work folder goes with it."""
    submission = load("def f(): return __file__")
    folder = Path(submission.f()).parent
    assert (folder / "layers.py").exists()
    submission.close()
    assert not folder.exists()


def test_inline_candidate_runs_without_the_modules_that_only_unix_has():
    """`check` works on any system."""
    program = f"""
import sys
sys.path.insert(0, {str(Path(autograder.__file__).parent.parent)!r})
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "_posixsubprocess", "syslog"):
    sys.modules[name] = None
import os
del os.fork
from autograder.remote import LoadRequest, Submission
from autograder.home.inline import InlineSpawner
submission = Submission(InlineSpawner(), LoadRequest({{"layers.py": "def f(g): return g(1)"}}))
assert submission.f(lambda x: x + 1) == 2
submission.close()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(
    "source",
    ["def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass"],
)
def test_inline_candidate_that_cannot_be_stopped_is_left_behind_quietly(load, source):
    """A thread that swallows everything is given up; streams and modules are put back."""
    before = (sys.stdout, list(sys.meta_path))
    submission = load(source + "\n    return 1", open_with={"limits": Limits(cpu_s=-1.6)})
    with pytest.raises(BaseException, match="did not answer"):
        submission.f()
    assert (sys.stdout, list(sys.meta_path)) == before
