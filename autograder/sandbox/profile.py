"""The declared view and permissions of a candidate.

This is the promise of the walls, in a form that a probe inside can be held against.

A sandbox says it of itself (`WalledSandbox.profile`). The tests run programs that look for all of
it from inside and compare; the reference shows it to people.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.inside.walls.image import DEVICES
from autograder.inside.walls.seccomp import answers
from autograder.inside.walls.setup import address_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from autograder.inside.messages import CandidateResources
    from autograder.records.outcome import Limits
    from autograder.sandbox.host.users import Users

SCRATCH = ("/tmp", "/dev/shm")  # noqa: S108 - mount points inside the sandbox
# Of the kernel's kinds; `user` only where an ordinary user builds the walls, `time` never.
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "uts")
DESCRIPTORS = {"0": "/dev/null", "1": "pipe", "2": "pipe", "3": "socket", "4": "socket"}
# Honest with some arguments, refused with these.
BY_ARGUMENT = (
    "clone of a namespace",
    "clone of a sibling",
    "clone with a pidfd",
    "fcntl of leases",
    "fcntl of notices",
    "fcntl of write hints",
    "getsockopt of cookies",
    "getsockopt of pidfds",
    "madvise of cold pages",
    "mknod of devices",
    "mmap of huge pages",
    "personality",
    "prlimit of another process",
    "setrlimit of core files",
    "setsockopt of pidfds",
    "socketpair of datagrams",
    "statx of mounts ever made",
    "typing into a terminal",
)
NEWER = "calls that are newer than the filter"
# What gVisor shows of its own kernel, in version 20221219.
_GVISOR_PROC = (
    "cgroups", "cmdline", "cpuinfo", "filesystems", "loadavg", "meminfo", "mounts", "net", "self",
    "sentry-meminfo", "stat", "sys", "thread-self", "uptime", "version",
)  # fmt: skip
_GVISOR_LIMITS = {
    "RLIMIT_MEMLOCK": [65_536, 65_536],
    "RLIMIT_MSGQUEUE": [819_200, 819_200],
    "RLIMIT_SIGPENDING": [0, 0],
}
UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Profile:
    """The view and permissions of one candidate.

    Attributes
    ----------
    writable
        Per folder that can be written: bytes, and files and folders. Everything else is read-only.
    mount_options
        How these are mounted.
    devices
        Nodes below ``/dev``; no other device, socket or pipe is in the view.
    etc
        What ``/etc`` holds, the linker's files left out.
    proc
        What ``/proc`` holds beside processes.
    privileged_programs
        Programs that would run as another user.
    users
        First and last number that its user and only group may have.
    groups
        Further groups: an ordinary user's are kept, since the kernel lets no user give them up in a
        namespace that the user made; those but the first appear there as the `nobody` group.
    capabilities
        Per set, what is in it.
    init_capabilities
        What the PID 1 above it holds; `UNSEEN` where it sees nothing of that.
    no_new_privileges, seccomp_mode
        As ``/proc/self/status`` has them.
    namespaces
        The kinds that it does not share with the host, as far as the kernel tells.
    control_groups
        Where it is in them, as it sees it.
    interfaces
        Of its network. No socket can be made to use one.
    processes
        The numbers it sees: a PID 1 that it may not touch, and itself.
    descriptors
        What is open when its first line runs: input, output, its channel and a copy of that.
    environment
        Its environment variables.
    resource_limits
        Per kind, soft and hard.
    threads
        How many threads and processes it can have at one time.
    file_bytes, open_files
        Size of a file, and descriptors of a process.
    reservable_mib
        What a process may reserve privately, on top of the warden's own; None with a GPU, whose
        driver reserves freely [MiB].
    system_calls
        What is answered with an error, by its name: the error's; ``0`` for what is answered as done
        and is not done.
    """

    writable: Mapping[str, list[int]]
    mount_options: list[str]
    devices: list[str]
    etc: list[str]
    proc: list[str]
    privileged_programs: list[str]
    users: tuple[int, int]
    groups: list[int]
    capabilities: Mapping[str, str]
    init_capabilities: str
    no_new_privileges: int
    seccomp_mode: int
    namespaces: list[str]
    control_groups: list[str]
    interfaces: list[str]
    processes: list[int]
    descriptors: Mapping[str, str]
    environment: Mapping[str, str]
    resource_limits: Mapping[str, list[int]]
    threads: int
    file_bytes: int
    open_files: int
    reservable_mib: int | None
    system_calls: Mapping[str, str]


def declare(  # noqa: PLR0913 - by name
    limits: Limits,
    share: CandidateResources,
    *,
    users: Users | None,
    user: int,
    namespaces: tuple[str, ...],
    environment: Mapping[str, str],
    resource_limits: Mapping[str, list[int]],
    nodes: Iterable[str] = (),
    groups: Iterable[int] = (),
) -> Profile:
    """Declare the profile of a candidate.

    The candidate gets ``share`` for ``limits``, and a GPU with these nodes below ``/dev``.
    """
    own = [node.removeprefix("/dev/") for node in nodes]
    return Profile(
        writable={
            folder: [share.disk_bytes, share.inodes] for folder in sorted((share.work, *SCRATCH))
        },
        mount_options=["nodev", "noexec", "nosuid"],
        devices=sorted({*DEVICES, *own}),
        etc=["group", "passwd"],
        proc=["self", "thread-self"]
        if not own
        else ["all of it; to be written are its own names alone"],
        privileged_programs=[],
        users=(users.first, users.first + users.count - 1) if users else (user, user),
        groups=list(groups),
        capabilities=dict.fromkeys(("CapAmb", "CapBnd", "CapEff", "CapInh", "CapPrm"), "0"),
        init_capabilities="0",
        no_new_privileges=1,
        seccomp_mode=2,
        namespaces=sorted(namespaces),
        control_groups=["/"],
        interfaces=["lo"],
        processes=[1, 2],
        descriptors=DESCRIPTORS,
        environment=dict(environment),
        resource_limits=dict(resource_limits),
        threads=limits.tasks,
        file_bytes=share.file_bytes,
        open_files=share.open_files,
        reservable_mib=None if share.data_bytes is None else share.data_bytes >> 20,
        system_calls={
            name: _name_of(number) for name, (_, number) in answers(has_gpu=bool(own)).items()
        }
        | dict.fromkeys(BY_ARGUMENT, "EPERM")
        | {NEWER: "ENOSYS"},
    )


def in_gvisor(profile: Profile, share: CandidateResources) -> Profile:
    """Return a profile as changed by gVisor's kernel.

    gVisor does not keep some promises, and shows other things of itself.
    """
    reservable = address_bytes(share)
    return replace(
        profile,
        writable={folder: [size, 0] for folder, (size, _) in profile.writable.items()},
        mount_options=["noexec"],
        proc=list(_GVISOR_PROC),
        capabilities={
            name: held for name, held in profile.capabilities.items() if name != "CapAmb"
        },
        init_capabilities=UNSEEN,
        namespaces=["net", "pid", "user"],
        control_groups=[],
        descriptors={
            fd: what if what == "/dev/null" else "host" for fd, what in profile.descriptors.items()
        },
        resource_limits={**profile.resource_limits, **_GVISOR_LIMITS},
        reservable_mib=None if reservable is None else reservable >> 20,
    )


def _name_of(number: int) -> str:
    return errno.errorcode[number] if number else "0"


def render_profile(profile: Profile, other: Profile | None = None) -> str:
    """Render a profile as a table in Markdown.

    Rows that differ from candidate to candidate are left out. With ``other``, only the rows that
    differ from that profile are kept.
    """
    rows = _rows_of(profile)
    if other is not None:
        same = set(_rows_of(other))
        rows = [row for row in rows if row not in same]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows)])


def _rows_of(profile: Profile) -> list[tuple[str, str]]:
    return [
        (
            "Can write",
            ", ".join(
                f"`{folder}`: {size >> 20} MiB, "
                f"{f'{inodes:,}' if inodes else 'any number of'} files"
                for folder, (size, inodes) in profile.writable.items()
            ),
        ),
        ("These are mounted", _listed(profile.mount_options)),
        ("Devices", _listed(f"/dev/{name}" for name in profile.devices)),
        ("In `/etc`, beside the linker's files", _listed(profile.etc)),
        ("In `/proc`, beside its processes", _listed(profile.proc)),
        ("Programs that run as somebody else", _listed(profile.privileged_programs)),
        ("Further groups", _listed(map(str, profile.groups))),
        (
            "Capabilities",
            "; ".join(f"`{name}` {held}" for name, held in profile.capabilities.items()),
        ),
        ("Capabilities of its PID 1", profile.init_capabilities),
        ("No new privileges", str(profile.no_new_privileges)),
        ("Mode of seccomp", f"{profile.seccomp_mode} (a filter)"),
        ("Namespaces of its own", _listed(profile.namespaces)),
        ("Control groups, as it sees them", _listed(profile.control_groups)),
        ("Network interfaces", f"{_listed(profile.interfaces)}; no socket can be made"),
        ("Processes that it sees", _listed(map(str, profile.processes))),
        (
            "Open descriptors",
            ", ".join(f"{fd}: {what}" for fd, what in profile.descriptors.items()),
        ),
        ("Threads and processes", str(profile.threads)),
        ("Open files of a process", str(profile.open_files)),
        ("Size of a file", f"{profile.file_bytes >> 20} MiB"),
        (
            "Memory that a process may reserve",
            "no limit" if profile.reservable_mib is None else f"{profile.reservable_mib} MiB",
        ),
        (
            "Resource limits, soft and hard",
            ", ".join(
                f"`{name}` {soft:,} {hard:,}"
                for name, (soft, hard) in profile.resource_limits.items()
            ),
        ),
        (
            "Environment",
            ", ".join(f"`{name}={value}`" for name, value in profile.environment.items()),
        ),
        *(
            (
                f"System calls answered with `{answer}`",
                _listed(name for name, given in profile.system_calls.items() if given == answer),
            )
            for answer in sorted(set(profile.system_calls.values()), reverse=True)
        ),
    ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
