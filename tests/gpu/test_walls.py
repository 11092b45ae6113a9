"""A device behind walls: candidates of its sandbox can open it and no other, candidates of others see nothing of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from driver_steps import STEPS, WITHOUT, assert_driver_works_and_no_more
from driving import ENTRY, FAST, run_program
from made_up import KIND, spec_of, write_spec
from ordinary import OrdinaryStation

from autograder.errors import SandboxError
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.gpu.device import Mount
from autograder.sandbox.gpu.devices import find_devices
from autograder.sandbox.gpu.mounts import find_mounts
from autograder.sandbox.host.cgroup import find_hierarchies
from autograder.sandbox.plain import PlainSandbox
from autograder.sandbox.seam import SandboxSettings

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes"),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

LOOK = """
import ctypes.util, os, stat
from pathlib import Path

def open_it(path):
    try:
        with open(path, "r+b", buffering=0) as file:
            return file.write(b"x")
    except OSError as error:
        return type(error).__name__

nodes = sorted(str(path) for path in Path("/dev").rglob("*") if stat.S_ISCHR(path.stat().st_mode))
report({
    "nodes": [node for node in nodes if "madeup" in node],
    "opened": open_it("/dev/madeup0"),
    "shared": open_it("/dev/madeup/control"),
    "other": open_it("/dev/madeup1"),
    "library": os.path.exists("/opt/madeup/lib/libmadeup.so.1.2"),
    "short": os.path.exists("/opt/madeup/lib/libmadeup.so.1"),
    "environment": {name: os.environ.get(name) for name in ("MADE_UP", "LD_LIBRARY_PATH")},
    "uid": os.getuid() != 0,
    "driver": os.path.exists("/proc/meminfo"),
})
"""


@pytest.fixture
def devices(tmp_path):
    """Two made-up devices."""
    return find_devices(KIND, [write_spec(tmp_path, spec_of(tmp_path, 2))])


def settings_with(device=None, **more):
    return SandboxSettings(**ENTRY, gpu=device, **more)


def look(sandbox, program=LOOK):
    run = run_program(sandbox, dedent(program))
    assert run.stderr == ""
    return run.reports[0]


def test_candidate_with_a_device_opens_its_nodes_and_no_other(devices, tmp_path):
    """Own node, shared node, library by both its names, variables; as nobody, and no hook was run."""
    with BubblewrapSandbox(settings_with(devices[0])) as sandbox:
        assert look(sandbox) == {
            "nodes": ["/dev/madeup/control", "/dev/madeup0"],
            "opened": 1,
            "shared": 1,
            "other": "FileNotFoundError",
            "library": True,
            "short": True,
            "environment": {"MADE_UP": "1", "LD_LIBRARY_PATH": "/opt/madeup/lib"},
            "uid": True,
            "driver": True,
        }
    assert not (tmp_path / "hooked").exists()


def test_candidate_with_a_device_can_do_what_its_driver_does(devices):
    """CUDA opens no device without a file in memory, a socket that listens, its threads' names and /sys; none of it leads out."""
    with BubblewrapSandbox(settings_with(devices[0])) as sandbox:
        assert_driver_works_and_no_more(run_program(sandbox, STEPS))


def test_candidate_without_a_device_cannot_do_what_a_driver_does(devices):
    """What is opened for a driver stays closed for everybody else, also beside one who has it."""
    with BubblewrapSandbox(settings_with(devices[0])), BubblewrapSandbox(settings_with()) as other:
        works, closed = run_program(other, STEPS).reports
    assert works == WITHOUT
    assert closed["its own socket"] == "PermissionError"


def test_candidate_without_a_device_sees_nothing_of_one(devices):
    """While a sandbox with the device is open beside it."""
    with BubblewrapSandbox(settings_with(devices[0])), BubblewrapSandbox(settings_with()) as other:
        assert look(other) == {
            "nodes": [],
            "opened": "FileNotFoundError",
            "shared": "FileNotFoundError",
            "other": "FileNotFoundError",
            "library": False,
            "short": False,
            "environment": {"MADE_UP": None, "LD_LIBRARY_PATH": None},
            "uid": True,
            "driver": False,
        }


