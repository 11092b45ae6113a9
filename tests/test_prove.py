"""Assignments are proved; what does not hold is found."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment import find_assignments
from autograder.batch import default_jobs
from autograder.prove import prove
from autograder.seeds import Secret
from autograder.station import StationSettings

ROOT = Path(__file__).parents[1]
SEEDS = int(os.environ.get("AUTOGRADER_SEEDS", "1"))


@pytest.mark.parametrize("assignment", find_assignments(ROOT))
def test_assignment_of_the_course_is_proved(assignment):
    """Reference full marks, template its floor, every mutant loses exactly what it states, every criterion can be lost."""
    settings = StationSettings(ROOT, assignment, Secret(b"proved with these draws".ljust(32)))
    assert [str(finding) for finding in prove(settings, seeds=SEEDS, jobs=default_jobs())] == []


def test_prove_small_course_holds(settings):
    """The course that the grader is tested with is sound itself."""
    assert prove(settings, seeds=2) == []


def test_prove_mutant_that_keeps_a_criterion_is_found(settings, course):
    """A mutant that states a loss it does not have is named."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values, a_example, a_safe"))
    findings = prove(replace(settings, course=course), only=["m99_01_bias_forgotten"])
    assert [str(one) for one in findings] == ["m99_01_bias_forgotten (seed 0): keeps a_safe, which it must lose"]


def test_prove_mutant_that_loses_more_is_found(settings, course):
    """A mutant that loses what it does not state is named, with the message that a student would see."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values"))
    (finding,) = prove(replace(settings, course=course), only=["m99_01_bias_forgotten"])
    assert str(finding).startswith("m99_01_bias_forgotten (seed 0): loses a_example (failed: out: ")


def test_prove_criterion_that_no_mutant_loses_is_found(settings, course):
    """A criterion that nothing shows to be losable proves nothing."""
    (course / "assignments/affine_softmax/mutants/m99_02_max_not_subtracted.py").unlink()
    mutant = course / "assignments/affine_softmax/mutants/m99_03_softmax_over_everything.py"
    mutant.unlink()
    lost = [str(one) for one in prove(replace(settings, course=course))]
    assert lost == [
        f"mutants: none loses {name}, so nothing shows that it can be lost"
        for name in ("s_example", "s_values", "s_stable")
    ]
