"""The beginning of the wardens' process.

It chooses their kind by what the kernel offers.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys

from autograder.inside.walls import syscalls
from autograder.inside.walls.anchor import AnchorStock
from autograder.inside.walls.config import Config, import_all, prove_to_be_first, read_config
from autograder.inside.walls.image import guard_devices, tidy_image
from autograder.inside.walls.parallel import ParallelWarden
from autograder.inside.walls.serial import open_serial_warden
from autograder.inside.walls.syscalls import mask
from autograder.inside.walls.warden import Warden

_HIGH_FD = 64  # where the control socket lives: above what a candidate keeps


def main() -> None:
    """Be a warden, by the configuration in the first argument.

    In a forked process, be a candidate.
    """
    # kept: to free it would cost a candidate 0.2 ms
    warden = _open_warden(read_config(sys.argv[1]))
    warden.serve().live()


def _open_warden(config: Config) -> Warden:
    """Prepare for both wardens, fork one, and be the other."""
    for name in os.environ.keys() - config.environment.keys():  # bubblewrap's, and an engine's
        del os.environ[name]
    controls = [_connect(place) for place in config.controls]
    if config.is_walled and not syscalls.can_enter_namespaces():
        prove_to_be_first()
        return open_serial_warden(config, controls)
    stocks: list[AnchorStock | None] = [None] * len(controls)
    if config.is_walled:
        _leave_the_host()
        if config.names:
            tidy_image(config.names, config.nodes)
        guard_devices(config.nodes)
        mask(config.forbidden)
        stocks = [AnchorStock() for _ in controls]
    import_all(config)
    if len(stocks) > 1 and os.fork() == 0:  # before the mask
        syscalls.set_parent_death_signal(signal.SIGKILL)
        return _make_warden(config, controls, stocks, 1, config.frameworks)
    if config.is_walled:
        syscalls.unshare(syscalls.NEW_MOUNTS)
        mask(config.masked)
    return _make_warden(config, controls, stocks, 0, [])


def _make_warden(
    config: Config,
    controls: list[socket.socket],
    stocks: list[AnchorStock | None],
    place: int,
    imports: list[str],
) -> ParallelWarden:
    """Make the warden at ``place``.

    The other one's ends are closed.
    """
    for other, stock in enumerate(stocks):
        if other != place:
            controls[other].close()
            if stock is not None:
                stock.close()
    return ParallelWarden(config, controls[place], imports, stocks[place])


def _leave_the_host() -> None:
    """Prove to be PID 1, and give up rights and mounts.

    No candidate may come to hold them.
    """
    prove_to_be_first()
    syscalls.make_mounts_private()
    syscalls.empty_bounding_set()
    syscalls.leave_session_keyring()


def _connect(place: int | str) -> socket.socket:
    """Open a control socket, above a candidate's own descriptors."""
    if isinstance(place, str):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.connect(place)
        except OSError as error:
            raise OSError(f"cannot connect to the station's socket: {error}") from None
        place = connection.detach()
    high = fcntl.fcntl(place, fcntl.F_DUPFD_CLOEXEC, _HIGH_FD)
    os.close(place)
    return socket.socket(fileno=high)
