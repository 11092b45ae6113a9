"""What `autograder new` makes loads and runs, and `prove` says what is missing; what cannot be made leaves nothing behind."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring.domains import guesses
from autograder.authoring.targets import Parameter, find_targets
from autograder.course import load_assignment, load_mutants
from autograder.course.template import stale_files
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
REFERENCES = Path(__file__).parent / "references"
#: Of each realistic reference, what `new` says that it could not find.
REALISTIC = {
    "attention.py": [
        "No first mutant was found for causal_mask: write one.",
        "No first mutant was found for positional_encoding: write one.",
    ],
    "bayes.py": [
        f"No first mutant was found for {name}: write one." for name in ("GaussianNB", "Momentum", "Vocabulary")
    ],
    "boxes.py": [],
    "builders.py": [
        (
            "No arguments could be guessed for build_unbuilt (it returned a Keras model that does not know "
            "the shape of its input): write its criteria."
        ),
        (
            "No arguments could be guessed for train (nothing can be made up for `model`, which is keras.Model): "
            "write its criteria."
        ),
    ],
    "classify.py": [],
    "cluster.py": ["No first mutant was found for kmeans: write one."],
    "dropout.py": [
        (
            "No arguments could be guessed for noisy (it answers otherwise when it is called again with the same "
            "arguments): write its criteria."
        ),
    ],
    "logistic.py": [],
    "metrics.py": [],
    "models.py": [
        "No first mutant was found for LinearRegression: write one.",
        "No first mutant was found for KNN: write one.",
        (
            "No arguments could be guessed for Scaler (its methods return nothing that could be compared): "
            "write its criteria."
        ),
        "No first mutant was found for Dense: write one.",
    ],
    "optim.py": [
        "No first mutant was found for activation: write one.",  # of relu or of tanh, which not every student draws
        "No arguments could be guessed for adam (KeyError: 't'): write its criteria.",
    ],
    "rnn.py": [],
    "stats.py": [],
    "text.py": [
        "No first mutant was found for tokenize: write one.",
        "No first mutant was found for encode_tokens: write one.",
    ],
    "typed.py": [],
}
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
        "`-` in place of `+`",
        "`*` in place of `**`",
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


COURSE_NOTEBOOK = """%matplotlib inline
import numpy as np
import matplotlib.pyplot as plt
import plotnine, seaborn as sns
from google import colab
from google.colab import drive
from tqdm import tqdm
plt.style.use("ggplot")
### cell
def pca(X, k=2):
    '''Project on the first components; X : array, shape (N, D).'''
    # BEGIN SOLUTION
    _, _, V = np.linalg.svd(X - X.mean(0), full_matrices=False)
    return V[:k]
    # END SOLUTION
### cell
def one_hot(y, num_classes):
    '''Encode labels.

    y : int array of shape (N,), labels in range(num_classes)
    num_classes : int
    '''
    # BEGIN SOLUTION
    out = np.zeros((len(y), num_classes))
    for i in tqdm(range(len(y))):
        out[i, y[i]] += 1.0
    return out
    # END SOLUTION
### cell
class Scaler:
    def __init__(self, eps=1e-3):
        self.eps = eps

    def transform(self, x: np.ndarray, *, center=True):
        '''Scale; x : array, shape (N, D).'''
        # BEGIN SOLUTION
        return (x - x.mean(0) * center) / (x.std(0) + self.eps)
        # END SOLUTION
