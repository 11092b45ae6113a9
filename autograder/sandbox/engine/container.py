"""The wall of a container engine.

It is an image's file system around the same warden, walls and limits as everywhere.

A container is started once per station and serves until the station hangs up. The warden in it
holds what it needs to build a candidate's walls and no more; a candidate holds nothing. The engine
is asked to start it and to remove it: it sees no submission.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import autograder
from autograder.errors import SandboxError
from autograder.sandbox.control import CREDENTIALS
from autograder.sandbox.engine.command import OWNED, Engine, resource_limits, unconfined
from autograder.sandbox.engine.gpu import DeviceArguments, choose_device_arguments
from autograder.sandbox.host.cgroup import SandboxGroups
from autograder.sandbox.host.owner import new_name, open_temporary_folder
from autograder.sandbox.host.users import choose_users
from autograder.sandbox.seam import DEFAULT_IMAGE, Image
from autograder.sandbox.view import DATA_ROOT, ENTRY_ROOT, PACKAGE_ROOT, PARTS_INSIDE, WORK
from autograder.sandbox.walled import NAMES, ROOT_CAPABILITIES, WalledSandbox

if TYPE_CHECKING:
    from autograder.sandbox.seam import SandboxSettings

_CONTROL_ROOT = "/.autograder/control"
_CONNECT_TIMEOUT_S = 60.0
_LOOK_INTERVAL_S = 0.2


class ContainerSandbox(WalledSandbox):
    """Candidates in a container.

    Parameters
    ----------
    settings
        What candidates are offered.
    engine
        Docker or Podman.
    image
        Name of an image on this machine.
    groups
        Control groups; by default wherever this process may make some.
    """

    def __init__(
        self,
        settings: SandboxSettings,
        engine: Engine,
        image: str = DEFAULT_IMAGE,
        groups: SandboxGroups | None = None,
    ) -> None:
        super().__init__(settings, groups)
        self.name = engine.name
        self.runtime = engine.runtime
        self._engine = engine
        self._image_name = image
        self._device_arguments = DeviceArguments(())
        self._container = new_name()
        self._has_user_namespace = False

    def start(self) -> None:
        """Start the container, and warm up."""
        if self._process is None:
            self._engine.remove_orphans()
            if self._settings.gpu is not None:
                self._device_arguments = choose_device_arguments(self._engine, self._settings.gpu)
                self._furnish(self._device_arguments.driver_files)
        super().start()

    @property
    def _namespaces(self) -> tuple[str, ...]:
        """Kinds of namespaces that a candidate does not share with the host."""
        return (*super()._namespaces, "user") if self._has_user_namespace else super()._namespaces

    def _connect(self, count: int, log: int) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
        """Listen, start the container, and take one connection from each warden."""
        self.image = image = self._engine.find_image(self._image_name)
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(open_temporary_folder("control"))
            listeners = [
                stack.enter_context(_listen(folder / str(number))) for number in range(count)
            ]
            self._give_to_root(folder)
            process = self._run(image, folder, count, log)
            try:
                return process, [self._accept(listener, process) for listener in listeners]
            except BaseException:
                self._end_container(process)
                raise

    def _give_to_root(self, folder: Path) -> None:
        """Let only the container's root connect to a folder's sockets.

        Nothing changes if the container's root is this user.
        """
        owner = self._engine.mapped_root()
        if owner is None:
            return
        try:
            for path in (*folder.iterdir(), folder):
                os.chown(path, *owner)
        except PermissionError as error:
            raise SandboxError(
                f"{self.name}'s daemon makes a container's root user {owner[0]} of this machine "
                "(`userns-remap`), to whom only root can give the station's sockets.",
                hint="Grade as root; or --sandbox podman, which needs no daemon.",
            ) from error

    def _accept(self, listener: socket.socket, process: subprocess.Popen[bytes]) -> socket.socket:
        deadline = time.monotonic() + _CONNECT_TIMEOUT_S
        listener.settimeout(_LOOK_INTERVAL_S)
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                connection.setblocking(True)
                self._has_user_namespace = _has_other_users(connection)
                return connection
            if process.poll() is not None:
                raise self._explain(self._read_talk())
        raise SandboxError(
            f"the container did not begin to serve within {_CONNECT_TIMEOUT_S:.0f} s."
        )

    def _await_ready(self) -> None:
        super()._await_ready()
        self._users = choose_users(self._controls[0].uid_map)
        if not self.kernel.has_host_processes:
            self._leave_groups()
        if self._users is None:
            raise SandboxError(
                f"{self.name}'s containers have too few users of their own here.",
                hint="sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER",
            )

    def _leave_groups(self) -> None:
        """Do without control groups.

        The processes in this sandbox are none of this kernel's.
        """
        if self._settings.gpu is not None:
            raise SandboxError(
                "a sandbox that makes one candidate at a time has no GPU.",
                hint="--gpu none, or another --runtime",
            )
        self._groups.remove()
        self._groups = SandboxGroups([])

    def _run(self, image: Image, folder: Path, count: int, log: int) -> subprocess.Popen[bytes]:
        controls = [f"{_CONTROL_ROOT}/{number}" for number in range(count)]
        warden = self._warden(image.python, controls, NAMES)
        command = [*self._engine.run_command(), *self._walls(image, folder), image.id]
        return subprocess.Popen(  # noqa: S603 - no shell, and a path found on PATH
            [*command, *warden[1:]],  # the entry point is the interpreter
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is the station's
        )

    def _walls(self, image: Image, folder: Path) -> list[str]:
        """The container's own wall, which holds the warden."""
        return [
            "--rm", "--pull", "never", "--name", self._container, "--label", OWNED,
            "--network", "none", "--ipc", "private", "--hostname", "sandbox", "--read-only",
            "--cap-drop", "ALL",
            *(word for name in (*ROOT_CAPABILITIES, "CAP_KILL")
              for word in ("--cap-add", name.removeprefix("CAP_"))),
            "--security-opt", "no-new-privileges", *unconfined(), "--log-driver", "none",
            *(word for limit in resource_limits() for word in ("--ulimit", limit)),
            *(word for place in (WORK, "/tmp")  # noqa: S108
              for word in ("--tmpfs", f"{place}:rw,nosuid,nodev,size=64m,mode=0755")),
            *(word for source, target in self._mounts(folder)
              for word in ("--mount", f"type=bind,src={source},dst={target},readonly")),
            *self._device_arguments.words,
            *(word for pair in self._environment.items() for word in ("--env", "=".join(pair))),
            "--user", "0:0", "--workdir", "/", "--entrypoint", image.python,
        ]  # fmt: skip

    def _mounts(self, folder: Path) -> list[tuple[str, str]]:
        """Return the container's mounts.

        They are the parts of this package that run inside, public data and the control sockets.
        """
        package = Path(str(autograder.__file__)).resolve().parent
        mounts = [
            (str(package / part), f"{PACKAGE_ROOT}/autograder/{part}") for part in PARTS_INSIDE
        ]
        mounts += [
            (str(path.resolve()), f"{DATA_ROOT}/{name}")
            for name, path in self._settings.data.items()
        ]
        if self._settings.entry_folder is not None:
            mounts.append((str(self._settings.entry_folder.resolve()), ENTRY_ROOT))
        return [*mounts, (str(folder), _CONTROL_ROOT)]

    def _explain(self, log: str) -> SandboxError:
        return self._engine.explain(log)

    def _end_container(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(SandboxError):
            self._engine.run("kill", self._container)
        process.kill()
        process.wait()

    def _clean(self) -> None:
        super()._clean()
        with contextlib.suppress(SandboxError):  # there is none any more, if all went well
            self._engine.run("rm", "--force", self._container)


def _has_other_users(connection: socket.socket) -> bool:
    """Return True if the peer has a user namespace of its own."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    other = CREDENTIALS.unpack(credentials)[0]
    theirs = os.readlink(f"/proc/{other}/ns/user")  # noqa: PTH115
    return theirs != os.readlink("/proc/self/ns/user")  # noqa: PTH115


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    folder = os.open(path.parent, os.O_PATH | os.O_CLOEXEC)
    try:
        # the path itself may be longer than a socket's may be
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)
    os.chmod(path, 0o600)  # noqa: PTH101
    listener.listen(1)
    return listener
