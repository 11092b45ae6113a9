"""What is said of how a submission was loaded: to its student in sentences, to staff in causes that can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.outcome import CauseKind
from autograder.remote import Submission
from autograder.remote.ends import CandidateEnd
from autograder.remote.loading import Loading, Loss

MAX_NOTES = 20
MAX_CAUSES = 50
MAX_NOTE_CHARACTERS = 700
_KINDS = {
    "package": CauseKind.PACKAGE,
    "forbidden": CauseKind.FORBIDDEN,
    "limit": CauseKind.LIMIT,
    "memory": CauseKind.LIMIT,
    "exit": CauseKind.RAISED,
    "raised": CauseKind.RAISED,
    "syntax": CauseKind.SYNTAX,
}


def loading_record(submission: Submission) -> dict[str, Any]:
    """Say what was printed while a submission was loaded, and what was lost; bounded, whatever the submission says."""
    loading, (stdout, stderr) = submission.loading, submission.loading_output
    roots = list(_roots(loading, submission))
    reasons = [f"{loss.describe()}." for _, loss in roots if _costs(loss, loading, submission)]
    notes = [note for number, loss in roots for note in _notes(number, loss, loading, submission)]
    more = max(0, len(notes) - MAX_NOTES) + loading.more_losses
    notes = [*notes[:MAX_NOTES], *loading.notes[:MAX_NOTES], *map(note_inert, loading.inert)]
    if more:
        notes.append(f"{more:,} more statements were not loaded.")
    causes = dict.fromkeys((_KINDS[loss.kind].value, loss.subject) for _, loss in roots if loss.kind in _KINDS)
    causes |= dict.fromkeys((CauseKind.INERT.value, package) for package in loading.inert)
    return {
        "stdout": stdout,
        "stderr": stderr,
        "notes": [note[:MAX_NOTE_CHARACTERS] for note in notes],
        "reasons": [reason[:MAX_NOTE_CHARACTERS] for reason in reasons[:MAX_NOTES]],
        "causes": [list(cause) for cause in list(causes)[:MAX_CAUSES]],
    }


def ended_record(end: CandidateEnd | None) -> dict[str, Any]:
    """Say how loading ended, where nothing is left of the submission."""
    if end is None:
        return {"has_ended": True}
    reason = end.message.partition("\n")[0]  # as criteria say it, by which pages find what it explains
    return {"has_ended": True, "reasons": [reason], "causes": [[CauseKind.LIMIT.value, end.kind]]}


def note_inert(package: str) -> str:
    """Say that a package for looking does nothing here."""
    return f"{package} is not installed where this is graded: what it would show is left out, which costs nothing."


def _roots(loading: Loading, submission: Submission) -> Iterator[tuple[int, Loss]]:
    known = {*submission.handed_in, *submission.helpers}
    for number, loss in enumerate(loading.losses):
        if loss.root is None and loss.file in known:
            yield number, loss


def _costs(loss: Loss, loading: Loading, submission: Submission) -> bool:
    """Return True if a name that was asked for is missing for a loss."""
    missing = {name for name in loading.lost if name in submission.asked_for and loading.root_of(name) is loss}
    return bool(missing) or loss.file in loading.failed


def _notes(number: int, loss: Loss, loading: Loading, submission: Submission) -> Iterator[str]:
    """Say a loss, unless it is a reason, and what it brought about."""
    followers = [one for one in loading.losses if one.root == number]
    lost = f" {len(followers)} more {_statements(len(followers))} lost with it." if followers else ""
    if not _costs(loss, loading, submission):
        yield f"{loss.describe()}.{lost}"
    elif followers:
        yield f"For `{loss.text or loss.place}`,{lost.removesuffix(' with it.')}."
    for one in (loss, *followers):
        for name, where in one.kept.items():
            yield (
                f"`{name}`, {one.place}, line {one.line}, was not loaded; the one that was defined before it"
                f" ({where}) counts."
            )


def _statements(number: int) -> str:
    return "statement was" if number == 1 else "statements were"
