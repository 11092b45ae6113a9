"""A Docker daemon of the tests' own, which they may stop, fill and set up as they like."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from containers import IMAGE, find_engine

START_S = 30.0


class Daemon:
    """A Docker daemon on a socket of its own.

    Parameters
    ----------
    folder
        Everything of it lies there.
    words
        Further options.
    before
        A line of the shell that is run before it starts, in a mount namespace that is then its own.
    """

    def __init__(self, folder: Path, *words: str, before: str = "") -> None:
        self.folder = folder
        self._words = words
        self._before = before
        self.host = f"unix://{folder}/socket"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        alone = ("unshare", "--mount", "--propagation", "slave", "sh", "-c", f'{self._before} && exec "$@"', "sh")
        command = [
            *(alone if self._before else ()),
            *("dockerd", "--iptables=false", "--bridge=none", "--host", self.host),
            *("--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec"),
            *("--pidfile", f"{self.folder}/pid"),
            *self._words,
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while self.ask("version").returncode:
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, as the kernel would for want of memory."""
        self.process.kill()
        self.process.wait()
        for file in ("pid", "exec/containerd/containerd.pid"):  # whoever adopts them may be slow to reap them
            (self.folder / file).unlink(missing_ok=True)

    def stop(self) -> None:
        """End it in good order, with every container; it is started for that if need be."""
        if self.process.poll() is not None:
            self.start()
        for name in self.ask("ps", "--all", "--quiet").stdout.split():
            self.ask("rm", "--force", name)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        subprocess.run(["umount", "--quiet", f"{self.folder}/data"], check=False)  # one that was killed has left it

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command against it."""
        return subprocess.run(
            ["docker", "--host", self.host, *words], capture_output=True, text=True, check=False, timeout=120
        )


@contextlib.contextmanager
def open_daemon(*words: str, before: str = ""):
    """Start a daemon that has the image of the tests, and remove all of it in the end; skip the test where there can be none."""
    if isinstance(refusal := find_engine("docker"), str):
        pytest.skip(refusal)
    if os.geteuid() != 0:
        pytest.skip("needs root")
    folder = Path(tempfile.mkdtemp(prefix="autograder-daemon-"))  # a short path, since a socket lies there
    folder.chmod(0o711)  # the root of its containers may be somebody else
    one = Daemon(folder, *words, before=before)
    try:
        one.start()
        with subprocess.Popen(["docker", "image", "save", IMAGE], stdout=subprocess.PIPE) as saved:
            load = ["docker", "--host", one.host, "image", "load", "--quiet"]
            subprocess.run(load, stdin=saved.stdout, stdout=subprocess.DEVNULL, check=True)
        yield one
    finally:
        try:
            one.stop()
        finally:
            shutil.rmtree(folder)
