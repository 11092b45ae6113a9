"""A report in a reader's order.

Reasons come once, losses in full, the rest folded.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from autograder.inside.reading.notebook.effects import is_effect_note
from autograder.records.outcome import Outcome, Status
from autograder.records.report import total_points
from autograder.report.pictures import exercises, lost_points
from autograder.report.words import OUTCOME_WORDS, count_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.records.report import Criterion, ExceptionRecord, Report
    from autograder.report.feedback import Feedback, FeedbackCriterion
    from autograder.report.pictures import ExerciseBar, PicturedCriterion

    AnyCriterion = Criterion | FeedbackCriterion

# Nothing of such a criterion ran: its reason explains it whole, and its hint would lead astray.
_NEVER_RAN = frozenset({Outcome.NOT_LOADED, Outcome.MISSING})
_GLUE = " \n\t.,:;"  # what is left around a reason that was cut out of a message
# with its file or without: one text names it in front
_PLACE = re.compile(r"\((?:[^()\n]{1,200}, )?(line \d+)\)")


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause of a loss while loading, with its traceback."""

    text: str
    exception: ExceptionRecord | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A criterion in its section.

    Attributes
    ----------
    message
        Without the reasons that stand at the top already.
    has_reason
        True if its message cites a reason that stands at the top.
    is_explained
        True if that reason is all there is to say.
    """

    criterion: AnyCriterion
    message: str = ""
    has_reason: bool = False
    is_explained: bool = False

    @property
    def is_brief(self) -> bool:
        """True if the entry's outcome says it all.

        A reason at the top explains it, or the work is still as it was handed out.
        """
        return self.is_explained or self.criterion.outcome is Outcome.NOT_ATTEMPTED


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """Entries that are all public or all hidden."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """An exercise with its criteria in full and its folded ones."""

    exercise: ExerciseBar
    lost: tuple[EntryGroup, ...]
    brief: tuple[EntryGroup, ...]
    passed: tuple[EntryGroup, ...]
    brief_text: str
    passed_text: str

    @property
    def folded_text(self) -> str:
        """The outcomes of the folded criteria, in a few words."""
        return ", ".join(text for text in (self.brief_text, self.passed_text) if text)


@dataclass(frozen=True, slots=True)
class Losses:
    """The criteria that lack points, and those that a reason explains.

    Attributes
    ----------
    criteria
        With the points that each lacks, most first; without those that a reason explains.
    explained
        How many criteria a reason at the top explains.
    explained_points
        What they would have been worth.
    """

    criteria: tuple[tuple[float, PicturedCriterion], ...]
    explained: int
    explained_points: float


def reasons_of(report: Report | Feedback) -> tuple[Reason, ...]:
    """List the reasons for an incomplete load.

    Each comes once, root causes first.

    A message that several criteria of a file share is such a reason, even where the report does
    not list it as one.
    """
    shared = Counter(
        item.message
        for item in report.criteria
        if item.outcome is Outcome.NOT_LOADED and item.message
    )
    found: dict[str, str] = {}
    for text in report.reasons:
        found.setdefault(_gist(text), text)
    stated = [gist for gist in found if gist]
    for text in (text for text, count in shared.items() if count > 1):
        if not any(gist in _gist(text) for gist in stated):
            found.setdefault(_gist(text), text)
    return tuple(
        Reason(text, _exception_of(text, report.criteria)) for gist, text in found.items() if gist
    )


def untold(reasons: Sequence[Reason], notes: Sequence[str]) -> list[str]:
    """Return the notes that say more than one of the reasons does."""
    told = {_gist(reason.text) for reason in reasons}
    return [note for note in notes if _gist(note) not in told]


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes on reading and loading, and those on commands without effect apart."""

    others: tuple[str, ...]
    commands: tuple[str, ...]

    @property
    def commands_text(self) -> str:
        """The line above folded notes on notebook commands."""
        return f"Notebook commands without effect here: {count_text(len(self.commands), 'note')}"


def notes_of(report: Report | Feedback) -> Notes:
    """Arrange the notes for a page.

    With full marks, reasons are among them.
    """
    reasons = reasons_of(report)
    found = untold(reasons, report.notes)
    if has_full_marks(report):
        found = [*(reason.text for reason in reasons), *found]
    commands = tuple(note for note in found if is_effect_note(note))
    return Notes(tuple(note for note in found if note not in commands), commands)


