"""What a student runs at home, and the tape that an author records for it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import find_assignments
from autograder.errors import CourseError, UsageError
from autograder.examiner.tape import TAPE_NAME, load_tape
from autograder.outcome import Outcome
from autograder.practice import CheckRequest, check, find_request, tape
from tests.at_home import AT_HOME
from tests.conftest import COURSE, HONEST

ROOT = Path(__file__).parents[1]
SUBMISSION = COURSE / "reference/affine_softmax/submission.py"


@pytest.fixture
def home(tmp_path):
    """What a student has: the assignment's settings and public criteria, and no reference."""
    public = Path("assignments/affine_softmax/rubric/public")
    (tmp_path / public).parent.mkdir(parents=True)
    shutil.copytree(COURSE / public, tmp_path / public)
    shutil.copy(COURSE / "assignments/affine_softmax/assignment.toml", tmp_path / "assignments/affine_softmax")
    return tmp_path


def outcomes(report):
    return {one.id: one.outcome for one in report.criteria}


def run_at_home(home, source, *words):
    (home / "submission.py").write_text(source)
    command = [sys.executable, "-c", AT_HOME, "check", *words]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)


def test_check_right_answers_pass_without_a_reference(home):
    """The tape stands for the reference: full marks at home."""
    report = check(CheckRequest(home, "affine_softmax", [SUBMISSION]))
    assert outcomes(report) == {"a_example": Outcome.PASSED, "s_example": Outcome.PASSED}


def test_tape_leaves_the_process_as_it_was(course):
    """Two courses may call their files the same: the reference of one is not that of the next."""
    path, before = list(sys.path), sys.modules.get("submission")
    tape(course, "affine_softmax")
    assert (sys.path, sys.modules.get("submission")) == (path, before)


def test_check_wrong_answer_fails_with_expected_and_found(home, tmp_path):
    """A public criterion says at home what it says in the feedback: where, expected and found."""
    wrong = tmp_path / "submission.py"
    wrong.write_text(HONEST.replace("@ w + b", "@ w"))
    report = check(CheckRequest(home, "affine_softmax", [wrong]))
    failed = report.criteria[0]
    assert (failed.id, failed.outcome, failed.kind) == ("a_example", Outcome.FAILED, "wrong values")
    assert "got 12, expected 12.5" in failed.message


def test_check_on_a_machine_that_is_no_unix_works(home):
    """No fork, no Unix module, no framework is needed at home; all passed is exit code 0."""
    done = run_at_home(home, HONEST)
    assert (done.returncode, "5 / 5 points" in done.stdout) == (0, True), done.stderr


def test_check_lost_criterion_is_exit_code_one(home):
    """A script can tell; the student reads why, with the line of their own file."""
    done = run_at_home(home, "def affine_forward(x, w, b):\n    return undefined\n")
    assert done.returncode == 1
    assert "NameError: name 'undefined' is not defined" in done.stdout
    assert "submission.py, line 2" in done.stdout


def test_check_json_is_a_report(home):
    """--json prints the report's model."""
    done = run_at_home(home, HONEST, "--json")
    assert json.loads(done.stdout)["score"] == 5.0


def test_check_without_words_finds_assignment_and_file(home):
    """In the folder of an assignment nothing needs to be named."""
    (home / "submission.py").write_text(HONEST)
    request = find_request(home, [], home)
    assert (request.assignment_id, [path.name for path in request.files]) == ("affine_softmax", ["submission.py"])


def test_check_missing_file_is_a_usage_error(home):
    """A mistyped name is told, with the assignments there are."""
    with pytest.raises(UsageError) as caught:
        find_request(home, ["affine_sotfmax"], home)
    assert str(caught.value) == "There is no file 'affine_sotfmax'.\nHint: Assignments: affine_softmax."


def test_check_changed_rubric_is_refused(home):
    """A tape of another version of the criteria must not be played."""
    rubric = home / "assignments/affine_softmax/rubric/public/test_a.py"
    rubric.write_text(rubric.read_text() + "\n# changed\n")
    with pytest.raises(CourseError, match="was made of another version of its public criteria"):
        check(CheckRequest(home, "affine_softmax", [SUBMISSION]))


def test_check_damaged_tape_is_told(home):
    """A tape that was cut is an error with the way to a new one."""
    path = home / "assignments/affine_softmax/rubric/public" / TAPE_NAME
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(UsageError, match="is damaged"):
        check(CheckRequest(home, "affine_softmax", [SUBMISSION]))


def test_tape_lost_public_criterion_is_an_error_of_the_course(course):
    """There is no tape of a reference that is wrong."""
    reference = course / "reference/affine_softmax/submission.py"
    reference.write_text(HONEST.replace("return x @ w + b, (x, w, b)", "return None"))
    with pytest.raises(CourseError, match="loses public criteria"):
        tape(course, "affine_softmax")


@pytest.mark.parametrize(
    ("course", "assignment"), [(COURSE, "affine_softmax"), *((ROOT, one) for one in find_assignments(ROOT))]
)
def test_tape_of_every_assignment_is_up_to_date(course, assignment, tmp_path):
    """Recording anew gives the same tape: draws and answers have not changed since it was committed."""
    shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns(".*", "tests", "out", "site", "docs"))
    committed = load_tape(course / "assignments" / assignment / "rubric/public" / TAPE_NAME)
    code = "import sys; from pathlib import Path; from autograder.practice import tape; tape(Path(sys.argv[1]), sys.argv[2])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "course"), assignment], check=True, timeout=300)
    recorded = load_tape(tmp_path / "course/assignments" / assignment / "rubric/public" / TAPE_NAME)
    assert (recorded.rubric, {name: len(events) for name, events in recorded.cases.items()}) == (
        committed.rubric,
        {name: len(events) for name, events in committed.cases.items()},
    )


def test_tape_holds_no_code_of_the_reference():
    """Values, never code: no line of a reference's solution is in a tape."""
    for assignment in find_assignments(ROOT):
        tape_bytes = (ROOT / "assignments" / assignment / "rubric/public" / TAPE_NAME).read_bytes()
        for path in (ROOT / "reference" / assignment).glob("*.py"):
            lines = [line.strip().encode() for line in path.read_text().splitlines() if len(line.strip()) > 30]
            assert [line for line in lines if line in tape_bytes] == []
