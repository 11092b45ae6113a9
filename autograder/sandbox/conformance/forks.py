"""Checks of excess processes and their remains."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

from autograder.sandbox.conformance.check import (
    CheckedSandbox,
    Listing,
    demand,
    demand_equal,
    expect_next_is_well,
    first_report,
)
from autograder.sandbox.conformance.driving import FAST

# Where a fork copies its memory at once, so many would meet other limits first.
_ROOMY = replace(FAST, memory_mib=1024, cpu_s=15)
_listing = Listing(needs_walls=True)
CHECKS = _listing.checks


@_listing.add
def pids_fork_bomb_is_held_and_leaves_nothing(subject: CheckedSandbox) -> None:
    """Of 500 forks, only as many succeed as the limit allows.

    None is left afterwards.
    """
    program = """
        import os, time
        made = 0
        for _ in range(500):
            try:
                pid = os.fork()
            except BlockingIOError:
                break
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            made += 1
        report(made)
    """
    run = subject.run(dedent(program), limits=_ROOMY)
    made = first_report(run)
    demand(
        FAST.pids - 12 <= made < FAST.pids + 8, f"{made} processes could be made, of {FAST.pids}."
    )
    demand(run.is_silent, "something still holds its channel or its output.")
    expect_next_is_well(subject)


_THREADS = """
import threading
release, made = threading.Event(), 0
try:
    for _ in range(500):
        threading.Thread(target=release.wait, daemon=True).start()
        made += 1
except RuntimeError:
    pass
release.set()
report(made)
"""


@_listing.add
def pids_threads_count(subject: CheckedSandbox) -> None:
    """Threads are counted with processes."""
    made = first_report(subject.run(_THREADS))
    demand(made < FAST.pids + 8, f"{made} threads could be made, of {FAST.pids}.")


@_listing.add
def pids_threads_of_frameworks_have_room_for_their_stacks(subject: CheckedSandbox) -> None:
    """Threads of frameworks are counted beside a candidate's own.

    Frameworks start some for each core. These take none of the memory that a candidate may reserve.
    """
    room = 80
    made = first_report(subject.run(_THREADS, limits=replace(FAST, framework_threads=room)))
    least = room + FAST.pids // 2  # of its own, memory may be the limit
    demand(
        least <= made < FAST.pids + room + 8,
        f"{made} threads could be made, of {FAST.pids} and {room}.",
    )


@_listing.add
def pids_zombies_stay_the_candidates_own(subject: CheckedSandbox) -> None:
    """Children that are never awaited fill only the candidate's limit.

    Orphans are reaped.
    """
    program = """
        import os, time
        def orphan():
            if os.fork() == 0:
                if os.fork() == 0:
                    os._exit(0)
                os._exit(0)
            os.wait()
        for _ in range(60):
            orphan()
        made = 0
        try:
            for _ in range(500):
                if os.fork() == 0:
                    os._exit(0)
                made += 1
        except BlockingIOError:
            pass
        report(made)
    """
    run = subject.run(dedent(program), limits=_ROOMY)
    made = first_report(run)
    demand(
        FAST.pids - 12 <= made < FAST.pids + 8, f"{made} processes could be made, of {FAST.pids}."
    )
    expect_next_is_well(subject)


@_listing.add
def pids_daemons_die_with_the_candidate(subject: CheckedSandbox) -> None:
    """A daemon does not outlive the candidate.

    It is a process in a session of its own, with a parent that is gone.
    """
    program = """
        import os, signal, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                    signal.signal(number, signal.SIG_IGN)
                while True:
                    time.sleep(1)
            os._exit(0)
        os.wait()
        report("left")
    """
    run = subject.run(dedent(program))
    demand_equal(run.reports, ["left"])
    demand_equal(run.ending.exit_status, 0)
    # its copies of the pipes are closed: it is dead
    demand(run.is_silent, "something still holds its channel or its output.")
