"""Assignments are proved; what does not hold is found."""

import json
import math
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment import find_assignments
from autograder.batch import default_jobs
from autograder.prove import DRAWS, prove
from autograder.prove.flakes import find_flakes, upper_bound
from autograder.prove.model import Flakes
from autograder.station import StationSettings

ROOT = Path(__file__).parents[1]
SEEDS = int(os.environ.get("AUTOGRADER_SEEDS", "1"))


@pytest.mark.parametrize("assignment", find_assignments(ROOT))
def test_assignment_of_the_course_is_proved(assignment):
    """Reference full marks, template its floor, every mutant loses exactly what it states, every criterion can be lost."""
    settings = StationSettings(ROOT, assignment, DRAWS)
    assert [str(finding) for finding in prove(settings, seeds=SEEDS, jobs=default_jobs()).findings] == []


def test_prove_small_course_holds(settings):
    """The course that the grader is tested with is sound itself."""
    assert [str(one) for one in prove(settings, seeds=2).findings] == []


def test_prove_mutant_that_keeps_a_criterion_is_found(settings, course):
    """A mutant that states a loss it does not have is named."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values, a_example, a_safe"))
    findings = prove(replace(settings, course=course), only=["m99_01_bias_forgotten"]).findings
    assert [str(one) for one in findings] == ["m99_01_bias_forgotten (seed 0): keeps a_safe, which it must lose"]


def test_prove_mutant_that_loses_more_is_found(settings, course):
    """A mutant that loses what it does not state is named, with the message that a student would see."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values"))
    (finding,) = prove(replace(settings, course=course), only=["m99_01_bias_forgotten"]).findings
    assert str(finding).startswith("m99_01_bias_forgotten (seed 0): loses a_example (failed: out: ")


def test_prove_criterion_that_no_mutant_loses_is_found(settings, course):
    """A criterion that nothing shows to be losable proves nothing."""
    (course / "assignments/affine_softmax/mutants/m99_02_max_not_subtracted.py").unlink()
    mutant = course / "assignments/affine_softmax/mutants/m99_03_softmax_over_everything.py"
    mutant.unlink()
    lost = [str(one) for one in prove(replace(settings, course=course)).findings]
    assert lost == [
        f"mutants: none loses {name}, so nothing shows that it can be lost"
        for name in ("s_example", "s_values", "s_stable")
    ]


HANDOUT = "assignments/affine_softmax/README.md"


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        (HANDOUT, "softmax(z)", "softmax(z, axis)", "the handout's `softmax` takes (z, axis), the reference's (z)"),
        (HANDOUT, "softmax", "normalised", "the handout does not speak of `softmax`, which is tested"),
        (
            "student_template/affine_softmax/submission.py",
            "def softmax(z)",
            "def softmax(scores)",
            "the template's `softmax` takes (scores), the reference's (z)",
        ),
    ],
    ids=["handout differs", "handout is silent", "template differs"],
)
def test_prove_trees_that_disagree_are_found(settings, course, file, old, new, finding):
    """A name or a signature that one tree has and another has not is named."""
    path = course / file
    path.write_text(path.read_text().replace(old, new))
    found = prove(replace(settings, course=course), only=["reference"]).findings
    assert f"trees: {finding}" in [str(one) for one in found]


def test_prove_public_criterion_that_is_a_hidden_one_is_found(settings, course):
    """Whoever has seen the public criterion has then seen the hidden one too."""
    rubric = course / "assignments/affine_softmax/rubric"
    hidden, public = (rubric / folder / "test_s.py" for folder in ("", "public"))
    head = "def test_s_values(submission, reference, rng):\n"
    body = hidden.read_text().partition(head)[2].partition("\n\n\n")[0]
    shown = public.read_text().partition("def test_s_example")
    public.write_text(f'{shown[0]}{head.replace("values", "example")}    """An example."""\n{body}\n')
    found = [str(one) for one in prove(replace(settings, course=course), only=["reference"]).findings]
    assert "trees: the public criterion s_example is word for word the hidden s_values" in found


def test_prove_reference_that_needs_most_of_its_time_is_found(settings, course):
    """Honest work is slower than the reference: one that needs most of a limit leaves it no room."""
    path = course / "reference/affine_softmax/submission.py"
    wait = "import time\n    end_s = time.process_time() + 0.45\n    while time.process_time() < end_s:\n        pass\n    "
    path.write_text(path.read_text().replace("return x @ w + b, (x, w, b)", f"{wait}return x @ w + b, (x, w, b)"))
    found = [str(one) for one in prove(replace(settings, course=course), only=["reference"]).findings]
    assert any(one.startswith("limits: the reference used 1.") and "a_values, of which 2 s" in one for one in found)


SCATTERED = """

@criterion("Affine layer: on average", points=1, tests=["affine_forward"], hint="This one asks for what chance decides.")
def test_a_average(submission, rng):
    out = submission.affine_forward(rng.normal(size=(100, 1)), np.ones((1, 1)), np.zeros(1))[0]
    assert_mean(out, 0.0, std={std}, name="out", says="the mean is 0")


@criterion("Affine layer: training", points=1, tests=["affine_forward"], hint="This one asks what a training comes to.")
def test_a_training(submission, rng):
    score = submission.affine_forward(np.array([[{mean}]]) + 0.01 * rng.normal(), np.ones((1, 1)), np.zeros(1))[0]
    assert_trains(lambda seed: score[0, 0], bar=0.9, seeds=(0,))
"""


