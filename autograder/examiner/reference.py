"""The reference as rubrics see it: the modules of ``reference/<id>``, imported in this process, as one namespace."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.assignment import Assignment
from autograder.assignment.notebooks import read_reference
from autograder.errors import CourseError


class Reference:
    """The names of all declared files, the later file's where two define one.

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
    """Let a reference find the public data files where submissions find them: in the current folder."""
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

    Raises
    ------
    CourseError
        A file cannot be imported.
    """
    sys.path[:0] = [
        str(assignment.reference),
        *([str(assignment.folder / "support")] if assignment.settings.support else []),
    ]
    return Reference(tuple(_import_file(assignment, name) for name in assignment.files))


@contextlib.contextmanager
def visiting_reference(assignment: Assignment) -> Iterator[Reference]:
    """The reference in a process that goes on to other things: afterwards its modules and folders are forgotten.

    Raises
    ------
    CourseError
        A file cannot be imported.
    """
    path = list(sys.path)
    names = {Path(file).stem for file in (*assignment.files, *assignment.settings.support)}
    displaced = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    try:
        yield load_reference(assignment)
    finally:
        sys.path[:] = path
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(displaced)


def _import_file(assignment: Assignment, name: str) -> ModuleType:
    path = assignment.reference_files()[name]
    try:
        return _import_notebook(assignment, path) if path.suffix == ".ipynb" else importlib.import_module(path.stem)
    except CourseError:
        raise
    except (Exception, SystemExit) as error:
        where = assignment.relative(path)
        raise CourseError(f"{where}: cannot be imported: {type(error).__name__}: {error}.") from error


def _import_notebook(assignment: Assignment, path: Path) -> ModuleType:
    """Run the cells of a notebook as the module of its name."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[path.stem] = module
    exec(compile(read_reference(path, assignment.relative(path)), str(path), "exec"), vars(module))  # noqa: S102
    return module
