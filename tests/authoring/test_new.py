"""What `autograder new` makes loads and runs, and `prove` says what is missing; what cannot be made leaves nothing behind."""

import json

import pytest

from autograder.assignment import load_assignment, load_mutants
from autograder.authoring.domains import guesses
from autograder.authoring.targets import Parameter, find_targets
from autograder.template import stale_files
from tests.authoring.conftest import run

MARKED = '''"""Two layers."""

import numpy as np


def affine(x, w, b):
    """Return ``x @ w + b``.

    x : array, shape (N, D)
    w : array, shape (D, M)
    b : array, shape (M,)
    """
    # BEGIN SOLUTION
    return x @ w + b
    # END SOLUTION


def mean_square(x, w, b):
    """Return the mean of the squares of an affine layer: x float[N, D], w float[D, M], b float[M]."""
    # BEGIN SOLUTION
    return float(np.mean(affine(x, w, b) ** 2))
    # END SOLUTION


def from_cache(cache):
    """Whatever."""
    # BEGIN SOLUTION
    return cache["x"].sum()
    # END SOLUTION
'''
UNMARKED = "def f(x):\n    return x\n"


@pytest.fixture
def write(tmp_path):
    """Write a reference outside of the course."""

    def call(text, name="layers.py"):
        path = tmp_path / "mine" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return call


def findings(course, assignment):
    """What `prove` says of an assignment, as exit code and list."""
    done = run("prove", assignment, "--course", course, "--json")
    (proof,) = json.loads(done.stdout)["proofs"]
    return done.returncode, [f"{one['subject']}: {one['what']}" for one in proof.get("findings", [])]


def test_new_skeleton_is_sound_but_for_what_it_says_is_to_do(new_course):
    """Without a reference there is one function, and everything holds but that an author has not written yet."""
    done = run("new", "02_attention", cwd=new_course)
    assert done.returncode == 0, done.stderr
    assert stale_files(load_assignment(new_course, "02_attention")) == []
    code, found = findings(new_course, "02_attention")
    assert code == 1
    assert [one.partition(":")[0] for one in found] == ["unfinished"] * 4
    assert "unfinished: the hint of e1_values still says TODO, to students" in found


def test_new_from_a_reference_has_an_exercise_for_each_function(new_course, write):
    """Criteria compare with the reference and have what a function calls provided; mutants change one thing."""
    done = run("new", "02_layers", "--reference", write(MARKED), cwd=new_course)
    assert done.returncode == 0, done.stderr
    assignment = load_assignment(new_course, "02_layers")
    assert (assignment.title, assignment.points, len(assignment.exercises)) == ("Layers", 30, 3)
    rubric = (assignment.rubric / "test_e2.py").read_text()
    assert 'provided=["affine"],' in rubric
    assert "assert_close(submission.mean_square(x, w, b), reference.mean_square(x, w, b))" in rubric
    assert "w = rng.normal(size=(3, 5))" in (assignment.rubric / "test_e1.py").read_text()
    assert [one.mistake.partition(". TODO")[0] for one in load_mutants(assignment)] == [
        "`-` in place of `+` in affine",
        "`*` in place of `**` in mean_square",
    ]
    assert "affine(x, w, b) -> TODO" in (assignment.folder / "README.md").read_text()
    assert "No arguments could be guessed for from_cache" in done.stderr


def test_new_criteria_that_could_not_be_guessed_stop_the_proof_by_name(new_course, write):
    """Nothing pretends to be graded: the criterion to write is named."""
    run("new", "02_layers", "--reference", write(MARKED), cwd=new_course)
    done = run("prove", "02_layers", cwd=new_course)
    assert done.returncode == 4
    assert "TODO: call from_cache of submission and reference, and compare with assert_close" in done.stdout


def test_new_criteria_of_guessed_functions_hold(new_course, write):
    """Where all arguments could be guessed, every mutant loses what it says, and only TODOs are left."""
    guessed = MARKED.partition("\n\ndef from_cache")[0]
    assert run("new", "02_layers", "--reference", write(guessed), cwd=new_course).returncode == 0
    code, found = findings(new_course, "02_layers")
    assert (code, {one.partition(":")[0] for one in found}) == (1, {"unfinished"})


def test_new_from_a_notebook_keeps_it_as_the_source(new_course, write):
    """A notebook may be the reference: the template and the rubric are made of its cells."""
    cells = ["# Layers", *MARKED.partition("\n\ndef from_cache")[0].split("\n\n\n")]
    document = {
        "cells": [{"cell_type": "markdown" if one.startswith("# L") else "code", "source": one} for one in cells],
        "nbformat": 4,
    }
    done = run("new", "02_layers", "--reference", write(json.dumps(document), "layers.ipynb"), cwd=new_course)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (new_course / "reference/02_layers").glob("*.*")] == ["layers.ipynb"]
    assert (new_course / "student_template/02_layers/layers.py").read_text().startswith('# # Layers\n\n\n"""Two layers')
    code, found = findings(new_course, "02_layers")
    assert (code, {one.partition(":")[0] for one in found}) == (1, {"unfinished"})


