"""What belongs to an inert package never crosses as an answer."""

from __future__ import annotations

import pytest

from autograder.remote.loading import parse_loading

PLT = "import matplotlib.pyplot as plt\nimport numpy as np\n"


@pytest.fixture
def load_inert(load):
    """Load a source with matplotlib and tqdm inert."""
    return lambda source, **options: load(source, inert=["matplotlib", "tqdm"], **options)


def test_inert_package_in_a_right_function_costs_nothing(load_inert):
    """The function draws, and its answer is right."""
    submission = load_inert(PLT + "def f(x):\n    fig, ax = plt.subplots()\n    ax.plot(x)\n    return 2 * x")
    assert submission.f(3) == 6
    assert submission.loading.inert == ("matplotlib",)


@pytest.mark.parametrize(
    "answer",
    ["plt.plot([1])", "plt.subplots(2)[1]", "(1.0, plt.gca())", "{'figure': plt.gcf()}", "[plt]", "plt.subplots()"],
)
def test_inert_object_as_an_answer_is_an_error_with_its_package(load_inert, answer):
    """Neither alone nor within a container, and the message names the function."""
    submission = load_inert(PLT + f"def plot_curve(): return {answer}\ndef g(): return 1")
    with pytest.raises(ModuleNotFoundError) as caught:
        submission.plot_curve()
    assert (
        str(caught.value)
        == "`plot_curve` returned something of matplotlib, which is not installed where this is graded"
    )
    assert submission.g() == 1  # the candidate lives on


def test_inert_object_cannot_be_kept_as_a_handle(load_inert):
    """An opaque cache is no way round."""
    submission = load_inert(PLT + "def f(): return plt.gca()\ndef g(): return 1")
    with pytest.raises(ModuleNotFoundError, match="`f` returned something of matplotlib"):
        submission.f.keep()
    assert submission.g() == 1


def test_inert_object_as_an_argument_of_the_grader_is_an_error_of_the_submission(load_inert):
    """A function of the grader meets no inert object."""
    submission = load_inert(PLT + "def f(g): return g(plt.gca())")
    with pytest.raises(ModuleNotFoundError, match="something of matplotlib, which is not installed"):
        submission.f(lambda x: x)


def test_inert_object_used_as_a_value_names_file_and_line(load_inert):
    """The student sees where a number was wanted."""
    submission = load_inert(PLT + "def f(x):\n    lo, hi = plt.ylim()\n    return hi - lo")
    with pytest.raises(ModuleNotFoundError, match="matplotlib is not installed where this is graded") as caught:
        submission.f(1)
    assert (caught.value.remote.frames[-1].file, caught.value.remote.frames[-1].line) == ("layers.py", 5)


def test_inert_attribute_of_an_object_stays_in_the_candidate(load_inert):
    """An object that holds a figure can be used; the figure itself is no answer."""
    submission = load_inert(
        PLT + "class A:\n    def __init__(self): self.fig = plt.figure()\n    def f(self): return 4"
    )
    one = submission.A()
    assert one.f() == 4
    with pytest.raises(ModuleNotFoundError, match="`fig` is something of matplotlib"):
        one.fig  # noqa: B018


def test_inert_packages_that_a_reply_makes_up_are_left_out():
    """What is told of them is one of the assignment's names."""
    assert parse_loading({"inert": ["evil", "tqdm", 3, []]}, ["matplotlib", "tqdm"]).inert == ("tqdm",)
    assert parse_loading({"inert": 3}, ["tqdm"]).inert == ()
