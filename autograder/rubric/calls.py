"""What checks ask of a function of the submission: the part of a remote callable that they use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from autograder.remote import Handle, handle_callable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Work(Protocol):
    """What a call executed, as seen by the candidate."""

    @property
    def lines(self) -> int:
        """Lines of the submission's code that ran."""

    @property
    def turns(self) -> int:
        """Turns of its loops, comprehensions included."""


class Testimony(Protocol):
    """What the candidate says it observed during a call."""

    @property
    def arguments(self) -> Sequence[Any] | None:
        """The positional arguments as they are after the call."""

    @property
    def keywords(self) -> Mapping[str, Any] | None:
        """The arguments by name, likewise."""

    @property
    def work(self) -> Work | None:
        """What the call executed."""


class Observed(Protocol):
    """A function of the submission with call options."""

    @property
    def testimony(self) -> Any:
        """What was observed in the last call (`Testimony`)."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""


class Function(Protocol):
    """A function of the submission."""

    def under(self, *, errstate: Mapping[str, str] | None = ..., count_work: bool = ..., arguments: bool = ...) -> Any:
        """Return it with call options (`Observed`)."""


def observe(function: Any, **options: Any) -> Any:
    """Return a function of the submission with call options, also one that was its answer."""
    called = handle_callable(function) if isinstance(function, Handle) else function
    return called.under(**options)


def name_of(function: object) -> str:
    """Return what a student calls a function: its name, for a remote one the name under which it was asked for."""
    for attribute in ("__name__", "name"):
        # Looked up on the class first: asking a proxy for an attribute it does not have is a remote call.
        if attribute in dir(type(function)) or attribute in getattr(function, "__dict__", {}):
            name = getattr(function, attribute, None)
            if isinstance(name, str) and all(part.isidentifier() for part in name.split(".")):
                return name
    return "the function"


def site_of(error: BaseException) -> str:
    """Return file and line of a remote exception as words: `` (layers.py, line 12)``; empty where unknown."""
    frames = getattr(getattr(error, "remote", None), "frames", None) or ()
    if not frames:
        return ""
    return f" ({frames[-1].file}, line {frames[-1].line})"