def scattered(course, std, mean):
    """Give the small course a criterion that chance decides, and a training."""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    text = path.read_text().replace("points=5", "points=3")
    text = text.replace("import assert_close", "import assert_close, assert_mean, assert_trains")
    path.write_text(
        text.replace("from autograder", "import numpy as np\n\nfrom autograder", 1)
        + SCATTERED.format(std=std, mean=mean)
    )


def test_prove_right_answers_that_never_fail_still_need_enough_gradings(settings, course):
    """None of 60 gradings is lost, which shows no more than that 5 % at most are; the training's bar is far away."""
    scattered(course, 1.0, 0.99)
    proof = prove(replace(settings, course=course), only=["reference"], flakes=60, jobs=2)
    (finding,) = proof.findings
    assert finding.what.startswith(
        "the reference lost a criterion in 0 of 60 gradings: with 95 % confidence in at most 4.9 %"
    )
    assert (proof.flakes.criteria, proof.flakes.gradings, proof.flakes.lost) == (("a_average",), 60, {})
    (calibration,) = proof.calibrations
    assert (calibration.criterion, len(calibration.scores)) == ("a_training", 30)
    assert 6 < calibration.deviations < 15


def test_prove_criteria_that_fail_right_answers_by_chance_are_found(settings, course):
    """Bounds that are too tight for the draws, and a bar too near to what a training comes to, are findings."""
    scattered(course, 0.25, 0.94)
    proof = prove(replace(settings, course=course), only=["reference"], flakes=60, jobs=2)
    flaky, low = (one.what for one in proof.findings if one.subject == "flakes")
    assert 0 < proof.flakes.lost["a_average"] == proof.flakes.lost_gradings
    assert f"in {proof.flakes.lost_gradings} of 60 gradings (a_average {proof.flakes.lost_gradings} times)" in flaky
    assert low.startswith("the bar of a_training, 0.9, lies 3.9 standard deviations below the mean")


@pytest.mark.parametrize(("failures", "runs"), [(0, 3000), (2, 100), (7, 60)])
def test_upper_bound_is_that_of_clopper_and_pearson(failures, runs):
    """At this rate so few failures, or fewer, come in one of twenty series of gradings."""
    rate = upper_bound(failures, runs)
    terms = [math.comb(runs, k) * rate**k * (1 - rate) ** (runs - k) for k in range(failures + 1)]
    assert math.fsum(terms) == pytest.approx(0.05, abs=1e-9)
    assert upper_bound(5, 5) == 1.0


def test_prove_three_thousand_gradings_show_one_in_a_thousand():
    """So many without a loss are enough; one fewer in a thousand is not."""
    few, enough = (
        Flakes(criteria=("a",), gradings=count, lost={}, lost_gradings=0, bound=upper_bound(0, count))
        for count in (2990, 3000)
    )
    assert len(list(find_flakes(few))) == 1
    assert list(find_flakes(enough)) == []


@pytest.fixture
def run_prove(course, tmp_path):
    """Run the command on the small course, with every kind of result."""

    def run(*words):
        command = [sys.executable, "-m", "autograder", "prove", *words, "--course", str(course)]
        files = ["--junit", str(tmp_path / "proof.xml"), "--html", str(tmp_path / "proof.html")]
        return subprocess.run([*command, *files], capture_output=True, text=True, check=False)

    return run


def test_prove_command_says_that_a_course_is_proved(run_prove, tmp_path):
    """Exit status 0, a summary, JUnit XML without failures and a page."""
    done = run_prove("--seeds", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("\u2713 affine_softmax  Affine and softmax")
    (suite,) = ET.parse(tmp_path / "proof.xml").getroot()
    assert (suite.get("failures"), suite.get("errors"), len(suite)) == ("0", "0", int(suite.get("tests")))
    assert "Proved: everything holds." in (tmp_path / "proof.html").read_text()


def test_prove_command_names_what_does_not_hold(run_prove, course, tmp_path):
    """Exit status 1; the finding stands in the summary, the JSON, the XML and the page."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values, a_example, a_safe"))
    what = "keeps a_safe, which it must lose"
    done = run_prove()
    assert done.returncode == 1
    assert f"m99_01_bias_forgotten (seed 0): {what}" in done.stdout
    assert [one.get("message") for one in ET.parse(tmp_path / "proof.xml").iter("failure")] == [what]
    assert what in (tmp_path / "proof.html").read_text()
    (proof,) = json.loads(run_prove("--json").stdout)["proofs"]
    assert [one["what"] for one in proof["findings"]] == [what]
    assert proof["is_proved"] is False


def test_prove_command_goes_on_after_an_assignment_that_cannot_be_tried(run_prove, course, tmp_path):
    """Exit status 4; file and line of what is wrong with the one, and the proof of the other."""
    for tree in ("assignments", "reference", "student_template"):
        shutil.copytree(course / tree / "affine_softmax", course / tree / "broken")
    (course / "assignments/broken/rubric/test_a.py").write_text("def test_a_values(:\n")
    done = run_prove()
    assert done.returncode == 4
    assert "\u00d7 broken" in done.stdout
    assert "test_a.py, line 1" in done.stdout
    assert "\u2713 affine_softmax" in done.stdout
    assert len(list(ET.parse(tmp_path / "proof.xml").iter("error"))) == 1


def test_prove_command_guesses_what_was_meant(run_prove):
    """An unknown assignment is a usage error that names the nearest one."""
    done = run_prove("afine_softmax")
    assert done.returncode == 2
    assert "affine_softmax" in done.stderr
