"""Checks of processes, privileges and system calls.

A candidate sees no other processes, has no privileges, and cannot make system calls that open
walls.
"""

from __future__ import annotations

import os
from textwrap import dedent

from autograder.sandbox.conformance.check import (
    CheckedSandbox,
    Listing,
    demand,
    demand_equal,
    only_report,
)

_listing = Listing(needs_walls=True)
CHECKS = _listing.checks


@_listing.add
def processes_only_itself_and_its_init_are_visible(subject: CheckedSandbox) -> None:
    """A candidate sees only itself and its PID 1 in /proc.

    The candidate is number 2 below a PID 1 of its own.
    """
    program = """
        import os
        report([os.getpid(), os.getppid() in (0, 1),
                sorted(int(n) for n in os.listdir("/proc") if n.isdecimal())])
    """
    demand_equal(only_report(subject.run(dedent(program))), [2, True, [1, 2]])


@_listing.add
def processes_init_cannot_be_signalled_or_read(subject: CheckedSandbox) -> None:
    """PID 1 can be neither killed, stopped, traced, limited nor read."""
    program = """
        import os, resource, signal
        def attempt(action):
            try:
                action()
            except OSError:
                return "refused"
            return "done"
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT):
            attempt(lambda: os.kill(1, number))
        reads = [attempt(lambda: open(f"/proc/1/{name}", "rb").read(1))
                 for name in ("mem", "pagemap")]
        lists = [attempt(lambda: os.readlink("/proc/1/exe")),
                 attempt(lambda: os.listdir("/proc/1/root"))]
        limit = attempt(lambda: resource.prlimit(1, resource.RLIMIT_CPU, (0, 0)))
        child = os.fork()
        if child == 0:
            if os.fork() == 0:
                os._exit(0)
            os._exit(0)
        os.waitpid(child, 0)
        report([reads, lists, limit])
    """
    run = subject.run(dedent(program))
    demand_equal(only_report(run), [["refused"] * 2, ["refused"] * 2, "refused"])
    demand_equal(run.ending.exit_status, 0)


@_listing.add
def processes_init_shows_no_environment(subject: CheckedSandbox) -> None:
    """A candidate reads neither environment nor descriptors of PID 1."""
    program = """
        import os
        def attempt(action):
            try:
                action()
            except OSError:
                return "refused"
            return "done"
        reads = [attempt(lambda: open(f"/proc/1/{name}", "rb").read(1))
                 for name in ("environ", "auxv")]
        report([reads, attempt(lambda: os.listdir("/proc/1/fd"))])
    """
    demand_equal(only_report(subject.run(dedent(program))), [["refused"] * 2, "refused"])


@_listing.add
def privileges_are_none(subject: CheckedSandbox) -> None:
    """A candidate has no privileges.

    It has no capability in any set, no new privileges, a system call filter, no other group, and a
    uid other than 0.
    """
    program = """
        import ctypes, os
        lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
        sets = {name: int(lines[name], 16) for name in lines if name.startswith("Cap")}
        libc = ctypes.CDLL(None)
        is_ambient = [libc.prctl(47, 1, number, 0, 0) == 1 for number in range(41)]
        report([{"CapInh", "CapPrm", "CapEff", "CapBnd"} <= set(sets), sorted(set(sets.values())),
                any(is_ambient), libc.prctl(39, 0, 0, 0, 0), lines["Seccomp"].strip(),
                os.getuid() != 0, os.getuid() == os.geteuid(),
                lines["Threads"].strip()])
    """
    demand_equal(
        only_report(subject.run(dedent(program))), [True, [0], False, 1, "2", True, True, "1"]
    )


@_listing.add
def privileges_another_user_cannot_be_taken(subject: CheckedSandbox) -> None:
    """Becoming uid 0, another user or group is refused."""
    program = """
        import os
        refused = []
        for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]),
                        lambda: os.setreuid(5, 5),
                        lambda: os.chown("/submission", 0, 0), lambda: os.chroot("/tmp")):
            try:
                attempt()
            except OSError:
                refused.append(True)
        report(refused)
    """
    demand_equal(only_report(subject.run(dedent(program))), [True] * 6)