### cell
fig, axes = plt.subplots(1, 2)
axes[0].imshow(one_hot(np.arange(3), 3))
plt.show()
"""


def test_new_from_a_course_notebook_needs_no_package_for_looking(new_course, write):
    """It plots and shows progress, whether or not these are installed, and nobody has to install them."""
    cells = [{"cell_type": "code", "source": one} for one in COURSE_NOTEBOOK.split("### cell\n")]
    reference = write(json.dumps({"cells": cells, "nbformat": 4}), "features.ipynb")
    done = run("new", "02_features", "--reference", reference, cwd=new_course)
    assert done.returncode == 0, done.stderr
    assert "could be guessed" not in done.stderr
    assignment = load_assignment(new_course, "02_features")
    assert (assignment.settings.packages, assignment.settings.frameworks) == (("numpy",), ())
    handout = (assignment.folder / "README.md").read_text()
    assert "pca(X, k=2) -> TODO" in handout
    assert "\nScaler.transform(x, *, center=True) -> TODO" in handout
    has_signs = ["with either sign" in (assignment.rubric / f"test_e{number}.py").read_text() for number in (1, 2, 3)]
    assert has_signs == [True, False, False]
    code, found = findings(new_course, "02_features")
    assert (code, [one for one in found if not one.startswith("unfinished: ")]) == (
        1,
        [f"mutants: none loses e3_{name}, so nothing shows that it can be lost" for name in ("example", "values")],
    )


def test_new_reason_that_functions_share_is_given_once(new_course, write):
    """A reference that is not loaded has one reason, and not one for each function."""
    source = "import absent_package\n" + MARKED
    done = run("new", "02_layers", "--reference", write(source), cwd=new_course)
    said = (
        "No arguments could be guessed for affine, mean_square and from_cache (reference/02_layers/layers.py: cannot be"
        " imported: ModuleNotFoundError: No module named 'absent_package'): write their criteria."
    )
    assert (done.returncode, done.stderr.splitlines().count(said)) == (0, 1), done.stderr


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
    from autograder.authoring import NewRequest, make_assignment

    made = make_assignment(NewRequest(new_course, "02_sleep", [write(source, "sleepy.py")]))
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


@pytest.mark.parametrize(
    ("says", "axis"),
    [
        ("int array of shape (N,), labels in range(n_classes)", "n_classes"),
        ("int array of shape (N,), class labels from 0 to K - 1", "K"),
        ("int array of shape (N,), one of num_labels labels", "num_labels"),
        ("int array of shape (N,), labels from 0 to the last", None),
    ],
)
def test_guesses_number_of_classes_that_has_a_name_is_the_parameter_of_that_name(says, axis):
    """Labels and their number fit: one_hot(y, n_classes) is never called with a label beyond."""
    axes = {"N": 4, "D": 3}
    labels = guesses(Parameter("y", says), axes)[0]
    assert (labels.drawn, axes.keys() - {"N", "D"}) == ("rng.integers(3, size=(4,))", {axis} - {None})
    if axis is not None:
        assert guesses(Parameter(axis, "int"), axes)[0].drawn == "3"


@pytest.mark.parametrize("shape", ["(N, D)", "(D, D)", "(N, M, D)"])
@pytest.mark.parametrize("kind", ["", ", positive numbers"])
def test_guesses_matrix_that_is_always_the_same_has_full_rank(shape, kind):
    """Evenly spaced numbers make a matrix of rank two, whose inverse or singular vectors are noise."""
    guess = guesses(Parameter("x", f"array, shape {shape}{kind}"), {"N": 4, "M": 5, "D": 3})[0]
    fixed = eval(guess.fixed, {"np": np})  # an expression of the package
    assert np.linalg.cond(fixed).max() < 100


def test_find_targets_names_what_a_template_leaves_open():
    """A function that is shown whole is no exercise."""
    reference = {"a.py": "def f(x):\n    return x\n\n\ndef g(x, y=1):\n    return f(x)\n"}
    template = {"a.py": "def f(x):\n    return x\n\n\ndef g(x, y=1):\n    raise NotImplementedError\n"}
    (target,) = find_targets(reference, template)
    assert (target.name, [one.name for one in target.methods[0].parameters], target.uses) == ("g", ["x"], ())


# realistic references -----------------------------------------------------------------------------------------


def lost_without_a_mutant(assignment, notes):
    """The findings that follow from a note that no mutant was found."""
    exercises = [line.split(" = ")[0] for line in settings_of(assignment) if " = 10   # " in line]
    names = [line.rpartition("# ")[2] for line in settings_of(assignment) if " = 10   # " in line]
    ids = dict(zip(names, exercises, strict=True))
    missing = [note.split(" for ")[1].partition(":")[0] for note in notes if note.startswith("No first mutant")]
    sorts = ("example", "values")
    return {
        f"mutants: none loses {ids[name]}_{sort}, so nothing shows that it can be lost"
        for name in missing
        for sort in sorts
    }


def settings_of(assignment):
    """The lines of an assignment's settings."""
    return (assignment.folder / "assignment.toml").read_text().splitlines()


