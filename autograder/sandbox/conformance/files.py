"""Checks of the files that a candidate can see and write."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import dedent

import autograder
from autograder.sandbox.conformance.check import (
    CheckedSandbox,
    Listing,
    demand,
    demand_equal,
    only_report,
)
from autograder.sandbox.conformance.driving import FAST
from autograder.sandbox.host.owner import open_temporary_folder

_listing = Listing(needs_walls=True)
CHECKS = _listing.checks


ENVIRONMENT = {
    "PATH", "LANG", "HOME", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE",
    "PYTHONHASHSEED", "MPLBACKEND", "HDF5_USE_FILE_LOCKING", "KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL",
    "TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
}  # fmt: skip
# What a driver needs beside a GPU, and no other candidate sees; all of it read-only.
_OF_A_GPU = {
    "LD_LIBRARY_PATH",
    "TF_FORCE_GPU_ALLOW_GROWTH",
    "XLA_PYTHON_CLIENT_PREALLOCATE",
    "CUDA_VISIBLE_DEVICES",
}
_PROC_OF_A_GPU = {"/proc/sys", "/proc/kcore", "/proc/meminfo"}
_DEV = {"fd", "full", "null", "random", "shm", "stderr", "stdin", "stdout", "urandom", "zero"}


@_listing.add
def view_has_only_the_folders_that_were_built(subject: CheckedSandbox) -> None:
    """The root shows only the folders that were built.

    These are the interpreter's trees, libraries, the three folders and a GPU's /sys. It shows no
    home, host or secret.
    """
    program = """
        import os
        outside = [p for p in ("/etc/shadow", "/etc/hosts", "/sys", "/run", "/var", "/home",
                               "/mnt", "/proc/1/root/etc", "/dev/ptmx", "/dev/tty", "/dev/pts",
                               "/dev/mem", "/dev/vda", "/dev/kmsg", "/usr/bin/su")
                   if os.path.exists(p) and not (os.path.isdir(p) and os.listdir(p) == [])]
        report([sorted(os.listdir("/etc")), sorted(os.listdir("/dev")), outside])
    """
    etc, dev, outside = only_report(subject.run(dedent(program)))
    demand(set(etc) <= {"passwd", "group", "ld.so.cache", "alternatives"}, f"/etc holds {etc}.")
    nodes = {Path(node.path).parts[2] for node in subject.device.nodes} if subject.device else set()
    demand_equal(dev, sorted(_DEV | nodes))
    demand_equal(outside, ["/sys"] if subject.device else [])


@_listing.add
def view_proc_shows_only_processes(subject: CheckedSandbox) -> None:
    """The machine's files in /proc are hidden.

    A GPU's driver has to read some of them. An empty folder or /dev/null counts as hidden.
    """
    program = """
        import os
        def is_nothing(path):
            if os.path.isdir(path):
                return os.listdir(path) == []
            return not os.path.exists(path) or os.stat(path).st_rdev == os.stat("/dev/null").st_rdev
        report([p for p in ("/proc/sys", "/proc/kcore", "/proc/meminfo") if not is_nothing(p)])
    """
    allowed = _PROC_OF_A_GPU if subject.device else set()
    shown = only_report(subject.run(dedent(program)))
    demand(set(shown) <= allowed, f"{shown} can be seen.")


@_listing.add
def view_devices_keep_no_word_of_a_candidate(subject: CheckedSandbox) -> None:
    """One candidate's times of a device are gone for the next."""
    program = """
        import os
        names = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
        before = [os.stat(name).st_mtime_ns for name in names]
        for name in names:
            try:
                os.utime(name)
            except OSError:
                pass
        with open("/dev/null", "w") as nowhere, open("/dev/zero", "rb") as zeros:
            nowhere.write(str(zeros.read(3)))
        report([before, [os.stat(name).st_mtime_ns for name in names]])
    """
    before, left = only_report(subject.run(dedent(program)))
    found, _ = only_report(subject.run(dedent(program)))
    demand(
        before == left or not set(left) & set(found),
        "a device keeps the times that a candidate has set.",
    )


@_listing.add
def view_package_and_temporary_files_are_invisible(subject: CheckedSandbox) -> None:
    """A walk over everything finds no hidden file.

    Hidden are a file in a temporary folder and the parts of this package that are not needed
    inside.
    """
    package = Path(str(autograder.__file__)).resolve().parent
    with open_temporary_folder("canary") as folder:
        canary = folder / f"canary-{os.getpid()}.txt"
        canary.write_text("hidden reference")
        program = f"""
            import os
            found = [os.path.join(top, name)
                     for top, folders, files in os.walk("/") for name in files
                     if name in ({canary.name!r}, "examiner_process.py", "assignment.toml")]
            there = [{str(canary)!r}, {str(package / "sandbox")!r}, {str(package / "cli")!r}]
            report([found, [path for path in there if os.path.exists(path)]])
        """
        demand_equal(only_report(subject.run(dedent(program))), [[], []])


@_listing.add
def view_home_shows_nothing_but_the_way_to_the_interpreter(subject: CheckedSandbox) -> None:
    """A home shows at most the folders to the interpreter."""
    home = Path.home()
    program = (
        f"import os; report(os.listdir({str(home)!r}) if os.path.exists({str(home)!r}) else [])"
    )
    roots = [Path(root).resolve() for root in (sys.prefix, sys.base_prefix)]
    ways = {root.relative_to(home).parts[0] for root in roots if home in root.parents}
    shown = set(only_report(subject.run(program)))
    demand(shown <= ways, f"{home} shows {sorted(shown - ways)}.")


