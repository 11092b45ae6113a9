"""Assignments are proved; what does not hold is found."""

import json
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.cli.progress import ProgressBar
from autograder.course import find_assignments, load_assignment
from autograder.errors import CourseError
from autograder.grading.lanes import default_jobs
from autograder.home.tape import load_tape, write_tape
from autograder.prove import DRAWS, prove_assignment
from autograder.prove.command import ProveRequest, prove_each
from autograder.prove.flakes import find_flakes, upper_bound
from autograder.prove.model import Flakes
from autograder.prove.page import render_proofs_html
from autograder.release.handout import render_installed
from autograder.station import StationSettings

ROOT = Path(__file__).parents[1]


@pytest.mark.timeout(1800)  # the largest takes minutes, and other tests run beside it
@pytest.mark.parametrize("assignment", find_assignments(ROOT))
def test_assignment_of_the_course_is_proved(assignment):
    """Reference full marks, template its floor, every mutant loses exactly what it states, every criterion can be lost."""
    settings = StationSettings(ROOT, assignment, DRAWS)
    assert [str(finding) for finding in prove_assignment(settings, jobs=default_jobs()).findings] == []


def test_prove_small_course_holds(settings):
    """The course that the grader is tested with is sound itself."""
    assert [str(one) for one in prove_assignment(settings, seeds=2).findings] == []


def test_prove_mutant_that_keeps_a_criterion_is_found(settings, course):
    """A mutant that states a loss it does not have is named."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values, a_example, a_safe"))
    findings = prove_assignment(replace(settings, course=course), only=["m99_01_bias_forgotten"]).findings
    assert [str(one) for one in findings] == ["m99_01_bias_forgotten (seed 0): keeps a_safe, which it must lose"]


def test_prove_mutant_that_loses_more_is_found(settings, course):
    """A mutant that loses what it does not state is named, with the message that a student would see."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values"))
    (finding,) = prove_assignment(replace(settings, course=course), only=["m99_01_bias_forgotten"]).findings
    assert str(finding).startswith("m99_01_bias_forgotten (seed 0): loses a_example (failed: out: ")


def test_prove_check_that_gives_something_else_than_grading_is_found(settings, course):
    """A tape of other answers: whoever has it right loses points at home, the accepted variants, too."""
    path = course / "assignments/affine_softmax/rubric/public/tape.bin"
    recorded = load_tape(path)
    cases = {
        name: tuple((asked, doubled(answer)) for asked, answer in events) for name, events in recorded.cases.items()
    }
    write_tape(path, replace(recorded, cases=cases))
    proof = prove_assignment(replace(settings, course=course))
    found = [str(one) for one in proof.findings if one.subject == "home"]
    assert {one.split(": ")[1] for one in found} == {"reference"}  # the template was not attempted, here and there
    assert found[0].startswith("home: reference: `check` says failed of a_example (")
    assert found[0].endswith("), grading says passed")


def doubled(value):
    """A recorded answer with twice its numbers."""
    if isinstance(value, list | tuple):
        return type(value)(map(doubled, value))
    return 2 * value if isinstance(value, float | np.ndarray) else value


def test_prove_without_a_tape_records_one_and_changes_nothing(settings, course):
    """A proof writes nothing into the course."""
    path = course / "assignments/affine_softmax/rubric/public/tape.bin"
    path.unlink()
    proof = prove_assignment(replace(settings, course=course))
    assert ([str(one) for one in proof.findings], path.exists()) == ([], False)
    assert proof.checked_at_home[:2] == ("reference", "template")


def test_prove_criterion_that_no_mutant_loses_is_found(settings, course):
    """A criterion that nothing shows to be losable proves nothing."""
    (course / "assignments/affine_softmax/mutants/m99_02_max_not_subtracted.py").unlink()
    mutant = course / "assignments/affine_softmax/mutants/m99_03_softmax_over_everything.py"
    mutant.unlink()
    lost = [str(one) for one in prove_assignment(replace(settings, course=course)).findings]
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
    found = prove_assignment(replace(settings, course=course), only=["reference"]).findings
    assert f"trees: {finding}" in [str(one) for one in found]


