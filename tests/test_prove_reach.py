"""A mutant meets the criteria that can tell it from the reference, and no others."""

from dataclasses import replace

import pytest

from autograder.course import CriterionInfo, Mutant, load_mutants
from autograder.prove import prove_assignment
from autograder.prove.reach import Reach, find_reach
from autograder.station import Station

SOURCE = '''"""A file."""
import numpy as np

SCALE = 2

def helper(x):
    return SCALE * x

def f(x):
    return helper(x)

def g(x):
    return len(x)

class Net:
    depth = 3

    def loss(self, x):
        return f(x)
'''
LINES = {
    "a": {("f.py", 6), ("f.py", 7), ("f.py", 9), ("f.py", 10)},
    "b": {("f.py", 12), ("f.py", 13)},
    "c": set(),
    "d": None,
}


@pytest.fixture
def reach():
    """Four criteria: of `f` with its helper, of `g`, of `Net` after `a`, and one of which nothing is known."""
    criteria = [
        CriterionInfo(name, name, 1, exercise="e", tests=tests, after=after)
        for name, tests, after in (("a", ("f",), ()), ("b", ("g",), ()), ("c", ("Net",), ("a",)), ("d", ("g",), ()))
    ]
    lines = {name: None if one is None else frozenset(one) for name, one in LINES.items()}
    return Reach(criteria, {"f.py": SOURCE}, lines)


def of(reach, source, loses=()):
    return "".join(reach.of(Mutant("m", "M1-1", "wrong", "f.py", loses, source)))


def test_reach_is_what_runs_the_replaced_function_and_what_comes_after(reach):
    """A helper that nothing tests is run by `a`; `c` is skipped when `a` is lost; of `d` nothing is known."""
    assert of(reach, "def helper(x):\n    return x\n") == "acd"
    assert of(reach, "def g(x):\n    return 0\n") == "bd"


def test_reach_includes_what_tests_a_name_or_is_named(reach):
    """A class whose methods no criterion ran is tested by `c`; what a mutant states that it loses is run, too."""
    assert of(reach, "class Net:\n    def loss(self, x):\n        return 0\n") == "cd"
    assert of(reach, "def g(x):\n    return 0\n", loses=("a",)) == "abcd"


@pytest.mark.parametrize(
    "source",
    [
        "SCALE = 3\n",
        "import math\n",
        "class Net:\n    depth = 4\n",
        "def len(x):\n    return 0\n",
        "def SCALE(x):\n    return x\n",
        "helper = g\n",
        "sum = g\n",
        "_scale = SCALE + 1\n",
    ],
    ids=[
        "statement",
        "import",
        "class attribute",
        "builtin",
        "other name in use",
        "name",
        "name of a builtin",
        "value",
    ],
)
def test_reach_of_what_shows_without_a_call_is_everything(reach, source):
    """What takes effect while the file loads, or hides a name that others use, may be noticed anywhere."""
    assert of(reach, source) == "abcd"


def test_reach_of_imports_that_are_there_and_of_new_helpers_is_that_of_the_rest(reach):
    """They change nothing by themselves."""
    assert (
        of(reach, '"""Text."""\nimport numpy as np\n\ndef own(x):\n    return x\n\ndef g(x):\n    return own(x)\n')
        == "bd"
    )


def test_reach_found_by_running_the_reference(settings):
    """The criteria of the softmax never call the affine layer."""
    with Station(replace(settings, sandbox="plain")) as station:
        reach = find_reach(station, "seed 0")
        bias = next(one for one in load_mutants(station.assignment) if one.name == "m99_01_bias_forgotten")
        assert reach.of(bias) == [one.id for one in station.criteria if one.id.startswith("a_")]


def test_prove_loss_that_a_mutant_does_not_state_is_found_within_its_reach(settings, course):
    """Of many subjects each meets what it reaches; a loss among these that is not stated is a finding as ever."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values"))
    proof = prove_assignment(replace(settings, course=course))
    found = [str(one) for one in proof.findings if one.subject == "m99_01_bias_forgotten"]
    assert found[0].startswith("m99_01_bias_forgotten (seed 0): loses a_example (failed: out: ")
    trial = next(one for one in proof.trials if one.subject == "m99_01_bias_forgotten")
    assert {name for name, outcome in trial.outcomes.items() if outcome == "passed"} >= {"s_values", "s_stable"}
    assert not any(name.startswith("s_") for name in trial.cpu_s)


def test_reach_of_what_calls_the_function_that_it_replaces_is_that_of_the_function(reach):
    """A second name for the old one changes nothing by itself."""
    assert of(reach, "_g = g\n\ndef g(x):\n    return 2 * _g(x)\n") == "bd"
