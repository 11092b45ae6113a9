"""Proofs as one self-contained HTML page.

A matrix of subjects against criteria shows the losses.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from autograder.prove.model import Proof, ProvedCriterion, Spread, Subject, SubjectKind
from autograder.records.outcome import Outcome
from autograder.records.text import page_line
from autograder.report.html import asset, source_hash, template
from autograder.report.words import OUTCOME_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograder.prove.render import Result


# as wide as a phone: a name stands above its points
_WIDTH, _ROW, _SIDE, _TOP = (360.0, 38.0, 8.0, 26.0)
_MAX_LABEL = 44  # characters that fit


def strip_plot(spread: Spread) -> Markup:
    """Return the scores of a training as an inline picture.

    A loss is shown with its own sign, so smaller is better there.
    """
    values = [spread.bar, *(score for scores in spread.scores.values() for score in scores)]
    low, high = min(values), max(values)
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    low, high = low - room, high + room

    def place(value: float) -> float:
        return _SIDE + (_WIDTH - 2 * _SIDE) * (value - low) / (high - low)

    height = _TOP + _ROW * len(spread.scores) + 8
    rows = Markup("").join(
        _picture_row(name, scores, _TOP + _ROW * number, place)
        for number, (name, scores) in enumerate(spread.scores.items())
    )
    label = f"{spread.criterion}: bar {abs(spread.bar):g}, {len(spread.scores)} rows of scores"
    bar = place(spread.bar)
    return Markup(
        '<svg class="strip" viewBox="0 0 {w:g} {h:g}" role="img" aria-label="{label}">'
        '<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="{top:g}" y2="{bottom:g}"/>'
        '<text class="bar-label" x="{x:.1f}" y="{above:g}" text-anchor="middle">bar '
        "{bar:g}</text>{rows}</svg>"
    ).format(
        w=_WIDTH,
        h=height,
        label=page_line(label),
        x=bar,
        top=_TOP - 6,
        bottom=height - 4,
        above=_TOP - 10,
        bar=abs(spread.bar),
        rows=rows,
    )


def _picture_row(name: str, scores: tuple[float, ...], y: float, place: object) -> Markup:
    assert callable(place)
    shown = name if len(name) <= _MAX_LABEL else f"{name[: _MAX_LABEL - 1]}\u2026"
    tone = "right" if name == "reference" else "wrong"
    points = Markup("").join(
        Markup(
            '<circle class="{}" cx="{:.1f}" cy="{:g}" r="4"><title>{:.6g}</title></circle>'
        ).format(tone, place(score), y + 27, abs(score))
        for score in scores
    )
    label = Markup('<text x="0" y="{:g}"><title>{}</title>{}</text>').format(
        y + 13, page_line(name), page_line(shown)
    )
    return label + points


KINDS = {
    SubjectKind.REFERENCE: "Reference",
    SubjectKind.TEMPLATE: "Template",
    SubjectKind.MUTANT: "Mutants",
    SubjectKind.ACCEPTED: "Accepted variants",
}


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A subject and a criterion, over all seeds.

    Attributes
    ----------
    tone
        ``lost`` and ``kept`` as they must be, ``wrong``, or ``none`` where nothing was tried.
    """

    tone: str
    letter: str
    text: str


def render_proofs_html(results: Sequence[Result]) -> str:
    """Render the proofs of all assignments for authors."""
    style, script = asset("base.css", "index.css", "proof.css"), asset("tips.js")
    page = template("proof.html.j2").render(
        style=style,
        style_hash=source_hash(style),
        script=script,
        script_hash=source_hash(script),
        proofs=[one for one in results if isinstance(one, Proof)],
        errors=[one for one in results if not isinstance(one, Proof)],
        kinds=KINDS,
        exercise_columns=_exercise_columns,
        cells=_cells,
        strip_plot=strip_plot,
    )
    return page + "\n"


def _exercise_columns(proof: Proof) -> list[tuple[str, list[ProvedCriterion]]]:
    """Group the criteria under their exercises."""
    groups = groupby(proof.criteria, key=lambda one: one.exercise)
    return [(exercise, list(group)) for exercise, group in groups]


def _cells(proof: Proof, subject: Subject) -> Markup:
    """The cells of a row."""
    cell = Markup('<td class="{}" title="{}">{}')
    return Markup("").join(
        cell.format(one.tone, one.text, one.letter) for one in _row(proof, subject)
    )


def _row(proof: Proof, subject: Subject) -> Iterator[MatrixCell]:
    trials = proof.trials_of(subject.name)
    for criterion in proof.criteria:
        outcomes = [
            trial.outcomes[criterion.id] for trial in trials if criterion.id in trial.outcomes
        ]
        if not outcomes:
            yield MatrixCell("none", "", f"{criterion.id}: not tried")
            continue
        must_lose = criterion.id in subject.loses
        bad = [
            one
            for one in outcomes
            if (one is Outcome.PASSED) is must_lose or one is Outcome.UNGRADED
        ]
        shown = bad[0] if bad else outcomes[0]
        tone = "wrong" if bad else "lost" if must_lose else "kept"
        duty = "must lose it" if must_lose else "must keep it"
        words = OUTCOME_WORDS[shown]
        yield MatrixCell(
            tone,
            words.letter if tone != "kept" else "",
            f"{criterion.id}: {words.label.lower()}; {duty}",
        )
