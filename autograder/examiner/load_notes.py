"""Notes on a submission's load.

The student reads them as sentences. Staff read them as causes that can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograder.inside.reading.mistaken import leftover_kind
from autograder.inside.reading.syntax.newer_syntax import PYTHON_2
from autograder.records.criterion import LoadingRecord
from autograder.records.outcome import CauseKind
from autograder.remote import Submission
from autograder.remote.endings import CandidateEnd
from autograder.remote.loading import LoadResult, LossRecord

MAX_NOTES = 20
MAX_CAUSES = 50
MAX_LOST = 200
MAX_NOTE_CHARACTERS = 700
MAX_NAMED = 3
MAX_PLACES = 8
_KINDS = {
    "package": CauseKind.PACKAGE,
    "forbidden": CauseKind.FORBIDDEN,
    "limit": CauseKind.LIMIT,
    "memory": CauseKind.LIMIT,
    "exit": CauseKind.RAISED,
    "raised": CauseKind.RAISED,
    "syntax": CauseKind.SYNTAX,
}
_IMPORT = re.compile(r"(?:from|import)\b")
#: Notes of `autograder.inside.loading.running` that say the same of several definitions, and one
#: that says which counts.
_LIGHTENED = re.compile(
    r"(?P<name>`[^`]+` \(.*?\)) was loaded without its (?P<what>annotations|decorator "
    r"`@[^`]*`|wrapper `[^`]*`)(?:: (?P<why>.*)|\.)"
)
_SETTLED = re.compile(r"`(?P<name>[^`]+)` is defined again below ")


def loading_record(submission: Submission) -> LoadingRecord:
    """Return a bounded record of a submission's load.

    It has the printed text and the losses. The bounds hold whatever the submission says.
    """
    loading, (stdout, stderr) = submission.loading, submission.loading_output
    roots = list(_roots(loading, submission))
    reasons = [_sentence(loss.describe()) for _, loss in roots if _costs(loss, loading, submission)]
    notes = _notes(roots, loading, submission)
    causes = dict.fromkeys(
        (_KINDS[loss.kind], _subject(loss)) for _, loss in roots if loss.kind in _KINDS
    )
    causes |= dict.fromkeys((CauseKind.INERT, package) for package in loading.inert)
    return LoadingRecord(
        stdout=stdout,
        stderr=stderr,
        notes=tuple(note[:MAX_NOTE_CHARACTERS] for note in notes),
        reasons=tuple(reason[:MAX_NOTE_CHARACTERS] for reason in reasons[:MAX_NOTES]),
        causes=tuple(causes)[:MAX_CAUSES],
        settled=tuple(sorted(_settled(loading, submission))[:MAX_LOST]),
        lost=tuple((name, why[:MAX_NOTE_CHARACTERS]) for name, why in _lost(loading))[:MAX_LOST],
    )


def ended_record(end: CandidateEnd | None, stdout: str = "", stderr: str = "") -> LoadingRecord:
    """Return a record of the end of a submission's load.

    Nothing is left of the submission.
    """
    if end is None:
        return LoadingRecord(stdout, stderr, has_ended=True)
    # as criteria say it, by which pages find what it explains
    reason = end.message.partition("\n")[0]
    causes = ((CauseKind.LIMIT, end.kind),)
    return LoadingRecord(stdout, stderr, reasons=(reason,), causes=causes, has_ended=True)


def note_inert(packages: Sequence[str]) -> str:
    """Say that packages for looking do nothing here."""
    is_one = len(packages) == 1
    verb, they = ("is", "it") if is_one else ("are", "they")
    return (
        f"{_joined(packages, len(packages))} {verb} not installed where this is graded: what "
        f"{they} would show is"
        " left out, which costs nothing."
    )


def _joined(parts: Sequence[str], most: int = MAX_NAMED) -> str:
    """Join a few of several names.

    Examples are "a", "a and b", and "a, b, c and 2 more".
    """
    if len(parts) > most + 1:
        return f"{', '.join(parts[:most])} and {len(parts) - most:,} more"
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _sentence(text: str) -> str:
    """End a text with a full stop, unless it has one."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _roots(loading: LoadResult, submission: Submission) -> Iterator[tuple[int, LossRecord]]:
    known = {*submission.handed_in, *submission.helpers}
    for number, loss in enumerate(loading.losses):
        if loss.root is None and loss.file in known:
            yield number, loss


