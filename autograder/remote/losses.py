"""Statements that were not loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from autograder.remote.ends import RemoteTrace

MAX_NAMED = 8
_FROM = re.compile(r"from (?P<module>\S+) import (?P<names>[^()]+)")
_NO_NAME = re.compile(r"cannot import name '(?P<name>[^']*)'")


@dataclass(frozen=True, slots=True)
class Loss:
    """A statement, cell or file that was not loaded.

    See `autograder.inside.loading.losses.Loss`.
    """

    file: str
    place: str
    line: int
    text: str
    names: tuple[str, ...]
    why: str
    kind: str
    subject: str
    trace: RemoteTrace | None
    root: int | None
    kept: Mapping[str, str]

    def describe(self) -> str:
        """Describe the loss and its reason in one sentence.

        The sentence has no full stop.
        """
        if self.kind == "unread":  # the sentence names the file
            return self.why
        where = f"{self.place}, line {self.line}" if self.line else self.place
        if not self.text:
            is_cell = ", cell " in self.place
            place = f"line {self.line}"
            said = self.why if not self.line or place in self.why else f"{self.why} ({place})"
            return f"{self.place} {'was not run' if is_cell else 'could not be loaded'}: {said}"
        if self.kind == "limit":
            return f"{where}: `{self.text}` was left out: {self.why}"
        return f"{where}: `{self.text}` failed: {self.why}"


def join_losses(losses: Sequence[Loss], lost: Mapping[str, int]) -> tuple[tuple[Loss, ...], dict[str, int]]:
    """Join the losses of one statement for one cause.

    Parameters
    ----------
    losses
        A loss for each name of an import, with valid numbers as their roots.
    lost
        The number of the loss for which a name is missing.

    Returns
    -------
    tuple
        The joined losses and ``lost``, whose numbers are now those of the joined ones.
    """
    groups: dict[Hashable, list[int]] = {}
    for number, loss in enumerate(losses):
        groups.setdefault(_key(loss) or number, []).append(number)
    new = {number: place for place, members in enumerate(groups.values()) for number in members}
    joined = (_join([losses[number] for number in members]) for members in groups.values())
    return (
        tuple(loss if loss.root is None else replace(loss, root=new[loss.root]) for loss in joined),
        {name: new[number] for name, number in lost.items()},
    )


def _key(loss: Loss) -> Hashable | None:
    """Return the common key of one statement's and cause's losses.

    It is None for a statement that is no ``from`` import.
    """
    found = _FROM.fullmatch(loss.text)
    if found is None:
        return None
    why = _NO_NAME.sub("cannot import name", loss.why)
    return loss.file, loss.place, loss.line, found["module"], loss.kind, loss.root, why


def _join(losses: Sequence[Loss]) -> Loss:
    first, *others = losses
    if not others:
        return first
    names = [found["names"] for loss in losses if (found := _FROM.fullmatch(loss.text))]
    more = f", and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
    module = first.text.split()[1]
    absent = list(dict.fromkeys(found["name"] for loss in losses if (found := _NO_NAME.search(loss.why))))
    return replace(
        first,
        text=f"from {module} import {', '.join(names[:MAX_NAMED])}{more}",
        names=tuple(name for loss in losses for name in loss.names),
        why=_NO_NAME.sub(lambda _: _no_names(absent), first.why),
        subject=_NO_NAME.sub(lambda _: _no_names(absent), first.subject),
        kept={name: where for loss in losses for name, where in loss.kept.items()},
    )


def _no_names(names: Iterable[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) > MAX_NAMED:
        quoted = [*quoted[:MAX_NAMED], f"{len(quoted) - MAX_NAMED:,} more"]
    if len(quoted) == 1:
        return f"cannot import name {quoted[0]}"
    return f"cannot import the names {', '.join(quoted[:-1])} and {quoted[-1]}"
