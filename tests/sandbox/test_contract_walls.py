"""The contract of every sandbox that has walls: what a candidate can reach, see, write and do."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from driving import FAST

import autograder
from autograder.sandbox import ENGINES

REPOSITORY = Path(autograder.__file__).parents[1]
ENVIRONMENT = {
    "PATH", "LANG", "HOME", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE", "PYTHONHASHSEED", "MPLBACKEND",
    "HDF5_USE_FILE_LOCKING", "KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
}  # fmt: skip
# What a driver needs beside a GPU, and no other candidate sees; all of it read-only.
OF_A_GPU = {"MADE_UP", "LD_LIBRARY_PATH", "TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_PREALLOCATE"}
PROC_OF_A_GPU = {"/proc/sys", "/proc/kcore", "/proc/meminfo"}


def only_report(run):
    """The one thing a program reported, that wrote no error."""
    assert run.stderr == ""
    assert len(run.reports) == 1
    return run.reports[0]


# --- network -----------------------------------------------------------------------------------------------------


def test_network_every_family_is_refused(walls):
    """No socket of any family can be made, so nothing outside can be spoken to."""
    program = """
        import socket
        def attempt(family, kind):
            try:
                socket.socket(family, kind).close()
            except OSError as error:
                return type(error).__name__
            return "made"
        families = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET)
        report(sorted({attempt(f, k) for f in families for k in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW)}))
    """
    assert only_report(walls.run(dedent(program))) == ["PermissionError"]


def test_network_canary_listeners_on_the_host_are_not_reached(walls):
    """Listeners on the host's loopback and on an abstract Unix name see nobody, and the namespace is another."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(f"\0autograder-canary-{os.getpid()}-{walls.kind}")
        unix.listen()
        program = f"""
            import ctypes, os, socket
            tries = [lambda: socket.create_connection(("127.0.0.1", {tcp.getsockname()[1]}), 1),
                     lambda: socket.socket(socket.AF_UNIX).connect({unix.getsockname()!r})]
            for attempt in tries:
                try:
                    attempt()
                except OSError:
                    pass
            report(os.stat("/proc/self/ns/net").st_ino)
        """
        assert only_report(walls.run(dedent(program))) != Path("/proc/self/ns/net").stat().st_ino
        for listener in (tcp, unix):
            listener.settimeout(0)
            with pytest.raises(BlockingIOError):
                listener.accept()


def test_network_connected_pairs_work_and_cannot_be_addressed(walls):
    """Honest code gets its socket pairs, but no datagram ones, which could be given a name."""
    program = """
        import socket
        a, b = socket.socketpair()
        a.send(b"hello")
        got = b.recv(5).decode()
        refused = []
        for attempt in (lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM), lambda: a.bind("\\0name"),
                        lambda: a.connect("\\0name"), lambda: a.listen()):
            try:
                attempt()
            except PermissionError:
                refused.append(True)
        report([got, refused])
    """
    assert only_report(walls.run(dedent(program))) == ["hello", [True] * 4]


# --- files -------------------------------------------------------------------------------------------------------


def test_view_has_only_the_folders_that_were_built(walls):
    """The root shows the interpreter's trees, libraries and the three folders, and no home, host or secret."""
    program = """
        import os
        outside = [p for p in ("/etc/shadow", "/etc/hosts", "/sys", "/run", "/var", "/home", "/mnt", "/proc/sys",
                               "/proc/kcore", "/proc/meminfo", "/proc/1/root/etc", "/dev/ptmx", "/dev/tty", "/dev/pts",
                               "/dev/mem", "/dev/vda", "/dev/kmsg", "/usr/bin/su")
                   if os.path.exists(p) and not (os.path.isdir(p) and os.listdir(p) == [])]
        report([sorted(os.listdir("/etc")), sorted(os.listdir("/dev")), outside])
    """
    etc, dev, outside = only_report(walls.run(dedent(program)))
    assert set(etc) <= {"passwd", "group", "ld.so.cache", "alternatives"}
    more = ["madeup", "madeup0"] if walls.kind == "root-gpu" else []
    assert dev == sorted(["fd", "full", "null", "random", "shm", "stderr", "stdin", "stdout", "urandom", "zero", *more])
    assert set(outside) <= (PROC_OF_A_GPU if walls.kind == "root-gpu" else set())


