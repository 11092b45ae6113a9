"""What the station relies on beyond the contract: nothing grows, nothing leaks, nothing is left behind."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest
from driving import FAST, CandidatePipes, open_kind, run_program
from ordinary import OrdinaryStation

import autograder
from autograder.errors import SandboxError
from autograder.sandbox.host.cgroup import find_hierarchies
from autograder.sandbox.host.sample import find_descendants

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="looks into processes of another user")


@pytest.fixture
def sandbox():
    """A sandbox of its own, walled as strongly as this machine can."""
    with open_kind("root", {}) as opened:
        yield opened


def find_wardens(sandbox):
    """Numbers of all processes of a sandbox that has no candidate."""
    return find_descendants(sandbox._process.pid)[1:]


def count_everything(sandbox):
    """Descriptors, mounts and processes of the wardens."""
    pids = find_wardens(sandbox)
    fds = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
    mounts = sum(len(Path(f"/proc/{pid}/mountinfo").read_text().splitlines()) for pid in pids)
    return len(pids), fds, mounts


def find_groups():
    """Names of all control groups of ours."""
    return {folder for hierarchy in find_hierarchies() for folder in hierarchy.folder.glob("autograder.*")}


@pytest.fixture
def post():
    """Ends of a candidate's channel and output, closed whatever becomes of the test."""
    with closing(CandidatePipes()) as opened:
        yield opened


def until(condition, timeout_s=10.0):
    """Wait for something that happens soon."""
    deadline = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_two_hundred_candidates_leave_the_wardens_as_they_were(sandbox):
    """Descriptors, mounts and processes of the wardens are as many after 200 candidates as before."""
    run_program(sandbox, "report(1)")
    assert until(lambda: len(find_wardens(sandbox)) == 3)  # the warden, the factory and one anchor in stock
    before = count_everything(sandbox)
    for _ in range(200):
        run_program(sandbox, "report(1)")
    assert until(lambda: count_everything(sandbox) == before)


def test_warden_memory_holds_nothing_of_ten_candidates(sandbox):
    """Source, names, values and output of submissions are nowhere in the memory of a process that forks others."""
    canaries = [f"canary_{secrets.token_hex(8)}" for _ in range(10)]
    for canary in canaries:
        program = (
            f"import sys\nclass {canary}: pass\nprint('{canary}'); sys.stderr.write('{canary}')\nreport('{canary}')"
        )
        assert run_program(sandbox, program).reports == [canary]
    known = b"autograder.inside.walls.entry"
    for pid in find_wardens(sandbox):
        memory = read_memory(pid)
        assert known in memory  # the search works
        assert [canary for canary in canaries if canary.encode() in memory] == []


def read_memory(pid):
    """Everything a process can read of its own memory."""
    pieces = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, mode, *_ = line.split()
            if mode.startswith("r") and "[v" not in line:
                first, last = (int(address, 16) for address in span.split("-"))
                memory.seek(first)
                try:
                    pieces.append(memory.read(last - first))
                except OSError:
                    continue
    return b"".join(pieces)


def test_candidates_at_the_same_time_do_not_see_each_other(sandbox):
    """Two living candidates have their own processes, files, users and IPC."""
    posts = [CandidatePipes(), CandidatePipes()]
    program = """
        import os, time
        open("/submission/mine", "w").close(); open("/dev/shm/mine", "w").close()
        time.sleep(0.3)
        report([os.getuid(), len([n for n in os.listdir("/proc") if n.isdecimal()]), os.stat("/proc/self/ns/ipc").st_ino,
                os.stat("/proc/self/ns/mnt").st_ino, os.listdir("/dev/shm")])
    """
    candidates = [post.fork(sandbox, dedent(program)) for post in posts]
    seen = []
    for post, candidate in zip(posts, candidates, strict=True):
        post.drain({post.channel.fileno()}, 10)
        seen.append(json.loads(post.kept["channel"]))
        candidate.end()
        post.close()
    assert all(view[1] == 2 and view[4] == ["mine"] for view in seen)
    assert all(seen[0][place] != seen[1][place] for place in (0, 2, 3))


def test_end_twice_says_the_same(sandbox, post):
    """Ending a candidate again changes nothing."""
    candidate = post.fork(sandbox, "while True: pass")
    assert candidate.is_alive()
    first = candidate.end("wall")
    assert first == candidate.end()
    assert (first.signal, first.limit) == (signal.SIGKILL, "wall")
    assert not candidate.is_alive()
    assert candidate.cpu_s() == first.cpu_s


def test_death_of_the_candidate_is_noticed(sandbox, post):
    """A candidate that has died by itself is no longer alive, and its group is removed at the end."""
    candidate = post.fork(sandbox, "import os; os.kill(os.getpid(), 11)")
    assert until(lambda: not candidate.is_alive())
    assert candidate.end().signal == signal.SIGSEGV


def test_dead_warden_is_an_infrastructure_error(sandbox, post):
    """When the warden dies in the middle, candidates are dead and the next fork says so."""
    candidate = post.fork(sandbox, "import time; time.sleep(60)")
    os.kill(find_wardens(sandbox)[0], signal.SIGKILL)
    assert until(lambda: not candidate.is_alive())
    with pytest.raises(SandboxError, match="the warden of the sandbox has ended"):
        run_program(sandbox, "report(1)")
    with pytest.raises(SandboxError):
        candidate.end()


def test_fork_of_missing_frameworks_is_an_error(sandbox):
    """A sandbox opened without frameworks cannot fork a candidate that has them."""
    with pytest.raises(SandboxError, match="no frameworks"):
        run_program(sandbox, "report(1)", frameworks=True)


