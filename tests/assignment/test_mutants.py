"""Mutants: how they are written, applied, and told to be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.assignment import (
    Assignment,
    CriterionInfo,
    apply_mutant,
    check_mutants,
    defined_names,
    load_accepted,
    load_assignment,
    load_mutants,
)
from autograder.errors import CourseError

WHERE = "assignments/01_layers/mutants/m01_01a_no_bias.py"
NO_ID = "the docstring does not begin with the mutant's id and its mistake"
FUTURE = "`from __future__` cannot stand at the end of a file, where mutants are appended"
FORM = 'Begin it with """M01-1 what is wrong, an empty line, `file: layers.py` and `loses: b1_values, b1_safe`.'


@pytest.fixture
def assignment(course: Path) -> Assignment:
    """The assignment of the small course."""
    return load_assignment(course, "01_layers")


def rewrite(assignment: Assignment, old: str, new: str) -> None:
    """Change the mutant of the small course."""
    path = assignment.course / WHERE
    path.write_text(path.read_text().replace(old, new))


def message(assignment: Assignment) -> str:
    """What `load_mutants` says."""
    with pytest.raises(CourseError) as caught:
        load_mutants(assignment)
    return str(caught.value)


def test_load_mutant_reads_its_docstring(assignment: Assignment) -> None:
    """Id, mistake, file and losses stand in the docstring."""
    (mutant,) = load_mutants(assignment)
    assert (mutant.slug, mutant.id, mutant.mistake) == ("m01_01a_no_bias", "M01-1", "the bias is forgotten")
    assert (mutant.file, mutant.loses) == ("layers.py", ("b1_values", "b2_values"))


def test_apply_mutant_replaces_the_definition(assignment: Assignment) -> None:
    """Later definitions override earlier ones; other files stay."""
    (mutant,) = load_mutants(assignment)
    reference = assignment.reference_sources()
    sources = apply_mutant(reference, mutant)
    space: dict[str, object] = {}
    exec(compile(sources["layers.py"], "layers.py", "exec"), space)
    assert space["SCALE"] == 1.0
    assert space["affine"].__doc__ == "Apply a linear map without its bias."
    assert sources["net.py"] == reference["net.py"]


def test_load_mutants_without_folder_finds_none(assignment: Assignment) -> None:
    """An assignment may have no mutants yet."""
    (assignment.course / WHERE).unlink()
    assert load_mutants(assignment) == ()


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("M01-1 the", "The", f"{WHERE}: {NO_ID}.\nHint: {FORM}"),
        ("file: layers.py", "", f"{WHERE}, `file`: the line `file:` is missing or empty.\nHint: {FORM}"),
        (
            "file: layers.py",
            "file: layer.py",
            f"{WHERE}, `file`: `layer.py` is not a declared file.\nHint: Did you mean `layers.py`?",
        ),
        (
            "loses: b1_values, b2_values",
            "loses:",
            f"{WHERE}, `loses`: the line `loses:` is missing or empty.\nHint: {FORM}",
        ),
        ("def affine(", "def (", f"{WHERE}, line 8: not Python: invalid syntax.\nHint: Correct the syntax."),
        (
            "def affine(",
            "from __future__ import annotations\ndef affine(",
            f"{WHERE}, line 8: {FUTURE}.\nHint: Remove the line.",
        ),
    ],
    ids=["id", "file", "unknown-file", "loses", "syntax", "future"],
)
def test_load_wrong_mutant_says_what(assignment: Assignment, old: str, new: str, text: str) -> None:
    """Every way to write a mutant wrong, with the remedy."""
    rewrite(assignment, old, new)
    assert message(assignment) == text


def test_load_mutant_with_wrong_file_name_says_so(assignment: Assignment) -> None:
    """Slugs are file names without surprises."""
    path = assignment.course / WHERE
    path.rename(path.with_name("M01 no bias.py"))
    assert message(assignment) == (
        "assignments/01_layers/mutants/M01 no bias.py: the file's name is not like m01_01a_dx_not_reshaped.py.\n"
        "Hint: Rename it."
    )


def test_load_accepted_variant_loses_nothing(assignment: Assignment) -> None:
    """Another right solution is written like a mutant."""
    assignment.accepted.mkdir()
    path = assignment.accepted / "bias_first.py"
    for begin in ("Accepted: ", ""):
        path.write_text(f'"""{begin}the bias first.\n\nfile: layers.py\nloses:\n"""\n')
        (variant,) = load_accepted(assignment)
        assert (variant.slug, variant.id, variant.mistake, variant.loses) == (
            "bias_first",
            "Accepted",
            "the bias first",
            (),
        )
    path.write_text(path.read_text().replace("loses:", "loses: b1_values"))
    with pytest.raises(CourseError) as caught:
        load_accepted(assignment)
    assert str(caught.value) == (
        "assignments/01_layers/accepted/bias_first.py, `loses`: an accepted variant loses nothing.\n"
        "Hint: Empty the line, or make it a mutant."
    )


def test_check_mutants_with_unknown_criterion_asks_back(assignment: Assignment) -> None:
    """A mutant loses criteria that exist."""
    criteria = [CriterionInfo(name, "b1", "Values", 1) for name in ("b1_values", "b2_value")]
    with pytest.raises(CourseError) as caught:
        check_mutants(assignment, load_mutants(assignment), criteria)
    assert str(caught.value) == f"{WHERE}, `loses`: `b2_values` is no criterion.\nHint: Did you mean `b2_value`?"


def test_defined_names_finds_what_a_reference_defines() -> None:
    """Functions, classes, methods and names, also under conditions; not what is local."""
    source = "import numpy as np\nA, (B, c) = 1, (2, 3)\nD: int = 4\nif A:\n    def f():\n        x = 1\n"
    source += "async def g(): ...\n"
    found = defined_names({"a.py": source, "b.py": "class K:\n    k = 1\n    def m(self): ...\nA = 2\n"})
    assert found == {
        "A": "b.py",
        "B": "a.py",
        "c": "a.py",
        "D": "a.py",
        "f": "a.py",
        "g": "a.py",
        "K": "b.py",
        "K.k": "b.py",
        "K.m": "b.py",
    }
