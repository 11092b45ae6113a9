"""Containers beyond the contract: images, engines that refuse, containers that end, and what is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from containers import BASE, GVISOR, IMAGE, PACKAGES, alone_with_images, find_engine
from driving import ENTRY, run_program

from autograder.errors import InfrastructureError, SandboxError
from autograder.sandbox.engine.command import OWNED, Engine, unconfined
from autograder.sandbox.engine.container import ContainerSandbox
from autograder.sandbox.engine.gvisor import find_socket_refusal
from autograder.sandbox.engine.image import (
    BuildRequest,
    build,
    find_requirements,
    list_images,
    prune,
)
from autograder.sandbox.host.cgroup import find_hierarchies
from autograder.sandbox.host.owner import new_name, own_name, owner_prefix
from autograder.sandbox.open import open_sandbox
from autograder.sandbox.seam import ENGINES, SandboxSettings
from autograder.station import Station
from autograder.uploads.find import find_uploads

COURSE = Path(__file__).parents[1] / "course"
SETTINGS = SandboxSettings(**ENTRY)


@pytest.fixture(params=ENGINES)
def engine(request):
    """An engine of this machine."""
    found = find_engine(request.param)
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture
def path_of(tmp_path, monkeypatch):
    """Puts a script of a name first on PATH."""

    def put(name, text):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return put


def shown(engine):
    """How reports name a sandbox of the engine."""
    return f"{engine.name} ({engine.runtime})" if engine.runtime else engine.name


# --- images ------------------------------------------------------------------------------------------------------


def test_image_has_the_versions_of_this_machine(engine):
    """What was built holds the packages in the versions installed here, and says so."""
    image = engine.find_image(IMAGE)
    wanted = dict(line.split("==") for line in find_requirements(PACKAGES))
    assert {name: image.versions[name.lower()] for name in wanted} == wanted
    assert image.versions["python"].split(".")[:2] == [str(part) for part in sys.version_info[:2]]
    assert len(image.id) == 64


def test_container_connects_to_a_socket_of_the_host(engine):
    """What gVisor has to be told to allow, an ordinary runtime allows; a runtime that is not there is an error."""
    image = engine.find_image(IMAGE)
    assert find_socket_refusal(engine, image) is None
    with pytest.raises(SandboxError):
        find_socket_refusal(Engine(engine.name, "no-such-runtime"), image)


def test_image_list_names_it(engine):
    """The list of grading images has it, and not its base."""
    names = [image.name for image in list_images(engine)]
    assert any(IMAGE in name for name in names)
    assert not any(BASE in name for name in names)


def test_image_prune_keeps_what_has_a_name(engine):
    """What builds have left is removed: images without a name, and those in which others were made. What has a name stays."""
    name = f"{IMAGE}-small"
    with alone_with_images():
        prune(engine)
        before = set(engine.left_images())  # what containers of other tests use
        build(engine, BuildRequest(("click",), base=BASE, name=name))
        left = set(engine.left_images()) - before
        assert left
        assert left <= set(prune(engine))
        assert not left & set(engine.left_images())
    assert [engine.find_image(one).name for one in (IMAGE, name)] == [IMAGE, name]
    engine.run("image", "rm", name)


def test_image_that_is_missing_names_the_command(engine):
    """Nothing is built or fetched while grading: a missing image is an error that says what to run."""
    with pytest.raises(SandboxError, match="there is no image 'no-such-image'") as caught:
        ContainerSandbox(SETTINGS, engine, "no-such-image").start()
    assert caught.value.hint == f"autograder image build --engine {engine.name}"


def test_start_that_fails_leaves_no_control_group(engine):
    """What was made for a container that does not start is removed at once."""

    def own_groups():
        return {path for one in find_hierarchies() for path in one.folder.glob(f"{own_name()}.*")}

    before = own_groups()
    with pytest.raises(SandboxError):
        ContainerSandbox(SETTINGS, engine, "no-such-image").start()
    assert own_groups() == before


def test_image_that_is_none_of_ours_is_refused(engine):
    """An image without our label is not trusted with a guess where its Python is."""
    with pytest.raises(SandboxError, match="is no image that grades"):
        ContainerSandbox(SETTINGS, engine, BASE).start()


def test_build_package_that_is_not_installed_is_refused(engine):
    """What this machine does not have is not put into an image in just any version."""
    with pytest.raises(InfrastructureError, match="'no_such_package' is not installed here"):
        build(engine, BuildRequest(("no_such_package",), base=BASE, name="never"))


def test_build_that_fails_leaves_no_image(engine, monkeypatch):
    """An image whose packages do not work in it is not kept, under no name."""
    monkeypatch.setattr("autograder.sandbox.engine.image._LIST_VERSIONS", "raise SystemExit('it does not work')")
    with pytest.raises(SandboxError, match="it does not work"):
        build(engine, BuildRequest(("click",), base=BASE, name="autograder-test-broken"))
    assert "autograder-test-broken" not in engine.run("image", "ls", "--format", "{{.Repository}}")


def test_build_for_gpus_takes_the_cuda_libraries_of_the_frameworks():
    """TensorFlow is asked for with those of its version; what has none stays as it is."""
    lines = find_requirements(["numpy", "tensorflow"], gpu=True)
    assert [line.partition("==")[0] for line in lines] == ["numpy", "tensorflow[and-cuda]"]
    assert [line.partition("==")[2] for line in lines] == [version("numpy"), version("tensorflow")]


def test_build_for_gpus_of_packages_that_use_none_is_refused():
    """Whoever asks for gigabytes of libraries is told that nothing would use them."""
    with pytest.raises(InfrastructureError) as caught:
        find_requirements(["numpy"], gpu=True)
    assert caught.value.message == "None of numpy computes on a GPU."


# --- engines that refuse -----------------------------------------------------------------------------------------


def test_engine_without_a_daemon_is_named(monkeypatch):
    """A daemon that does not run is told from everything else, with the line that starts it."""
    if isinstance(found := find_engine("docker"), str):
        pytest.skip(found)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(SandboxError, match="daemon does not run") as caught:
        Engine("docker").find_image(IMAGE)
    assert caught.value.hint == "sudo systemctl start docker"


@pytest.mark.parametrize("name", ENGINES)
def test_engine_that_is_not_installed_is_named(name, monkeypatch, tmp_path):
    """Without the command there is a line that installs it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=f"{name} is not installed") as caught:
        Engine(name).check()
    assert caught.value.hint.startswith("sudo apt-get install")


