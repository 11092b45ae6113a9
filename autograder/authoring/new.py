"""Add an assignment to a course.

It is made from a reference with marks or from a skeleton.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.guess import try_targets
from autograder.authoring.skeleton import (
    SKELETON,
    SkeletonExercise,
    render_handout,
    render_hidden,
    render_mutant,
    render_public,
    render_settings,
)
from autograder.authoring.targets import find_targets, imported_modules, mutations_of
from autograder.course import load_assignment
from autograder.course.model import LOOKING
from autograder.course.notebooks import notebook_name, read_reference
from autograder.course.template import render_cells, render_template, write_template
from autograder.errors import AutograderError, CourseError, UsageError
from autograder.frameworks import PACKAGES
from autograder.home.check import tape_assignment
from autograder.inside.loading.looking import is_within
from autograder.release.handout import render_installed

__all__ = ["Made", "NewRequest", "make_assignment"]

TREES = ("assignments", "reference", "student_template")
SKELETON_NAME = "exercises.py"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class NewRequest:
    """The arguments of ``new``.

    Without files of a reference, a skeleton is made.
    """

    course: Path
    assignment_id: str
    reference: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """The result of making an assignment.

    Attributes
    ----------
    files
        Relative to the course.
    notes
        What could not be guessed, as sentences.
    """

    files: tuple[str, ...]
    notes: tuple[str, ...]


def make_assignment(request: NewRequest) -> Made:
    """Make an assignment that loads.

    Its criteria compare with the reference where arguments could be guessed. A failure leaves
    nothing behind.

    Raises
    ------
    UsageError
        The id is taken or no folder can have it as a name, or a file does not exist or is nothing
        to make an assignment of.
    CourseError
        A reference is no Python, or its marks are wrong or missing.
    """
    _require_free(request)
    references = _references(request.reference)
    with tempfile.TemporaryDirectory() as scratch:
        course = Path(scratch)
        exercises = _write(course, request.assignment_id, references)
        notes = [*_notes(exercises), *_derive(course, request.assignment_id)]
        files = [path for tree in TREES for path in (course / tree).rglob("*") if path.is_file()]
        names = sorted(
            one.relative_to(course).as_posix() for one in files if "__pycache__" not in one.parts
        )
        for name in names:
            target = request.course / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(course / name, target)
    return Made(tuple(names), tuple(notes))


def _require_free(request: NewRequest) -> None:
    name = request.assignment_id
    if not _ID.fullmatch(name):
        remedy = "Letters, digits and `_.-`, such as 02_attention: folders are called so."
        raise UsageError(f"{name!r} cannot be the name of an assignment.", hint=remedy)
    for tree in TREES:
        if (request.course / tree / name).exists():
            raise UsageError(
                f"There is {tree}/{name} already.",
                hint="Choose another id, or remove what is there.",
            )


def _references(paths: Sequence[Path]) -> dict[Path, str]:
    """Return a reference's sources by path, checked.

    Each has a template that differs from it.
    """
    if len({path.stem for path in paths}) < len(paths):
        raise UsageError(
            "Two files of the reference have the same name.", hint="Rename one of them."
        )
    return {path: _checked(path) for path in paths}


def _checked(path: Path) -> str:
    if path.suffix not in (".py", ".ipynb"):
        raise UsageError(f"{str(path)!r} is no reference: it is no .py and no .ipynb.")
    if path.stem in sys.stdlib_module_names or not path.stem.isidentifier():
        remedy = "Call it like a module that nobody has yet, such as `layers.py`."
        raise UsageError(
            f"{path.name!r} cannot be handed in: no module of its own can be called so.",
            hint=remedy,
        )
    where = str(path)
    try:
        source = read_reference(path, where)
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{where}: not UTF-8 (byte {error.start}).", hint="Save it as UTF-8."
        ) from error
    if (
        render_cells(path, where) if path.suffix == ".ipynb" else render_template(source, where)
    ) == source:
        raise CourseError(
            f"{where}: no solution is marked, so there is nothing for students to write.",
            hint="Put `# BEGIN SOLUTION` and `# END SOLUTION` around what they shall write.",
        )
    return source


def _write(
    course: Path, assignment_id: str, references: Mapping[Path, str]
) -> list[SkeletonExercise]:
    """Write the reference and everything beside it."""
    folder = course / "reference" / assignment_id
    folder.mkdir(parents=True)
    for path in references:
        shutil.copyfile(path, folder / path.name)
    if not references:
        (folder / SKELETON_NAME).write_text(SKELETON, encoding="utf-8")
    files = [f"{path.stem}.py" for path in references] or [SKELETON_NAME]
    exercises = _exercises(course, assignment_id, files)
    _write_texts(
        course / "assignments" / assignment_id,
        _title(assignment_id),
        files,
        exercises,
        _number(assignment_id),
    )
    return exercises


def _exercises(course: Path, assignment_id: str, files: Sequence[str]) -> list[SkeletonExercise]:
    sources, templates = _sources(course / "reference" / assignment_id, files)
    targets = find_targets(sources, templates)
    if not targets:
        what = "no function or class has a solution in it"
        raise CourseError(f"{', '.join(files)}: {what}.", hint="Put the marks inside of functions.")
    _write_trial(course / "assignments" / assignment_id, files)
    mutations = [mutations_of(one) for one in targets]
    calls = try_targets(course, assignment_id, targets, mutations)
    values = {one.name for one, call in zip(targets, calls, strict=True) if not call.is_model}
    return [
        SkeletonExercise(
            f"e{number}",
            one,
            call,
            None if call.mutation is None else changes[call.mutation],
            tuple(name for name in PACKAGES if name in one.packages),
            tuple(name for name in one.uses if name in values),
        )
        for number, (one, call, changes) in enumerate(
            zip(targets, calls, mutations, strict=True), 1
        )
    ]


def _sources(folder: Path, files: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    sources, templates = {}, {}
    for name in files:
        notebook = folder / notebook_name(name)
        path = notebook if notebook.is_file() else folder / name
        sources[name] = read_reference(path, path.name)
        templates[name] = (
            render_cells(path, path.name)
            if path.suffix == ".ipynb"
            else render_template(sources[name], path.name)
        )
    return sources, templates


def _write_trial(folder: Path, files: Sequence[str]) -> None:
    """Write the smallest assignment that loads.

    With it, the reference is imported as it will be in the real one.
    """
    (folder / "rubric").mkdir(parents=True)
    (folder / "rubric/test_e1.py").write_text('"""Trial"""\n', encoding="utf-8")
    text = (
        render_settings("Trial", files, (), ["numpy"], ()).replace("points = 0", "points = 1")
        + "e1 = 1\n"
    )
    (folder / "assignment.toml").write_text(text, encoding="utf-8")


def _write_texts(
    folder: Path,
    title: str,
    files: Sequence[str],
    exercises: Sequence[SkeletonExercise],
    number: str,
) -> None:
    frameworks, packages = _packages(folder, files)
    texts = {
        "assignment.toml": render_settings(title, files, exercises, packages, frameworks),
        "README.md": render_handout(
            title, files, exercises, render_installed(packages, frameworks, ())
        ),
    }
    for place, one in enumerate(exercises, 1):
        texts[f"rubric/test_{one.id}.py"] = render_hidden(one)
        texts[f"rubric/public/test_{one.id}.py"] = render_public(one)
        if one.mutation is not None:
            texts[f"mutants/{one.id}.py"] = render_mutant(one, f"M{number}-{place}")
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _packages(folder: Path, files: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the reference's frameworks and its other packages.

    Packages for looking are left out, since they need not be installed.
    """
    sources, _ = _sources(folder.parents[1] / "reference" / folder.name, files)
    own = {name.removesuffix(".py") for name in files}
    wanted = {
        name.partition(".")[0]
        for name, inner in imported_modules(sources)
        if not any(is_within(one, looking) for one in (name, inner) for looking in LOOKING)
    }
    foreign = wanted - own - set(sys.stdlib_module_names)
    frameworks = [name for name in PACKAGES if name in foreign]
    frameworks = ["tensorflow", *frameworks] if frameworks == ["keras"] else frameworks
    return frameworks, ["numpy", *sorted(foreign - {"numpy", *PACKAGES})]


