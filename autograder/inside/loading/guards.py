"""The builtins of a submission.

Imports are guarded, there is no input, and a notebook has its shell.

Imports that an assignment does not allow are harmless while unused. Their first use is an error
with a name.
"""

from __future__ import annotations

import builtins
import sys
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.inside.loading.shell import Names, NotebookShell, RunNamed, no_file
from autograder.inside.reading.syntax.statements import ABSENT_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from autograder.inside.loading.looking import StandIns


class ForbiddenImport(ImportError):  # noqa: N818  # the name that a student reads
    """A package was used that this assignment does not allow."""

    def __init__(self, package: str) -> None:
        super().__init__(f"this assignment does not allow `{package}`", name=package)
        self.grader_forbidden = package


class ForbiddenModule(ModuleType):
    """A stand-in for a forbidden package or a part.

    It may be a module of the package, or any name that a ``from`` import takes from it.

    Importing it is harmless. Using it raises `ForbiddenImport`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__all__: tuple[str, ...] = ()
        self.__version__ = "0.0.0"  # printing a version is no use of the package

    def child(self, name: str) -> Any:
        """The module ``name`` below this one, always the same."""
        found = self.__dict__.get(name)
        if not isinstance(found, ModuleType):
            found = ForbiddenModule(f"{self.__name__}.{name}")
            self.__dict__[name] = found
        return found

    def reveal(self, path: Sequence[str], module: ModuleType) -> None:
        """Let a module below this one be the real one."""
        holder = self
        for part in path[:-1]:
            holder = holder.child(part)
        holder.__dict__[path[-1]] = module

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise ForbiddenImport(self.__name__.partition(".")[0])

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python and inspect probe for
            raise AttributeError(name)
        self._refuse()

    __call__ = __mro_entries__ = __getitem__ = __iter__ = __enter__ = __add__ = __mul__ = (
        __matmul__
    ) = _refuse


def guarded_import(
    forbidden: Collection[str], allowed: Collection[str] = (), stand_ins: StandIns | None = None
) -> Callable[..., Any]:
    """Make an ``__import__`` for the modules of a submission.

    Parameters
    ----------
    forbidden
        Packages that are not to be used.
    allowed
        Modules of these that are, such as ``scipy.special``.
    stand_ins
        The packages that are inert where they are not installed.

    Notes
    -----
    Only the submission's own import statements pass through it: a library that is allowed
    may import a forbidden one for itself.
    """
    roots = {package: ForbiddenModule(package) for package in forbidden}
    original = builtins.__import__

    def guard(
        name: str,
        globals: Any = None,  # noqa: A002
        locals: Any = None,  # noqa: A002
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> Any:
        root = roots.get(name.partition(".")[0]) if level == 0 else None
        if root is None:
            load = partial(original, name, globals, locals, fromlist, level)
            if stand_ins is None or level:
                return load()
            frame = sys._getframe(1)  # noqa: SLF001  # the import statement
            return stand_ins.imported(load, name, fromlist or (), frame)
        wanted = [one for one in fromlist or () if one != "*"]
        for full in (name, *(f"{name}.{one}" for one in wanted)):
            if full in allowed:
                original(full)
                root.reveal(full.split(".")[1:], sys.modules[full])
        if any(name.startswith(f"{one}.") for one in allowed):
            return original(name, globals, locals, fromlist, level) if fromlist else root
        module: Any = root
        for part in name.split(".")[1:]:
            module = module.child(part)
        for one in wanted if isinstance(module, ForbiddenModule) else ():
            module.child(one)
        return module if fromlist else root

    return guard


class AbsentDefault:
    """A stand-in for a default value that needs a missing name.

    It raises when it is used.
    """

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        name = self.__dict__["_name"]
        raise NameError(f"name {name!r} is not defined", name=name)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python and inspect probe for
            raise AttributeError(name)
        self._refuse()

    __call__ = __getitem__ = __iter__ = __bool__ = __len__ = __float__ = __int__ = __index__ = (
        __array__
    ) = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = (
        __matmul__
    ) = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse


def _no_input(_prompt: object = "", /) -> NoReturn:
    raise EOFError("input() is not available while grading")


def submission_builtins(
    forbidden: Collection[str],
    allowed: Collection[str] = (),
    stand_ins: StandIns | None = None,
    run_named: RunNamed = no_file,
) -> Names:
    """Make the builtins of the submission's modules.

    They have no input, a notebook's shell, and guarded imports.
    """
    shell = NotebookShell(run_named)
    return {
        **vars(builtins),
        "__import__": guarded_import(forbidden, allowed, stand_ins),
        "input": _no_input,
        ABSENT_DEFAULT: AbsentDefault,
        "get_ipython": lambda: shell,
        "display": _display,
    }


def _display(*values: object, **_options: object) -> None:
    for value in values:
        print(value)  # noqa: T201  # what a notebook's display() does without a notebook
