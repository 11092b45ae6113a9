"""The contract of every sandbox, walls or not: how a candidate begins, and how its end is told."""

from __future__ import annotations

from textwrap import dedent

import pytest


@pytest.mark.parametrize("status", [0, 1, 42, 255])
def test_end_exit_status_is_told_exactly(anywhere, status):
    """What a candidate exits with is what the ending says."""
    ending = anywhere.run(f"import os; os._exit({status})").ending
    assert (ending.exit_status, ending.signal) == (status, None)


@pytest.mark.parametrize("number", [1, 6, 9, 11, 15, 31])
def test_end_signal_is_told_exactly(anywhere, number):
    """A candidate that ends by a signal is told by that signal."""
    ending = anywhere.run(f"import os, signal; signal.signal(1, signal.SIG_DFL); os.kill(os.getpid(), {number})").ending
    assert (ending.exit_status, ending.signal) == (None, number)


def test_end_abort_in_c_is_told_as_its_signal(anywhere):
    """A crash in C ends as SIGABRT."""
    assert anywhere.run("import os; os.abort()").ending.signal == 6


def test_end_exit_by_exception_keeps_status_and_output(anywhere):
    """What is printed before `sys.exit` arrives, and so does the status."""
    run = anywhere.run("import sys; print('last words'); sys.exit(7)")
    assert run.stdout == "last words\n"
    assert run.ending.exit_status == 7


def test_end_uncaught_exception_prints_its_traceback(anywhere):
    """What nobody catches is printed, with status 1."""
    run = anywhere.run("1 / 0")
    assert run.stderr.endswith("ZeroDivisionError: division by zero\n")
    assert run.ending.exit_status == 1


def test_end_counts_cpu_time(anywhere):
    """The ending says how much CPU time was used."""
    program = """
        import os, time
        end = time.monotonic() + 30
        while sum(os.times()[:2]) < 0.3 and time.monotonic() < end:
            pass
    """
    assert 0.3 <= anywhere.run(dedent(program)).ending.cpu_s < 3.0


def test_begin_is_the_same_for_every_candidate(anywhere):
    """Arguments, folder, mask and input are set, and seeds make unseeded code repeat itself."""
    program = """
        import os, random, sys
        import numpy as np
        mask = os.umask(0)
        report([sys.argv, mask, sys.stdin.read(), random.random(), float(np.random.rand()), os.getcwd() == os.getcwd()])
    """
    first, second = (anywhere.run(dedent(program)).reports[0] for _ in range(2))
    assert first[:3] == [["submission"], 0o077, ""]
    assert first == second


def test_begin_work_folder_has_the_public_data(anywhere):
    """Public data can be read by its name, and the work folder is empty otherwise."""
    program = "import os; report([sorted(os.listdir()), open('data/numbers.txt').read()])"
    assert anywhere.run(program).reports == [[[".tmp", "data"], "1 2 3\n"]]


def test_strengths_name_every_limit(anywhere):
    """Each limit says how strongly it is applied."""
    assert set(anywhere.strengths) == {"cpu", "memory", "pids", "wall", "disk", "inodes", "output", "network"}
