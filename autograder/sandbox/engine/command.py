"""Docker and Podman, driven by their commands.

Their refusals are turned into errors with a remedy.
"""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import SandboxError, UsageError
from autograder.inside.walls.setup import NO_CORE
from autograder.sandbox.host.owner import is_orphan
from autograder.sandbox.seam import ENGINES, Image

OWNED = "autograder.sandbox"  # on a container
# on an image: as JSON, its interpreter and the versions of its packages
LABEL = "autograder.grading"
# on what an image was made in, which the engine keeps for the next build
BUILDER = "autograder.builder"
_TIMEOUT_S = 60.0
_BUILD_TIMEOUT_S = 3600.0
_GVISOR_FLAGS = ("host-uds=open", "network=none")
_ENOUGH = 16384  # descriptors, and processes of one user
_OLDEST = {"docker": (20, 10), "podman": (4, 0)}
_TELL_GVISOR = "sudo runsc install -- --host-uds=open && sudo systemctl restart docker"
_NO_SOCKET = (
    "a container may not connect to a socket of the host, over which candidates are asked for"
)
_NO_SOCKET_SIGN = "cannot connect to the station's socket"
# What stands in a refusal: the sentence and the hint.
_REFUSALS = (
    (
        _NO_SOCKET_SIGN,
        f"{_NO_SOCKET}: a rule of this machine forbids it.",
        "Look into the kernel's log (dmesg), or take --sandbox bubblewrap.",
    ),
    (
        'default OCI runtime "runsc"',
        "gVisor (runsc) is not installed.",
        "sudo apt-get install runsc",
    ),
    (
        "nknown runtime specified runsc",
        "Docker's daemon does not know gVisor (runsc).",
        _TELL_GVISOR,
    ),
    (
        "cannot run with network enabled in root network namespace",
        (
            "this version of gVisor takes every network of this kernel for the machine's own, "
            "unless it is to set up none."
        ),
        "sudo runsc install -- --host-uds=open --network=none && sudo systemctl restart docker",
    ),
    (
        "cgroups in hybrid mode not supported",
        "crun cannot start containers on a machine with both versions of control groups.",
        "--runtime runc",
    ),
    (
        "permission denied while trying to connect",
        "this user may not talk to {name}'s daemon.",
        (
            "sudo usermod -aG docker $USER, then log in again; or --sandbox podman, which needs no "
            "daemon."
        ),
    ),
    (
        "Cannot connect to the Docker daemon",
        "{name}'s daemon does not run.",
        "sudo systemctl start docker",
    ),
    ("no such file or directory", "{name}'s daemon does not run.", "sudo systemctl start docker"),
    (
        "o space left on device",
        "the disk of {name}'s images and containers is full.",
        "{name} system df; {name} system prune",
    ),
)
_REFUSALS_IN_GVISOR = (
    (_NO_SOCKET_SIGN, f"{_NO_SOCKET}: gVisor has to be told that it may.", _TELL_GVISOR),
    *_REFUSALS,
)