def _title(assignment_id: str) -> str:
    words = re.sub(r"^[\d_.-]+|[_.-]+", " ", assignment_id).strip() or assignment_id
    return words[0].upper() + words[1:]


def _number(assignment_id: str) -> str:
    found = re.match(r"\d+", assignment_id)
    return found[0].zfill(2) if found else "01"


def _notes(exercises: Sequence[SkeletonExercise]) -> list[str]:
    """Return notes on what could not be guessed.

    The same reason comes once.
    """
    unknown: dict[str, list[str]] = {}
    notes = []
    for one in exercises:
        if not one.calls.arguments:
            unknown.setdefault(one.calls.why, []).append(one.target.name)
        elif one.mutation is None:
            notes.append(f"No first mutant was found for {one.target.name}: write one.")
    for why, names in unknown.items():
        *most, last = names
        named, whose = (f"{', '.join(most)} and {last}", "their") if most else (last, "its")
        notes.append(
            f"No arguments could be guessed for {named} ({why.rstrip('. ')}): write {whose} "
            "criteria."
        )
    return notes


def _derive(course: Path, assignment_id: str) -> list[str]:
    """Make the template and record the tape.

    Everything is loaded to check that it can be. Return notes on the steps that failed.
    """
    assignment = load_assignment(course, assignment_id)
    write_template(assignment)
    try:
        tape_assignment(course, assignment_id)
    except AutograderError:
        return [
            (
                "The tape is not recorded yet: `autograder release` does it when the public "
                "criteria are written."
            ),
        ]
    return []
