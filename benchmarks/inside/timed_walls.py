"""An entry of candidates that says what each of its walls cost; imported in the warden, where it puts clocks around them."""

from __future__ import annotations

import json
import socket
import time
from functools import wraps
from typing import TYPE_CHECKING

from autograder.inside.walls import seccomp
from autograder.inside.walls import syscalls as walls
from autograder.inside.walls.setup import WalledSetup

if TYPE_CHECKING:
    from collections.abc import Callable

# What to time: where it is, its name, and what it is called.
_WALLS = (
    (walls, "unshare", "namespaces: mounts, IPC"),
    (WalledSetup, "_mount_view", "own /proc and three limited folders"),
    (walls, "hide_groups", "namespace of control groups"),
    (WalledSetup, "_set_limits", "resource limits"),
    (WalledSetup, "_give_up_privileges", "own user, no capabilities, no way back"),
    (seccomp.Filter, "install", "system call filter"),
    (walls, "close_all_but", "closing what is open"),
    (WalledSetup, "_become_candidate", "all of that, in the candidate"),
)
_taken_us: dict[str, float] = {}


def _timed(function: Callable[..., object], name: str) -> Callable[..., object]:
    @wraps(function)
    def run(*arguments: object, **options: object) -> object:
        begun_s = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            _taken_us[name] = _taken_us.get(name, 0.0) + 1e6 * (time.perf_counter() - begun_s)

    return run


for _place, _attribute, _name in _WALLS:
    setattr(_place, _attribute, _timed(getattr(_place, _attribute), _name))


def serve(channel_fd: int) -> None:
    """Say what was measured."""
    socket.socket(fileno=channel_fd).send(json.dumps(_taken_us).encode())