def test_ordinary_user_gives_candidates_a_device():
    """In a user namespace, where nodes belong to nobody: everybody may open them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        cdi = write_spec(Path(folder), spec_of(Path(folder), 2))
        with closing(OrdinaryStation("user", {"gpu": [KIND, str(cdi)]})) as station:
            seen = station.run(dedent(LOOK)).reports[0]
            assert_driver_works_and_no_more(station.run(STEPS))
        with closing(OrdinaryStation("user", {})) as station:
            unseen = station.run(dedent(LOOK)).reports[0]
    assert (seen["nodes"], seen["opened"], seen["shared"]) == (["/dev/madeup/control", "/dev/madeup0"], 1, 1)
    assert (seen["library"], seen["driver"]) == (True, True)
    assert (unseen["nodes"], unseen["opened"], unseen["driver"]) == ([], "FileNotFoundError", False)


def test_candidate_cannot_make_a_node(devices):
    """Having a device gives no capability: nodes are let in, never made."""
    program = """
        import os
        def fails(call, *arguments):
            try:
                call(*arguments)
            except OSError as error:
                return type(error).__name__
        report([fails(os.mknod, "/submission/node", 0o20666, os.makedev(1, 3)), fails(os.unlink, "/dev/madeup0"),
                fails(open, "/proc/sys/kernel/hostname", "w"), fails(open, "/proc/sysrq-trigger", "w")])
    """
    with BubblewrapSandbox(settings_with(devices[0])) as sandbox:
        made, removed, *written = look(sandbox, program)
        assert (made, removed) == ("PermissionError", "OSError")
        assert set(written) <= {"PermissionError", "OSError", "FileNotFoundError"}


def test_memory_may_be_reserved_beside_a_device_and_not_be_touched(devices):
    """A driver reserves more than there is; what is touched counts as ever."""
    program = """
        import mmap
        NO_RESERVE = 0x4000
        room = mmap.mmap(-1, 1 << 36, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NO_RESERVE)
        report("reserved")
        while True:
            for page in range(0, len(room), 4096):
                room[page] = 1
    """
    with BubblewrapSandbox(settings_with(devices[0])) as sandbox:
        run = run_program(sandbox, dedent(program), limits=replace(FAST, memory_mib=128))
    assert run.reports == ["reserved"], run.stderr
    assert run.ending.limit == "memory"


@pytest.mark.skipif(not find_hierarchies(), reason="this process may not make control groups, which alone count them")
def test_files_in_memory_beside_a_device_count_as_memory(devices):
    """What a driver may make in memory is the candidate's, and ends it at its limit."""
    program = """
        import os
        report("begun")
        kept = []
        while True:
            kept.append(os.memfd_create("driver"))
            for _ in range(8):
                os.write(kept[-1], bytes(1 << 20))
    """
    with BubblewrapSandbox(settings_with(devices[0])) as sandbox:
        run = run_program(sandbox, dedent(program), limits=replace(FAST, memory_mib=128))
    assert run.reports == ["begun"], run.stderr
    assert run.ending.limit == "memory"


def test_warden_that_has_the_device_open_is_refused(devices, tmp_path):
    """A process that has opened a device must not fork: what opens one while it is imported is named."""
    (tmp_path / "entry").mkdir()
    shutil.copy(ENTRY["entry_folder"] / "probe.py", tmp_path / "entry")
    (tmp_path / "entry/opens.py").write_text("FILE = open('/dev/madeup0', 'rb')\n")
    settings = replace(settings_with(devices[0]), entry_folder=tmp_path / "entry", preload=("opens",))
    with pytest.raises(SandboxError, match="an import has opened /dev/madeup0 in the warden"):
        BubblewrapSandbox(settings).start()


def test_framework_that_finds_no_device_is_an_error_of_the_machine(devices, tmp_path):
    """A driver that does not fit is found before a submission loads, and costs nobody points."""
    (tmp_path / "entry").mkdir()
    shutil.copy(ENTRY["entry_folder"] / "probe.py", tmp_path / "entry")
    (tmp_path / "entry/jax.py").write_text(
        "def devices(kind):\n    raise RuntimeError('CUDA driver version is insufficient for CUDA runtime version')\n"
    )
    settings = replace(settings_with(devices[0]), entry_folder=tmp_path / "entry", preload=("jax",))
    with BubblewrapSandbox(settings) as sandbox, pytest.raises(SandboxError) as caught:
        run_program(sandbox, "report(1)")
    assert f"no framework can use GPU {KIND}=0 (jax: CUDA driver version is insufficient" in caught.value.message


def test_sandbox_without_walls_offers_its_device_and_hides_all_others(devices):
    """The reference runs there: frameworks must not take a GPU that nobody has leased."""
    program = 'import os\nreport([os.environ.get("MADE_UP"), os.environ.get("CUDA_VISIBLE_DEVICES")])'
    nvidia = replace(devices[0], name="nvidia.com/gpu=0", uuid="GPU-b1")
    for device, expected in ((nvidia, ["1", "GPU-b1"]), (None, [None, ""])):
        with PlainSandbox(settings_with(device)) as sandbox:
            assert look(sandbox, program) == expected


def test_sockets_and_folders_of_daemons_are_left_out(tmp_path, devices):
    """Specifications list the driver's own services: nothing leads out of a sandbox."""
    import socket

    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(tmp_path)
        listener.bind("socket")
        mounts = (
            Mount("/opt/x/socket", str(tmp_path / "socket")),
            Mount("/run/nvidia-persistenced/socket", "/run/nvidia-persistenced/socket"),
            Mount("/tmp/nvidia-mps", "/tmp/nvidia-mps"),
            Mount("/usr/bin/nvidia-smi", "/usr/bin/nvidia-smi"),
        )
        found = find_mounts(replace(devices[0], mounts=mounts))
    assert [mount.path for mount in found] == ["/usr/bin/nvidia-smi"]
