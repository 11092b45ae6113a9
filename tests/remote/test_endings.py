"""Candidates that die, hang, exit or fall silent; real processes without walls."""

from __future__ import annotations

import resource
import signal
import time

import pytest

from autograder.records.outcome import Limits, Outcome
from autograder.remote import CandidateEnd
from autograder.remote.endings import end_from, seconds_text
from autograder.sandbox.seam import Ending


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (60.0, "60 s"),
        (0.5, "0.5 s"),
        (2.5, "2.5 s"),
        (120.0, "120 s"),
        (88.1, "about 90 s"),
        (91.73, "about 90 s"),
        (3.21, "about 3 s"),
    ],
)
def test_limit_that_was_lengthened_is_told_roughly(seconds, text):
    """Two runs of one submission say the same, and a limit that an assignment sets is told as it is set."""
    assert seconds_text(seconds) == text


def ending(**facts):
    """An ending of which all but some facts are unknown."""
    blank = {"exit_status": None, "signal": None, "is_oom": False, "cpu_s": 0.0, "peak_memory_mib": None, "limit": None}
    return Ending(**{**blank, **facts})


@pytest.mark.parametrize(
    ("facts", "outcome", "message"),
    [
        ({"limit": "cpu", "signal": 9}, Outcome.TIMEOUT, "the submission used more than 10 s of CPU time during `f`"),
        ({"limit": "wall"}, Outcome.TIMEOUT, "the submission did not answer within 35 s during `f`"),
        ({"signal": signal.SIGXCPU}, Outcome.TIMEOUT, "the submission used more than 10 s of CPU time during `f`"),
        (
            {"limit": "memory", "signal": 9},
            Outcome.MEMORY,
            "the submission used more than 512 MiB of memory during `f`",
        ),
        (
            {"is_oom": True, "exit_status": 0},
            Outcome.MEMORY,
            "the submission used more than 512 MiB of memory during `f`",
        ),
        ({"limit": "pids"}, Outcome.CRASHED, "the submission exceeded its process limit during `f`"),
        ({"limit": "disk"}, Outcome.CRASHED, "the submission exceeded its disk limit during `f`"),
        ({"signal": signal.SIGSEGV}, Outcome.CRASHED, "the submission crashed with SIGSEGV during `f`"),
        (
            {"signal": signal.SIGKILL},
            Outcome.CRASHED,
            "the submission was killed, or closed its connection to the grader, during `f`",
        ),
        ({"signal": 255}, Outcome.CRASHED, "the submission crashed with signal 255 during `f`"),
        ({"exit_status": 0}, Outcome.CRASHED, "the submission ended the process (exit status 0) during `f`"),
        ({}, Outcome.CRASHED, "the submission closed its connection to the grader during `f`"),
    ],
)
def test_end_from_what_the_sandbox_tells_is_said_in_one_sentence(facts, outcome, message):
    """Limits come first, then signals, then exit statuses."""
    end = end_from(ending(**facts), "during `f`", cpu_s=10, wall_s=35, memory_mib=512)
    assert (end.outcome, end.message) == (outcome, message)


def test_end_is_no_exception_that_a_rubric_could_catch():
    """`except Exception` lets it through."""
    assert not issubclass(CandidateEnd, Exception)


def test_candidate_that_exits_while_loading_has_ended_the_process(load_process, caught_end):
    """`os._exit(0)` at import is never a success."""
    submission = load_process("import os\nos._exit(0)\ndef f(): return 1")
    end = caught_end(lambda: submission.f)
    assert (end.outcome, end.message) == (
        Outcome.NOT_LOADED,
        "the submission ended the process (exit status 0) while loading",
    )
    assert caught_end(lambda: submission.f).message == end.message


def test_candidate_that_exits_in_a_call_has_crashed(load_process, caught_end):
    """The function and the status are named."""
    submission = load_process("import os\ndef f(): os._exit(3)")
    end = caught_end(submission.f)
    assert (end.outcome, end.message) == (
        Outcome.CRASHED,
        "the submission ended the process (exit status 3) during `f`",
    )