def has_full_marks(report: Report | Feedback) -> bool:
    """Return True if the report lacks no points.

    Then no note is urgent, and all stand below the results.
    """
    return report.status is Status.GRADED and report.score >= report.max_score


def _gist(text: str) -> str:
    """Reduce a reason to the part that its wordings share."""
    return _PLACE.sub(r"(\1)", text).strip(_GLUE)


def _exception_of(text: str, criteria: Iterable[AnyCriterion]) -> ExceptionRecord | None:
    """Find the traceback of a reason.

    A traceback without a place in a file says no more than the text.
    """
    gist = _gist(text)
    found = (
        item.exception
        for item in criteria
        if item.outcome in _NEVER_RAN and gist in _gist(item.message or "")
    )
    return next((exception for exception in found if exception and exception.frames), None)


#: Of a public criterion in which functions of the reference stand: what is said there could be
#: their answers.
GUARDED = (
    "Functions of the assignment stand in for yours here, so that only the sort of mistake is "
    "shown: `autograder check`"
    " shows all of it at home."
)


def entry_of(criterion: AnyCriterion, reasons: Sequence[Reason]) -> Entry:
    """Return a criterion's entry without reasons told at the top.

    They are cut out of its message.
    """
    message = criterion.message or ""
    if (
        criterion.message is None
        and criterion.public
        and criterion.outcome not in (Outcome.PASSED, Outcome.UNGRADED)
    ):
        message = GUARDED
    cited = [gist for reason in reasons if (gist := _gist(reason.text)) in _gist(message)]
    if not cited:
        return Entry(criterion, message)
    for gist in sorted(cited, key=len, reverse=True):
        message = (message if gist in message else _gist(message)).replace(gist, "")
    message = message.strip(_GLUE)
    return Entry(
        criterion,
        f"{message}." if message else "",
        has_reason=True,
        is_explained=criterion.outcome in _NEVER_RAN,
    )


def sections_of(report: Report | Feedback) -> list[Section]:
    """Arrange the criteria of each exercise for a page."""
    reasons = reasons_of(report)
    entries = iter([entry_of(item, reasons) for item in report.criteria])
    return [
        _section(exercise, list(islice(entries, len(exercise.criteria))))
        for exercise in exercises(report.criteria)
    ]


def losses_of(report: Report | Feedback) -> Losses:
    """List the lost points.

    All that one reason cost is one entry.
    """
    reasons = reasons_of(report)
    explained = [item for item in report.criteria if entry_of(item, reasons).is_explained]
    others = [item for item in report.criteria if item not in explained]
    points = total_points(item.max_points for item in explained)
    return Losses(tuple(lost_points(others)), len(explained), points)


def _section(exercise: ExerciseBar, entries: Sequence[Entry]) -> Section:
    passed = [entry for entry in entries if entry.criterion.outcome is Outcome.PASSED]
    brief = [entry for entry in entries if entry.is_brief]
    lost = [entry for entry in entries if entry not in passed and not entry.is_brief]
    return Section(
        exercise,
        lost=_groups(lost),
        brief=_groups(brief),
        passed=_groups(passed),
        brief_text=_brief_text(brief),
        passed_text=_passed_text(passed),
    )


def _groups(entries: Sequence[Entry]) -> tuple[EntryGroup, ...]:
    parts = {
        "public": tuple(entry for entry in entries if entry.criterion.public),
        "hidden": tuple(entry for entry in entries if not entry.criterion.public),
    }
    return tuple(EntryGroup(label, part) for label, part in parts.items() if part)


def _brief_text(entries: Sequence[Entry]) -> str:
    counts = Counter(OUTCOME_WORDS[entry.criterion.outcome].label.lower() for entry in entries)
    return ", ".join(f"{count} {label}" for label, count in counts.items())


def _passed_text(entries: Sequence[Entry]) -> str:
    remarks = sum(bool(entry.criterion.notes) for entry in entries)
    text = f"{len(entries)} passed" if entries else ""
    return f"{text} ({remarks} with a remark)" if remarks else text
