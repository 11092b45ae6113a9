"""Decorators of mutants and accepted variants: what is written down beside a definition, for `prove` to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

Definition = TypeVar("Definition", bound=Callable[..., object])


def mutant(
    name: str,
    /,
    *,
    loses: Sequence[str],
    file: str = "",
    cascades: Mapping[str, str] | None = None,
    nothing_right: bool = False,
) -> Callable[[Definition], Definition]:
    """Call a definition in ``mutants/*.py`` a mistake; its docstring says which.

    A function stands in the place of the reference's, and so does a class that the reference has too. Any other class
    holds statements that are appended to the reference's file as they stand: several definitions, imports, assignments.
    `prove` reads all this without running it, so that names of the reference need no import.

    Parameters
    ----------
    name
        Row of the course's table of mistakes, with a letter where one row has several: ``M01-1a``.
    loses
        Ids of the criteria that must not get full marks; all others must.
    file
        The declared file that it changes; found by the names that it defines if it is not given.
    cascades
        Reasons, by criterion, for points lost in exercises of which it changes nothing.
    nothing_right
        True if it is no single mistake, but wrong throughout, such as one that returns zeros: what it costs is then not
        asked.
    """
    del name, loses, file, cascades, nothing_right
    return _unchanged


def accepted(name: str, /, *, file: str = "") -> Callable[[Definition], Definition]:
    """Call a definition in ``accepted/*.py`` right; its docstring says how it differs from the reference.

    Parameters
    ----------
    name
        What `prove` calls it: lower case letters, digits and underscores.
    file
        As for `mutant`.
    """
    del name, file
    return _unchanged


def _unchanged(definition: Definition) -> Definition:
    return definition
