"""Loading of a submission.

Its files become modules, under their names and aliases. They load in declared order, or when one
imports another.

A file is loaded statement by statement (`autograder.inside.loading.running`). One that
cannot be compiled is recorded and the others go on. Its names are then not there; what
the assignment provides in its place is.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from autograder.inside.loading import looking
from autograder.inside.loading.failures import (
    Record,
    describe_failure,
    describe_in_one_line,
    traceback_of,
)
from autograder.inside.loading.guards import guarded_import, submission_builtins
from autograder.inside.loading.losses import Ledger, circumstance
from autograder.inside.loading.running import Place, Runner
from autograder.inside.loading.shell import Names
from autograder.inside.reading.source_files import (
    SourceFile,
    SourceLines,
    compile_whole,
    find_by_last_name,
    forget_source,
    module_name,
    packages_of,
    register_source,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from types import FrameType

# Relative imports (`from ..layer_utils import *`) need parents, whatever package the file once lay
# in.
_ROOT = "submission_folder"  # a declared file may be called submission.py
_UP = "up"
_PACKAGE = f"{_ROOT}.{_UP}.{_UP}.{_UP}"
_PARENT = rf"{_ROOT}(?:\.{_UP})+"
_NOT_THERE = re.compile(rf"No module named '{_PARENT}\.(?P<name>[\w.]+)'")
_NOT_IN_IT = re.compile(rf"cannot import name '(?P<name>\w+)' from '{_PARENT}'(?: \([^)]*\))?")

# Frames between an import and our finders.
_MACHINERY = (
    "<frozen importlib",
    importlib.__file__,
    guarded_import.__code__.co_filename,
    looking.__file__,
    __file__,
)


class _Spec(importlib.machinery.ModuleSpec):
    """The spec of a submission's module.

    From its package, relative imports lead anywhere.
    """

    @property
    def parent(self) -> str:
        return _PACKAGE


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and runs the modules of one submission.

    Parameters
    ----------
    files
        Declared files, in their order, support modules, and helper files that were handed in beside
        these.
    aliases
        Package names under which every file can be imported too.
    provided
        Functions of the reference: replacement by name of function, per name of file.
    forbidden, allowed
        Packages whose use raises, and modules of these that can be used all the same.
    inert
        Packages that do nothing where they are not installed.
    folder
        The folder that ``__file__`` speaks of.
    through
        Exceptions that end the candidate itself and are never recorded.
    expected
        Modules that the assignment asks for, handed in or not.
    templates
        Sources of templates, by the modules in whose place work of another name stands, or none.
    left_out
        Why a statement is not run, by its place: loading ended in it before.
    tell
        Called with the place of each statement before it runs.
    """

    def __init__(  # noqa: PLR0913
        self,
        files: Sequence[SourceFile],
        *,
        aliases: Sequence[str] = (),
        provided: Mapping[str, Mapping[str, Callable[..., Any]]] | None = None,
        forbidden: Sequence[str] = (),
        allowed: Sequence[str] = (),
        inert: Sequence[str] = (),
        folder: Path = Path(),
        through: tuple[type[BaseException], ...] = (),
        expected: Sequence[str] = (),
        templates: Mapping[str, str] | None = None,
        left_out: Mapping[Place, tuple[str, str]] | None = None,
        tell: Callable[[Place], None] | None = None,
    ) -> None:
        self.files = {file.module: file for file in files if not file.is_helper}
        self.helpers = {
            file.module: file for file in files if file.is_helper and file.module not in self.files
        }
        self.failures: dict[str, Record] = {}
        self.ledger = Ledger()
        self.sources = SourceLines()
        self.modules: dict[str, ModuleType] = {}
        self._aliases = tuple(aliases)
        self._templates = dict(templates or {})
        self._handed_out: dict[str, Names] = {}  # what they define, once it was asked for
        self._packages = packages_of((*self.files, *self._templates), self._aliases)
        self._helper_packages = packages_of(tuple(self.helpers), ()) - self._packages
        self._helper_finder = _HelperFinder(self)
        # `ann.py`, taken as `regression.py`, may import itself by its own name.
        self._titled = {
            module_name(file.title): file.module
            for file in self.files.values()
            if file.title.endswith(".py")
        }
        self._alias_parts = frozenset(
            part for alias in self._aliases for part in alias.split(".")
        ) | {_UP}
        self._provided = dict(provided or {})
        self.inert: list[str] = []
        self._builtins = submission_builtins(
            forbidden, allowed, looking.StandIns(inert, self.inert.append), self.run_named
        )
        self._folder = folder
        self._through = through
        self._own = frozenset(name.partition(".")[0] for name in (*self._aliases, *expected, _ROOT))
        self._runner = Runner(
            self.ledger,
            self._builtins,
            describe=self.describe,
            through=through,
            own=self._own,
            left_out=left_out or {},
            tell=tell,
        )
        self._running: list[SourceFile] = []
        self._registered: set[str] = set()
        self._imported: set[str] = set()
        self._installed: dict[str, ModuleType] = {}
        self._displaced: dict[str, ModuleType] = {}

    # the life of a submission ---------------------------------------------------------------------

    def load(self) -> None:
        """Import every file in declared order.

        Failures are kept, not raised.
        """
        self.install()
        for name, file in self.files.items():
            if file.is_support:
                continue
            try:
                importlib.import_module(name)
            except self._through:
                raise
            # SystemExit and the like are kept as what they are
            except BaseException as error:  # noqa: BLE001
                self.failures.setdefault(file.name, self.describe(error))
        self._sweep_provided()
        self._runner.close()

    def describe(self, error: BaseException) -> Record:
        """Tell a failure, and the loss behind it."""
        record = describe_failure(error, self.sources)
        record["text"] = _as_relative(record["text"])
        record["text"] += circumstance(record, self._own)
        cause = self.ledger.cause_of(error, _module_of(error, self.sources))
        if cause is not None and self.ledger.losses[cause].why not in record["text"]:
            record["text"] = f"{record['text']}: {self.ledger.explain(cause)}"
        return record

    def install(self) -> None:
        """Make the submission's modules importable.

        Other modules that have one of their names are put aside.
        """
        if self in sys.meta_path:
            return
        names = {
            *self.files,
            *self._packages,
            *self.helpers,
            *self._helper_packages,
            _ROOT,
            *self._imported,
        }
        self._displaced = {name: sys.modules.pop(name) for name in names if name in sys.modules}
        sys.modules.update(self._installed)
        sys.meta_path.insert(0, self)
        sys.meta_path.append(self._helper_finder)

    def uninstall(self) -> None:
        """Take the submission's modules away.

        The modules that they displaced are put back.
        """
        if self not in sys.meta_path:
            return
        sys.meta_path.remove(self)
        sys.meta_path.remove(self._helper_finder)
        self._installed = {
            name: sys.modules.pop(name) for name in self._imported if name in sys.modules
        }
        sys.modules.update(self._displaced)

    def unload(self) -> None:
        """Restore the process to its state before `load`.

        The submission's own changes stay.
        """
        self.uninstall()
        forget_source(self._registered)

    # finding --------------------------------------------------------------------------------------

    def find_spec(
        self, fullname: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module by its name, alias or relative import."""
        if fullname in self.files:
            spec: importlib.machinery.ModuleSpec = self._spec_of(self.files[fullname])
        elif fullname in self.helpers and self._is_package(fullname.rpartition(".")[0]):
            spec = self._spec_of(self.helpers[fullname])
        elif self._is_package(fullname):
            spec = importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        else:
            module = self._aliased(fullname)
            if module is None:
                return None
            spec = importlib.machinery.ModuleSpec(fullname, _AliasLoader(module))
        self._imported.add(fullname)
        return spec

    def _is_package(self, name: str) -> bool:
        first, *rest = name.split(".")
        return name in self._packages or (
            first == _ROOT and all(part in self._alias_parts for part in rest)
        )

    def _aliased(self, fullname: str) -> str | None:
        """Return the module behind a name in a package."""
        package, _, last = fullname.rpartition(".")
        if not package or not self._is_package(package):
            return None
        if fullname in self._templates:
            return None  # by its own name
        file = find_by_last_name(self.files, self._titled.get(last, last)) or find_by_last_name(
            self.helpers, last
        )
        if file is not None:
            return file.module
        return next((one for one in self._templates if one.rpartition(".")[2] == last), None)

    def find_helper(self, fullname: str) -> importlib.machinery.ModuleSpec | None:
        """Find a helper file, or a folder of these.

        Only imports of the submission itself find them.
        """
        if self._importer() not in self.sources:
            return None
        if fullname in self.helpers:
            spec = self._spec_of(self.helpers[fullname])
        elif fullname in self._helper_packages:
            spec = importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        elif fullname in self._templates:
            spec = _Spec(fullname, self, origin=f"{fullname}.py")
        elif fullname in self._titled:
            spec = importlib.machinery.ModuleSpec(fullname, _AliasLoader(self._titled[fullname]))
        else:
            return None
        self._imported.add(fullname)
        return spec

    def _importer(self) -> str:
        """Return the file whose import is being carried out."""
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001  # whoever asked the finder
        while frame is not None and frame.f_code.co_filename.startswith(_MACHINERY):
            frame = frame.f_back
        return "" if frame is None else frame.f_code.co_filename

    def _spec_of(self, file: SourceFile) -> importlib.machinery.ModuleSpec:
        spec = _Spec(file.module, self, origin=str(self._folder / file.name))
        if file.module in self._helper_packages or file.name.endswith("__init__.py"):
            spec.submodule_search_locations = []
        return spec

    def _file_of(self, module: str) -> SourceFile | None:
        return self.files.get(module) or self.helpers.get(module)

    # running --------------------------------------------------------------------------------------

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Let Python make an ordinary module.

        Work that took the place of a template gets a module of its own kind.
        """
        return (
            _InPlaceOfTemplate(spec.name, self.handed_out) if spec.name in self._templates else None
        )

    def handed_out(self, module: str) -> Names:
        """Return the definitions of a template.

        The work that took its place may have its imports from there.
        """
        if module not in self._handed_out:
            namespace = self._handed_out[module] = {
                "__name__": module,
                "__builtins__": self._builtins,
            }
            source = self._templates[module]
            name = f"{module}.py, as handed out"
            self._register(name, source)
            try:
                # the course's own: whole, or not at all
                exec(compile_whole(source, name), namespace)  # noqa: S102
            except self._through:
                raise
            except BaseException:  # noqa: BLE001, S110  # as much of it as there is
                pass
        return self._handed_out[module]

    def get_source(self, fullname: str) -> str | None:
        """The text of a module, for `inspect` and `linecache`."""
        file = self._file_of(fullname)
        return None if file is None else file.source

    def exec_module(self, module: ModuleType) -> None:
        """Run a file's code in its module.

        Raises
        ------
        ImportError
            The file could not be loaded now, or at an earlier attempt.
        """
        name = module.__name__
        file = self._file_of(name)
        if file is None:  # a package that only holds the files
            return
        if file.name in self.failures:
            raise self._import_error(file)
        namespace = module.__dict__
        namespace["__file__"] = str(self._folder / file.name)
        namespace["__builtins__"] = self._builtins
        self.modules[name] = module
        stubs = self._provided.get(file.name, {})
        namespace.update(stubs)
        try:
            self._run(file, namespace)
        except self._through:
            raise
        except BaseException as error:  # noqa: BLE001
            self._fail(file, namespace, error, stubs)
        self._bind_provided(namespace, stubs)

    def _run(self, file: SourceFile, namespace: Names) -> None:
        self._register(file.shown, file.source)
        self._register(namespace["__file__"], file.source)
        if file.is_support:  # the course's own: whole, or not at all
            exec(compile_whole(file.source, file.name), namespace)  # noqa: S102
            return
        self._run_cells(file, namespace)

    def run_named(self, name: str, namespace: Names) -> bool:
        """Run the file that ``%run`` names.

        Returns False if no file of this name was handed in, or if it already runs.
        """
        files = [
            file for file in (*self.files.values(), *self.helpers.values()) if not file.is_support
        ]
        last = name.replace("\\", "/").rpartition("/")[2]
        found = [file for file in files if last in (file.shown, file.name.rpartition("/")[2])]
        if not found or found[0] in self._running:
            return False
        self._register(found[0].shown, found[0].source)
        self._run_cells(found[0], namespace)
        return True

    def _run_cells(self, file: SourceFile, namespace: Names) -> None:
        for number, source in enumerate(file.cells, start=1):
            self._register(file.cell_name(number), source)
        self._running.append(file)
        try:
            self._runner.run(file, namespace)
        finally:
            self._running.pop()

    def _register(self, name: str, text: str) -> None:
        self.sources.add(name, text)
        register_source(name, text)
        self._registered.add(name)

    def _fail(
        self,
        file: SourceFile,
        namespace: Names,
        error: BaseException,
        stubs: Mapping[str, object],
    ) -> None:
        self.failures[file.name] = record = self.describe(error)
        del self.modules[file.module]
        if not file.is_support:
            self._runner.lose_file(file, record)
        if not stubs:
            raise self._import_error(file) from error
        # What is provided does not depend on the file: other files can still import it.
        for name in [name for name in namespace if not str(name).startswith("__")]:
            del namespace[name]

    def _import_error(self, file: SourceFile) -> ImportError:
        record = self.failures[file.name]
        error = ImportError(
            f"{file.name} could not be loaded: {describe_in_one_line(record)}", name=file.module
        )
        if "forbidden" in record:
            error.grader_forbidden = record["forbidden"]  # type: ignore[attr-defined]
        return error

    # what the assignment provides -----------------------------------------------------------------

    def _bind_provided(self, namespace: Names, stubs: Mapping[str, Callable[..., Any]]) -> None:
        for name, stub in stubs.items():
            original = namespace.get(name)
            namespace[name] = stub
            if original is not None and original is not stub:
                self._replace_everywhere(original, stub)

    def _replace_everywhere(self, original: object, stub: object) -> None:
        for module in self.modules.values():
            for name, value in list(module.__dict__.items()):
                if value is original:
                    module.__dict__[name] = stub

    def _sweep_provided(self) -> None:
        """Replace provided names also where another file defines them.

        A mistake in a copy is the same mistake.
        """
        named = {name: stub for stubs in self._provided.values() for name, stub in stubs.items()}
        for name, module in self.modules.items():
            if name in self.files and not self.files[name].is_support:
                held = {
                    name: stub
                    for name, stub in named.items()
                    if callable(module.__dict__.get(name))
                }
                module.__dict__.update(held)


class _HelperFinder(importlib.abc.MetaPathFinder):
    """A finder of helper files.

    It stands last, so that a helper file never replaces an installed module.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def find_spec(
        self, fullname: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module among the files that were handed in."""
        return self._loader.find_helper(fullname)


def _as_relative(text: str) -> str:
    """Write a relative import's missing module as in the source.

    The text then has no folder of ours.
    """
    return _NOT_IN_IT.sub(
        r"No module named '.\g<name>'", _NOT_THERE.sub(r"No module named '.\g<name>'", text)
    )


def _module_of(error: BaseException, sources: Collection[str]) -> str:
    """Return the submission's module that last ran before an exception."""
    name: object = ""
    trace = traceback_of(error)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in sources:
            name = trace.tb_frame.f_globals.get("__name__")
        trace = trace.tb_next
    return name if type(name) is str else ""


class _InPlaceOfTemplate(ModuleType):
    """A module that was handed in for a template.

    It takes the names that it lacks from the template.

    At home ``from regression import *``, in work of another name, finds the template. None of that
    is among the names of the work unless it is imported, and what the work defines wins.
    """

    def __init__(self, name: str, handed_out: Callable[[str], Names]) -> None:
        super().__init__(name)
        self.__dict__["__handed_out__"] = handed_out

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        if name.startswith("__") and name != "__all__":
            raise AttributeError(
                f"module {own['__name__']!r} has no attribute {name!r}", name=name, obj=self
            )
        found = own["__handed_out__"](own["__name__"])
        if name == "__all__":
            return [one for one in {**found, **own} if not one.startswith("_")]
        if name not in found:
            raise AttributeError(
                f"module {own['__name__']!r} has no attribute {name!r}", name=name, obj=self
            )
        return found[name]


class _AliasLoader(importlib.abc.Loader):
    """Makes a second name of a module."""

    def __init__(self, module: str) -> None:
        self._module = module

    def create_module(
        self,
        spec: importlib.machinery.ModuleSpec,  # noqa: ARG002
    ) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = importlib.import_module(self._module)
