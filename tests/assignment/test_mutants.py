"""Mutants: how they are written, applied, and told to be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import (
    Assignment,
    CriterionInfo,
    apply_mutant,
    check_mutants,
    load_accepted,
    load_assignment,
    load_mutants,
    map_defined_names,
)
from autograder.errors import CourseError

WHERE = "assignments/01_layers/mutants/m01_01a_no_bias.py"
NO_ID = "the docstring does not begin with the mutant's id and its mistake"
FUTURE = "`from __future__` cannot stand at the end of a file, where mutants are appended"
FORM = (
    'Decorate each definition with @mutant("M01-1a", loses=["b1_values"]), or begin a file of its own with'
    ' """M01-1 what is wrong, an empty line, `file: layers.py` and `loses: b1_values, b1_safe`.'
)
CALL = (
    'Write @mutant("M01-1a", loses=["b1_values"], file="layers.py", cascades={"b7_values": "why"}), all of it literal.'
)
GROUP = "assignments/01_layers/mutants/b1.py"
MARKED = '''"""Mistakes: Affine layer."""

import math

from autograder.rubric import mutant


@mutant("M01-2a", loses=["b1_values"], cascades={"b1_values": "why"})
def affine(x, w, b):
    """The bias is forgotten."""
    return x @ w * math.e


@mutant("M01-2b", loses=["b1_values", "b2_values"], file="net.py")
class two_at_once:
    """Several definitions,
    and an assignment.

    More about them.
    """

    # a comment
    SCALE = """
  as it stands
"""

    def affine(x, w, b):
        return other(x)

    def other(x):
        return x
'''


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
    assert (mutant.name, mutant.place, mutant.mistake) == ("m01_01a_no_bias", WHERE, "the bias is forgotten")
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
        "assignments/01_layers/mutants/M01 no bias.py: the file's name is not like b1.py or m01_01a_dx_not_reshaped.py.\n"
        "Hint: Rename it."
    )


def test_load_accepted_variant_loses_nothing(assignment: Assignment) -> None:
    """Another right solution is written like a mutant."""
    assignment.accepted.mkdir()
    path = assignment.accepted / "bias_first.py"
    for begin in ("Accepted: ", ""):
        path.write_text(f'"""{begin}the bias first.\n\nfile: layers.py\nloses:\n"""\n')
        (variant,) = load_accepted(assignment)
        assert (variant.name, variant.mistake, variant.loses) == ("bias_first", "the bias first", ())
    path.write_text(path.read_text().replace("loses:", "loses: b1_values"))
    with pytest.raises(CourseError) as caught:
        load_accepted(assignment)
    assert str(caught.value) == (
        "assignments/01_layers/accepted/bias_first.py, `loses`: an accepted variant loses nothing.\n"
        "Hint: Empty the line, or make it a mutant."
    )


def marked(assignment: Assignment, text: str, folder: str = "mutants") -> None:
    """Replace the mutants, or the variants, by one file with decorators."""
    target = assignment.folder / folder
    target.mkdir(exist_ok=True)
    for path in target.glob("*.py"):
        path.unlink()
    (target / "b1.py").write_text(text)


def test_load_marked_mutants_reads_decorators(assignment: Assignment) -> None:
    """A file holds those of an exercise, each where it stands."""
    marked(assignment, MARKED)
    one, two = load_mutants(assignment)
    assert (one.name, one.mistake, one.file) == ("M01-2a", "The bias is forgotten", "layers.py")
    assert (one.loses, one.cascades) == (("b1_values",), {"b1_values": "why"})
    assert one.place == f"{GROUP}, line 8"
    assert (two.name, two.mistake, two.file) == ("M01-2b", "Several definitions, and an assignment", "net.py")


def test_marked_function_brings_the_imports_that_it_uses(assignment: Assignment) -> None:
    """Those of its file; names of the reference need none."""
    marked(assignment, MARKED)
    one, two = load_mutants(assignment)
    assert one.source.startswith("import math\n\n\ndef affine(x, w, b):\n")
    assert "import" not in two.source


