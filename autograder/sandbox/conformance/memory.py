"""Checks of excess memory in any process or folder."""

from __future__ import annotations

from textwrap import dedent

from autograder.sandbox.conformance.check import (
    CheckedSandbox,
    Listing,
    demand,
    demand_equal,
    expect_next_is_well,
    first_report,
)

_listing = Listing(needs_walls=True)
CHECKS = _listing.checks


BALLAST = "kept = []\nfor _ in range({mebibytes}):\n    kept.append(bytearray(b'x') * (1 << 20))\n"


@_listing.add
def memory_balloon_is_stopped_and_the_warden_lives(subject: CheckedSandbox) -> None:
    """A process beyond the memory limit is stopped.

    It gets a MemoryError, or is killed and counted.
    """
    run = subject.run(BALLAST.format(mebibytes=2000) + "report('fits')")
    demand_equal(run.reports, [])
    is_told = "MemoryError" in run.stderr or run.ending.limit == "memory"
    demand(is_told, f"neither a MemoryError nor its limit ended it, but {run.ending}.")
    expect_next_is_well(subject)


@_listing.add
def memory_of_a_shared_mapping_counts(subject: CheckedSandbox) -> None:
    """Shared anonymous memory, which no resource limit sees, counts as well."""
    program = """
        import mmap, time
        kept = []
        for _ in range(40):
            kept.append(mmap.mmap(-1, 20 << 20))
            kept[-1].write(b"x" * (20 << 20))
            time.sleep(0.02)
        time.sleep(1)
        report("fits")
    """
    run = subject.run(dedent(program))
    demand_equal(run.reports, [])
    demand_equal(run.ending.limit, "memory")
    demand_equal(run.ending.is_oom, subject.is_grouped)
    expect_next_is_well(subject)


@_listing.add
def memory_of_grandchildren_counts(subject: CheckedSandbox) -> None:
    """Processes below the limit each and above it together are stopped."""
    program = """
        import os, time
        for _ in range(4):
            if os.fork() == 0:
                kept = bytearray(b"x") * (100 << 20)
                time.sleep(2)
                os._exit(0)
        ends = [os.wait()[1] for _ in range(4)]
        report(ends)
    """
    run = subject.run(dedent(program))
    demand_equal(run.ending.limit, "memory")
    if subject.is_grouped:
        demand(run.ending.is_oom, "no process was counted as killed for want of memory.")
    expect_next_is_well(subject)


@_listing.add
def memory_shared_with_children_counts_once(subject: CheckedSandbox) -> None:
    """Memory that children only read counts once."""
    program = """
        import os, time
        kept = bytearray(b"x") * (100 << 20)
        for _ in range(4):
            if os.fork() == 0:
                time.sleep(0.3)
                os._exit(len(kept) % 2)
        report([os.wait()[1] for _ in range(4)])
    """
    run = subject.run(dedent(program))
    demand_equal(run.reports, [[0, 0, 0, 0]])
    demand_equal(run.ending.limit, None)


@_listing.add
def memory_shared_mapping_left_to_a_child_counts(subject: CheckedSandbox) -> None:
    """Shared memory counts even if only a child maps it.

    The child need not have touched it.
    """
    program = """
        import mmap, os, time
        maps = [mmap.mmap(-1, 20 << 20) for _ in range(20)]
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
        for piece in maps:
            piece.write(b"x" * (20 << 20))
            piece.close()
            time.sleep(0.05)
        report("fits")
        time.sleep(2)
    """
    demand_equal(subject.run(dedent(program)).ending.limit, "memory")
    expect_next_is_well(subject)


@_listing.add
def memory_files_without_a_name_are_refused(subject: CheckedSandbox) -> None:
    """A file in memory cannot be made, as on an old kernel.

    No limit of a folder would cover it. Only a GPU's driver may make one.
    """
    program = """
        import os
        try:
            os.memfd_create("name")
        except OSError as error:
            report(error.errno)
        else:
            report(0)
    """
    demand_equal(subject.run(dedent(program)).reports, [0 if subject.device else 38])  # ENOSYS


@_listing.add
def memory_peak_is_told(subject: CheckedSandbox) -> None:
    """The ending states the peak memory."""
    run = subject.run(BALLAST.format(mebibytes=120) + "import time; time.sleep(0.3); report(1)")
    demand_equal(run.reports, [1])
    peak_mib = run.ending.peak_memory_mib or 0.0
    demand(115 < peak_mib < 200, f"120 MiB were used, {peak_mib:.0f} MiB were counted.")


@_listing.add
def memory_full_folders_end_in_an_error(subject: CheckedSandbox) -> None:
    """Overfilling /dev/shm and /tmp fails, and the candidate lives."""
    program = """
        import errno
        def fill(name):
            try:
                with open(name, "wb") as file:
                    for _ in range(100):
                        file.write(b"x" * (1 << 20))
            except OSError as error:
                return errno.errorcode[error.errno]
        report([fill("/dev/shm/a"), fill("/dev/shm/b"), fill("/tmp/a"), fill("/tmp/b")])
    """
    run = subject.run(dedent(program))
    ends = first_report(run)
    demand(set(ends) <= {"EFBIG", "ENOSPC"}, f"100 MiB in each file ended in {ends}.")
    expect_next_is_well(subject)