@pytest.mark.parametrize(("written", "is_found"), [("NumPy", False), ("NumPy, pandas", True)])
def test_prove_handout_that_says_what_is_not_installed_is_found(settings, course, written, is_found):
    """The paragraph is that of the settings, however its lines are broken."""
    assignment = load_assignment(course, "affine_softmax")
    own = assignment.settings
    said = render_installed(own.packages, own.frameworks, own.imports.forbidden).replace("NumPy", written, 1)
    handout = course / HANDOUT
    handout.write_text(f"{handout.read_text()}\n{said.replace(' may', chr(10) + 'may')}")
    found = [str(one) for one in prove_assignment(replace(settings, course=course), only=["reference"]).findings]
    start = "trees: the handout's paragraph on what is installed is not that of assignment.toml, which is: **Installed"
    assert [one.startswith(start) for one in found if "installed" in one] == [True] * is_found


def test_prove_public_criterion_that_is_a_hidden_one_is_found(settings, course):
    """Whoever has seen the public criterion has then seen the hidden one too."""
    rubric = course / "assignments/affine_softmax/rubric"
    hidden, public = (rubric / folder / "test_s.py" for folder in ("", "public"))
    head = "def test_s_values(submission, reference, rng):\n"
    body = hidden.read_text().partition(head)[2].partition("\n\n\n")[0]
    shown = public.read_text().partition("def test_s_example")
    public.write_text(f'{shown[0]}{head.replace("values", "example")}    """An example."""\n{body}\n')
    found = [str(one) for one in prove_assignment(replace(settings, course=course), only=["reference"]).findings]
    assert "trees: the public criterion s_example is word for word the hidden s_values" in found


def test_prove_reference_that_needs_most_of_its_time_is_found(settings, course):
    """Honest work is slower than the reference: one that needs most of a limit leaves it no room."""
    path = course / "reference/affine_softmax/submission.py"
    wait = "import time\n    end_s = time.process_time() + 0.45\n    while time.process_time() < end_s:\n        pass\n    "
    path.write_text(path.read_text().replace("return x @ w + b, (x, w, b)", f"{wait}return x @ w + b, (x, w, b)"))
    found = [str(one) for one in prove_assignment(replace(settings, course=course), only=["reference"]).findings]
    assert any(one.startswith("limits: the reference used 1.") and "a_values, of which 2 s" in one for one in found)


FINE = """

@criterion("Affine layer: more digits", points=1, tests=["affine_forward"], hint="This one looks at more digits.")
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_fine(submission, reference, rng, scale):
    x, w, b = np.full((1, 2), scale), rng.normal(size=(2, 3)), np.zeros(3)
    out = submission.affine_forward(x, w, b)[0]
    assert_close(out, reference.affine_forward(x, w, b)[0], name="out", rtol={rtol}, precision={precision})
    assert_close(out.tolist(), reference.affine_forward(x, w, b)[0], name=f"out as a list, scale {{scale}}")
"""


@pytest.mark.parametrize(
    ("rtol", "precision", "is_found"),
    [("1e-9", "'float32'", True), ("1e-9", "'float64'", False), ("2e-6", "'float32'", False)],
)
def test_prove_tolerance_that_float32_meets_by_the_draw_is_found(settings, course, rtol, precision, is_found):
    """A rubric's own tolerance below a few roundings of float32 needs the word that float64 is asked for."""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    text = path.read_text().replace("points=5", "points=4")
    text = text.replace("from autograder", "import numpy as np\nimport pytest\n\nfrom autograder", 1)
    path.write_text(text + FINE.format(rtol=rtol, precision=precision))
    found = [str(one) for one in prove_assignment(replace(settings, course=course), only=["reference"]).findings]
    what = (
        "flakes: a_fine compares out more finely than float32 rounds, so that work in float32 passes or fails by the "
        'draw: allow more, or say precision="float64"'
    )
    assert [one for one in found if "a_fine" in one and "flakes" in one] == [what] * is_found


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
    proof = prove_assignment(replace(settings, course=course), only=["reference"], flakes=60, jobs=2)
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
    proof = prove_assignment(replace(settings, course=course), only=["reference"], flakes=60, jobs=2)
    flaky, low = (one.what for one in proof.findings if one.subject == "flakes")
    assert 0 < proof.flakes.lost["a_average"] == proof.flakes.lost_gradings
    assert f"in {proof.flakes.lost_gradings} of 60 gradings (a_average {proof.flakes.lost_gradings} times)" in flaky
    assert low.startswith("the bar of a_training, 0.9, lies 3.9 standard deviations below the mean")


