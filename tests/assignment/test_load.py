"""Loading an assignment: what is right, and every way to be wrong with its whole message."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import (
    Assignment,
    Exercise,
    LimitName,
    find_assignments,
    find_course,
    load_assignment,
)
from autograder.errors import AutograderError, CourseError, UsageError

TOML = "assignments/01_layers/assignment.toml"


def test_load_right_assignment_keeps_every_setting(course: Path) -> None:
    """What the file says is what the model holds."""
    assignment = load_assignment(course, "01_layers")
    limits = assignment.limits()
    assert (assignment.id, assignment.title, assignment.points) == ("01_layers", "Layers", 30)
    assert assignment.files == ("layers.py", "net.py")
    assert assignment.exercises == (Exercise("b1", "Affine layer", 10), Exercise("b2", "ReLU", 20))
    assert (limits.cpu_s, limits.load_s, limits.memory_mib) == (5.0, 10.0, 512)
    assert assignment.limits(timeout_s=2.5).cpu_s == 2.5
    assert assignment.settings.limits.require == (LimitName.MEMORY,)


def test_limits_leave_room_for_the_threads_of_frameworks(course: Path) -> None:
    """What a framework starts for each core of the machine is not taken from what a submission may start."""
    assignment = load_assignment(course, "01_layers")
    room = [
        replace(assignment, settings=assignment.settings.model_copy(update={"frameworks": names})).limits().tasks
        for names in ((), ("keras",))
    ]
    assert room == [96, 96 + 4 * (os.cpu_count() or 1)]


def test_load_right_assignment_finds_its_files(course: Path) -> None:
    """Folders and files are where the layout of a course says."""
    assignment = load_assignment(course, "01_layers")
    assert assignment.support_files == (course / "assignments/01_layers/support/vis.py",)
    assert assignment.data_files == (course / "assignments/01_layers/data/bars.csv",)
    assert [path.parent.name for path in assignment.rubric_files("b1")] == ["rubric", "public"]
    assert list(assignment.reference_sources()) == ["layers.py", "net.py"]


def test_find_course_from_inside_goes_up(course: Path) -> None:
    """The command works in any folder of a course."""
    assert find_course(course / "assignments" / "01_layers" / "rubric") == course.resolve()
    assert find_assignments(course) == ("01_layers",)


def test_find_course_without_assignments_is_known_by_its_folders(tmp_path: Path) -> None:
    """A new course has empty folders."""
    for name in ("assignments", "reference"):
        (tmp_path / name).mkdir()
    assert find_course(tmp_path) == tmp_path.resolve()


def test_find_course_outside_says_how_to_name_one(tmp_path: Path) -> None:
    """No course is a mistake of the call."""
    with pytest.raises(UsageError) as caught:
        find_course(tmp_path)
    assert str(caught.value) == (
        f"No course in {str(tmp_path)!r} or a folder above it: a course has assignments/<id>/assignment.toml.\n"
        "Hint: Name the course's folder with --course."
    )


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("01_layer", "Did you mean `01_layers`?"),
        ("99_zzz", "The course has: 01_layers."),
        ("../01_layers", "Did you mean `01_layers`?"),
    ],
)
def test_load_unknown_assignment_asks_back(course: Path, asked: str, hint: str) -> None:
    """An unknown id is a mistake of the call, and the nearest one is offered."""
    with pytest.raises(UsageError) as caught:
        load_assignment(course, asked)
    assert str(caught.value) == f"No assignment {asked!r}.\nHint: {hint}"
    assert caught.value.exit_code == 2


def test_load_from_empty_course_says_so(tmp_path: Path) -> None:
    """A course without assignments has nothing to offer."""
    with pytest.raises(UsageError) as caught:
        load_assignment(tmp_path, "01_layers")
    assert str(caught.value) == "No assignment '01_layers'.\nHint: The course has none."


GRADED_BY = [
    "rubric/test_b1.py",
    "rubric/public/test_b1.py",
    "assignment.toml",
    "data/bars.csv",
    "../../reference/01_layers/net.py",
]
NOT_GRADED_BY = ["mutants/m01_01a_no_bias.py", "README.md", "rubric/__pycache__/x.pyc", "rubric/.hidden"]

#: Text to replace in assignment.toml, its replacement, message, remedy.
WRONG_SETTINGS = [
    ("title", "tilte", "`tilte`: unknown key", "Did you mean `title`?"),
    ("memory_mib", "memory_mb", "`limits.memory_mb`: unknown key", "Did you mean `memory_mib`?"),
    ("b2 = 20", "b2 = 21", "`exercises`: the exercises add up to 31 points, `points` says 30", "Change the points"),
    ("points = 30", "points = true", "`points`: expected a whole number, found True", "Correct the value."),
    ("timeout_s = 5", "timeout_s = -1", "`limits.timeout_s`: expected greater than 0, found -1", "Correct the value."),
    (
        '["memory"]',
        '["ram"]',
        "`limits.require[0]`: expected 'cpu', 'memory', 'pids' or 'disk', found 'ram'",
        "Correct the value.",
    ),
    ('"net.py"', '"nets.py"', "`files`: the reference has no nets.py", "Write reference/01_layers/nets.py"),
    ('"net.py"', '"sub/net.py"', "`files`: 'sub/net.py' is not the name of a Python module", "Use a plain name such"),
    ('"net.py"', '"../net.py"', "`files`: '../net.py' is not the name of a Python module", "Use a plain name such"),
    (
        '"net.py"',
        '"random.py"',
        "`files`: `random.py` has the name of a module that Python or pytest imports itself",
        "Choose another name.",
    ),
    ('"net.py"', '"layers.py"', "`files`: 'layers.py' stands there 2 times", "Name it once."),
    ('"keras"', '"torch"', "`frameworks`: `torch` is also in `imports.forbidden`", "Take it out of one of the two."),
    ('"vis.py"', '"viz.py"', "`support`: there is no file 'viz.py'", "Add assignments/01_layers/support/viz.py"),
    ('"bars.csv"', '"b.csv"', "`data`: there is no file 'b.csv'", "Add assignments/01_layers/data/b.csv"),
    (
        "[imports]",
        '[imports]\ninert = ["mat plotlib"]',
        "`imports.inert`: 'mat plotlib' is not the name of a package",
        "Correct it.",
    ),
    (
        "[imports]",
        'preload = ["matplotlib"]\n[imports]',
        "`preload`: `matplotlib` is preloaded but not among the packages",
        'Add "matplotlib" to `packages`.',
    ),
]


@pytest.mark.parametrize(("old", "new", "message", "remedy"), WRONG_SETTINGS, ids=[row[1] for row in WRONG_SETTINGS])
def test_load_wrong_setting_names_file_key_and_remedy(
    toml: Path, old: str, new: str, message: str, remedy: str
) -> None:
    """One wrong key, one problem among those reported, with what to do about it."""
    toml.write_text(toml.read_text().replace(old, new, 1))
    with pytest.raises(CourseError) as caught:
        load_assignment(toml.parents[2], "01_layers")
    assert f"{TOML}, {message}." in str(caught.value)
    assert remedy in str(caught.value)


def test_load_single_problem_has_the_remedy_as_hint(toml: Path) -> None:
    """One problem is one sentence and a hint."""
    toml.write_text(toml.read_text().replace("b2 = 20", "b2 = 21"))
    with pytest.raises(CourseError) as caught:
        load_assignment(toml.parents[2], "01_layers")
    assert str(caught.value) == (
        f"{TOML}, `exercises`: the exercises add up to 31 points, `points` says 30.\n"
        "Hint: Change the points of an exercise, or `points`."
    )


def test_load_two_problems_tells_both(toml: Path) -> None:
    """Nobody should have to run the command once per mistake."""
    toml.write_text(toml.read_text().replace("b2 = 20", "b2 = 21").replace('"vis.py"', '"viz.py"'))
    with pytest.raises(CourseError) as caught:
        load_assignment(toml.parents[2], "01_layers")
    assert str(caught.value) == (
        "Assignment '01_layers' has 2 problems:\n"
        f"  {TOML}, `exercises`: the exercises add up to 31 points, `points` says 30."
        " Change the points of an exercise, or `points`.\n"
        f"  {TOML}, `support`: there is no file 'viz.py'."
        " Add assignments/01_layers/support/viz.py, or take it out of `support`."
    )


def test_load_missing_key_says_which(toml: Path) -> None:
    """A settings file without a title."""
    toml.write_text(toml.read_text().replace('title = "Layers"', ""))
    assert _message(toml) == f"{TOML}, `title`: the key is missing.\nHint: Add `title = ...`."


def test_load_no_toml_says_where(toml: Path) -> None:
    """A settings file that is not TOML."""
    toml.write_text("title = = 1")
    assert _message(toml) == (
        f"{TOML}: not TOML: invalid value (at line 1, column 9).\nHint: Write it as TOML: https://toml.io."
    )


def test_load_not_utf8_says_where(toml: Path) -> None:
    """A settings file in another encoding."""
    toml.write_bytes(b'title = "\xe9"')
    assert _message(toml) == f"{TOML}: not UTF-8 (byte 9).\nHint: Save it as UTF-8."


def test_load_reference_with_syntax_error_names_its_line(course: Path, toml: Path) -> None:
    """A reference that is no Python."""
    (course / "reference/01_layers/net.py").write_text("x = 1\nclass:\n")
    assert _message(toml) == (
        "reference/01_layers/net.py, line 2: not Python: invalid syntax.\nHint: Correct the syntax."
    )


def test_load_exercise_without_rubric_says_what_to_write(course: Path, toml: Path) -> None:
    """An exercise needs its file of criteria."""
    (course / "assignments/01_layers/rubric/test_b2.py").unlink()
    assert _message(toml) == (
        f"{TOML}, `exercises.b2`: the exercise has no rubric file.\n"
        "Hint: Write assignments/01_layers/rubric/test_b2.py; the first line of its docstring is the exercise's title."
    )


def test_load_rubric_without_docstring_asks_for_the_title(course: Path, toml: Path) -> None:
    """Reports group criteria under the exercise's title."""
    (course / "assignments/01_layers/rubric/test_b2.py").write_text("import numpy\n")
    assert _message(toml) == (
        "assignments/01_layers/rubric/test_b2.py: there is no docstring.\n"
        'Hint: Begin it with the exercise\'s title, such as """Affine layer."""'
    )


