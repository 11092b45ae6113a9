"""The state of a candidate with a loaded submission."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.inside.candidate.objects import Handles
from autograder.inside.loading.failures import describe_failure
from autograder.inside.loading.load import Loader
from autograder.inside.loading.looking import is_absent
from autograder.inside.loading.namespace import Namespace
from autograder.inside.reading.source_files import SourceFile, module_name, source_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from autograder.inside.loading.running import Place
    from autograder.inside.requests import Load

Message = dict[str, Any]


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
    def namespaces(self) -> list[dict[str, Any]]:
        """The globals of the submission's modules."""
        return [] if self.loader is None else [module.__dict__ for module in self.loader.modules.values()]

    def load(self, request: Load) -> Message:
        """Load the submission.

        It is called once.
        """
        stubs = _by_file(request.provided, request.provided_in)
        files = _files_of(request, stubs)
        self.seed = request.seed
        _prepare(request, files, self._folder if self._writes_files else None)
        tell = self._tell if request.tells_places else None
        self.loader = _make_loader(request, files, stubs, folder=self._folder, through=self.through, tell=tell)
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
        left_out={(file, cell, index): (kind, why) for file, cell, index, kind, why in request.left_out},
        tell=tell,
    )


def _prepare(request: Load, files: list[SourceFile], folder: Path | None) -> None:
    """Seed the global generators, and write the files.

    They are written into a folder of our making.
    """
    seed = request.seed
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  # the generator that students' code uses
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed % 2**32)
    if folder is not None:
        written = [file for file in files if not file.is_helper]  # on a path, these would win over installed ones
        _write_files({file.name: file.source.encode("utf-8", "surrogatepass") for file in written}, folder)
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
        source_file(name, text, is_helper=True, code=code.get(name, ())) for name, text in request.helpers.items()
    ]
    # A file that was not handed in can still be imported for what the assignment provides in its place.
    absent = [
        source_file(name, "", is_support=True) for name in stubs if name and name not in files and name not in unread
    ]
    return declared + support + absent + helpers


def _write_files(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        except OSError:  # a folder that cannot be written: modules load from memory all the same
            return
