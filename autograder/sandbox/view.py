"""A sandbox's view of the files, as bubblewrap's arguments.

Bound are the interpreter's library folders and executable (never a whole prefix), the libraries of
the system, and of this package the three parts that run inside, at a fixed place. Never bound are a
course, a home or a repository; should one lie below something that is bound, it is covered.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import autograder
from autograder.inside.walls.image import DEVICES, SYSTEM
from autograder.sandbox.host.libraries import SYSTEM_LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.sandbox.gpu.device import Mount, Node
    from autograder.sandbox.seam import SandboxSettings

# Where nobody's interpreter is.
PACKAGE_ROOT = "/.autograder/package"
ENTRY_ROOT = "/.autograder/entry"
DATA_ROOT = "/.autograder/data"
WORK = "/submission"
_WRITABLE = (WORK, "/tmp")  # noqa: S108 - inside the sandbox
_SYSTEM = (*SYSTEM_LIBRARIES, "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/alternatives")
_LIBRARIES = ("lib", "lib64", "lib32")
PARTS_INSIDE = ("__init__.py", "frameworks", "wire", "inside")


@dataclass
class View:
    """Arguments for bubblewrap, in the order in which it must get them."""

    arguments: list[str] = field(default_factory=list)
    _bound: list[Path] = field(default_factory=list)
    _folders: set[Path] = field(default_factory=lambda: {Path("/")})

    def add(self, *arguments: str) -> None:
        """Append arguments as they are."""
        self.arguments += arguments

    def shows(self, path: Path) -> bool:
        """Return True if ``path`` is visible at its own place."""
        return any(path == bound or bound in path.parents for bound in self._bound)

    def kept(self) -> list[str]:
        """Name the first folders on the ways to an interpreter.

        They lie just below folders of which every candidate gets a new one.
        """
        ways = {
            Path(folder, bound.relative_to(folder).parts[0])
            for bound in self._bound
            for folder in _WRITABLE
            if Path(folder) in bound.parents
        }
        return sorted(map(str, ways))

    def make_folder(self, path: Path) -> None:
        """Make a folder and its parents.

        By default, bubblewrap makes parents that only root can enter.
        """
        for folder in (*reversed(path.parents), path):
            if folder not in self._folders and not self.shows(folder):
                self._folders.add(folder)
                self.add("--perms", "0755", "--dir", str(folder))

    def show(self, path: Path) -> None:
        """Bind ``path`` read-only at its own place, if it exists.

        Links stay links, and their targets are bound, too.
        """
        if self.shows(path) or not path.exists():
            return
        self.make_folder(path.parent)
        if path.is_symlink():
            self._bound.append(path)
            self.add("--symlink", str(path.readlink()), str(path))
            self.show(Path(_normalised(path.parent / path.readlink())))
        else:
            self.show_at(path, str(path))
            self._bound.append(path)

    def show_at(self, source: Path, target: str) -> None:
        """Bind ``source`` read-only at ``target``."""
        self.make_folder(Path(target).parent)
        self.add("--ro-bind", str(source), target)

    def add_mounts(self, mounts: Sequence[Mount]) -> None:
        """Bind the driver's files that are not yet visible."""
        for mount in mounts:
            if mount.path != mount.host_path or not self.shows(Path(mount.path)):
                self.show_at(Path(mount.host_path), mount.path)

    def cover(self, path: Path) -> None:
        """Put something empty over ``path`` where it would be visible."""
        real = path.resolve()
        if not self.shows(real) or not real.exists():
            return
        if real.is_dir():
            self.add("--perms", "0755", "--tmpfs", str(real), "--remount-ro", str(real))
        else:
            self.add("--ro-bind", "/dev/null", str(real))


def build_view(settings: SandboxSettings, mounts: Sequence[Mount] = ()) -> View:
    """Build the view for ``settings``.

    ``/etc/passwd`` and ``/etc/group`` are not in it. ``mounts`` are a driver's.
    """
    view = View()
    for folder in _WRITABLE:  # first: the interpreter may live below one of them
        # the wardens', who may write caches while they import
        view.add("--perms", "0755", "--tmpfs", folder)
    for path in (*map(Path, _SYSTEM), *_interpreter_trees()):
        view.show(path)
    for part in PARTS_INSIDE:
        view.show_at(_package_folder() / part, f"{PACKAGE_ROOT}/autograder/{part}")
    if settings.entry_folder is not None:
        view.show_at(settings.entry_folder.resolve(), ENTRY_ROOT)
    for name, path in settings.data.items():
        view.show_at(path.resolve(), f"{DATA_ROOT}/{name}")
    for path in (_package_folder(), *settings.hidden):
        view.cover(path)
    view.add_mounts(mounts)
    _add_devices(view, settings.gpu.nodes if settings.gpu else ())
    for folder in SYSTEM if settings.gpu else ():
        view.show(Path(folder))
    view.add("--proc", "/proc", "--dir", "/etc")
    return view


def _package_folder() -> Path:
    return Path(str(autograder.__file__)).resolve().parent


def _interpreter_trees() -> list[Path]:
    """Library folders of the interpreter and its virtual environment, and the executable."""
    prefixes = {
        Path(prefix)
        for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    }
    trees = [prefix / name for prefix in sorted(prefixes) for name in _LIBRARIES]
    return [*trees, Path(sys.prefix, "pyvenv.cfg"), Path(sys.executable)]


def _add_devices(view: View, nodes: Sequence[Node]) -> None:
    """Mount the harmless devices and a GPU's devices.

    There is no terminal and no pty.
    """
    view.add("--perms", "0755", "--tmpfs", "/dev")
    for name in DEVICES:
        view.add("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    for node in nodes:
        view.make_folder(Path(node.path).parent)
        # `--bind` would leave a node that cannot be opened
        view.add("--dev-bind", node.host_path, node.path)
    view.add("--perms", "0755", "--dir", "/dev/shm")  # noqa: S108 - inside the sandbox
    view.add("--symlink", "/proc/self/fd", "/dev/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        view.add("--symlink", f"/proc/self/fd/{number}", f"/dev/{name}")
    view.add("--remount-ro", "/dev")


def _normalised(path: Path) -> str:
    """Take ``..`` out of a path without following links."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return str(Path(*parts))
