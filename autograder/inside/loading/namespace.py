"""The names of a submission, merged from its files."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from autograder.inside.loading.failures import MAX_NAME_CHARS
from autograder.inside.loading.guards import ForbiddenModule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.inside.loading.load import Loader

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
        self.forbidden: dict[str, str] = {}  # names that were imported from a package that is not allowed
        if loader is not None:
            for name, file in loader.files.items():
                if name in loader.modules and not file.is_support:
                    self._modules[file.name] = loader.modules[name]
                    self._add(loader.modules[name], file.name)

    def _add(self, module: ModuleType, file: str) -> None:
        defines = self._defines
        for name, value in list(module.__dict__.items()):
            if type(value) is ForbiddenModule and type(name) is str and len(self.forbidden) < MAX_NAMES:
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