def test_view_repository_and_temporary_files_are_invisible(walls, tmp_path):
    """A canary in a temporary folder and this very file are not found by walking everything.

    Of the repository at most the folder that leads to a virtual environment inside it exists.
    """
    there = [
        REPOSITORY / name for name in ("reference", "assignments", "autograder", "tests", "pyproject.toml", ".git")
    ]
    canary = tmp_path / f"canary-{os.getpid()}.txt"
    canary.write_text("hidden reference")
    program = f"""
        import os
        found = [os.path.join(top, name) for top, folders, files in os.walk("/") for name in files
                 if name in ({canary.name!r}, {Path(__file__).name!r}, "assignment.toml")]
        report([found, [path for path in {[str(path) for path in (canary, *there)]!r} if os.path.exists(path)]])
    """
    assert only_report(walls.run(dedent(program))) == [[], []]


def test_view_home_shows_nothing_but_the_way_to_the_interpreter(walls):
    """Of a home, at most the folders that lead to the interpreter exist."""
    home = Path.home()
    program = f"import os; report(os.listdir({str(home)!r}) if os.path.exists({str(home)!r}) else [])"
    roots = [Path(root).resolve() for root in (sys.prefix, sys.base_prefix)]
    ways = {root.relative_to(home).parts[0] for root in roots if home in root.parents}
    assert set(only_report(walls.run(program))) <= ways


def test_view_package_shows_only_what_runs_inside(walls):
    """Of the package, the parts that run in the sandbox can be imported, and no other."""
    program = """
        import importlib, os, autograder
        def fails(name):
            try:
                importlib.import_module(name)
            except ImportError:
                return True
        report([sorted(n for n in os.listdir(os.path.dirname(autograder.__file__)) if not n.startswith("__")),
                [fails(f"autograder.{n}") for n in ("rubric", "sandbox", "report", "examiner", "station", "seeds")]])
    """
    assert only_report(walls.run(dedent(program))) == [["inside", "wire"], [True] * 6]


def test_environment_is_exactly_the_declared_one(walls, monkeypatch):
    """A candidate has the variables of our making and not one of the station's."""
    monkeypatch.setenv("CANARY_SECRET", "hidden")
    environment = only_report(walls.run("import os; report(dict(os.environ))"))
    assert set(environment) == ENVIRONMENT | (OF_A_GPU if walls.kind == "root-gpu" else set())
    assert environment["HOME"] == "/work"


def test_writes_everywhere_else_are_refused(walls):
    """Of all folders in the view only the work folder, /tmp and /dev/shm can be written."""
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
    assert only_report(walls.run(dedent(program))) == ["/dev/shm", "/tmp", "/work", "/work/.tmp", "/work/data"]


def test_writes_to_processes_files_are_refused(walls):
    """The own score for the kernel's choice of a victim cannot be lowered, nor anything else in /proc written."""
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
                [attempt(f"/proc/self/{n}") for n in ("oom_score_adj", "comm", "mem", "clear_refs", "coredump_filter")]])
    """
    score, attempts = only_report(walls.run(dedent(program)))
    assert score == "1000"
    assert "written" not in attempts


@pytest.mark.parametrize("folder", ["/work", "/tmp", "/dev/shm"])
def test_disk_each_folder_is_limited_in_bytes_and_files(walls, folder):
    """Files beyond the size, one big or many small, and beyond the number of files are refused."""
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
        for name in os.listdir("{folder}"):
            if name.startswith("several"):
                os.unlink(f"{folder}/{{name}}")
        report([one, several, fill("many", 300, 0)])
    """
    one, several, many = only_report(walls.run(dedent(program)))
    assert one[1] in ("EFBIG", "ENOSPC")
    assert several[0] <= FAST.disk_mib
    assert several[1] == "ENOSPC"
    assert FAST.inodes - 10 < many[0] <= FAST.inodes
    assert many[1] == "ENOSPC"


