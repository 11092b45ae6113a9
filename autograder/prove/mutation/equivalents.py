"""Mutants without a noticeable change.

The author marks each once, with a reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from autograder.course import Assignment
from autograder.course.problems import Problem, raise_problems
from autograder.prove.model import Finding
from autograder.prove.mutants import MIN_SCORE, Fate, GeneratedMutant, MutationRun
from autograder.prove.prices import load_entries

FILE = "equivalent.toml"
_KEYS = {"mutant", "change", "reason"}
_FORM = (
    'Write [[equivalent]], mutant = "the key that prove shows", and reason = "why nobody can '
    'notice it".'
)


def load_equivalents(assignment: Assignment) -> dict[str, str]:
    """Return the reasons of equivalent mutants, by key.

    It is empty if the assignment has no such file.

    Raises
    ------
    CourseError
        An entry is malformed. The error names every such entry with its line.
    """
    entries, text = load_entries(assignment, FILE, "equivalent")
    where = assignment.relative(assignment.folder / FILE)
    raise_problems(assignment.id, list(_problems(entries, where, _lines(text))))
    return {entry["mutant"]: entry["reason"] for entry in entries}


def _lines(text: str) -> list[int]:
    """Return the lines at which the entries begin."""
    return [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(r"\s*\[\[equivalent\]\]", line)
    ]


def _problems(
    entries: Sequence[Mapping[str, object]], where: str, lines: Sequence[int]
) -> Iterator[Problem]:
    counts = Counter(str(entry.get("mutant")) for entry in entries)
    for number, entry in enumerate(entries):
        place = f"{where}, line {lines[number]}" if number < len(lines) else where
        for name in ("mutant", "reason"):
            value = entry.get(name)
            if not (isinstance(value, str) and value.strip()):
                yield Problem(place, name, "the key is missing or empty", _FORM)
        for name in sorted(entry.keys() - _KEYS):
            yield Problem(place, name, "unknown key", _FORM)
        if counts[str(entry.get("mutant"))] > 1:
            yield Problem(
                place, "mutant", "the mutant is marked twice", "Take one of the entries away."
            )


def find_survivors(assignment: Assignment, run: MutationRun) -> Iterator[Finding]:
    """Yield a finding if too many mistakes go unnoticed.

    Entries that mark no equivalent mutant are found, too.
    """
    if run.score < MIN_SCORE:
        what = (
            f"{100 * run.score:.1f} % of the generated mutants were noticed; "
            f"target: at least {100 * MIN_SCORE:g} % killed or shown equivalent "
            f"({len(run.survivors)} survived)"
        )
        yield Finding(subject="generated", what=what)
    yield from find_stale(load_equivalents(assignment), run.mutants)


def find_stale(marked: Collection[str], mutants: Sequence[GeneratedMutant]) -> Iterator[Finding]:
    """Yield entries for no mutant or for a noticed one."""
    known = {one.key: one for one in mutants}
    for key in marked:
        one = known.get(key)
        if one is None:
            what = (
                f"{FILE} marks {key!r}, which is no generated mutant: its statement was "
                "changed, or it never was one"
            )
            yield Finding(subject="generated", what=what)
        elif one.fate is Fate.KILLED:
            what = (
                f"{FILE} marks {key!r} ({one.change}), which is not equivalent: {one.killed_by} "
                "notices it"
            )
            yield Finding(subject="generated", what=what)