def test_candidate_that_crashes_in_c_has_crashed(load_process, caught_end):
    """A null pointer is SIGSEGV."""
    submission = load_process("import ctypes\ndef f(): ctypes.string_at(0)")
    assert caught_end(submission.f).message == "the submission crashed with SIGSEGV during `f`"


def test_candidate_that_closes_every_descriptor_is_noticed_at_once(load_process, caught_end):
    """The examiner sees the end of the channel, and does not wait for a limit."""
    submission = load_process("import os\ndef f():\n    os.closerange(0, 64)\n    return 1")
    end = caught_end(submission.f)
    assert end.outcome is Outcome.CRASHED


def test_candidate_that_dies_in_the_middle_of_a_reply_has_crashed(load_process, caught_end):
    """Half a message is no message."""
    submission = load_process("""
        import os, signal, threading, time
        import numpy as np
        def f():
            threading.Thread(target=lambda: (time.sleep(0.05), os.kill(os.getpid(), signal.SIGKILL))).start()
            return [np.zeros(2**24) for _ in range(3)]
    """)
    end = caught_end(submission.f)
    assert end.message == "the submission was killed, or closed its connection to the grader, during `f`"


def test_candidate_that_does_not_answer_is_ended_at_the_wall_limit(load_process, caught_end):
    """Waiting is bounded, with signals ignored too."""
    source = "import signal, time\ndef f():\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while True: time.sleep(1)"
    submission = load_process(source, open_with={"limits": Limits(cpu_s=-1.5)})
    end = caught_end(submission.f)
    assert (end.outcome, end.message) == (Outcome.TIMEOUT, "the submission did not answer within 0.5 s during `f`")


def test_candidate_that_does_not_load_in_time_reads_what_to_do(load_process, caught_end):
    """Training at module level is the usual reason."""
    submission = load_process("while True: pass", open_with={"limits": Limits(load_s=-1.5)})
    end = caught_end(lambda: submission.f)
    assert end.outcome is Outcome.TIMEOUT
    assert end.message == (
        "the submission did not answer within 0.5 s while loading\n"
        "Hint: put training code into a function that the file does not call."
    )


def test_candidate_waiting_for_a_callback_spends_no_time_of_its_own(load_process):
    """The rubric's own time is not the student's."""
    submission = load_process("def f(g): return g()", open_with={"limits": Limits(cpu_s=-1.5)})
    assert submission.f(lambda: time.sleep(0.8)) is None


def test_candidate_that_prints_without_end_keeps_the_examiner_flat(load_process):
    """A hundred megabytes of output: first and last 8 KiB are kept."""
    submission = load_process(
        "import sys\ndef f():\n    print('begin')\n    for _ in range(100): sys.stdout.write('x' * 2**20)\n    print('end', flush=True)\n    return 1"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert submission.f() == 1
    submission.close()
    stdout, _ = submission.output
    assert stdout.startswith("begin\n")
    assert stdout.endswith("end\n")
    assert len(stdout) < 17_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_candidate_output_that_is_no_text_is_kept_readable(load_process):
    """NULs, bad UTF-8: replaced, never an error."""
    submission = load_process("import os\ndef f():\n    os.write(1, b'\\xff\\x00ok')\n    os.write(2, b'warned')")
    submission.f()
    submission.close()
    assert submission.output == ("\ufffd\x00ok", "warned")


def test_candidate_that_replaces_its_streams_still_answers(load_process):
    """Closed stdin, replaced stdout: damage stays inside."""
    submission = load_process("""
        import sys, os, decimal, gc
        import numpy as np
        def f(x):
            sys.stdin.close(); sys.stdout = None; sys.stderr = None
            os.chdir("/"); os.umask(0o777); np.seterr(all="raise"); gc.disable()
            np.set_printoptions(precision=1); decimal.getcontext().prec = 1
            return 2 * x
    """)
    assert submission.f(1 / 3) == 2 / 3


def test_candidate_in_a_thread_that_loops_for_ever_is_stopped(load, caught_end):
    """At home an endless loop is ended, too."""
    submission = load("def f():\n    while True: pass", open_with={"limits": Limits(cpu_s=-1.5)})
    assert caught_end(submission.f).outcome is Outcome.TIMEOUT
    assert not submission._session.link.candidate.is_alive()