def _costs(loss: LossRecord, loading: LoadResult, submission: Submission) -> bool:
    """Return True if a loss made a requested name missing."""
    missing = {
        name: file for name, file in submission.asked_for.items() if name not in loading.names
    }
    is_of_file = loss.file in loading.failed and not loss.text
    return any(
        loading.root_of(name) is loss or (is_of_file and file == loss.file)
        for name, file in missing.items()
    )


def _subject(loss: LossRecord) -> str:
    """Return the particulars of a loss in full.

    Pages cut them, once no path of this machine is left in them.
    """
    if loss.kind == "syntax":
        kind = PYTHON_2 if f" is {PYTHON_2} (" in loss.why else leftover_kind(loss.why)
        if kind is not None:
            return kind
    head, cut, _ = loss.subject.rpartition("... (")
    return loss.why if cut and loss.why.startswith(head) else loss.subject


def _settled(loading: LoadResult, submission: Submission) -> set[str]:
    """Return the names whose definition loading has settled.

    Loading tells which of their definitions counts, or that none does.
    """
    kept = {name for loss in loading.losses for name in loss.kept}
    below = {found["name"] for note in loading.notes if (found := _SETTLED.match(note))}
    return kept | below | {name for name in submission.asked_for if name not in loading.names}


def _lost(loading: LoadResult) -> Iterator[tuple[str, str]]:
    for name in loading.lost:
        loss = loading.root_of(name)
        if loss is not None and name not in loading.names:
            yield name, _sentence(loss.describe())


# notes --------------------------------------------------------------------------------------------


@dataclass
class _Told:
    """Losses that one note tells.

    It also has what was loaded without the lost names.
    """

    members: list[tuple[int, LossRecord]]
    is_reason: bool = False
    without: dict[str, list[str]] = field(default_factory=dict)


def _notes(
    roots: Sequence[tuple[int, LossRecord]], loading: LoadResult, submission: Submission
) -> list[str]:
    told = list(_grouped(roots, loading, submission))
    others = _lightened(loading.notes, told)
    notes = [note for one in told for note in _notes_on(one, loading)]
    more = max(0, len(notes) - MAX_NOTES) + loading.more_losses
    notes = [*notes[:MAX_NOTES], *others[:MAX_NOTES]]
    if loading.inert:
        notes.append(note_inert(loading.inert))
    if more:
        notes.append(f"{more:,} more {_statements(more)} not loaded.")
    return notes


def _grouped(
    roots: Sequence[tuple[int, LossRecord]], loading: LoadResult, submission: Submission
) -> Iterator[_Told]:
    """Put all imports of one absent package that cost nothing together."""
    groups: dict[tuple[str, ...], _Told] = {}
    for number, loss in roots:
        is_reason = _costs(loss, loading, submission)
        is_import = (
            loss.kind == "package" and _IMPORT.match(loss.text) is not None and not is_reason
        )
        key = (loss.subject, loss.why) if is_import else (str(number),)
        groups.setdefault(key, _Told([], is_reason)).members.append((number, loss))
    yield from groups.values()