@pytest.mark.parametrize(("name", "version"), [("docker", "19.03.15"), ("podman", "3.4.2")])
def test_engine_that_is_too_old_is_refused(path_of, name, version):
    """An engine from before the flags that are used here is refused by its version."""
    path_of(name, f"echo {version}")
    with pytest.raises(SandboxError, match=f"{name} {version} is too old"):
        Engine(name).check()


def test_engine_without_a_daemon_is_never_told_to_start_one(path_of):
    """Podman has no daemon: a file that it misses is told as it is."""
    path_of("podman", "echo 'open /etc/containers/x: no such file or directory' >&2; exit 1")
    with pytest.raises(SandboxError, match="podman refused: open /etc/containers/x") as caught:
        Engine("podman").run("info")
    assert caught.value.hint is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Got permission denied while trying to connect to the Docker daemon socket", "usermod"),
        ("write /var/lib/docker/tmp/x: no space left on device", "system prune"),
        ("crun: cgroups in hybrid mode not supported, drop all controllers", "--runtime runc"),
        ('Error: default OCI runtime "runsc" not found: invalid argument', "apt-get install runsc"),
        ("Error response from daemon: Unknown runtime specified runsc", "runsc install -- --host-uds=open"),
        ("OSError: cannot connect to the station's socket: [Errno 13] Permission denied", "dmesg"),
        ("cannot run with network enabled in root network namespace", "--host-uds=open --network=none"),
    ],
)
def test_engine_refusals_have_a_remedy(path_of, text, hint):
    """What engines write is turned into a sentence and a remedy."""
    path_of("docker", f"cat >&2 <<'END'\n{text}\nEND\nexit 1")
    with pytest.raises(SandboxError) as caught:
        Engine("docker").run("info")
    assert hint in caught.value.hint


def test_gvisor_that_may_not_connect_is_told_how():
    """The same refusal in gVisor has its own remedy."""
    refusal = Engine("docker", GVISOR).explain("OSError: cannot connect to the station's socket: [Errno 1]")
    assert "runsc install -- --host-uds=open" in refusal.hint


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("sys/module/apparmor/parameters/enabled", "Y\n", ("--security-opt", "apparmor=unconfined")),
        ("sys/module/apparmor/parameters/enabled", "N\n", ()),
        ("sys/fs/selinux/enforce", "1", ("--security-opt", "label=disable")),
        ("sys/fs/selinux/enforce", "0", ("--security-opt", "label=disable")),
    ],
)
def test_confined_engine_is_told_to_leave_room(tmp_path, file, text, words):
    """Where the kernel has rules for containers, they are turned off for ours, and nowhere else."""
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert unconfined(tmp_path) == words


def test_confined_engine_takes_the_words(engine, monkeypatch):
    """Both engines know both options, also where the kernel has no such rules."""
    words = ("--security-opt", "apparmor=unconfined", "--security-opt", "label=disable")
    monkeypatch.setattr("autograder.sandbox.engine.container.unconfined", lambda: words)
    with ContainerSandbox(SETTINGS, engine, IMAGE) as sandbox:
        assert sandbox.image.name == IMAGE


