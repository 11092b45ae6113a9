"""The station's configuration of the wardens at their start.

It also has the parts of their work that both kinds of warden share.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from autograder.inside.walls.accelerator import Accelerator, Gpu
from autograder.inside.walls.setup import CandidateSetup

if TYPE_CHECKING:
    import socket

    from autograder.inside.messages import Fork

Setup = TypeVar("Setup", bound=CandidateSetup)

_CHANNEL, _STDOUT, _STDERR, _GROUPS = 0, 1, 2, 3  # places in the list of descriptors of a fork
# NumPy 2 imports these lazily; otherwise each candidate would pay for it.
_NUMPY_PARTS = (
    "numpy",
    "numpy.random",
    "numpy.linalg",
    "numpy.fft",
    "numpy.ma",
    "numpy.polynomial",
)


@dataclass(frozen=True)
class Config:
    """The station's configuration of the wardens at their start.

    Attributes
    ----------
    controls
        Descriptors of the control sockets, or the paths at which the station listens: the first
        warden's, and the second's where frameworks are named.
    is_walled
        Whether candidates get namespaces, limits, a system call filter and no privileges.
    entry
        Where a candidate begins: ``module:function``, called with the channel's descriptor.
    preload, frameworks
        Modules imported by both wardens at once, and by the second at its first request.
    forbidden, masked
        Top-level packages that no candidate, or none without frameworks, must see.
    data
        Per name in the work folder, the read-only file or folder it stands for.
    folder
        Without walls: the folder of all work folders, removed at the end.
    environment
        The environment variables of a candidate.
    names
        In a container, the texts of files in /etc: the view, which is that of an image, is then
        tidied first.
    nodes
        Device nodes of the candidates' GPU, which no warden may open.
    accelerator
        That GPU, if there is one.
    """

    controls: Sequence[int | str]
    is_walled: bool
    entry: str
    preload: list[str]
    frameworks: list[str]
    forbidden: list[str]
    masked: list[str]
    data: dict[str, str]
    folder: str
    environment: dict[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    nodes: Sequence[str] = ()
    accelerator: Accelerator = field(default_factory=Accelerator)


def read_config(text: str) -> Config:
    """Read the configuration that the station gave as an argument."""
    settings = json.loads(text)
    device = settings.pop("accelerator")
    return Config(**settings, accelerator=Gpu(**device) if device else Accelerator())


def import_all(config: Config) -> None:
    """Import the modules that every candidate has."""
    Path(os.environ["TMPDIR"]).mkdir(parents=True, exist_ok=True)
    for name in (*_NUMPY_PARTS, *config.preload, config.entry.partition(":")[0]):
        importlib.import_module(name)


def build_setup(  # noqa: PLR0913 - one of each
    kind: type[Setup],
    config: Config,
    request: Fork,
    fds: Sequence[int],
    control: socket.socket,
    *,
    inherited_bytes: int,
    **more: Any,
) -> Setup:
    """Join a request for a candidate and the common settings.

    Parameters
    ----------
    more
        What this kind of set-up has beside these.
    """
    return kind(
        id=request.id,
        share=request.share,
        channel=fds[_CHANNEL],
        stdout=fds[_STDOUT],
        stderr=fds[_STDERR],
        groups=tuple(fds[_GROUPS:]),
        control=control,
        entry=config.entry,
        data=config.data,
        inherited_bytes=inherited_bytes,
        accelerator=config.accelerator,
        **more,
    )


def prove_to_be_first() -> None:
    """Raise unless this is PID 1 of a process namespace."""
    if os.getpid() != 1:
        raise OSError("this is not PID 1 of a process namespace of its own")
