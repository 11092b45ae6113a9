"""Runs `check` as students do, and compares with grading.

It runs from the released package.

The wheel for students is unpacked beside the dependencies that are installed here, and the course
of what is public lies in a folder of its own. One process checks all solutions of an assignment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from autograder.course import Assignment
from autograder.course.public import RELEASED
from autograder.course.template import templates_of
from autograder.errors import InfrastructureError, UsageError
from autograder.home.check import tape_assignment
from autograder.home.tape import TAPE_NAME, digest_rubric, load_tape
from autograder.prove.model import Finding, Subject, SubjectKind, Trial
from autograder.records.outcome import Outcome
from autograder.release.contents import check_files_of
from autograder.release.wheel import build_wheel, files_of_wheel, for_students

CHECK_TIMEOUT_S = 900.0
_CHECKED = (SubjectKind.REFERENCE, SubjectKind.TEMPLATE, SubjectKind.ACCEPTED)
_PROGRAM = """
import json, sys
from pathlib import Path

import autograder
from autograder.errors import AutograderError
from autograder.home.check import CheckRequest, check_files

package, assignment, solutions = json.load(sys.stdin)
assert Path(autograder.__file__).is_relative_to(package), autograder.__file__
found = {}
for name, paths in solutions.items():
    try:
        report = check_files(CheckRequest(Path("check"), assignment, [*map(Path, paths)]))
        found[name] = {one.id: [one.outcome, one.message] for one in report.criteria}
    except AutograderError as error:
        found[name] = str(error)
json.dump(found, sys.stdout)
"""

# outcome and message by criterion, or why there is none
Answer = Mapping[str, tuple[str, str]] | str


def find_checked(subjects: Iterable[Subject]) -> list[Subject]:
    """Return the subjects that are checked at home.

    Mutants are not, since their authors alone try them.
    """
    return [one for one in subjects if one.kind in _CHECKED]


def find_home_differences(
    assignment: Assignment,
    subjects: Iterable[Subject],
    sources: Mapping[str, Mapping[str, str]],
    trials: Iterable[Trial],
) -> Iterator[Finding]:
    """Say where `check` gives another outcome than grading.

    Raises
    ------
    InfrastructureError
        The wheel cannot be built, or the process of `check` broke down.
    """
    if not any((assignment.rubric / "public").glob("test_*.py")):
        return
    checked = find_checked(subjects)
    graded: dict[str, Trial] = {}
    for trial in trials:
        graded.setdefault(trial.subject, trial)
    answers = _check_at_home(assignment, {one.name: sources[one.name] for one in checked})
    for subject in checked:
        yield from (
            Finding(subject="home", what=f"{subject.name}: {what}")
            for what in _differences(answers[subject.name], graded[subject.name].outcomes)
        )


def _differences(answer: Answer, graded: Mapping[str, Outcome]) -> Iterator[str]:
    if isinstance(answer, str):
        yield f"`check` cannot be run: {answer}"
        return
    for name, (outcome, message) in answer.items():
        due = graded.get(name)
        # A criterion may come after a hidden one, which nobody has at home.
        if due is not None and outcome != due and due is not Outcome.SKIPPED:
            yield (
                f"`check` says {outcome} of {name} ({message or 'no message'}), grading says {due}"
            )


def _check_at_home(
    assignment: Assignment, solutions: Mapping[str, Mapping[str, str]]
) -> dict[str, Answer]:
    """Check solutions in a folder as students have."""
    with tempfile.TemporaryDirectory(prefix="autograder-home-") as scratch:
        home, package = Path(scratch, "home"), Path(scratch, "package")
        templates = {name: text.encode() for name, text in templates_of(assignment).items()}
        _write(home, check_files_of(assignment, templates))
        _write(package, _package())
        path = home / RELEASED / assignment.relative(assignment.rubric / "public" / TAPE_NAME)
        if not _is_current(assignment, path):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                process.submit(tape_assignment, assignment.course, assignment.id, path).result()
        paths = {}
        for number, (name, files) in enumerate(solutions.items()):
            folder = home / "solutions" / str(number)
            _write(folder, {file: text.encode() for file, text in files.items()})
            paths[name] = [str(folder / file) for file in files]
        return _run(home, package, [str(package), assignment.id, paths])


def _is_current(assignment: Assignment, path: Path) -> bool:
    try:
        return load_tape(path).rubric == digest_rubric(assignment.rubric / "public")
    except UsageError:
        return False


def _run(home: Path, package: Path, request: Any) -> dict[str, Answer]:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-P", "-c", _PROGRAM],
            cwd=home,
            env=os.environ | {"PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"},
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=CHECK_TIMEOUT_S,
            check=False,
        )
        answers: dict[str, Answer] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise InfrastructureError(
            f"`check` did not come to an end within {CHECK_TIMEOUT_S:g} s."
        ) from error
    except ValueError as error:
        raise InfrastructureError(f"`check` broke down: {done.stderr.strip()[-2000:]}") from error
    return answers


@cache  # building it takes seconds, and it is the same for every assignment
def _package() -> dict[str, bytes]:
    _, wheel = build_wheel()
    return files_of_wheel(for_students(wheel))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