def test_auto_says_why_nothing_works(path_of, monkeypatch, tmp_path):
    """Where no wall can be built, the refusal of each kind is named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError) as caught:
        open_sandbox("auto", SETTINGS)
    assert all(name in caught.value.message for name in ("bubblewrap", "docker", "podman"))


# --- life and death ----------------------------------------------------------------------------------------------


def test_container_is_gone_after_close(engine):
    """Nothing is left when the sandbox is closed."""
    with ContainerSandbox(SETTINGS, engine, IMAGE) as sandbox:
        name = sandbox._container
        assert name in engine.owned()
        assert run_program(sandbox, "report(1)").reports == [1]
    assert name not in engine.owned()


def test_container_that_is_killed_is_an_error_of_the_machine(engine):
    """A container that dies in the middle ends the sandbox, and no candidate's points."""
    with ContainerSandbox(SETTINGS, engine, IMAGE) as sandbox:
        assert run_program(sandbox, "report(1)").reports == [1]
        engine.run("kill", sandbox._container)
        with pytest.raises(SandboxError):
            run_program(sandbox, "report(2)")


def test_container_of_a_killed_station_goes_with_it(engine):
    """When the station is killed, its container ends by itself."""
    program = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parent)]!r}
from test_containers import *
sandbox = ContainerSandbox(SETTINGS, find_engine({engine.name!r}), IMAGE)
sandbox.start()
print(sandbox._container, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as station:
        name = station.stdout.readline().strip()
        assert name in engine.owned()
        station.kill()
    deadline = time.monotonic() + 20
    while name in engine.owned() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert name not in engine.owned()


def test_container_of_a_dead_owner_is_removed_at_the_next_start(engine):
    """What a killed run left is removed, and what belongs to somebody alive is not."""
    alive, dead = new_name(), f"{owner_prefix()}.999999999.1.dead"
    elsewhere = f"autograder.00000000.1.{os.getpid()}.1.cafe"  # of a station on another machine, or in a container
    limits = ["--ulimit", "nofile=1024", "--ulimit", "nproc=1024", "--network", "none"]
    try:
        for name in (alive, dead, elsewhere):
            engine.run("create", "--name", name, "--label", OWNED, *limits, IMAGE)
        with ContainerSandbox(SETTINGS, engine, IMAGE):
            names = engine.owned()
        assert {alive, elsewhere} <= set(names)
        assert dead not in names
    finally:
        engine.run("rm", "--force", alive, elsewhere)


# --- grading -----------------------------------------------------------------------------------------------------


@pytest.fixture
def station(engine, settings):
    """A station of the small course in a container."""
    station = Station(replace(settings, sandbox=engine.name, image=IMAGE, runtime=engine.runtime))
    with station:
        yield station


def test_grade_in_a_container_says_where(station, engine, tmp_path):
    """A report names the engine and the image's digest and versions, and the honest submission has full marks."""
    path = tmp_path / "ada.py"
    path.write_text((COURSE / "reference" / "affine_softmax" / "submission.py").read_text())
    (upload,) = find_uploads([path])
    report = station.grade(upload).report
    image = engine.find_image(IMAGE)
    assert report.score == report.max_score
    assert report.environment.sandbox == shown(engine)
    assert report.environment.image == f"{IMAGE} {image.id}"
    assert report.environment.python == image.versions["python"]


def test_grade_goes_on_in_a_fresh_container(station, engine, tmp_path):
    """A container that dies costs a try and no points."""
    path = tmp_path / "ada.py"
    path.write_text((COURSE / "reference" / "affine_softmax" / "submission.py").read_text())
    engine.run("kill", station.sandbox._container)
    (upload,) = find_uploads([path])
    report = station.grade(upload).report
    assert report.score == report.max_score
    assert report.attempts == 2


def test_command_grades_in_a_container(engine, tmp_path):
    """The command takes engine, image and runtime."""
    submissions = tmp_path / "in"
    submissions.mkdir()
    (submissions / "ada.py").write_text((COURSE / "reference" / "affine_softmax" / "submission.py").read_text())
    done = subprocess.run(
        [
            *(sys.executable, "-m", "autograder", "grade", "affine_softmax", str(submissions)),
            *("--course", str(COURSE), "--out", str(tmp_path / "out"), "--secret-file", str(tmp_path / "secret")),
            *("--sandbox", engine.name, "--image", IMAGE, "--runtime", engine.runtime, "--jobs", "1", "--json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "reports" / "ada.json").read_text())
    assert report["environment"]["sandbox"] == shown(engine)
