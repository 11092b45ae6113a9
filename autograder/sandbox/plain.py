"""Candidates without walls, for trusted code only.

Their wardens are the same, as an ordinary child process.

The reference runs here, behind the same wire as a submission, so that no sandbox that meets
submissions ever holds it. `grade` refuses it for anything else.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import autograder
from autograder.inside.walls.config import Config
from autograder.records.outcome import Strength
from autograder.sandbox.environment import build_environment
from autograder.sandbox.gpu.mounts import share_environment
from autograder.sandbox.host.owner import make_folder
from autograder.sandbox.host.refusal import explain
from autograder.sandbox.warm import (
    WarmSandbox,
    accelerator_of,
    connect_by_descriptors,
    share_of,
    warden_command,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.errors import SandboxError
    from autograder.inside.messages import CandidateResources
    from autograder.records.outcome import Limits
    from autograder.sandbox.seam import SandboxSettings


_DATA = "data"  # work folders have numbers


def _copy_read_only(source: Path, copy: Path) -> None:
    """Copy a file, or the files of a folder, as read-only.

    The folders stay writable, so that they can be removed.
    """
    copy.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        copy.mkdir()
        for part in source.iterdir():
            _copy_read_only(part, copy / part.name)
    else:
        shutil.copyfile(source, copy)
        copy.chmod(0o400)


class PlainSandbox(WarmSandbox):
    """Candidates that are forked from a warm process and nothing more."""

    name = "plain"

    def __init__(self, settings: SandboxSettings) -> None:
        super().__init__(settings)
        self._folder = ""

    @property
    def strengths(self) -> Mapping[str, Strength]:
        """The strength with which each limit is applied."""
        watched = dict.fromkeys(("cpu", "memory", "wall", "output"), Strength.WATCHED)
        return {**watched, **dict.fromkeys(("pids", "disk", "inodes", "network"), Strength.NONE)}

    def _connect(self, count: int, log: int) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
        return connect_by_descriptors(count, lambda controls: self._run_warden(controls, log))

    def _run_warden(self, controls: list[int], log: int) -> subprocess.Popen[bytes]:
        # the warden removes it, also when this process is killed
        self._folder = str(make_folder("plain"))
        try:
            return self._start_in_folder(controls, log)
        except BaseException:
            self._clean()
            raise

    def _start_in_folder(self, controls: list[int], log: int) -> subprocess.Popen[bytes]:
        settings = self._settings
        environment = share_environment(
            build_environment(self._folder, settings.threads), settings.gpu, []
        )
        # no wall keeps frameworks from a GPU of this machine
        environment.setdefault("CUDA_VISIBLE_DEVICES", "")
        config = Config(
            controls=controls,
            is_walled=False,
            entry=settings.entry,
            preload=list(settings.preload),
            frameworks=list(settings.frameworks),
            forbidden=[],
            masked=[],
            data=self._copy_data(),
            folder=self._folder,
            environment=environment,
            nodes=[node.host_path for node in settings.gpu.nodes] if settings.gpu else [],
            accelerator=accelerator_of(settings),
        )
        folders = [str(Path(str(autograder.__file__)).resolve().parents[1])]
        if settings.entry_folder is not None:
            folders.append(str(settings.entry_folder.resolve()))
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            warden_command(sys.executable, folders, config),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            pass_fds=controls,
            start_new_session=True,
        )

    def _copy_data(self) -> dict[str, str]:
        """Copy the data files for the candidates.

        No mount keeps candidates from changing a linked file.
        """
        copies = {name: Path(self._folder, _DATA, name) for name in self._settings.data}
        for name, copy in copies.items():
            _copy_read_only(self._settings.data[name].resolve(), copy)
        return {name: str(copy) for name, copy in copies.items()}

    def _clean(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # if the warden had to be killed

    def _explain(self, log: str) -> SandboxError:
        return explain(log)

    def _share(self, number: int, limits: Limits) -> CandidateResources:
        work = str(Path(self._folder, str(number)))
        return share_of(limits, work=work, uid=None, processes=limits.tasks, slack=1.0)
