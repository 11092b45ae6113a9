"""What an author has not written yet: places that still say TODO, as `autograder new` leaves them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autograder.assignment import Assignment, CriterionInfo
from autograder.prove.model import Finding

_TODO = re.compile(r"\bTODO\b")


def find_unfinished(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Finding]:
    """Hints, titles, the handout, mutants and variants that still say TODO."""
    for one in criteria:
        for what, text in (("title", one.title), ("hint", one.hint)):
            if _TODO.search(text):
                yield Finding(subject="unfinished", what=f"the {what} of {one.id} still says TODO, to students")
    files = [assignment.folder / "README.md", *assignment.mutants.glob("*.py"), *assignment.accepted.glob("*.py")]
    for path in sorted(files):
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found = [number for number, line in enumerate(lines, 1) if _TODO.search(line)]
        if found:
            where = f"{assignment.relative(path)}, line {found[0]}"
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield Finding(subject="unfinished", what=f"{where}{more}: still says TODO")