def test_disk_files_are_gone_for_the_next_candidate(walls):
    """Nothing that a candidate leaves in a writable folder is there for the next."""
    look = "import os; report([sorted(os.listdir(d)) for d in ('/work', '/tmp', '/dev/shm')])"
    before = only_report(walls.run(look))
    leave = "for d in ('/work', '/tmp', '/dev/shm'): open(d + '/left', 'w').write('secret')\nreport(1)"
    assert only_report(walls.run(leave)) == 1
    assert only_report(walls.run(look)) == before
    assert not any("left" in names for names in before)


def test_data_is_readable_and_cannot_be_changed(walls):
    """Public data lies in the work folder under its name, and stays as it is."""
    program = """
        try:
            open("data/numbers.txt", "w")
        except OSError as error:
            refused = type(error).__name__
        report([open("data/numbers.txt").read(), refused])
    """
    text, refused = only_report(walls.run(dedent(program)))
    assert text == "1 2 3\n"
    assert refused in ("OSError", "PermissionError")


# --- processes ---------------------------------------------------------------------------------------------------


def test_processes_only_itself_and_its_init_are_visible(walls):
    """A candidate is number 2 below a PID 1 of its own, and /proc shows no other process."""
    program = """
        import os
        report([os.getpid(), os.getppid(), sorted(int(n) for n in os.listdir("/proc") if n.isdecimal())])
    """
    assert only_report(walls.run(dedent(program))) == [2, 0, [1, 2]]