def _lightened(notes: Sequence[str], told: Sequence[_Told]) -> list[str]:
    """Merge notes on names into the notes on their imports.

    These notes are on names that were loaded without something. The others are returned, and alike
    ones are joined.
    """
    alike: dict[tuple[str, str], list[str]] = {}
    left: dict[str, None] = {}
    for note in notes:
        found = _LIGHTENED.fullmatch(note)
        if found is None:
            left[note] = None
            continue
        what, why = found["what"], found["why"] or ""
        import_ = next(
            (one for one in told if any(_is_behind(loss, why) for _, loss in one.members)), None
        )
        if import_ is not None and not import_.is_reason:
            import_.without.setdefault(what, []).append(found["name"])
        else:
            alike.setdefault((what, why), []).append(found["name"])
    joined = [
        f"{_without(what, names)}{f': {why}' if why else '.'}"
        for (what, why), names in alike.items()
    ]
    return [*left, *joined]


def _is_behind(loss: LossRecord, why: str) -> bool:
    """Return True if a reason names one of a loss's imports."""
    return (
        f"`{loss.text.partition(' import ')[0]}" in why
        and f"({loss.place}, line {loss.line}) failed" in why
    )


def _without(what: str, names: Sequence[str]) -> str:
    verb = "was loaded without its" if len(names) == 1 else "were loaded without their"
    return f"{_joined(names)} {verb} {what}"


def _notes_on(told: _Told, loading: LoadResult) -> Iterator[str]:
    """Yield the notes on a loss and its consequences.

    A loss that is a reason is not told again.
    """
    numbers = {number for number, _ in told.members}
    followers = [one for one in loading.losses if one.root in numbers]
    lost = (
        f" {len(followers)} more {_statements(len(followers))} lost with it." if followers else ""
    )
    first = told.members[0][1]
    if not told.is_reason:
        without = "".join(f" {_without(what, names)}." for what, names in told.without.items())
        yield f"{_sentence(_describe([loss for _, loss in told.members]))}{lost}{without}"
    elif first.text and followers:
        yield f"For `{first.text}`,{lost.removesuffix(' with it.')}."
    elif followers:
        yield from _importers(first, followers)
    for one in (*(loss for _, loss in told.members), *followers):
        for name, where in one.kept.items():
            yield (
                f"`{name}`, {one.place}, line {one.line}, was not loaded; the one that was defined "
                "before it"
                f" ({where}) counts."
            )


def _importers(lost: LossRecord, followers: Sequence[LossRecord]) -> Iterator[str]:
    """Yield a note on files that import a lost file.

    They lack something for it.
    """
    files = list(
        dict.fromkeys(
            one.place.partition(", cell ")[0] for one in followers if one.file != lost.file
        )
    )
    if files:
        verb, were = ("needs", "was") if len(files) == 1 else ("need", "were")
        yield (
            f"{_joined(files)} {verb} {lost.place.partition(', cell ')[0]}, and {were} not "
            "loaded whole either."
        )


def _describe(losses: Sequence[LossRecord]) -> str:
    """Return a sentence on the failed imports of one package.

    It has no full stop.
    """
    first, *others = losses
    if not others:
        return first.describe()
    what = f"{len(others):,} more {'import' if len(others) == 1 else 'imports'} of {first.subject}"
    return (
        f"{first.place}, line {first.line}: `{first.text}` and {what} "
        f"({_places(others, first)}) failed: {first.why}"
    )


def _places(losses: Sequence[LossRecord], first: LossRecord) -> str:
    """Return the places of statements.

    The file is left out where it is that of the first statement.
    """
    file, is_cell, _ = first.place.partition(", cell ")
    places = dict.fromkeys((loss.place, loss.line) for loss in losses)
    if not is_cell and all(place == file for place, _ in places):
        lines = [f"{line:,}" for _, line in places]
        return f"line{'s' if len(lines) > 1 else ''} {_joined(lines, MAX_PLACES)}"
    named = [f"{place.removeprefix(f'{file}, ')}, line {line}" for place, line in places]
    if len(named) <= MAX_PLACES + 1:
        return "; ".join(named)
    return f"{'; '.join(named[:MAX_PLACES])}; and {len(named) - MAX_PLACES:,} more"


def _statements(number: int) -> str:
    return "statement was" if number == 1 else "statements were"