class Engine:
    """A container engine.

    Parameters
    ----------
    name
        ``docker`` or ``podman``.
    runtime
        What starts its containers (``runc``, ``crun``, ``runsc``); empty for its default.
    timeout_s
        How long it may take to answer [s].
    """

    def __init__(self, name: str, runtime: str = "", timeout_s: float = _TIMEOUT_S) -> None:
        if name not in ENGINES:
            raise UsageError(f"expected one of {', '.join(ENGINES)}, got {name!r}.")
        self.name = name
        self.runtime = runtime
        self._timeout_s = timeout_s

    @property
    def path(self) -> str:
        """The command.

        Raises
        ------
        SandboxError
            The engine is not installed.
        """
        found = shutil.which(self.name)
        if found is None:
            package = {"docker": "docker.io", "podman": "podman"}[self.name]
            raise SandboxError(
                f"{self.name} is not installed.", hint=f"sudo apt-get install {package}"
            )
        return found

    def run_command(self) -> list[str]:
        """The words with which a container is started."""
        is_option = bool(self.runtime) and self.name == "docker"
        return [*self._command("run"), *(("--runtime", self.runtime) if is_option else ())]

    def _command(self, name: str) -> list[str]:
        """Return the words of a command that makes containers.

        For Podman, its runtime comes before the command.
        """
        if self.name != "podman" or not self.runtime:
            return [self.path, name]
        flags = (word for flag in runtime_flags(self.runtime) for word in ("--runtime-flag", flag))
        return [self.path, "--runtime", self.runtime, *flags, name]

    def run(self, *arguments: str, timeout_s: float | None = None) -> str:
        """Run the command and return its output.

        Raises
        ------
        SandboxError
            The command failed. The error has the reason and the remedy where they are known.
        """
        return self._call([self.path, *arguments], timeout_s or self._timeout_s)

    def _call(self, command: list[str], timeout_s: float) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and a path found on PATH
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SandboxError(
                f"`{self.name} {command[1]}` did not answer within {timeout_s:.0f} s.",
                hint=f"Look after {self.name}.",
            ) from error
        if done.returncode:
            raise self.explain(done.stderr)
        return done.stdout

    def explain(self, text: str) -> SandboxError:
        """Turn the engine's output into an error."""
        for sign, reason, hint in _REFUSALS_IN_GVISOR if runtime_flags(self.runtime) else _REFUSALS:
            if sign in text and not (self.name == "podman" and "daemon" in reason):  # it has none
                return SandboxError(
                    f"{reason.format(name=self.name)}\n{text.strip()}",
                    hint=hint.format(name=self.name),
                )
        return SandboxError(f"{self.name} refused: {text.strip() or '(it wrote nothing)'}")

    def check(self) -> str:
        """Raise unless the engine answers and is new enough.

        Returns
        -------
        str
            Its version.

        Raises
        ------
        SandboxError
            The engine does not answer, or is too old.
        """
        version = self.version()
        parts = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
        if parts < _OLDEST[self.name]:
            oldest = ".".join(map(str, _OLDEST[self.name]))
            raise SandboxError(
                f"{self.name} {version} is too old: {oldest} or later is needed.",
                hint=f"sudo apt-get install --upgrade {self.name}",
            )
        return version

    def version(self) -> str:
        """Return the engine's version, for Docker the daemon's.

        Raises
        ------
        SandboxError
            The engine does not answer.
        """
        key = "{{.Server.Version}}" if self.name == "docker" else "{{.Client.Version}}"
        return self.run("version", "--format", key).strip()

    def info(self, key: str) -> Any:
        """Return a part of the engine's information.

        ``key`` is its place there, such as ``.Runtimes``.
        """
        return json.loads(self.run("info", "--format", f"{{{{json {key}}}}}"))

    def mapped_root(self) -> tuple[int, int] | None:
        """Return the host's user and group of a container's root.

        It is None unless Docker's daemon maps that root to others (`userns-remap`).
        """
        if self.name != "docker":
            return None
        if "name=userns" not in self.info(".SecurityOptions"):
            return None
        # the daemon keeps a folder for each mapping
        user, _, group = Path(self.info(".DockerRootDir")).name.partition(".")
        return int(user), int(group)

    def find_image(self, name: str) -> Image:
        """Look an image up on this machine.

        Nothing is ever fetched.

        Raises
        ------
        SandboxError
            No image has that name, or the image is no grading image.
        """
        self.check()
        try:
            (found,) = json.loads(self.run("image", "inspect", name))
        except SandboxError as error:
            if "o such image" not in error.message and "not known" not in error.message:
                raise
            raise SandboxError(
                f"there is no image {name!r} in {self.name}.",
                hint=f"autograder image build --engine {self.name}",
            ) from None
        labels = (found.get("Config") or {}).get("Labels") or {}
        if LABEL not in labels:
            raise SandboxError(
                f"{name!r} is no image that grades: it has no label `{LABEL}`.",
                hint=f"autograder image build --engine {self.name}",
            )
        made = json.loads(labels[LABEL])
        return Image(
            name, str(found["Id"]).removeprefix("sha256:"), made["python"], made["versions"]
        )

    def run_once(self, image: str, python: str, code: str, *, may_fetch: bool = False) -> str:
        """Run one of our lines of Python in an image, without network.

        Returns the last line that it printed.
        """
        limits = (word for limit in resource_limits() for word in ("--ulimit", limit))
        arguments = (
            "--rm",
            "--network",
            "none",
            *(() if may_fetch else ("--pull", "never")),
            *limits,
        )
        done = self._call(
            [*self.run_command(), *arguments, "--entrypoint", python, image, "-c", code],
            _BUILD_TIMEOUT_S,
        )
        return done.strip().splitlines()[-1] if done.strip() else ""

    def build(
        self, context: Path, name: str, arguments: Mapping[str, str], label: str = ""
    ) -> None:
        """Build the Dockerfile in a folder, without network.

        A part that was built before is not built again.
        """
        words = [word for pair in arguments.items() for word in ("--build-arg", "=".join(pair))]
        if label:
            words += ["--label", f"{LABEL}={label}"]
        command = [
            *self._command("build"),
            "--quiet",
            "--network",
            "none",
            *words,
            "--tag",
            name,
            str(context),
        ]
        self._call(command, _BUILD_TIMEOUT_S)

    def grading_images(self) -> list[str]:
        """Names of the grading images."""
        lines = self._images(LABEL, "{{.Repository}}:{{.Tag}}", dangling=False)
        return sorted({line for line in lines if "<none>" not in line})

    def left_images(self) -> list[str]:
        """Return the digests of images that builds have left.

        These are grading images that have lost their name, and the images that others were made in.
        """
        return sorted(
            {
                line
                for label in (LABEL, BUILDER)
                for line in self._images(label, "{{.ID}}", dangling=True)
            }
        )

    def _images(self, label: str, shown: str, *, dangling: bool) -> list[str]:
        filters = ("--filter", f"label={label}", "--filter", f"dangling={str(dangling).lower()}")
        return self.run("image", "ls", *filters, "--format", shown).splitlines()

    def owned(self) -> list[str]:
        """Return the names of this package's existing containers."""
        return self.run(
            "ps", "--all", "--filter", f"label={OWNED}", "--format", "{{.Names}}"
        ).split()

    def remove_orphans(self) -> list[str]:
        """Remove the containers whose station is dead, and return their names.

        Other containers stay.
        """
        removed = []
        for name in filter(is_orphan, self.owned()):
            with contextlib.suppress(SandboxError):  # somebody else has, meanwhile
                self.run("rm", "--force", name)
                removed.append(name)
        return removed