@pytest.mark.parametrize("name", sorted(REALISTIC))
def test_new_from_a_realistic_reference_holds_or_says_what_is_missing(new_course, name):
    """The first proof blames no reference: what it finds is what `new` said, and what is to do."""
    done = run("new", "02_real", "--reference", REFERENCES / name, cwd=new_course)
    assert done.returncode == 0, done.stderr
    notes = [line for line in done.stderr.splitlines() if line.startswith("No ")]
    # A first mutant is searched for a limited time: a slow machine may find one less.
    found, expected = (
        {note for note in one if not note.startswith("No first mutant")} for one in (notes, REALISTIC[name])
    )
    assert found == expected
    written = [note.split(" for ")[1].split(" ")[0] for note in notes if note.startswith("No arguments")]
    done = run("prove", "02_real", "--course", new_course, "--json")
    told = json.loads(done.stdout)
    if written:
        (error,) = told["errors"].values()
        lost = [line for line in error.splitlines() if "ungraded" in line or "raised" in line or "failed" in line]
        assert len(lost) == 2 * len(written)  # the example and the values of each
        assert all(any(f"TODO: call {one} of submission" in line for one in written) for line in lost)
        return
    (proof,) = told["proofs"]
    found = {f"{one['subject']}: {one['what']}" for one in proof["findings"]}
    unfinished = {one for one in found if one.startswith("unfinished: ")}
    assert found - unfinished == lost_without_a_mutant(load_assignment(new_course, "02_real"), notes)


def test_new_draws_probabilities_and_labels_and_uses_keras_where_it_is_needed(new_course):
    """What a docstring says holds for what is drawn, and a function of NumPy waits for no framework."""
    assert run("new", "06_x", "--reference", REFERENCES / "logistic.py", cwd=new_course).returncode == 0
    rubric = load_assignment(new_course, "06_x").rubric
    loss, model = (rubric / "test_e1.py").read_text(), (rubric / "test_e2.py").read_text()
    assert "p = rng.uniform(0.05, 0.95, size=(4,))" in loss
    assert "y = rng.integers(2, size=(4,))" in loss
    assert ("uses=" in loss, 'uses=("keras",)' in model) == (False, True)
    assert "assert_parameters(submission.build_model(input_dim, hidden)" in model


def test_new_reason_is_that_of_the_first_guess(new_course, write):
    """Of many failures the one of the likeliest arguments is told."""
    source = '''def build(hidden):
    """Build something; hidden : int."""
    # BEGIN SOLUTION
    return object() if hidden.real < 9 else None
    # END SOLUTION
'''
    done = run("new", "02_build", "--reference", write(source, "build.py"), cwd=new_course)
    reason = "it returned an object of class `object`, which does not come back by value"
    assert f"No arguments could be guessed for build ({reason}): write its criteria." in done.stderr


def test_new_guess_that_answers_nan_for_some_draws_is_not_taken(new_course, write):
    """The first draw is finite, and some are not: other arguments are found."""
    source = '''import numpy as np


def root_of(a):
    """Return the root; a : array (N,)."""
    # BEGIN SOLUTION
    with np.errstate(all="ignore"):
        return np.sqrt(a + 1.5)
    # END SOLUTION
'''
    assert run("new", "02_root", "--reference", write(source, "roots.py"), cwd=new_course).returncode == 0
    text = (load_assignment(new_course, "02_root").rubric / "test_e1.py").read_text()
    assert "a = rng.uniform(0.05, 0.95, size=(4,))" in text


def test_new_function_called_like_a_method_of_the_fixture_is_asked_for_by_item(new_course):
    """`submission.assign` is the fixture's own; a student's function of that name is an item."""
    assert run("new", "02_c", "--reference", REFERENCES / "cluster.py", cwd=new_course).returncode == 0
    text = (load_assignment(new_course, "02_c").rubric / "test_e1.py").read_text()
    assert 'assert_close(submission["assign"](X, centroids), reference.assign(X, centroids))' in text


def test_new_method_called_like_one_of_a_handle_is_reached_with_hold(new_course):
    """`value` is the handle's own; a student's method of that name is reached behind it."""
    assert run("new", "02_v", "--reference", REFERENCES / "bayes.py", cwd=new_course).returncode == 0
    text = (load_assignment(new_course, "02_v").rubric / "test_e3.py").read_text()
    assert "assert_close(hold(found).value(word), expected.value(word))" in text


