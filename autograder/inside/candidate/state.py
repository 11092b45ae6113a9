"""The state of a candidate with a loaded submission, and its names."""

from __future__ import annotations

import random
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.frameworks import seed_all
from autograder.inside.candidate.objects import Handles
from autograder.inside.loading.failures import MAX_NAME_CHARS, describe_failure
from autograder.inside.loading.guards import ForbiddenModule
from autograder.inside.loading.load import Loader
from autograder.inside.loading.looking import is_absent
from autograder.inside.loading.shell import Names
from autograder.inside.reading.source_files import SourceFile, module_name, source_file
from autograder.wire.values import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from autograder.inside.loading.running import Place
    from autograder.inside.requests import Load


MAX_NAMES = 5_000


class Namespace:
    """The table in which names of the submission are looked up.

    A name is taken from the file that should define it, else from the first file that defines it
    itself, else from the first that holds it, imported from anywhere.

    Parameters
    ----------
    loader
        A loader that has loaded, None before.
    defines
        The file that should define a function, where that is known.
    provided
        What the assignment provides; found even where no file holds it.
    """

    def __init__(
        self,
        loader: Loader | None = None,
        defines: Mapping[str, str] | None = None,
        provided: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self._provided = dict(provided or {})
        self._home: dict[str, ModuleType] = {}
        self._files: dict[str, str] = {}
        self._modules: dict[str, ModuleType] = {}
        self._defines = dict(defines or {})
        self.forbidden: dict[
            str, str
        ] = {}  # names that were imported from a package that is not allowed
        if loader is not None:
            for name, file in loader.files.items():
                if name in loader.modules and not file.is_support:
                    self._modules[file.name] = loader.modules[name]
                    self._add(loader.modules[name], file.name)

    def _add(self, module: ModuleType, file: str) -> None:
        defines = self._defines
        for name, value in list(module.__dict__.items()):
            if (
                type(value) is ForbiddenModule
                and type(name) is str
                and len(self.forbidden) < MAX_NAMES
            ):
                self.forbidden[name[:MAX_NAME_CHARS]] = str(value.__name__).partition(".")[0]
            if (
                type(name) is not str
                or name.startswith("__")
                or len(name) > MAX_NAME_CHARS
                or issubclass(type(value), ModuleType)
            ):
                continue
            known = name in self._home
            if not known and len(self._home) >= MAX_NAMES:
                return
            if (
                not known
                or defines.get(name) == file
                or (defines.get(name) != self._files[name] and self._is_better(name, module, value))
            ):
                self._home[name], self._files[name] = module, file

    def _is_better(self, name: str, module: ModuleType, value: object) -> bool:
        here = self._home[name]
        return _is_defined_in(module, value) and not _is_defined_in(here, here.__dict__.get(name))

    def lookup(self, name: str) -> Any:
        """Return the object that a name means now.

        Raises
        ------
        NameError
            Nothing has this name.
        """
        module = self._home.get(name)
        if module is not None and name in module.__dict__:
            return module.__dict__[name]
        if name in self._provided:
            return self._provided[name]
        raise NameError(f"name {name!r} is not defined in the submission")

    def assign(self, name: str, value: object) -> None:
        """Bind a name in its module.

        That is the module in which it was found, or that should have defined it.

        Raises
        ------
        NameError
            No file of the submission was loaded.
        """
        first = next(iter(self._modules.values()), None)
        home = self._home.get(name) or self._modules.get(self._defines.get(name, "")) or first
        if home is None:
            raise NameError(f"name {name!r} is not defined in the submission")
        home.__dict__[name] = value

    def kinds(self) -> dict[str, str]:
        """Return the kind of each name, "callable", "class" or "value"."""
        return {name: _kind(self.lookup(name)) for name in (*self._home, *self._provided)}

    def defined_in(self) -> dict[str, str]:
        """The file each name was taken from."""
        return dict(self._files)


def _kind(value: object) -> str:
    if issubclass(type(value), type):  # isinstance would ask a hostile __class__
        return "class"
    return "callable" if callable(value) else "value"


def _is_defined_in(module: ModuleType, value: object) -> bool:
    try:
        return getattr(value, "__module__", None) == module.__name__
    except BaseException:  # noqa: BLE001  # a hostile object
        return False


class CandidateState:
    """The submission's modules, names and referenced objects.

    The examiner refers to these objects.

    Parameters
    ----------
    folder
        The work folder.
    writes_files
        If True, the submission's files are written into the work folder.
    through
        Exceptions that end the candidate and are not the submission's.
    tell
        Called with the place of each statement before it runs, where a request asks for places.
    """

    def __init__(
        self,
        folder: Path,
        *,
        writes_files: bool,
        through: tuple[type[BaseException], ...],
        tell: Callable[[Place], None],
    ) -> None:
        self.handles = Handles()
        self.namespace = Namespace()
        self.loader: Loader | None = None
        self.rng_count = 0
        self.seed = 0
        self.through = through
        self._folder = folder
        self._writes_files = writes_files
        self._tell = tell

    @property
    def sources(self) -> Mapping[str, list[str]]:
        """The lines of the submission's files."""
        return {} if self.loader is None else self.loader.sources

    @property
    def namespaces(self) -> list[Names]:
        """The globals of the submission's modules."""
        return (
            []
            if self.loader is None
            else [module.__dict__ for module in self.loader.modules.values()]
        )

    def load(self, request: Load) -> Message:
        """Load the submission.

        It is called once.
        """
        stubs = _by_file(request.provided, request.provided_in)
        files = _files_of(request, stubs)
        self.seed = request.seed
        _prepare(request, files, self._folder if self._writes_files else None)
        tell = self._tell if request.tells_places else None
        self.loader = _make_loader(
            request, files, stubs, folder=self._folder, through=self.through, tell=tell
        )
        self.loader.load()
        self.namespace = Namespace(self.loader, request.defines, request.provided)
        ledger = self.loader.ledger
        return {
            "names": self.namespace.kinds(),
            "defined_in": self.namespace.defined_in(),
            "failed": self.loader.failures,
            "losses": [loss.as_message() for loss in ledger.losses],
            "more_losses": ledger.more,
            "lost": ledger.lost_names(),
            "notes": ledger.notes,
            "forbidden_names": self.namespace.forbidden,
            "inert": [*self.loader.inert, *filter(is_absent, request.inert_later)],
        }

    def describe(self, error: BaseException) -> Message:
        """Tell a failure of the submission."""
        return describe_failure(error, {}) if self.loader is None else self.loader.describe(error)

    def unload(self) -> None:
        """Remove the submission's modules from this process, where it goes on."""
        if self.loader is not None:
            self.loader.unload()


def load_alone(request: Load, folder: Path, tell: Callable[[Place], None]) -> None:
    """Load a submission of which nothing will be asked.

    Parameters
    ----------
    folder
        Where its files are written.
    tell
        Called with the place of each statement before it runs.
    """
    files = _files_of(request, {})
    _prepare(request, files, folder)
    _make_loader(request, files, {}, folder=folder, through=(), tell=tell).load()


def _make_loader(  # noqa: PLR0913  # a request, and who asks
    request: Load,
    files: list[SourceFile],
    stubs: Mapping[str, Mapping[str, Callable[..., Any]]],
    *,
    folder: Path,
    through: tuple[type[BaseException], ...],
    tell: Callable[[Place], None] | None,
) -> Loader:
    return Loader(
        files,
        aliases=request.aliases,
        provided=stubs,
        forbidden=request.forbidden,
        allowed=request.allowed,
        inert=request.inert,
        folder=folder,
        through=through,
        expected=[module_name(name) for name in request.order],
        templates={module_name(name): text for name, text in request.templates.items()},
        left_out={
            (file, cell, index): (kind, why) for file, cell, index, kind, why in request.left_out
        },
        tell=tell,
    )


def _prepare(request: Load, files: list[SourceFile], folder: Path | None) -> None:
    """Seed the global generators, and write the files.

    They are written into a folder of our making.
    """
    seed = request.seed
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  # the generator that students' code uses
    seed_all(seed)
    if folder is not None:
        # on a path, these would win over installed ones
        written = [file for file in files if not file.is_helper]
        _write_files(
            {file.name: file.source.encode("utf-8", "surrogatepass") for file in written}, folder
        )
        _write_files(request.data, folder)


def _by_file(
    provided: Mapping[str, Callable[..., Any]], provided_in: Mapping[str, str]
) -> dict[str, dict[str, Callable[..., Any]]]:
    stubs: dict[str, dict[str, Callable[..., Any]]] = {}
    for name, stub in provided.items():
        stubs.setdefault(provided_in.get(name, ""), {})[name] = stub
    return stubs


def _files_of(request: Load, stubs: Mapping[str, object]) -> list[SourceFile]:
    files, unread = request.files, request.unread
    code, titles = request.code, request.titles
    order = [name for name in request.order if name in files or name in unread]
    declared = [
        source_file(name, files[name], code=code.get(name, ()), title=titles.get(name, ""))
        if name in files
        else SourceFile(name, ("",), unread=unread[name], title=titles.get(name, ""))
        for name in dict.fromkeys([*order, *files, *unread])
    ]
    support = [source_file(name, text, is_support=True) for name, text in request.support.items()]
    helpers = [
        source_file(name, text, is_helper=True, code=code.get(name, ()))
        for name, text in request.helpers.items()
    ]
    # A file that was not handed in can still be imported for what the assignment provides in its
    # place.
    absent = [
        source_file(name, "", is_support=True)
        for name in stubs
        if name and name not in files and name not in unread
    ]
    return declared + support + absent + helpers


def _write_files(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        except OSError:  # a folder that cannot be written: modules load from memory all the same
            return
