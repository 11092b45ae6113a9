"""The reference in a rubric's view.

The modules of ``reference/<id>``, imported in this process, are one namespace.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from autograder.course import Assignment
from autograder.course.notebooks import find_reference, read_reference
from autograder.errors import CourseError
from autograder.inside.loading.guards import submission_builtins
from autograder.inside.loading.looking import StandIns


class Reference:
    """The names of all declared files.

    Where two files define a name, the later file's counts.

    Parameters
    ----------
    modules
        The imported reference files in declared order.
    """

    def __init__(self, modules: tuple[ModuleType, ...]) -> None:
        self._modules = modules

    def __repr__(self) -> str:
        return "<the reference>"

    def __getattr__(self, name: str) -> Any:
        for module in reversed(self._modules):
            if name in vars(module):
                return vars(module)[name]
        files = ", ".join(f"{module.__name__}.py" for module in self._modules)
        raise AttributeError(f"the reference defines no {name!r} in {files}")


@contextlib.contextmanager
def beside_data(assignment: Assignment) -> Iterator[None]:
    """Let a reference find the public data files.

    They are in the current folder, as for submissions.
    """
    before = os.getcwd()  # noqa: PTH109 - as text: it may be gone afterwards
    if assignment.settings.data:
        os.chdir(assignment.folder / "data")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.chdir(before)


def load_reference(assignment: Assignment) -> Reference:
    """Import the reference's files under their own names (``layers``, ``net``).

    Packages for looking that are not installed are stand-ins, as for submissions: a reference that
    plots is loaded.

    Raises
    ------
    CourseError
        A file cannot be imported.
    """
    folders = [
        assignment.reference,
        *([assignment.folder / "support"] if assignment.settings.support else []),
    ]
    sys.path[:0] = map(str, folders)
    sys.meta_path.insert(0, _Finder(assignment, folders))
    return Reference(tuple(_import_file(assignment, name) for name in assignment.files))


@contextlib.contextmanager
def visiting_reference(assignment: Assignment) -> Iterator[Reference]:
    """Load the reference into a process for a while.

    Afterwards its modules and folders are forgotten, and the process goes on to other things.

    Raises
    ------
    CourseError
        A file cannot be imported.
    """
    path, finders = list(sys.path), list(sys.meta_path)
    names = {Path(file).stem for file in (*assignment.files, *assignment.settings.support)}
    displaced = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    try:
        yield load_reference(assignment)
    finally:
        sys.path[:], sys.meta_path[:] = path, finders
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(displaced)


def _import_file(assignment: Assignment, name: str) -> ModuleType:
    path = assignment.reference_files()[name]
    try:
        return importlib.import_module(path.stem)
    except CourseError:
        raise
    except (Exception, SystemExit) as error:
        where = assignment.relative(path)
        raise CourseError(f"{where}: cannot be imported: {describe_exception(error)}.") from error


def describe_exception(error: BaseException) -> str:
    """Return type and message of an exception, without a full stop."""
    return f"{type(error).__name__}: {error}".rstrip(".: ")


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules of a reference, which have a submission's builtins.

    Parameters
    ----------
    folders
        Where they lie.
    """

    def __init__(self, assignment: Assignment, folders: Sequence[Path]) -> None:
        self._assignment = assignment
        self._folders = tuple(folders)
        stand_ins = StandIns(assignment.settings.imports.inert, lambda _package: None)
        self._builtins = submission_builtins((), (), stand_ins)

    def find_spec(
        self, fullname: str, path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a file of the reference or a support module."""
        if path is not None:  # it lies in a package
            return None
        found = (find_reference(folder, f"{fullname}.py") for folder in self._folders)
        file = next((one for one in found if one.is_file()), None)
        if file is None:
            return None
        loader = _Loader(fullname, file, self._assignment.relative(file), self._builtins)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    """Runs a file of a reference.

    A notebook runs as the module of its name.
    """

    def __init__(self, name: str, path: Path, where: str, builtins: Mapping[str, Any]) -> None:
        super().__init__(name, str(path))
        self._where = where
        self._builtins = builtins

    def get_code(self, fullname: str) -> CodeType | None:
        """Compile the file."""
        if not self.path.endswith(".ipynb"):
            return super().get_code(fullname)
        return compile(read_reference(Path(self.path), self._where), self.path, "exec")

    def exec_module(self, module: ModuleType) -> None:
        """Run the file in its module."""
        module.__dict__["__builtins__"] = self._builtins
        super().exec_module(module)