def runtime_flags(runtime: str) -> tuple[str, ...]:
    """Return the flags that a runtime needs for our containers.

    They have no dashes. Podman passes them on. Docker's daemon has them in its file.

    gVisor connects to no socket of the host unless it may, and has no network of its own to set up
    here.
    """
    return _GVISOR_FLAGS if Path(runtime).name.startswith("runsc") else ()


def unconfined(root: Path = Path("/")) -> tuple[str, ...]:
    """Return the engine's words that lift the kernel's confinement.

    The kernel may confine containers by rules that leave no room for these walls.

    AppArmor's default profile refuses every mount; SELinux's refuses mounts, what is bound from the
    host, and its sockets.
    """
    words: list[str] = []
    if _reads(root / "sys/module/apparmor/parameters/enabled").startswith("Y"):
        words += ("--security-opt", "apparmor=unconfined")
    if _reads(root / "sys/fs/selinux/enforce"):  # there where it is on, be it to enforce or to note
        words += ("--security-opt", "label=disable")
    return tuple(words)


def _reads(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def resource_limits() -> list[str]:
    """Return the resource limits for an engine's command line.

    They allow no cores, and of the rest no more than enough. Engines by themselves ask for more,
    which not every machine grants.
    """
    kinds = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    return [f"core={NO_CORE}", *(f"{name}={_enough(kind)}" for name, kind in kinds.items())]


def _enough(kind: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