def test_load_rubric_of_unknown_exercise_asks_back(course: Path, toml: Path) -> None:
    """A rubric file whose exercise has no points would never count."""
    (course / "assignments/01_layers/rubric/public/test_bb2.py").write_text('"""ReLU."""\n')
    assert _message(toml) == (
        "assignments/01_layers/rubric/public/test_bb2.py: exercise `bb2` is not in assignment.toml.\n"
        "Hint: Did you mean `b2`?"
    )


@pytest.mark.parametrize("name", GRADED_BY)
def test_digest_changes_with_everything_that_is_graded_by(course: Path, name: str) -> None:
    """Results of another rubric, reference or data are other results."""
    before = load_assignment(course, "01_layers").digest
    with (course / "assignments" / "01_layers" / name).open("a") as file:
        file.write("\n# changed\n" if name != "data/bars.csv" else "3,4\n")
    assert load_assignment(course, "01_layers").digest != before


@pytest.mark.parametrize("name", NOT_GRADED_BY)
def test_digest_stays_when_nothing_graded_by_changes(course: Path, name: str) -> None:
    """Mutants, the handout and debris change no score."""
    before = load_assignment(course, "01_layers").digest
    path = course / "assignments" / "01_layers" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(path.read_text() + "\n" if path.exists() else "new")
    assert load_assignment(course, "01_layers").digest == before


def test_digest_depends_on_content_not_on_place(course: Path, tmp_path: Path) -> None:
    """Two checkouts of one course give one digest."""
    moved = course.rename(tmp_path / "elsewhere")
    first = load_assignment(moved, "01_layers")
    assert first.digest == Assignment(first.id, first.course, first.settings).digest


def _message(toml: Path) -> str:
    with pytest.raises(AutograderError) as caught:
        load_assignment(toml.parents[2], "01_layers")
    return str(caught.value)