def test_processes_init_cannot_be_signalled_or_read(walls):
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
        reads = [attempt(lambda: open(f"/proc/1/{name}", "rb").read(1)) for name in ("mem", "environ", "auxv", "pagemap")]
        lists = [attempt(lambda: os.listdir("/proc/1/fd")), attempt(lambda: os.readlink("/proc/1/exe")),
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
    run = walls.run(dedent(program))
    assert only_report(run) == [["refused"] * 4, ["refused"] * 3, "refused"]
    assert run.ending.exit_status == 0


# --- privileges --------------------------------------------------------------------------------------------------


def test_privileges_are_none(walls):
    """No capability in any set, no new privileges, a system call filter, no other group, not uid 0."""
    program = """
        import os
        lines = dict(line.split(":", 1) for line in open("/proc/self/status"))
        capabilities = {lines[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
        report([sorted(capabilities), lines["NoNewPrivs"].strip(), lines["Seccomp"].strip(), os.getuid() != 0,
                os.getuid() == os.geteuid(), lines["Threads"].strip()])
    """
    assert only_report(walls.run(dedent(program))) == [["0000000000000000"], "1", "2", True, True, "1"]


def test_privileges_another_user_cannot_be_taken(walls):
    """Becoming uid 0, another user or group is refused."""
    program = """
        import os
        refused = []
        for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.setreuid(5, 5),
                        lambda: os.chown("/work", 0, 0), lambda: os.nice(-5), lambda: os.chroot("/tmp")):
            try:
                attempt()
            except OSError:
                refused.append(True)
        report(refused)
    """
    assert only_report(walls.run(dedent(program))) == [True] * 7


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86_64")
def test_system_calls_that_open_walls_are_answered_with_an_error(walls):
    """Mounts, namespaces, tracing, keyrings, BPF, io_uring and the like are refused; clone3 does not exist."""
    calls = {
        "mount": 165, "umount2": 166, "pivot_root": 155, "unshare": 272, "setns": 308, "ptrace": 101, "bpf": 321,
        "keyctl": 250, "add_key": 248, "io_uring_setup": 425, "perf_event_open": 298, "userfaultfd": 323,
        "process_vm_readv": 310, "process_vm_writev": 311, "kexec_load": 246, "init_module": 175, "open_by_handle_at": 304,
        "name_to_handle_at": 303, "fsopen": 430, "open_tree": 428, "move_mount": 429, "pidfd_getfd": 438, "kcmp": 312,
        "swapon": 167, "acct": 163, "settimeofday": 164, "sethostname": 170, "syslog": 103, "quotactl": 179,
        "shmget": 29, "msgget": 68, "modify_ldt": 154, "personality": 135, "bind": 49,
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
                 {{"user": 0x10000000, "pid": 0x20000000, "mount": 0x20000, "net": 0x40000000, "parent": 0x8000}}.items()}}
        report([sorted(n for n, a in answers.items() if a != "EPERM"), sorted(n for n, a in flags.items() if a != "EPERM"),
                call(435, 0, 0), call(0x40000000 + 39), call(162)])
    """
    assert only_report(walls.run(dedent(program))) == [[], [], "ENOSYS", "EPERM", 0]


def test_descriptors_only_channel_and_output_are_open(walls):
    """A candidate inherits its channel, its output and nothing else."""
    program = """
        import os
        fds = {int(n) for n in os.listdir("/proc/self/fd")}
        kinds = {}
        for fd in fds:
            try:
                kinds[fd] = os.readlink(f"/proc/self/fd/{fd}").split(":")[0]
            except OSError:
                pass
        report([kinds, os.read(0, 1).decode()])
    """
    kinds, stdin = only_report(walls.run(dedent(program)))
    assert kinds == {"0": "/dev/null", "1": "pipe", "2": "pipe", "3": "socket", "4": "socket"}
    assert stdin == ""


# --- packages ----------------------------------------------------------------------------------------------------


def test_packages_numpy_candidates_cannot_import_frameworks(walls):
    """Without frameworks a masked package cannot be imported, with the message of a missing one."""
    program = """
        import sys
        before = "click" in sys.modules
        try:
            import click
        except ModuleNotFoundError as error:
            report([before, str(error)])
    """
    assert only_report(walls.run(dedent(program))) == [False, "No module named 'click'"]


def test_packages_framework_candidates_have_them_imported(walls):
    """With frameworks, they are there from the start."""
    program = "import sys; report(['click' in sys.modules, 'numpy' in sys.modules])"
    assert only_report(walls.run(program, frameworks=True)) == [True, True]


@pytest.mark.parametrize("frameworks", [False, True])
def test_packages_forbidden_ones_are_hidden_from_all(walls, frameworks):
    """A forbidden package can be imported by no candidate."""
    program = """
        try:
            import jinja2
        except ModuleNotFoundError as error:
            report(str(error))
    """
    assert only_report(walls.run(dedent(program), frameworks=frameworks)) == "No module named 'jinja2'"


def test_packages_lazy_parts_of_numpy_can_be_imported(walls):
    """Parts of NumPy that are imported on first use can still be read."""
    program = "import numpy as np, numpy.testing, numpy.ctypeslib; report(float(np.polynomial.Polynomial([1, 2])(3)))"
    assert only_report(walls.run(program)) == 7.0


def test_packages_ways_to_compute_in_parallel_work(walls):
    """Pools of processes and threads, queues, locks and another interpreter work behind the walls."""
    program = """
        import concurrent.futures, math, multiprocessing, subprocess, sys, tempfile
        with multiprocessing.Pool(2) as pool:
            squares = pool.map(math.factorial, range(4))
        with concurrent.futures.ThreadPoolExecutor(2) as threads:
            roots = list(threads.map(math.isqrt, [4, 9]))
        queue = multiprocessing.Queue()
        queue.put(multiprocessing.Lock().acquire())
        other = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True)
        with tempfile.NamedTemporaryFile() as file:
            report([squares, roots, queue.get(), other.stdout, file.name.startswith("/work/.tmp/")])
    """
    assert only_report(walls.run(dedent(program))) == [[1, 1, 2, 6], [2, 3], True, "42\n", True]


def test_clocks_of_the_process_are_as_fine_as_outside(walls):
    """No limit makes the process clock coarse: honest code divides by what it says."""
    program = """
        import time
        steps = []
        for _ in range(20):
            before = now = time.process_time()
            while now == before:
                now = time.process_time()
            steps.append(now - before)
        report(min(steps) < 0.001)
    """
    assert only_report(walls.run(dedent(program))) is True


def test_interpreter_is_the_stations(walls):
    """Inside runs the same Python, with fixed string hashes."""
    program = "import sys; report([list(sys.version_info[:3]), sys.flags.hash_randomization, sys.flags.no_user_site])"
    version, *flags = only_report(walls.run(program))
    parts = 2 if walls.kind in ENGINES else 3  # an image has its own patch release
    assert version[:parts] == list(sys.version_info[:parts])
    assert flags == [0, 1]