def test_framework_that_cannot_be_imported_is_an_error():
    """The reason why the second warden could not import is in the message."""
    with open_kind("root", {"frameworks": ["no_such_framework"]}) as opened:
        with pytest.raises(SandboxError, match="No module named 'no_such_framework'"):
            run_program(opened, "report(1)", frameworks=True)
        assert run_program(opened, "report(1)").reports == [1]


def test_preload_that_fails_is_an_error_with_its_reason():
    """A module that cannot be imported at the start ends the start, with what was written."""
    with pytest.raises(SandboxError, match=r"(?s)ended while it was started.*No module named 'no_such_module'"):
        open_kind("root", {"preload": ["no_such_module"]}).start()


def test_hidden_path_below_something_visible_is_covered():
    """Of a folder that would be visible with the interpreter's trees, nothing is seen if it is to be hidden."""
    covered = Path(pytest.__file__).parent
    with open_kind("root", {"hidden": [covered]}) as opened:
        assert run_program(opened, f"import os; report(os.listdir({str(covered)!r}))").reports == [[]]


def test_module_in_one_file_can_be_forbidden_too():
    """What is no folder is covered by a file that says it is not there."""
    with open_kind("root", {"forbidden": ["this"]}) as opened:
        assert "No module named 'this'" in run_program(opened, "import this").stderr


def test_close_leaves_no_process_and_no_group(post):
    """After closing, with a candidate still running, nothing of the sandbox exists."""
    own = f".{os.getpid()}."
    before = find_groups()
    sandbox = open_kind("root", {})
    sandbox.start()
    post.fork(sandbox, "import time; time.sleep(60)")
    pids = find_descendants(sandbox._process.pid)
    made = {folder for folder in find_groups() - before if own in folder.name}
    sandbox.close()
    sandbox.close()
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert made
    assert find_groups() & made == set()


def test_killed_station_leaves_nothing(start_process):
    """After kill -9 of the station every process is gone at once, and the next start removes the groups."""
    station = start_process(
        [sys.executable, str(Path(__file__).with_name("driving.py")), "root", "{}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(autograder.__file__).parents[1])},
    )
    station.stdout.readline()
    request = {"program": "import time; report(1); time.sleep(60)", "limits": {}, "timeout_s": 60}
    station.stdin.write(json.dumps(request) + "\n")
    station.stdin.flush()
    assert until(lambda: len(find_descendants(station.pid)) >= 6)
    pids = find_descendants(station.pid)
    station.kill()
    station.wait()
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    with open_kind("root", {}):
        left = [folder for folder in find_groups() if re.search(rf"\.{station.pid}\.", folder.name)]
    assert left == []


def test_killed_station_of_an_ordinary_user_leaves_nothing():
    """The same for a station that is not root."""
    station = OrdinaryStation("user", {})
    request = {"program": "import time; report(1); time.sleep(60)", "limits": {}, "timeout_s": 60}
    station.process.stdin.write(json.dumps(request) + "\n")
    station.process.stdin.flush()
    assert until(lambda: len(find_descendants(station.process.pid)) >= 6)
    pids = find_descendants(station.process.pid)
    station.process.kill()
    station.close()
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def test_killed_plain_station_leaves_no_process_and_no_file(tmp_path, start_process):
    """Without walls, too, processes and work folders go with the station."""
    station = start_process(
        [sys.executable, str(Path(__file__).with_name("driving.py")), "plain", "{}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(autograder.__file__).parents[1]), "TMPDIR": str(tmp_path)},
    )
    station.stdout.readline()
    request = {"program": "import time; report(1); time.sleep(60)", "limits": {}, "timeout_s": 60}
    station.stdin.write(json.dumps(request) + "\n")
    station.stdin.flush()
    assert until(lambda: len(find_descendants(station.pid)) >= 3)
    pids = find_descendants(station.pid)
    assert len(list(tmp_path.iterdir())) == 1
    station.kill()
    station.wait()
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    assert list(tmp_path.iterdir()) == []


def test_sandbox_can_be_opened_again_after_closing(sandbox):
    """A closed sandbox starts anew."""
    sandbox.close()
    sandbox.start()
    assert run_program(sandbox, "report(1)").reports == [1]


def test_limits_of_the_ending_are_of_this_candidate_alone(sandbox):
    """Counts start at zero for each candidate."""
    first = run_program(sandbox, "kept = bytearray(b'x') * (100 << 20); report(1)").ending
    second = run_program(sandbox, "report(1)").ending
    if sandbox.strengths["memory"] == "cgroup":
        assert first.peak_memory_mib > 100 > second.peak_memory_mib
    assert second.cpu_s < FAST.cpu_s


def test_tensorflow_runs_in_a_candidate_of_the_second_warden():
    """TensorFlow is imported once, before any operation, and computes in the candidate under the whole wall."""
    pytest.importorskip("tensorflow")
    settings = {"frameworks": ["tensorflow", "keras"], "masked": ["tensorflow", "keras"]}
    program = """
        import sys
        assert "keras" in sys.modules
        import keras, numpy as np, tensorflow as tf
        before = len(tf.config.list_logical_devices())
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
        model.compile("sgd", "mse")
        loss = model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))
        report([float(tf.reduce_sum(tf.constant([1.0, 2.0]))), float(loss), float(np.random.rand())])
    """
    with open_kind("root", settings) as opened:
        roomy = {"limits": type(FAST)(), "timeout_s": 120}
        first, second = (run_program(opened, dedent(program), frameworks=True, **roomy) for _ in range(2))
        missing = run_program(opened, "import tensorflow", **roomy)
    assert first.reports[0][0] == 3.0
    assert first.reports == second.reports  # bit by bit
    assert "No module named 'tensorflow'" in missing.stderr
