"""The check that gVisor's containers may connect to a socket.

The socket is the host's. A station asks for candidates over it. gVisor's command is ``runsc``.
"""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING

from autograder.errors import SandboxError
from autograder.sandbox.engine.command import OWNED, resource_limits
from autograder.sandbox.host.owner import new_name, open_temporary_folder

if TYPE_CHECKING:
    from autograder.sandbox.engine.command import Engine
    from autograder.sandbox.seam import Image

RUNTIME = "runsc"
_FOLDER = "/socket"
_CONNECT = (
    f"import socket; socket.socket(socket.AF_UNIX).connect('{_FOLDER}/listener'); "
    "print('connected')"
)


def find_socket_refusal(engine: Engine, image: Image) -> str | None:
    """Return a container's refusal to connect to a bound socket.

    It is None if the container could connect. Else it is the last line that the container wrote.

    Raises
    ------
    SandboxError
        No container could be started with the engine's runtime.
    """
    engine.run(*_words(engine, image, "pass"))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(open_temporary_folder("socket"))
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        stack.callback(os.close, place)
        # the path itself may be longer than a socket's may be
        listener.bind(f"/proc/self/fd/{place}/listener")
        listener.listen(1)
        try:
            engine.run(
                *_words(engine, image, _CONNECT, "--mount", f"type=bind,src={folder},dst={_FOLDER}")
            )
        except SandboxError as error:
            return error.message.strip().splitlines()[-1]
    return None


def _words(engine: Engine, image: Image, code: str, *options: str) -> list[str]:
    # removed at the next start, should this process be killed
    ours = ("--name", new_name(), "--label", OWNED)
    limits = (word for limit in resource_limits() for word in ("--ulimit", limit))
    arguments = (
        "--rm",
        "--pull",
        "never",
        "--network",
        "none",
        *ours,
        *limits,
        "--user",
        "0:0",
        *options,
    )
    return [
        *engine.run_command()[1:],
        *arguments,
        "--entrypoint",
        image.python,
        image.id,
        "-c",
        code,
    ]
