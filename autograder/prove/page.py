"""Proofs as one self-contained HTML page.

A matrix of subjects against criteria shows the losses.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from autograder.prove.model import Proof, ProvedCriterion, Subject, SubjectKind
from autograder.prove.pictures import strip_plot
from autograder.records.outcome import Outcome
from autograder.report.html import asset, source_hash, template
from autograder.report.words import OUTCOME_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograder.prove.render import Result

KINDS = {
    SubjectKind.REFERENCE: "Reference",
    SubjectKind.TEMPLATE: "Template",
    SubjectKind.MUTANT: "Mutants",
    SubjectKind.ACCEPTED: "Accepted variants",
}


@dataclass(frozen=True, slots=True)
class Cell:
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
    return Markup("").join(cell.format(one.tone, one.text, one.letter) for one in _row(proof, subject))


def _row(proof: Proof, subject: Subject) -> Iterator[Cell]:
    trials = proof.trials_of(subject.name)
    for criterion in proof.criteria:
        outcomes = [trial.outcomes[criterion.id] for trial in trials if criterion.id in trial.outcomes]
        if not outcomes:
            yield Cell("none", "", f"{criterion.id}: not tried")
            continue
        must_lose = criterion.id in subject.loses
        bad = [one for one in outcomes if (one is Outcome.PASSED) is must_lose or one is Outcome.UNGRADED]
        shown = bad[0] if bad else outcomes[0]
        tone = "wrong" if bad else "lost" if must_lose else "kept"
        duty = "must lose it" if must_lose else "must keep it"
        words = OUTCOME_WORDS[shown]
        yield Cell(tone, words.letter if tone != "kept" else "", f"{criterion.id}: {words.label.lower()}; {duty}")