def test_new_class_is_an_exercise_of_its_methods(new_course, write):
    """A class is made and its methods are called, where arguments can be guessed."""
    source = '''class Line:
    """A line; slope : float, offset : float."""

    def __init__(self, slope, offset):
        self.slope, self.offset = slope, offset

    def at(self, x):
        """Where it is; x : float."""
        # BEGIN SOLUTION
        return self.slope * x + self.offset
        # END SOLUTION
'''
    done = run("new", "02_line", "--reference", write(source, "line.py"), cwd=new_course)
    assert done.returncode == 0, done.stderr
    rubric = (new_course / "assignments/02_line/rubric/test_e1.py").read_text()
    assert 'tests=["Line.at"]' in rubric
    assert "assert_close(found.at(x), expected.at(x))" in rubric
    assert "No first mutant was found for Line" in done.stderr
    _, found = findings(new_course, "02_line")
    assert "mutants: none loses e1_values, so nothing shows that it can be lost" in found


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["01_linear_regression"], 2, "Error: There is assignments/01_linear_regression already."),
        (["../escape"], 2, "Error: '../escape' cannot be the name of an assignment."),
        (
            ["02_x", "--reference", "nowhere.py"],
            2,
            "Error: Invalid value for '--reference': File 'nowhere.py' does not exist.",
        ),
        (["02_x", "--reference", "README.md"], 2, "Error: 'README.md' is no reference: it is no .py and no .ipynb."),
    ],
)
def test_new_called_wrongly_is_told(new_course, words, code, message):
    """An id that is taken or is no name, a file that is not there or is nothing of the kind."""
    done = run("new", *words, cwd=new_course)
    assert done.returncode == code
    assert message in done.stderr.splitlines()


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        (UNMARKED, "layers.py", "layers.py: no solution is marked, so there is nothing for students to write."),
        ("def f(:\n", "layers.py", "layers.py, line 1: the reference is no Python: invalid syntax."),
        (
            "def f(x):\n    # BEGIN SOLUTION\n    return x\n",
            "layers.py",
            "layers.py, line 2: the solution that begins here is not closed.",
        ),
        (
            "# BEGIN SOLUTION\n# STUDENT: x = 0\nx = 1\n# END SOLUTION\n",
            "layers.py",
            "layers.py: no function or class has a solution in it.",
        ),
        ("{}", "layers.ipynb", "layers.ipynb: this is no notebook: KeyError: 'cells'."),
        (
            '{"cells": [{"cell_type": "code", "source": "x = = 1"}]}',
            "layers.ipynb",
            "layers.ipynb, code cell 1, line 1: not Python: invalid syntax.",
        ),
    ],
)
def test_new_from_a_reference_that_is_wrong_leaves_nothing_behind(new_course, write, source, name, message):
    """The file and the line are named, the exit code says that the course is wrong, and no folder is made."""
    done = run("new", "02_layers", "--reference", write(source, name), cwd=new_course)
    assert done.returncode == 4, done.stderr
    assert done.stderr.splitlines()[0].endswith(message)
    assert list(new_course.glob("*/02_layers")) == []


def test_new_two_files_of_one_name_are_refused(new_course, write):
    """A module and a notebook of one name cannot both be handed in."""
    words = [word for name in ("layers.py", "layers.ipynb") for word in ("--reference", write(MARKED, name))]
    done = run("new", "02_layers", *words, cwd=new_course)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "Error: Two files of the reference have the same name.",
    )


def test_new_file_that_is_called_like_a_module_of_python_is_refused(new_course, write):
    """`random.py` would hide the module that everybody imports."""
    done = run("new", "02_layers", "--reference", write(MARKED, "random.py"), cwd=new_course)
    assert (done.returncode, "'random.py' cannot be handed in" in done.stderr) == (2, True)


def test_new_reference_that_never_ends_is_told(new_course, write, monkeypatch):
    """Guessing has a time limit; the assignment is made all the same."""
    source = "import time\n\n\ndef f(x):\n    # BEGIN SOLUTION\n    time.sleep(3600)\n    # END SOLUTION\n"
    monkeypatch.setattr("autograder.authoring.guess.TIMEOUT_S", 5.0)
    from autograder.authoring import NewRequest, new_assignment

    made = new_assignment(NewRequest(new_course, "02_sleep", [write(source, "sleepy.py")]))
    assert (
        "No arguments could be guessed for f (the reference did not come to an end): write its criteria." in made.notes
    )


@pytest.mark.parametrize(
    ("says", "first"),
    [
        ("array, shape (N, D)", "rng.normal(size=(4, 3))"),
        ("array of floats, shape (N, d1, ..., dk)", "rng.normal(size=(4, 3))"),
        ("f64[N, D]", "rng.normal(size=(4, 3))"),
        ("float[D], weights", "rng.normal(size=(3,))"),
        ("array of ints, shape (N,)", "rng.integers(3, size=(4,))"),
        ("float", "float(rng.uniform(0.1, 0.9))"),
        ("int", "int(rng.integers(1, 4))"),
    ],
)
def test_guesses_follow_what_is_written_of_a_parameter(says, first):
    """Shapes in the ways that docstrings have them; axes of one letter have one size."""
    assert guesses(Parameter("x", says), {"N": 4, "D": 3})[0].drawn == first


def test_find_targets_names_what_a_template_leaves_open():
    """A function that is shown whole is no exercise."""
    reference = {"a.py": "def f(x):\n    return x\n\n\ndef g(x, y=1):\n    return f(x)\n"}
    template = {"a.py": "def f(x):\n    return x\n\n\ndef g(x, y=1):\n    raise NotImplementedError\n"}
    (target,) = find_targets(reference, template)
    assert (target.name, [one.name for one in target.methods[0].parameters], target.uses) == ("g", ["x"], ())