@pytest.mark.parametrize(
    ("says", "first"),
    [
        ("array, shape (N,)\nprobabilities", "rng.uniform(0.05, 0.95, size=(4,))"),
        ("array, shape (N, C)\nrows sum to 1", "rng.dirichlet(np.ones(5), size=(4,))"),
        ("array, shape (N, C)\nclass probabilities", "rng.dirichlet(np.ones(5), size=(4,))"),
        ("array, shape (N, C)\nlog-probabilities", "rng.normal(size=(4, 5))"),
        ("array of 0 and 1, shape (N,)", "rng.integers(2, size=(4,))"),
        ("array of zeros and ones, shape (N,)", "rng.integers(2, size=(4,))"),
        ("ndarray of shape (n_samples,)\nbinary labels", "rng.integers(2, size=(4,))"),
        ("labels in {-1, +1}, shape (N,)", "rng.choice([-1, 1], size=(4,))"),
        ("array, shape (N, C), one-hot", "np.eye(5)[rng.integers(5, size=(4,))]"),
        ("int array of shape (N,), class labels in [0, 7)", "rng.integers(7, size=(4,))"),
        ("int array of shape (N,), labels from 0 to 9", "rng.integers(10, size=(4,))"),
        ("labels of shape (N,), 0 through 9", "rng.integers(10, size=(4,))"),
        ("int array of shape (N,), labels in range(10)", "rng.integers(10, size=(4,))"),
        ("int[N], each one of 7 classes", "rng.integers(7, size=(4,))"),
        ("int[N], indices below 6", "rng.integers(6, size=(4,))"),
        ("array (N,), positive numbers", "rng.uniform(0.5, 2.0, size=(4,))"),
        ("array (D,), variances", "rng.uniform(0.5, 2.0, size=(3,))"),
        ("array (N,), sorted", "np.sort(rng.normal(size=(4,)))"),
        ("array (N,), in descending order", "np.sort(rng.normal(size=(4,)))[..., ::-1]"),
        ("array (D, D), symmetric", "(lambda a: a + a.T)(rng.normal(size=(3, 3)))"),
        ("array (D, D), symmetric positive definite", "np.cov(rng.normal(size=(3, 12)))"),
        ("covariance matrix", "np.cov(rng.normal(size=(3, 12)))"),
        ("array (D, D), orthogonal", "np.linalg.qr(rng.normal(size=(3, 3)))[0]"),
        ("bool array (T, T), mask", "(rng.random(size=(5, 5)) < 0.5) | np.eye(5, dtype=bool)"),
        ("padding mask, bool[N, T]", "np.arange(5) <= rng.integers(5, size=(4, 1))"),
        (
            "array (N, 4), boxes x1, y1, x2, y2",
            "np.cumsum(rng.uniform(0.2, 1.0, size=(4, 2, 2)), axis=-2).reshape((4, 4))",
        ),
        ("uint8 array of shape (H, W, 3)", "rng.integers(256, size=(6, 7, 3))"),
        ("float32 array of shape (N, D)", "(rng.normal(size=(4, 3))).astype(np.float32)"),
        ("N x D array", "rng.normal(size=(4, 3))"),
        ("array (4*N, 2)", "rng.normal(size=(16, 2))"),
        ("np.random.Generator", "int(rng.integers(1_000))"),
        ("bool", "bool(rng.integers(2))"),
        ("list of str", 'rng.choice(["the", "cat", "sat", "on", "a", "mat"], size=8).tolist()'),
        ("{'mean', 'sum'}", 'str(rng.choice(["mean", "sum"]))'),
        ("list[float]", "rng.normal(size=4).tolist()"),
        ("tuple of int\n(height, width, channels)", "(8, 8, 1)"),
    ],
)
def test_guesses_hold_what_is_written_of_the_values(says, first):
    """Every expression is Python, and so is the one that is always the same."""
    guess = guesses(Parameter("x", says), {"N": 4, "D": 3})[0]
    assert guess.drawn == first
    ast.parse(guess.fixed)


@pytest.mark.parametrize(
    ("docstring", "says"),
    [
        (
            "Parameters\n----------\nx : array, shape (N,)\n    probabilities\ny : int",
            "array, shape (N,)\nprobabilities",
        ),
        (
            "Args:\n    x (np.ndarray): scores of shape (N, C).\n    y (int): size",
            "np.ndarray\nscores of shape (N, C).",
        ),
        ("Inputs:\n- x: Data, of shape (N, D);\n  more of it\n- y: Labels", "Data, of shape (N, D);\nmore of it"),
        (":param x: array of shape (n, d)\n:return: int", "array of shape (n, d)"),
        ("Return the mean: x float[N, D], w float[D]", "float[N, D]"),
        ("x, y : array (N,)", "array (N,)"),
        ("A line; x : float, y : int.", "float"),
        ("A line; x : array (N, D).", "array (N, D)"),
        ("Nothing about it.", ""),
    ],
)
def test_parameter_says_what_its_docstring_says(docstring, says):
    """Numpydoc, Google's and Sphinx' ways, lists, and a mention in a sentence."""
    reference = f'def f(x, y):\n    """Do it.\n\n{docstring}\n"""\n    return x\n'
    (target,) = find_targets({"a.py": reference}, {"a.py": "def f(x, y):\n    raise NotImplementedError\n"})
    assert target.methods[0].parameters[0].says == says
