"""The wall on Linux, built by bubblewrap.

bubblewrap builds namespaces and a file view once. A warden inside does the rest.

As root there is no user namespace, since one could map one user only, and each candidate gets a
user of its own. As an ordinary user there is one, in which the warden keeps the capability to make
further namespaces.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

from autograder.errors import SandboxError
from autograder.sandbox.host.refusal import explain, missing_bubblewrap
from autograder.sandbox.profile import NAMESPACES
from autograder.sandbox.view import build_view
from autograder.sandbox.walled import NAMES, ROOT_CAPABILITIES, USER, WalledSandbox
from autograder.sandbox.warm import connect_by_descriptors

_USER_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETPCAP")
_NAMESPACES = ("pid", "net", "ipc", "uts", "cgroup-try")


class BubblewrapSandbox(WalledSandbox):
    """Candidates in namespaces that bubblewrap made."""

    name = "bubblewrap"

    def start(self) -> None:
        """Build the walls and warm up."""
        if shutil.which("bwrap") is None:
            raise missing_bubblewrap()
        super().start()

    def _connect(self, count: int, log: int) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
        return connect_by_descriptors(count, lambda controls: self._run_warden(controls, log))

    @property
    def _namespaces(self) -> tuple[str, ...]:
        return NAMESPACES if self._users else (*NAMESPACES, "user")

    def _run_warden(self, controls: list[int], log: int) -> subprocess.Popen[bytes]:
        names = {path: _memory_file(text) for path, text in NAMES.items()}
        try:
            return subprocess.Popen(  # noqa: S603 - no shell, and a path found on PATH
                [
                    str(shutil.which("bwrap")),
                    *self._walls(names),
                    *self._warden(sys.executable, controls),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={},
                pass_fds=[*controls, *names.values()],
                start_new_session=True,  # Ctrl-C is the station's
            )
        finally:
            for fd in names.values():
                os.close(fd)

    def _walls(self, names: dict[str, int]) -> list[str]:
        view = build_view(self._settings, self._driver_files)
        self._kept = view.kept()
        for path, fd in names.items():
            view.add("--perms", "0644", "--ro-bind-data", str(fd), path)
        view.add("--remount-ro", "/")
        user = () if self._users else ("--unshare-user", "--uid", str(USER), "--gid", str(USER))
        capabilities = ROOT_CAPABILITIES if self._users else _USER_CAPABILITIES
        return [
            "--as-pid-1", "--die-with-parent", "--new-session",
            *(f"--unshare-{name}" for name in _NAMESPACES), *user, "--hostname", "sandbox",
            *(word for name in capabilities for word in ("--cap-add", name)),
            "--clearenv",
            *(word for pair in self._environment.items() for word in ("--setenv", *pair)),
            *view.arguments, "--chdir", "/",
        ]  # fmt: skip

    def _explain(self, log: str) -> SandboxError:
        return explain(log)


def try_bubblewrap(timeout_s: float) -> str:
    """Start an empty bubblewrap sandbox and return bubblewrap's version.

    The sandbox has namespaces and a /proc, and nothing of this package.

    Raises
    ------
    SandboxError
        bubblewrap is not installed, or the system refused to start it.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise missing_bubblewrap()
    views = ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    user = () if os.geteuid() == 0 else ("--unshare-user",)
    namespaces = [*user, *(f"--unshare-{name}" for name in _NAMESPACES)]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and a path found on PATH
            [bwrap, "--die-with-parent", *namespaces, *views, bwrap, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SandboxError(f"bubblewrap did not start within {timeout_s:.0f} s.") from error
    if done.returncode:
        raise explain(done.stderr)
    return done.stdout.strip().removeprefix("bubblewrap ")


def _memory_file(text: str) -> int:
    fd = os.memfd_create("names")
    os.write(fd, text.encode())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