@_listing.add
def privileges_a_better_place_in_the_queue_cannot_be_taken(subject: CheckedSandbox) -> None:
    """A candidate cannot raise its own priority for a processor."""
    program = """
        import os
        try:
            os.nice(-5)
        except OSError:
            report("refused")
    """
    demand_equal(only_report(subject.run(dedent(program))), "refused")


def system_calls_that_open_walls_are_answered_with_an_error(subject: CheckedSandbox) -> None:
    """System calls that open walls are refused.

    Among them are mounts, namespaces, tracing, keyrings, BPF and io_uring. clone3 does not exist.
    """
    calls = {
        "mount": 165, "umount2": 166, "pivot_root": 155, "unshare": 272, "setns": 308,
        "ptrace": 101, "bpf": 321, "keyctl": 250, "add_key": 248, "io_uring_setup": 425,
        "perf_event_open": 298, "userfaultfd": 323, "process_vm_readv": 310,
        "process_vm_writev": 311, "kexec_load": 246, "init_module": 175, "open_by_handle_at": 304,
        "name_to_handle_at": 303, "fsopen": 430, "open_tree": 428, "move_mount": 429,
        "pidfd_getfd": 438, "kcmp": 312, "swapon": 167, "acct": 163, "settimeofday": 164,
        "sethostname": 170, "syslog": 103, "quotactl": 179, "shmget": 29, "msgget": 68,
        "modify_ldt": 154, "personality": 135, "bind": 49,
    }  # fmt: skip
    program = f"""
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        def call(number, *arguments):
            ctypes.set_errno(0)
            result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
            return errno.errorcode.get(ctypes.get_errno(), result)
        answers = {{name: call(number, 8, 0, 0, 0, 0, 0) for name, number in {calls}.items()}}
        flags = {{name: call(56, flag | 17, 0, 0, 0, 0) for name, flag in
                 {{"user": 0x10000000, "pid": 0x20000000, "mount": 0x20000, "net": 0x40000000,
                   "parent": 0x8000}}.items()}}
        report([sorted(n for n, a in answers.items() if a != "EPERM"),
                sorted(n for n, a in flags.items() if a != "EPERM"),
                call(435, 0, 0), call(0x40000000 + 39), call(162)])
    """
    others = ["bind"] if subject.device else []  # a GPU's driver gives a socket a name
    demand_equal(only_report(subject.run(dedent(program))), [others, [], "ENOSYS", "EPERM", 0])


if os.uname().machine == "x86_64":  # the numbers are those of this machine
    _listing.add(system_calls_that_open_walls_are_answered_with_an_error)


@_listing.add
def descriptors_input_is_not_shared_with_other_candidates(subject: CheckedSandbox) -> None:
    """One candidate's flags for its input are gone for the next.

    So is the signal that it gave to its input.
    """
    program = """
        import fcntl, os
        report([fcntl.fcntl(0, fcntl.F_GETFL) & os.O_APPEND, fcntl.fcntl(0, 11)])
        fcntl.fcntl(0, fcntl.F_SETFL, os.O_APPEND)
        fcntl.fcntl(0, 10, 12)
    """
    for _ in range(2):
        demand_equal(only_report(subject.run(dedent(program))), [0, 0])


@_listing.add
def descriptors_only_channel_and_output_are_open(subject: CheckedSandbox) -> None:
    """A candidate inherits its channel, its output and nothing else."""
    program = """
        import os, stat
        names = {stat.S_IFCHR: "device", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
        kinds = {}
        for fd in os.listdir("/proc/self/fd"):
            try:
                kinds[fd] = names.get(stat.S_IFMT(os.fstat(int(fd)).st_mode), "other")
            except OSError:
                pass
        is_null = os.fstat(0).st_rdev == os.stat("/dev/null").st_rdev
        report([kinds, is_null, os.read(0, 1).decode()])
    """
    kinds, is_null, stdin = only_report(subject.run(dedent(program)))
    demand_equal(kinds, {"0": "device", "1": "pipe", "2": "pipe", "3": "socket", "4": "socket"})
    demand(is_null, "its input is not /dev/null.")
    demand_equal(stdin, "")
