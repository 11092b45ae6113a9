"""The contract of every sandbox that has walls: what is too much is stopped, and the next candidate sees nothing of it."""

from __future__ import annotations

import signal
from dataclasses import replace
from textwrap import dedent

import pytest
from driving import FAST

BALLAST = "kept = []\nfor _ in range({mebibytes}):\n    kept.append(bytearray(b'x') * (1 << 20))\n"


def assert_next_is_well(walls):
    """A fresh candidate starts, computes and ends as if nothing had been."""
    run = walls.run("import os, numpy as np; report([float(np.ones(1000).sum()), len(os.listdir('/work'))])")
    assert run.reports == [[1000.0, 2]]
    assert (run.ending.exit_status, run.ending.limit, run.ending.is_oom) == (0, None, False)


# --- processes ---------------------------------------------------------------------------------------------------


def test_pids_fork_bomb_is_held_and_leaves_nothing(walls):
    """Of 500 forks only as many succeed as the limit has room for; none is left afterwards."""
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
    run = walls.run(dedent(program))
    assert FAST.pids - 12 <= run.reports[0] < FAST.pids + 8
    assert run.is_silent
    assert_next_is_well(walls)


def test_pids_threads_count(walls):
    """Threads are counted with processes."""
    program = """
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
    assert walls.run(dedent(program)).reports[0] < FAST.pids + 8


def test_pids_zombies_stay_the_candidates_own(walls):
    """Children that are never waited for fill its own limit and nobody's table; orphans are reaped."""
    program = """
        import os, time
        def orphan():
            if os.fork() == 0:
                if os.fork() == 0:
                    os._exit(0)
                os._exit(0)
            os.wait()
        for _ in range(100):
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
    run = walls.run(dedent(program))
    assert FAST.pids - 12 <= run.reports[0] < FAST.pids + 8
    assert_next_is_well(walls)


def test_pids_daemons_die_with_the_candidate(walls):
    """A process in a session of its own, with a parent that is gone, does not outlive the candidate."""
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
    run = walls.run(dedent(program))
    assert run.reports == ["left"]
    assert run.ending.exit_status == 0
    assert run.is_silent  # its copies of the pipes are closed: it is dead


# --- memory ------------------------------------------------------------------------------------------------------


def test_memory_balloon_is_stopped_and_the_warden_lives(walls):
    """A process that takes more than the limit gets a MemoryError, or is killed and counted."""
    run = walls.run(BALLAST.format(mebibytes=2000) + "report('fits')")
    assert run.reports == []
    assert "MemoryError" in run.stderr or run.ending.limit == "memory"
    assert_next_is_well(walls)


def test_memory_of_a_shared_mapping_counts(walls):
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
    run = walls.run(dedent(program))
    assert run.reports == []
    assert run.ending.limit == "memory"
    assert run.ending.is_oom == walls.is_grouped
    assert_next_is_well(walls)


def test_memory_of_grandchildren_counts(walls):
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
    run = walls.run(dedent(program))
    assert run.ending.limit == "memory"
    if walls.is_grouped:
        assert run.ending.is_oom
    assert_next_is_well(walls)


def test_memory_shared_with_children_counts_once(walls):
    """Children that only read what their parent has do not make it use more."""
    program = """
        import os, time
        kept = bytearray(b"x") * (100 << 20)
        for _ in range(4):
            if os.fork() == 0:
                time.sleep(0.3)
                os._exit(len(kept) % 2)
        report([os.wait()[1] for _ in range(4)])
    """
    run = walls.run(dedent(program))
    assert run.reports == [[0, 0, 0, 0]]
    assert run.ending.limit is None


def test_memory_shared_mapping_left_to_a_child_counts(walls):
    """Shared memory that only a child still maps, without having touched it, counts as well."""
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
    assert walls.run(dedent(program)).ending.limit == "memory"
    assert_next_is_well(walls)


def test_memory_files_without_a_name_are_refused(walls):
    """A file in memory, which no limit of a folder covers, cannot be made: as on an old kernel."""
    program = """
        import os
        try:
            os.memfd_create("name")
        except OSError as error:
            report(error.errno)
    """
    assert walls.run(dedent(program)).reports == [38]  # ENOSYS


def test_memory_peak_is_told(walls):
    """The ending says how much memory was in use at most."""
    run = walls.run(BALLAST.format(mebibytes=120) + "import time; time.sleep(0.3); report(1)")
    assert run.reports == [1]
    assert 115 < run.ending.peak_memory_mib < 200


def test_memory_full_folders_end_in_an_error(walls):
    """Filling /dev/shm and /tmp meets the size of these, and leaves the candidate alive."""
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
    run = walls.run(dedent(program))
    assert set(run.reports[0]) <= {"EFBIG", "ENOSPC"}
    assert_next_is_well(walls)


# --- time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loop", ["while True: pass", "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')"])
def test_cpu_endless_loop_is_ended(walls, loop):
    """A loop is ended by its CPU time, also within one call that never gives the interpreter a chance."""
    run = walls.run(loop, limits=replace(FAST, cpu_s=0.3, load_s=0.2))
    assert run.ending.limit == "cpu"
    assert run.ending.signal == signal.SIGKILL
    assert run.ending.cpu_s > 0.4  # the count from outside is one of ticks


def test_cpu_of_children_counts(walls):
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
    run = walls.run(dedent(program), limits=replace(FAST, cpu_s=0.3, load_s=0.2))
    assert run.ending.limit == "cpu"
    assert run.ending.cpu_s > 0.4  # the count from outside is one of ticks


def test_cpu_ignoring_every_signal_does_not_help(walls):
    """A process that ignores what can be ignored is ended all the same."""
    program = """
        import signal
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
    """
    assert walls.run(dedent(program), limits=replace(FAST, cpu_s=0.3, load_s=0.2)).ending.limit == "cpu"


def test_stopped_candidate_can_be_ended(walls):
    """A candidate that stops its process group, its PID 1 and itself is ended from outside."""
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
    run = walls.run(dedent(program), timeout_s=0.5)
    assert run.reports == ["stopping"]
    assert run.ending.signal == signal.SIGKILL
    assert_next_is_well(walls)


# --- the rest ----------------------------------------------------------------------------------------------------


def test_descriptors_are_limited(walls):
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
    number, count = walls.run(dedent(program)).reports[0]
    assert number == 24  # EMFILE
    assert count <= FAST.open_files
    assert_next_is_well(walls)


def test_stack_overflow_ends_with_its_signal_and_no_core(walls):
    """A recursion in C that nothing stops ends the candidate alone, and no core is written."""
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
    run = walls.run(dedent(program))
    assert run.reports == [[1, 1]]  # not 0, with which the kernel starts a core handler of the host
    assert run.ending.signal == signal.SIGSEGV or "RecursionError" in run.stderr  # the latter since Python 3.12
    assert_next_is_well(walls)


def test_crash_in_c_is_told_as_its_signal(walls):
    """A read of address zero is SIGSEGV, and its neighbour does not notice."""
    run = walls.run("import ctypes; ctypes.string_at(0)")
    assert (run.ending.signal, run.ending.limit) == (signal.SIGSEGV, None)
    assert_next_is_well(walls)


def test_output_flood_is_drained_and_does_not_hurt(walls):
    """100 MB on both streams, binary and without a newline, pass through."""
    program = """
        import os
        for _ in range(1600):
            os.write(1, bytes(range(256)) * 128)
            os.write(2, b"\\x00\\x1b[2J\\xff" * 4096)
        report("done")
    """
    run = walls.run(dedent(program), timeout_s=60)
    assert run.reports == ["done"]
    assert run.flood_bytes == 1600 * (32768 + 6 * 4096)
    assert run.ending.exit_status == 0


def test_system_v_objects_and_queues_leave_nothing(walls):
    """Shared memory, semaphores and queues that outlive a process are refused."""
    program = """
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        rt = ctypes.CDLL("librt.so.1", use_errno=True)
        def attempt(function, *arguments):
            ctypes.set_errno(0)
            return "refused" if function(*arguments) == -1 else "made"
        report([attempt(libc.shmget, 1, 1 << 20, 0o1666), attempt(libc.semget, 1, 1, 0o1666),
                attempt(libc.msgget, 1, 0o1666), attempt(rt.mq_open, b"/queue", 0o102, 0o600, None)])
    """
    assert walls.run(dedent(program)).reports == [["refused"] * 4]


def test_damage_does_not_reach_the_next_candidate(walls):
    """Patched modules, builtins and a moved seed are the candidate's own."""
    program = """
        import builtins, numpy as np, random, sys
        np.add = np.ones = None
        builtins.abs = lambda x: 0
        np.random.seed(77); random.seed(77)
        sys.modules["json"] = None
        import os
        os.environ["LEFT"] = "1"
        os.rename("/work/data", "/work/moved")
        report(1)
    """
    assert walls.run(dedent(program)).reports == [1]
    assert_next_is_well(walls)
    look = "import os, json; report([abs(-1), 'LEFT' in os.environ])"
    assert walls.run(look).reports == [[1, False]]