def test_prove_exact_criterion_that_some_draw_loses_is_found(settings, course):
    """Of 600 gradings the statistical criteria are tried in all, and the exact ones in 60: one of them fails by the draw."""
    rare = """

@criterion("Affine layer: small", points=1, tests=["affine_forward"], hint="Nothing is drawn that is larger than 1.")
def test_a_small(submission, rng):
    out = submission.affine_forward(rng.normal(size=(1, 1)), np.ones((1, 1)), np.zeros(1))[0]
    check(bool(out[0, 0] < 1), "out: 1 or more.")
"""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    text = path.read_text().replace("points=5", "points=4").replace("import assert_close", "import assert_close, check")
    path.write_text(text.replace("from autograder", "import numpy as np\n\nfrom autograder", 1) + rare)
    proof = prove_assignment(replace(settings, course=course), only=["reference"], flakes=600, jobs=2)
    (found,) = (one.what for one in proof.findings if "60 gradings" in one.what)
    number = int(re.match(r"the reference lost a_small in (\d+) of 60 gradings \(failed: out: 1 or more", found)[1])
    assert 1 <= number <= 25  # a sixth of the draws


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


def test_prove_says_now_and_then_how_far_it_is(monkeypatch, capsys):
    """In the log of CI, where there is no bar, a long proof does not look as if it hung; a short one says nothing."""
    for silence_s, lines in ((3600.0, []), (0.0, ["Proving: 1 of 2", "Proving: 2 of 2"])):
        monkeypatch.setattr("autograder.cli.progress._SILENCE_S", silence_s)
        with ProgressBar("Proving") as progress:
            progress.trial(1, 2, "template")
            progress.trial(2, 2, "reference")
        assert capsys.readouterr().err.splitlines() == lines


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


# independence ---------------------------------------------------------------------------------------------------


CROSS = """

@criterion("Softmax: of an affine map", points=1, tests=["softmax"]{more}, hint="Use your own affine_forward, then softmax.")
def test_s_both(submission, reference, rng):
    x, w, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 2)), rng.normal(size=2)
    out = submission.affine_forward(x, w, b)[0]
    assert_close(submission.softmax(out), reference.softmax(reference.affine_forward(x, w, b)[0]), name="p")
"""


@pytest.mark.parametrize(
    ("more", "loses", "cascade", "found"),
    [
        (
            "",
            ", s_both",
            "",
            "loses s_both, though it changes nothing that exercise s tests: name `affine_forward` in `provided`",
        ),
        ("", ", s_both", "cascade: s_both: the map is part of the task\n", ""),
        (', after=["a_values"]', ", s_both", "", ""),
        (', provided=["affine_forward"]', "", "", ""),
        ("", "", "cascade: a_values: why\n", "declares a cascade to a_values, which tests what the mutant changes"),
    ],
    ids=["cascade", "declared", "after", "provided", "declared for nothing"],
)
def test_prove_mistake_that_costs_points_elsewhere_is_found(settings, course, more, loses, cascade, found):
    """A mutant of exercise a that loses a criterion of exercise s is a finding, unless the criterion or the mutant says why."""
    rubric = course / "assignments/affine_softmax/rubric/test_s.py"
    rubric.write_text(rubric.read_text().replace("points=4", "points=3", 1) + CROSS.format(more=more))
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    text = mutant.read_text().replace("loses: a_values, a_example", f"loses: a_values, a_example{loses}")
    mutant.write_text(text.replace('"""\n\n', f'{cascade}"""\n\n', 1))
    findings = prove_assignment(replace(settings, course=course), only=["m99_01_bias_forgotten"]).findings
    cascades = [one.what for one in findings if "cascade" in one.what]
    assert [one[: len(found)] for one in cascades] == ([found] if found else [])


