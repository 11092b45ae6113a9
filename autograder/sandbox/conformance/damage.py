"""Checks of excess time, excess output, crashes and damage.

The next candidate sees nothing of them.
"""

from __future__ import annotations

import signal
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

_listing = Listing(needs_walls=True)
CHECKS = _listing.checks


@_listing.add_each("loop", ["while True: pass", "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')"])
def cpu_endless_loop_is_ended(subject: CheckedSandbox, loop: str) -> None:
    """A loop is ended by its CPU time.

    It is ended also within one call that never gives the interpreter a chance.
    """
    run = subject.run(loop, limits=replace(FAST, cpu_s=0.3, load_s=0.2))
    demand_equal(run.ending.limit, "cpu")
    demand_equal(run.ending.signal, signal.SIGKILL)
    # counted in ticks
    demand(
        run.ending.cpu_s > 0.4,
        f"the loop was ended after {run.ending.cpu_s} s of CPU time, before its limit of 0.5 s.",
    )


@_listing.add
def cpu_of_children_counts(subject: CheckedSandbox) -> None:
    """Time burnt by children, living or waited for, is the candidate's."""
    program = """
        import os, time
        while True:
            if os.fork() == 0:
                end = time.process_time() + 0.05
                while time.process_time() < end:
                    pass
                os._exit(0)
            os.wait()
    """
    run = subject.run(dedent(program), limits=replace(FAST, cpu_s=0.3, load_s=0.2))
    demand_equal(run.ending.limit, "cpu")
    # counted in ticks
    demand(
        run.ending.cpu_s > 0.4,
        f"the loop was ended after {run.ending.cpu_s} s of CPU time, before its limit of 0.5 s.",
    )


@_listing.add
def cpu_ignoring_every_signal_does_not_help(subject: CheckedSandbox) -> None:
    """A process that ignores every signal it can is ended too."""
    program = """
        import signal
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
    """
    demand_equal(
        subject.run(dedent(program), limits=replace(FAST, cpu_s=0.3, load_s=0.2)).ending.limit,
        "cpu",
    )


@_listing.add
def stopped_candidate_can_be_ended(subject: CheckedSandbox) -> None:
    """A candidate that stops itself is ended from outside.

    It also stops its process group and its PID 1.
    """
    program = """
        import os, signal
        try:
            os.kill(1, signal.SIGSTOP)
        except PermissionError:
            pass
        report("stopping")
        os.kill(0, signal.SIGSTOP)
        report("never")
    """
    run = subject.run(dedent(program), timeout_s=0.5)
    demand_equal(run.reports, ["stopping"])
    demand_equal(run.ending.signal, signal.SIGKILL)
    expect_next_is_well(subject)


@_listing.add
def descriptors_are_limited(subject: CheckedSandbox) -> None:
    """A process meets the end of its descriptors, and only its own."""
    program = """
        import os
        fds = []
        try:
            while True:
                fds.append(os.open("/dev/null", os.O_RDONLY))
        except OSError as error:
            caught = error.errno
        del fds[-5:]
        os.closerange(10, 300)
        report([caught, len(fds)])
    """
    number, count = first_report(subject.run(dedent(program)))
    demand_equal(number, 24)  # EMFILE
    demand(count <= FAST.open_files, f"{count} descriptors could be opened, of {FAST.open_files}.")
    expect_next_is_well(subject)


@_listing.add
def stack_overflow_ends_with_its_signal_and_no_core(subject: CheckedSandbox) -> None:
    """An endless recursion in C ends only the candidate.

    No core is written.
    """
    program = """
        import resource, sys
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        except ValueError:
            report(resource.getrlimit(resource.RLIMIT_CORE))
        nested = []
        for _ in range(10 ** 6):
            nested = [nested]
        sys.setrecursionlimit(10 ** 9)
        repr(nested)
        report("survived")
    """
    run = subject.run(dedent(program))
    # not 0, with which the kernel starts a core handler of the host
    demand_equal(run.reports, [[1, 1]])
    # the latter since Python 3.12
    is_told = run.ending.signal == signal.SIGSEGV or "RecursionError" in run.stderr
    demand(is_told, f"neither SIGSEGV nor a RecursionError came of it, but {run.ending}.")
    expect_next_is_well(subject)


@_listing.add
def crash_in_c_is_told_as_its_signal(subject: CheckedSandbox) -> None:
    """A read of address zero is reported as SIGSEGV.

    The neighbour does not notice.
    """
    run = subject.run("import ctypes; ctypes.string_at(0)")
    demand_equal((run.ending.signal, run.ending.limit), (signal.SIGSEGV, None))
    expect_next_is_well(subject)


@_listing.add
def output_flood_is_drained_and_does_not_hurt(subject: CheckedSandbox) -> None:
    """100 MB on both streams, binary and without a newline, pass through."""
    program = """
        import os
        def put(fd, data):
            while data:  # a pipe may take a part
                data = data[os.write(fd, data):]
        for _ in range(1600):
            put(1, bytes(range(256)) * 128)
            put(2, b"\\x00\\x1b[2J\\xff" * 4096)
        report("done")
    """
    run = subject.run(dedent(program), timeout_s=60)
    demand_equal(run.reports, ["done"])
    demand_equal(run.flood_bytes, 1600 * (32768 + 6 * 4096))
    demand_equal(run.ending.exit_status, 0)


@_listing.add
def system_v_objects_and_queues_leave_nothing(subject: CheckedSandbox) -> None:
    """Shared memory, semaphores and queues that outlive a process are refused."""
    program = """
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        rt = ctypes.CDLL("librt.so.1", use_errno=True)
        def attempt(function, *arguments):
            ctypes.set_errno(0)
            return "refused" if function(*arguments) == -1 else "made"
        report([attempt(libc.shmget, 1, 1 << 20, 0o1666),
                attempt(libc.semget, 1, 1, 0o1666),
                attempt(libc.msgget, 1, 0o1666),
                attempt(rt.mq_open, b"/queue", 0o102, 0o600, None)])
    """
    demand_equal(subject.run(dedent(program)).reports, [["refused"] * 4])


@_listing.add
def damage_does_not_reach_the_next_candidate(subject: CheckedSandbox) -> None:
    """Patched modules, builtins and a moved seed are the candidate's own."""
    program = """
        import builtins, numpy as np, random, sys
        np.add = np.ones = None
        builtins.abs = lambda x: 0
        np.random.seed(77); random.seed(77)
        sys.modules["json"] = None
        import os
        os.environ["LEFT"] = "1"
        os.rename("/submission/data", "/submission/moved")
        report(1)
    """
    demand_equal(subject.run(dedent(program)).reports, [1])
    expect_next_is_well(subject)
    look = "import os, json; report([abs(-1), 'LEFT' in os.environ])"
    demand_equal(subject.run(look).reports, [[1, False]])
