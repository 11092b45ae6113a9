"""Checks of the begin and the end of a candidate.

They are asked of every sandbox, with walls or without.
"""

from __future__ import annotations

from textwrap import dedent

from autograder.sandbox.conformance.check import (
    CheckedSandbox,
    Listing,
    demand,
    demand_equal,
    first_report,
)

_listing = Listing(needs_walls=False)
CHECKS = _listing.checks


@_listing.add_each("status", [0, 1, 42, 255])
def end_exit_status_is_told_exactly(subject: CheckedSandbox, status: int) -> None:
    """The ending states the exit status of the candidate."""
    ending = subject.run(f"import os; os._exit({status})").ending
    demand_equal((ending.exit_status, ending.signal), (status, None))


@_listing.add_each("number", [1, 6, 9, 11, 15, 31])
def end_signal_is_told_exactly(subject: CheckedSandbox, number: int) -> None:
    """A candidate that ends by a signal is told by that signal."""
    ending = subject.run(
        f"import os, signal; signal.signal(1, signal.SIG_DFL); os.kill(os.getpid(), {number})"
    ).ending
    demand_equal((ending.exit_status, ending.signal), (None, number))


@_listing.add
def end_abort_in_c_is_told_as_its_signal(subject: CheckedSandbox) -> None:
    """A crash in C ends as SIGABRT."""
    demand_equal(subject.run("import os; os.abort()").ending.signal, 6)


@_listing.add
def end_exit_by_exception_keeps_status_and_output(subject: CheckedSandbox) -> None:
    """Output before `sys.exit` arrives, and so does the status."""
    run = subject.run("import sys; print('last words'); sys.exit(7)")
    demand_equal(run.stdout, "last words\n")
    demand_equal(run.ending.exit_status, 7)


@_listing.add
def end_uncaught_exception_prints_its_traceback(subject: CheckedSandbox) -> None:
    """An uncaught exception is printed, with status 1."""
    run = subject.run("1 / 0")
    demand(
        run.stderr.endswith("ZeroDivisionError: division by zero\n"), f"it wrote {run.stderr!r}."
    )
    demand_equal(run.ending.exit_status, 1)


@_listing.add
def end_counts_cpu_time(subject: CheckedSandbox) -> None:
    """The ending states the CPU time of the program.

    It is exact to a tick of 10 ms, in which some kernels count. Making the candidate is not in it.
    """
    program = """
        import time
        begun, end = time.process_time(), time.monotonic() + 30
        while time.process_time() < begun + 0.31 and time.monotonic() < end:
            pass
    """
    cpu_s = subject.run(dedent(program)).ending.cpu_s
    demand(0.3 <= cpu_s < 3.0, f"0.3 s of CPU time were used, {cpu_s} s were counted.")


@_listing.add
def begin_is_the_same_for_every_candidate(subject: CheckedSandbox) -> None:
    """Every candidate begins with the same state.

    Arguments, folder, mask and input are set, and seeds make unseeded code repeat itself.
    """
    program = """
        import os, random, sys
        import numpy as np
        mask = os.umask(0)
        report([sys.argv, mask, sys.stdin.read(), random.random(), float(np.random.rand()),
                os.getcwd() == os.getcwd()])
    """
    first, second = (first_report(subject.run(dedent(program))) for _ in range(2))
    demand_equal(first[:3], [["submission"], 0o077, ""])
    demand_equal(first, second)


@_listing.add
def begin_work_folder_has_the_public_data(subject: CheckedSandbox) -> None:
    """The work folder holds only the public data, readable by name."""
    program = "import os; report([sorted(os.listdir()), open('data/numbers.txt').read()])"
    demand_equal(subject.run(program).reports, [[[".tmp", "data"], "1 2 3\n"]])


@_listing.add
def strengths_name_every_limit(subject: CheckedSandbox) -> None:
    """Each limit has a strength."""
    demand_equal(
        set(subject.strengths),
        {"cpu", "memory", "pids", "wall", "disk", "inodes", "output", "network"},
    )