def test_prove_mutant_that_declares_a_cascade_it_does_not_have_is_refused(settings, course):
    """File, and what is wrong with the line."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace('"""\n\n', 'cascade: s_values: because\n"""\n\n', 1))
    with pytest.raises(
        CourseError, match=r"m99_01_bias_forgotten.py, `cascades`: `s_values` is not among what it loses"
    ):
        prove_assignment(replace(settings, course=course), only=["m99_01_bias_forgotten"])


COUNTED = """

TURNS = {path!r}


@criterion("Affine layer: once", points=1, tests=["affine_forward"], hint="This one passes only in the first of its gradings.")
def test_a_turns(submission, rng):
    submission.affine_forward(np.ones((1, 1)), np.ones((1, 1)), np.ones(1))
    with open(TURNS, "a+") as file:
        file.seek(0)
        turns = len(file.read())
        file.write("x")
    assert turns < 8, "it has been asked too often"
"""


def test_prove_criterion_that_remembers_is_found(settings, course, tmp_path):
    """What one grading leaves behind for the next shows as a difference between two orders, with file and line."""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    text = (
        path.read_text()
        .replace("points=5", "points=4")
        .replace("from autograder", "import numpy as np\n\nfrom autograder", 1)
    )
    path.write_text(text + COUNTED.format(path=str(tmp_path / "turns")))
    findings = [
        str(one) for one in prove_assignment(replace(settings, course=course)).findings if one.subject == "order"
    ]
    assert findings
    assert "a_turns comes to" in findings[0]
    assert "it tests reference/affine_softmax/submission.py, line 9" in findings[0]


# budget, and trainings ------------------------------------------------------------------------------------------


def test_prove_reference_that_needs_most_of_its_memory_is_found(settings, course):
    """Memory is measured and compared with the limit as time is; the others need little of it."""
    path = course / "reference/affine_softmax/submission.py"
    fill = "ballast = np.ones(2**25)\n    return x @ w + b, (x, w, b)"  # 256 MiB
    path.write_text(path.read_text().replace("return x @ w + b, (x, w, b)", fill))
    settings_file = course / "assignments/affine_softmax/assignment.toml"
    settings_file.write_text(settings_file.read_text().replace("memory_mib = 512", "memory_mib = 400"))
    proof = prove_assignment(replace(settings, course=course), only=["reference"])
    found = [one.what for one in proof.findings if one.subject == "limits" and "MiB" in one.what]
    assert any("of memory for a_values, of which 400 MiB are allowed" in one for one in found)
    needed = {one.id: one.reference_mib for one in proof.criteria}
    assert 250 < needed["a_values"] < 330
    assert needed["s_values"] < 64


def test_prove_shows_trainings_of_mutants_beside_the_bar(settings, course):
    """What the reference and a mutant came to stands in the model and, as points beside the bar, on the page."""
    scattered(course, 1.0, 0.99)
    proof = prove_assignment(replace(settings, course=course), seeds=2, only=["reference", "m99_04_centred_in_place"])
    (spread,) = proof.spreads
    assert (spread.criterion, spread.bar) == ("a_training", 0.9)
    assert {name: len(scores) for name, scores in spread.scores.items()} == {
        "reference": 2,
        "m99_04_centred_in_place": 2,
    }
    page = render_proofs_html([proof])
    assert page.count('<circle class="right"') == 2
    assert page.count('<circle class="wrong"') == 2
    assert "bar 0.9</text>" in page


# what is wrong with a course ------------------------------------------------------------------------------------


def broken(course, name, file, old, new):
    """Add an assignment to a course, with one thing changed."""
    for tree in ("assignments", "reference", "student_template"):
        shutil.copytree(course / tree / "affine_softmax", course / tree / name)
    path = course / file.format(name)
    if new is None:
        path.unlink()
        return
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


RUBRIC, MUTANT = "assignments/{}/rubric/test_a.py", "assignments/{}/mutants/m99_01_bias_forgotten.py"
BROKEN = {
    "circle": (
        RUBRIC,
        'tests=["affine_forward"],',
        'tests=["affine_forward"], after=["a_safe"],',
        "rubric/test_a.py, `a_safe`",
    ),
    "loses": (
        MUTANT,
        "loses: a_values",
        "loses: a_valus",
        "m99_01_bias_forgotten.py, `loses`: `a_valus` is no criterion",
    ),
    "missing": ("reference/{}/submission.py", "", None, "assignment.toml, `files`: the reference has no submission.py"),
    "points": (
        RUBRIC,
        "points=5",
        "points=6",
        "assignment.toml, `exercises.a`: expected criteria worth 10 points, found 11",
    ),
    "reference": (
        "reference/{}/submission.py",
        "    return x @ w + b",
        "    raise RuntimeError\n    return x @ w + b",
        "rubric/public/test_a.py, line",
    ),
    "syntax": (RUBRIC, "def test_a_values(", "def test_a_values(:", "test_a.py, line 12"),
}


def test_prove_command_names_everything_that_is_wrong_and_proves_the_rest(run_prove, course):
    """Missing file, circle, points, a failing reference, an unknown criterion, a syntax error: file and line, exit status 4."""
    for name, (file, old, new, _) in BROKEN.items():
        broken(course, name, file, old, new)
    safe = course / "assignments/circle/rubric/test_a.py"
    safe.write_text(safe.read_text().replace("testimony=True", 'testimony=True, after=["a_values"]'))
    done = run_prove("--json")
    assert done.returncode == 4, done.stderr
    shown = json.loads(done.stdout)
    assert [one["assignment"] for one in shown["proofs"] if one["is_proved"]] == ["affine_softmax"]
    for name, (_, _, _, message) in BROKEN.items():
        assert message in shown["errors"][name], (name, shown["errors"][name])


def test_prove_rubric_that_takes_for_ever_is_named_and_the_rest_proved(settings, course):
    """A rubric that never returns from its own lines is named by file and line, once its time is over."""
    broken(course, "endless", RUBRIC, "from autograder", "while True:\n    pass\nfrom autograder")
    request = ProveRequest(course, ["endless", "affine_softmax"], 1, 0, 1, start_timeout_s=30.0)
    endless, other = prove_each(request, lambda *_: None)
    assert "did not load within 30 s" in endless.error
    assert "assignments/endless/rubric/test_a.py" in endless.error
    assert re.search(r"line [34]\b", endless.error)
    assert other.is_proved


def test_prove_fixture_that_takes_for_ever_is_named(settings, course, monkeypatch):
    """A criterion that never comes to an end on the reference is named with its file and line."""
    monkeypatch.setattr("autograder.station.supervise.crowding", lambda: 1.0)
    limits = course / "assignments/affine_softmax/assignment.toml"
    limits.write_text(limits.read_text().replace("timeout_s = 2.0", "timeout_s = 0.5"))
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    fixture = "import pytest\n\n\n@pytest.fixture\ndef slow():\n    while True:\n        pass\n\n\nfrom autograder"
    path.write_text(
        path.read_text().replace("from autograder", fixture, 1).replace("reference, rng):", "reference, rng, slow):", 1)
    )
    with pytest.raises(
        CourseError, match=r"rubric/test_a.py, line \d+.*took longer than its deadline, on the reference"
    ):
        prove_assignment(replace(settings, course=course, rubric_s=1.0))


def test_prove_reference_that_is_not_deterministic_is_named(settings, course):
    """A reference that answers otherwise each time loses its own criteria, which are named with file and line."""
    path = course / "reference/affine_softmax/submission.py"
    noise = "return x @ w + b + np.random.default_rng().normal()"
    path.write_text(path.read_text().replace("return x @ w + b", noise))
    with pytest.raises(CourseError, match=r"rubric/test_a.py, line \d+, a_values: failed") as caught:
        prove_assignment(replace(settings, course=course))
    assert "answers differently when it is asked the same again" in str(caught.value)