def test_marked_class_that_the_reference_has_not_holds_statements(assignment: Assignment) -> None:
    """They are appended as they stand, texts of several lines included."""
    marked(assignment, MARKED)
    space: dict[str, object] = {}
    exec(load_mutants(assignment)[1].source, space)
    assert space["SCALE"] == "\n  as it stands\n"
    assert space["affine"](3, 0, 0) == 3


def test_marked_class_that_the_reference_has_takes_its_place(assignment: Assignment) -> None:
    """With its methods and its other decorators."""
    reference = assignment.reference / "layers.py"
    reference.write_text(f"{reference.read_text()}\n\nclass Layer:\n    pass\n")
    marked(
        assignment,
        'import functools\n@mutant("M01-3", loses=["b1_values"])\n@functools.total_ordering\nclass Layer:\n'
        '    """It says nothing."""\n    def __lt__(self, other):\n        return True\n',
    )
    (one,) = load_mutants(assignment)
    assert "@functools.total_ordering\nclass Layer:\n" in one.source
    assert "mutant" not in one.source


def test_load_marked_accepted_variant_loses_nothing(assignment: Assignment) -> None:
    """It has a name of its own."""
    text = '@accepted("bias_first")\ndef affine(x, w, b):\n    """The bias first."""\n    return b + x @ w\n'
    marked(assignment, text, "accepted")
    (one,) = load_accepted(assignment)
    assert (one.name, one.mistake, one.loses) == ("bias_first", "The bias first", ())


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ('"M01-2a"', '"no_bias"', 8, ": its name is not like `M01-1a`"),
        ('"M01-2a"', "NAME", 8, ": what @mutant is given is not literal"),
        ('"M01-2b"', '"M01-2a"', 14, f": `M01-2a` is the name of another one: {GROUP}, line 8"),
        (", cascades", ", cascade", 8, ": unknown key `cascade`"),
        ('"""The bias is forgotten."""', "", 8, ": the docstring that says what `M01-2a` does is missing"),
        ('loses=["b1_values"]', "loses=[]", 8, ": `loses` is missing or empty"),
        ('loses=["b1_values"]', 'loses="b1_values"', 8, ": `loses` is no list of criteria"),
        ('{"b1_values": "why"}', '["b1_values"]', 8, ": `cascades` is no table of criteria and reasons"),
        ('{"b1_values": "why"}', '{"b2_values": "why"}', 8, ", `cascades`: `b2_values` is not among what it loses"),
        ('{"b1_values": "why"}', '{"b1_values": ""}', 8, ", `cascades`: there is no reason for `b1_values`"),
        ('file="net.py"', 'file="nets.py"', 14, ", `file`: `nets.py` is not a declared file"),
        ('def affine(x, w, b):\n    """', 'def af(x, w, b):\n    """', 8,
         ", `file`: what it defines stands in no file of the reference"),
        ("import math", "import math\nSCALE = 2", 4, ": this statement belongs to no mutant"),
        ('@mutant("M01-2a"', '@accepted("M01-2a"', 8, ": @accepted belongs into another folder"),
    ],
)  # fmt: skip
def test_load_wrong_marked_mutant_says_what(assignment: Assignment, old: str, new: str, line: int, text: str) -> None:
    """Every way to write one wrong, with its place."""
    assert old in MARKED
    marked(assignment, MARKED.replace(old, new, 1))
    assert message(assignment).startswith(f"{GROUP}, line {line}{text}.\nHint: ")


def test_check_mutants_with_unknown_criterion_asks_back(assignment: Assignment) -> None:
    """A mutant loses criteria that exist."""
    criteria = [CriterionInfo(name, "Values", 1, exercise="b1") for name in ("b1_values", "b2_value")]
    with pytest.raises(CourseError) as caught:
        check_mutants(assignment, load_mutants(assignment), criteria)
    assert str(caught.value) == f"{WHERE}, `loses`: `b2_values` is no criterion.\nHint: Did you mean `b2_value`?"


def test_defined_names_finds_what_a_reference_defines() -> None:
    """Functions, classes, methods and names, also under conditions; not what is local."""
    source = "import numpy as np\nA, (B, c) = 1, (2, 3)\nD: int = 4\nif A:\n    def f():\n        x = 1\n"
    source += "async def g(): ...\n"
    found = map_defined_names({"a.py": source, "b.py": "class K:\n    k = 1\n    def m(self): ...\nA = 2\n"})
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