@_listing.add
def view_package_shows_only_what_runs_inside(subject: CheckedSandbox) -> None:
    """Only the package's inner parts can be imported."""
    program = """
        import importlib, os, autograder
        def fails(name):
            try:
                importlib.import_module(name)
            except ImportError:
                return True
        package = os.path.dirname(autograder.__file__)
        hidden = ("rubric", "sandbox", "report", "examiner", "station", "course")
        report([sorted(n for n in os.listdir(package) if not n.startswith("__")),
                [fails(f"autograder.{n}") for n in hidden]])
    """
    demand_equal(
        only_report(subject.run(dedent(program))), [["frameworks", "inside", "wire"], [True] * 6]
    )


@_listing.add
def environment_is_exactly_the_declared_one(subject: CheckedSandbox) -> None:
    """A candidate has our variables and none of the station's."""
    environment = only_report(subject.run("import os; report(dict(os.environ))"))
    more = _OF_A_GPU | set(subject.device.env) if subject.device else set()
    demand(
        ENVIRONMENT <= set(environment) <= ENVIRONMENT | more,
        f"the environment is {sorted(environment)}.",
    )
    demand_equal(environment["HOME"], "/submission")


@_listing.add
def writes_everywhere_else_are_refused(subject: CheckedSandbox) -> None:
    """Only the work folder, /tmp and /dev/shm can be written."""
    program = """
        import os
        written = []
        for top, folders, files in os.walk("/"):
            if top.startswith("/proc/"):
                folders[:] = []
            try:
                os.close(os.open(os.path.join(top, "written"), os.O_CREAT | os.O_WRONLY))
            except OSError:
                continue
            written.append(top)
        report(sorted(written))
    """
    demand_equal(
        only_report(subject.run(dedent(program))),
        ["/dev/shm", "/submission", "/submission/.tmp", "/submission/data", "/tmp"],
    )


@_listing.add
def writes_to_processes_files_are_refused(subject: CheckedSandbox) -> None:
    """A candidate cannot write in /proc.

    In particular, it cannot lower its own score for the kernel's choice of a victim.
    """
    program = """
        import os
        def attempt(name):
            try:
                with open(name, "w") as file:
                    file.write("0")
            except OSError as error:
                return type(error).__name__
            return "written"
        report([open("/proc/self/oom_score_adj").read().strip(),
                [attempt(f"/proc/self/{n}")
                 for n in ("oom_score_adj", "comm", "mem", "clear_refs", "coredump_filter")]])
    """
    score, attempts = only_report(subject.run(dedent(program)))
    demand_equal(score, "1000")
    demand(
        "written" not in attempts,
        f"writing to oom_score_adj, comm, mem, clear_refs, coredump_filter: {attempts}.",
    )


@_listing.add_each("folder", ["/submission", "/tmp", "/dev/shm"])
def disk_each_folder_is_limited_in_bytes(subject: CheckedSandbox, folder: str) -> None:
    """Files beyond the size, one big or many small, are refused."""
    program = f"""
        import errno, os
        def fill(name, count, size):
            for number in range(count):
                try:
                    with open(f"{folder}/{{name}}{{number}}", "wb") as file:
                        file.write(b"x" * size)
                except OSError as error:
                    return [number, errno.errorcode[error.errno]]
            return [count, "fits"]
        one = fill("one", 1, 9 << 20)
        os.unlink("{folder}/one0")
        several = fill("several", 12, 1 << 20)
        report([one, several])
    """
    one, several = only_report(subject.run(dedent(program)))
    demand(one[1] in ("EFBIG", "ENOSPC"), f"one file of 9 MiB in {folder}: {one[1]}.")
    demand(several[0] <= FAST.disk_mib, f"{several[0]} MiB fit in {folder}, of {FAST.disk_mib}.")
    demand_equal(several[1], "ENOSPC")


@_listing.add_each("folder", ["/submission", "/tmp", "/dev/shm"])
def disk_each_folder_is_limited_in_files(subject: CheckedSandbox, folder: str) -> None:
    """Files beyond their number are refused."""
    program = f"""
        import errno
        made, refused = 0, "fits"
        try:
            for made in range(300):
                open(f"{folder}/many{{made}}", "wb").close()
        except OSError as error:
            refused = errno.errorcode[error.errno]
        report([made, refused])
    """
    made, refused = only_report(subject.run(dedent(program)))
    demand(
        FAST.inodes - 10 < made <= FAST.inodes, f"{made} files fit in {folder}, of {FAST.inodes}."
    )
    demand_equal(refused, "ENOSPC")


@_listing.add
def disk_files_are_gone_for_the_next_candidate(subject: CheckedSandbox) -> None:
    """A candidate's files are gone for the next candidate."""
    look = "import os; report([sorted(os.listdir(d)) for d in ('/submission', '/tmp', '/dev/shm')])"
    before = only_report(subject.run(look))
    leave = (
        "for d in ('/submission', '/tmp', '/dev/shm'): open(d + '/left', "
        "'w').write('secret')\nreport(1)"
    )
    demand_equal(only_report(subject.run(leave)), 1)
    demand_equal(only_report(subject.run(look)), before)
    demand(not any("left" in names for names in before), f"a fresh candidate finds {before}.")


@_listing.add
def data_is_readable_and_cannot_be_changed(subject: CheckedSandbox) -> None:
    """Public data lies in the work folder and cannot be changed."""
    program = """
        try:
            open("data/numbers.txt", "w")
        except OSError as error:
            refused = type(error).__name__
        report([open("data/numbers.txt").read(), refused])
    """
    text, refused = only_report(subject.run(dedent(program)))
    demand_equal(text, "1 2 3\n")
    demand(refused in ("OSError", "PermissionError"), f"opening it for writing ended in {refused}.")
