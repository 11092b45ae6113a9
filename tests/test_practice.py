"""What a student runs at home, and the tape that an author records for it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from autograder.course import find_assignments, load_assignment
from autograder.course.public import find_public_course
from autograder.errors import CourseError, UsageError
from autograder.examiner.context import Sources
from autograder.home.check import CheckRequest, check_files, find_request, tape_assignment
from autograder.home.elsewhere import find_refused
from autograder.home.gathering import WalkLimits, find_nearby
from autograder.home.tape import TAPE_NAME, load_tape, write_tape
from autograder.records.outcome import Outcome
from autograder.wire import encode
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


def run_check(home, source, *words):
    """Check one file in a process of its own, as a student does."""
    (home / "submission.py").write_text(source)
    command = [sys.executable, "-m", "autograder", "check", *words]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)


def outcomes(report):
    return {one.id: one.outcome for one in report.criteria}


def run_at_home(home, source, *words):
    (home / "submission.py").write_text(source)
    command = [sys.executable, "-c", AT_HOME, "check", *words]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)


def test_check_right_answers_pass_without_a_reference(home):
    """The tape stands for the reference: full marks at home."""
    report = check_files(CheckRequest(home, "affine_softmax", [SUBMISSION]))
    assert outcomes(report) == {"a_example": Outcome.PASSED, "s_example": Outcome.PASSED}


def test_tape_leaves_the_process_as_it_was(course):
    """Two courses may call their files the same: the reference of one is not that of the next."""
    path, finders, before = list(sys.path), list(sys.meta_path), sys.modules.get("submission")
    tape_assignment(course, "affine_softmax")
    assert (sys.path, sys.meta_path, sys.modules.get("submission")) == (path, finders, before)


def test_check_wrong_answer_fails_with_expected_and_found(home, tmp_path):
    """A public criterion says at home what it says in the feedback: where, expected and found."""
    wrong = tmp_path / "submission.py"
    wrong.write_text(HONEST.replace("@ w + b", "@ w"))
    report = check_files(CheckRequest(home, "affine_softmax", [wrong]))
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


# other files ------------------------------------------------------------------------------------------------

PRODUCT = "import numpy as np\n\n\ndef product(x, w):\n    return x @ w\n"
BY_HELPER = HONEST.replace("x @ w + b", "product(x, w) + b")


def write_files(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def as_notebook(source):
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def work(home, tmp_path_factory, monkeypatch):
    """Check files in a folder of their own, where the student is; the report."""
    folder = tmp_path_factory.mktemp("work")

    def call(files, *words, place="."):
        write_files(folder, files)
        monkeypatch.chdir(folder / place)
        return check_files(find_request(home, words, Path()))

    call.folder = folder
    return call


IMPORTED = {
    "module": ({"submission.py": f"from helpers import product\n{BY_HELPER}", "helpers.py": PRODUCT}, [], "."),
    "in a function": (
        {
            "submission.py": HONEST.replace(
                "    return x @ w + b", "    from helpers import product\n    return product(x, w) + b"
            ),
            "helpers.py": PRODUCT,
        },
        [],
        ".",
    ),
    "named": ({"hw1.py": f"from helpers import product\n{BY_HELPER}", "helpers.py": PRODUCT}, ["hw1.py"], "."),
    "notebook": (
        {"submission.ipynb": as_notebook(f"from helpers import product\n{BY_HELPER}"), "helpers.py": PRODUCT},
        [],
        ".",
    ),
    "package": (
        {
            "submission.py": f"from tools.core import product\n{BY_HELPER}",
            "tools/__init__.py": "",
            "tools/core.py": PRODUCT,
        },
        [],
        ".",
    ),
    "package that is named, too": (
        {"submission.py": f"from tools.core import product\n{BY_HELPER}", "tools/core.py": PRODUCT},
        ["submission.py", "tools/core.py"],
        ".",
    ),
    "folder of a folder": (
        {"submission.py": f"from tools.more.core import product\n{BY_HELPER}", "tools/more/core.py": PRODUCT},
        [],
        ".",
    ),
    "helper of a helper": (
        {
            "submission.py": f"from helpers import product\n{BY_HELPER}",
            "helpers.py": "from deeper import product\n",
            "deeper.py": PRODUCT,
        },
        [],
        ".",
    ),
    "folder above": (
        {
            "src/submission.py": f"import sys\nsys.path.append('..')\nfrom lib.core import product\n{BY_HELPER}",
            "lib/core.py": PRODUCT,
        },
        [],
        "src",
    ),
    "relative": (
        {"hw/__init__.py": "", "hw/submission.py": f"from .core import product\n{BY_HELPER}", "hw/core.py": PRODUCT},
        ["hw/submission.py"],
        ".",
    ),
}


@pytest.mark.parametrize("case", IMPORTED)
def test_check_file_that_imports_others_is_checked_with_them(work, case):
    """What lies where the student works is found as where the folder is handed in."""
    files, words, place = IMPORTED[case]
    report = work(files, *words, place=place)
    assert set(outcomes(report).values()) == {Outcome.PASSED}


def test_check_helper_that_was_found_is_named_among_what_to_hand_in(work):
    """A helper that was not named is easily forgotten."""
    report = work({"submission.py": f"from helpers import product\n{BY_HELPER}", "helpers.py": PRODUCT, "other.py": ""})
    assert "Hand in helpers.py, too: your files import it." in report.notes
    assert not any("other.py" in note for note in report.notes)


@pytest.mark.parametrize("where", ["venv/lib/helpers.py", ".hidden/helpers.py", "env/lib/helpers.py"])
def test_check_helper_in_a_hidden_or_generated_folder_is_none(work, where):
    """Such folders are not read where it is graded."""
    files = {"submission.py": f"from helpers import product\n{BY_HELPER}", where: PRODUCT, "env/pyvenv.cfg": ""}
    assert outcomes(work(files))["a_example"] is Outcome.RAISED


def test_check_in_a_large_folder_finds_what_is_imported_alone(work, monkeypatch):
    """Of a folder with more files than are looked at, only what bears an imported name counts."""
    monkeypatch.setattr(
        "autograder.home.gathering.find_nearby", partial(find_nearby, limits=WalkLimits(max_entries=50))
    )
    many = {f"project{number}/note{number}.py": "raise SystemExit\n" for number in range(60)}
    elsewhere = {"project7/product_tools.py": PRODUCT}
    source = f"from helpers import product\nimport product_tools\n{BY_HELPER}"
    report = work({**many, **elsewhere, "submission.py": source, "helpers.py": PRODUCT})
    assert outcomes(report)["a_example"] is Outcome.PASSED
    assert any("no product_tools.py was handed in" in reason for reason in (*report.reasons, *report.notes))


def test_nearby_beyond_its_limits_is_cut_and_reads_nothing(tmp_path):
    """A walk ends, outer folders come first, and no link is followed."""
    write_files(tmp_path, {f"a/{number}.py": "" for number in range(9)} | {"top.py": "", "b/c/d.py": ""})
    (tmp_path / "loop").symlink_to(tmp_path)
    assert list(find_nearby(tmp_path, limits=WalkLimits(max_entries=4))) == ["top.py"]
    assert find_nearby(tmp_path, limits=WalkLimits(max_entries=4)).is_cut
    assert find_nearby(tmp_path, limits=WalkLimits(max_in_folder=5)).is_cut
    whole = find_nearby(tmp_path)
    assert (len(whole), whole.is_cut) == (11, False)


TEMPLATE = (COURSE / "student_template/affine_softmax/submission.py").read_text()
BESIDE_THE_TEMPLATE = {
    "notebook": ({"hw1.ipynb": as_notebook(HONEST)}, "'hw1.ipynb'"),
    "module": ({"solution.py": HONEST}, "'solution.py'"),
    "below": ({"src/solution.py": HONEST}, "'src/solution.py'"),
}


@pytest.fixture
def released(home):
    """A folder as it is released: the course of what is public lies in ``check/``, with the template."""
    folder = home / "released"
    (folder / "check").mkdir(parents=True)
    shutil.move(home / "assignments", folder / "check/assignments")
    write_files(folder, {"submission.py": TEMPLATE, "check/student_template/affine_softmax/submission.py": TEMPLATE})
    return folder


@pytest.mark.parametrize("case", BESIDE_THE_TEMPLATE)
@pytest.mark.parametrize("words", [[], ["."]])
def test_check_work_beside_the_template_is_taken_as_in_the_grader(released, monkeypatch, case, words):
    """Who left the template as it is and wrote a file of their own has it checked, and reads why."""
    files, named = BESIDE_THE_TEMPLATE[case]
    write_files(released, files)
    monkeypatch.chdir(released)
    report = check_files(find_request(find_public_course(Path()), words, Path()))
    assert set(outcomes(report).values()) == {Outcome.PASSED}
    assert f"{named} was taken as submission.py, since 'submission.py' is unchanged." in report.notes


def test_check_complete_work_is_checked_without_a_word_of_other_files(released, monkeypatch):
    """Where the declared files hold all that is asked for, nothing else of the folder matters."""
    write_files(released, {"submission.py": HONEST, "old.py": HONEST.replace("@", "*")})
    monkeypatch.chdir(released)
    report = check_files(find_request(find_public_course(Path()), [], Path()))
    assert (set(outcomes(report).values()), report.notes) == ({Outcome.PASSED}, ())


def test_check_two_files_that_could_each_be_the_work_are_a_question(released, monkeypatch):
    """At home as in the grader nothing is guessed."""
    write_files(released, {"one.py": HONEST, "two.py": HONEST.replace("@", "*")})
    monkeypatch.chdir(released)
    with pytest.raises(UsageError, match=r"could each be submission\.py"):
        check_files(find_request(find_public_course(Path()), [], Path()))


def test_check_unused_file_that_holds_what_is_not_attempted_is_named(released, monkeypatch):
    """Who wrote the rest into another file reads which one holds it, and that it is not used."""
    forward, _, rest = HONEST.partition("def softmax")
    partial_work = forward + "def softmax" + TEMPLATE.partition("def softmax")[2]
    write_files(released, {"submission.py": partial_work, "hw1.ipynb": as_notebook(f"def softmax{rest}")})
    monkeypatch.chdir(released)
    report = check_files(find_request(find_public_course(Path()), [], Path()))
    found = {one.id: (one.outcome, one.message) for one in report.criteria}
    message = "`softmax` is as in the template; hw1.ipynb, which is not used, holds `softmax`."
    assert found == {"a_example": (Outcome.PASSED, ""), "s_example": (Outcome.NOT_ATTEMPTED, message)}


def test_grade_unused_file_that_holds_what_is_not_attempted_is_named(course, tmp_path):
    """The report of the grader says the same."""
    forward, _, rest = HONEST.partition("def softmax")
    partial_work = forward + "def softmax" + TEMPLATE.partition("def softmax")[2]
    write_files(
        tmp_path / "in/anna", {"submission.py": partial_work, "mine.py": f"import numpy as np\ndef softmax{rest}"}
    )
    command = [sys.executable, "-m", "autograder", "grade", "--course", course, "affine_softmax", tmp_path / "in"]
    command += ["--out", tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out/reports/anna.json").read_text())
    messages = {one["message"] for one in report["criteria"] if one["outcome"] == Outcome.NOT_ATTEMPTED}
    assert messages == {"`softmax` is as in the template; mine.py, which is not used, holds `softmax`."}


# as in the grader -------------------------------------------------------------------------------------------


def check_course(assignment, files, folder):
    """Check files against the repository's own public criteria, in a process of its own; outcome and message by id."""
    paths = []
    for name, text in files.items():
        paths.append(folder / name)
        paths[-1].write_text(text)
    command = [sys.executable, "-m", "autograder", "check", "--json", "--course", ROOT, assignment, *paths]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return {one["id"]: (one["outcome"], one["message"]) for one in json.loads(done.stdout)["criteria"]}


@pytest.mark.parametrize(
    "assignment",
    ["01_backpropagation", "02_computer_vision", "03_recommender_systems", "04_natural_language_processing"],
)
def test_check_reference_passes_where_functions_are_provided(assignment, tmp_path):
    """Provided functions play from the tape: without them nobody could pass n5 at home."""
    found = check_course(assignment, load_assignment(ROOT, assignment).reference_sources(), tmp_path)
    assert {name: one for name, one in found.items() if one[0] != "passed"} == {}


def test_check_wrong_helper_costs_its_own_criterion_alone(tmp_path):
    """As in the grader, where the course's own function stands for a wrong one."""
    files = load_assignment(ROOT, "03_recommender_systems").reference_sources()
    wrong = {name: f"{text}\n\ndef mf_predict(*args): return 0.0\n" for name, text in files.items()}
    found = check_course("03_recommender_systems", wrong, tmp_path)
    assert [name for name, (outcome, _) in found.items() if outcome != "passed"] == ["r1_example"]


def test_check_call_that_is_not_on_the_tape_is_undecided(tmp_path):
    """Nobody is failed for a call that only the reference could answer; the report says why."""
    files = load_assignment(ROOT, "03_recommender_systems").reference_sources()
    odd = "\n\ndef mf_loss_and_grads(P, Q, bu, bi, mu, u, i, r, reg): return mf_predict(P + 7, Q, bu, bi, mu, u, i)\n"
    found = check_course("03_recommender_systems", {name: text + odd for name, text in files.items()}, tmp_path)
    assert found["r1_example_gradients"] == (
        "ungraded",
        (
            "This cannot be decided at home: here `mf_predict` is the course's own, and your code calls it with"
            " arguments for which its answer is not recorded. It will be graded all the same."
        ),
    )


def test_check_template_is_not_attempted_as_in_the_grader(course):
    """What is as it was handed out is told so, and not that it is wrong."""
    template = course / "student_template/affine_softmax/submission.py"
    copy = Path(shutil.copy(template, course / "submission.py"))
    report = check_files(CheckRequest(course, "affine_softmax", [copy]))
    assert {(one.outcome, one.message.partition("` ")[2]) for one in report.criteria} == {
        (Outcome.NOT_ATTEMPTED, "is as in the template.")
    }


def test_check_work_in_the_template_folder_itself_is_checked(course):
    """Who writes into a clone of the course has no other template to compare with."""
    template = course / "student_template/affine_softmax/submission.py"
    template.write_text(HONEST)
    report = check_files(CheckRequest(course, "affine_softmax", [template]))
    assert set(outcomes(report).values()) == {Outcome.PASSED}


@pytest.mark.parametrize("words", [[], ["submission (1).py"], ["affine_softmax", "submission (1).py"]])
def test_check_with_one_assignment_takes_a_file_of_any_name(home, words):
    """A second copy that a browser has named is checked as it is graded, with the same note."""
    (home / "submission (1).py").write_text(HONEST)
    command = [sys.executable, "-c", AT_HOME, "check", *words]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, "5 / 5 points" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "was taken as submission.py." in done.stdout


def test_check_with_nothing_to_check_says_what_is_due(home):
    """A folder without any source is a mistake of the call."""
    with pytest.raises(UsageError, match=r"None of submission\.py is in "):
        find_request(home, [], home)


def test_check_warns_of_syntax_that_the_graders_python_refuses(home):
    """The release says which Python grades; a file that it cannot read is named with the reason."""
    (home / "grader.toml").write_text('python = "3.10"\n')
    source = f"{HONEST}\ntry:\n    pass\nexcept* ValueError:\n    pass\n"
    done = run_at_home(home, source)
    assert done.returncode == 0, done.stderr
    assert "note: submission.py: Exception groups are only supported in Python 3.11 and greater (line " in done.stdout
    assert ", and grading runs Python 3.10, where it does not load." in done.stdout
    assert done.stdout.index("grading runs Python 3.10") < done.stdout.index(
        "Affine layer: an example"
    )  # no note at the end


def test_check_warns_of_an_f_string_that_feature_version_accepts():
    """The f-strings of Python 3.12 are found from the text, in the cell of a notebook, too."""
    files = {"a.py": 'x = 1\nf"{d["a"]}"\n', "b.py": ("x = 1\n", 'f"{d["a"]}"\n'), "c.py": "f\"{d['a']}\""}
    assert list(find_refused(Sources(files), (3, 11), (3, 13))) == [
        (
            "a.py: this f-string needs Python 3.12 or newer (line 2), and grading runs Python 3.11, where it does not"
            " load: use other quotes inside the braces."
        ),
        (
            "b.py, cell 2: this f-string needs Python 3.12 or newer (line 1), and grading runs Python 3.11, where it does not"
            " load: use other quotes inside the braces."
        ),
    ]
    assert list(find_refused(Sources(files), (3, 12), (3, 13))) == []
    assert list(find_refused(Sources(files), None, (3, 13))) == []


IMPORTS = """
import scaffold.parts as p, numpy as np
from scaffold import parts
import matplotlib.pyplot as plt
from google.colab import drive
import submission
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import typed_only
try:
    import optional
except (ValueError, ImportError):
    import fallback
def f():
    from late.inner import thing
"""


def test_check_warns_of_packages_that_are_installed_and_not_promised(home, monkeypatch):
    """Each is named with its first statement; what is promised, for looking, caught or the student's own is not."""
    installed = home / "installed"
    for name in ("scaffold", "google", "typed_only", "optional", "fallback", "late", "unused"):
        (installed / name).mkdir(parents=True)
        (installed / name / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(installed))
    notebook = {"cells": [code_cell(HONEST), code_cell(IMPORTS)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (home / "submission.ipynb").write_text(json.dumps(notebook))
    command = [sys.executable, "-m", "autograder", "check", "--json", "submission.ipynb"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)
    notes = [note for note in json.loads(done.stdout)["problems"] if "does not promise" in note]
    rest = "where it is not installed, the statement fails when it is graded."
    where = "submission.ipynb, cell 2, line"
    assert notes == [
        f"{where} 2: `import scaffold.parts` works here, but the handout does not promise scaffold: {rest}",
        f"{where} 13: `import fallback` works here, but the handout does not promise fallback: {rest}",
        f"{where} 15: `from late.inner import thing` works here, but the handout does not promise late: {rest}",
    ]


def code_cell(text):
    """A cell of a notebook."""
    return {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}


def test_check_of_what_uses_promised_packages_alone_warns_of_none(home):
    """The reference itself is no ground for a warning."""
    report = check_files(CheckRequest(home, "affine_softmax", [SUBMISSION]))
    assert (report.notes, report.problems) == ((), ())


def test_check_damaged_grader_file_is_told(home):
    """A release whose file was edited says so instead of warning of nothing."""
    (home / "grader.toml").write_text("python = 3\n")
    with pytest.raises(CourseError, match=r"grader\.toml does not say which Python grades"):
        check_files(CheckRequest(home, "affine_softmax", [SUBMISSION]))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads the f-strings of 3.12")
@pytest.mark.may_skip
def test_grade_newer_syntax_says_which_python_grades(course, uploads, tmp_path):
    """The message of the syntax error names the likely reason."""
    folder = uploads(ann=f'{HONEST}\nnames = {{"w": 1}}\nprint(f"w = {{names["w"]}}")\n')
    command = [sys.executable, "-m", "autograder", "grade", "affine_softmax", folder, "--course", course]
    subprocess.run([*command, "--out", tmp_path / "out"], capture_output=True, timeout=300, check=True)
    (report,) = (path for path in (tmp_path / "out").rglob("*.json") if '"criteria"' in path.read_text())
    (message,) = {one["message"] for one in json.loads(report.read_text())["criteria"]}
    assert ": this f-string needs Python 3.12 or newer (line " in message
    assert ", and grading runs Python 3.11" in message


#: Each ends loading again, however much is left out: definitions are never left out in place of others.
EXITING_CLASSES = "import os\n" + "".join(f"class A{number}: os._exit(3)\n" for number in range(12))


@pytest.mark.parametrize("source", [EXITING_CLASSES, f"{EXITING_CLASSES}\n{HONEST}"])
def test_check_of_files_that_cannot_be_loaded_gives_a_report(home, source):
    """What ends loading whatever is left out ends no check: every criterion is lost, as where it is graded."""
    done = run_check(home, source, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    said = "the submission ended the process (exit status 3) while loading"
    assert report["reasons"] == [said]
    assert [(one["outcome"], one["message"]) for one in report["criteria"]] == [("not_loaded", said)] * 2


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("class A:\n    while True: pass\n", "`class A:` was left out: it used more than 2 s of CPU time."),
        ("import os\nclass A: os._exit(3)\n", "was left out: it ended the process (exit status 3)."),
        ("import os\ndef f(x=os._exit(3)): pass\n", "was left out: it ended the process (exit status 3)."),
        ("import os\nif __name__ != '__main__': os._exit(3)\n", "was left out: it ended the process (exit status 3)."),
    ],
)
def test_check_of_a_definition_that_ends_loading_leaves_it_out(home, source, why):
    """Bodies of classes and defaults run while a file is loaded; the rest of it counts."""
    done = run_check(home, f"{HONEST}\n{source}")
    assert (done.returncode, why in done.stdout) == (0, True), done.stdout + done.stderr


# tapes ------------------------------------------------------------------------------------------------------


def test_tape_that_differs_by_rounding_is_kept(course):
    """Other processors and libraries round otherwise: the tape is the same bytes on every machine."""
    path = course / "assignments/affine_softmax/rubric/public" / TAPE_NAME
    for scale, is_kept in ((1 + 1e-14, True), (1 + 1e-4, False)):
        known = load_tape(path)
        cases = {
            name: tuple((asked, scaled(answer, scale)) for asked, answer in one) for name, one in known.cases.items()
        }
        write_tape(path, replace(known, cases=cases))
        before = path.read_bytes()
        tape_assignment(course, "affine_softmax")
        assert (path.read_bytes() == before) is is_kept


def scaled(answer, scale):
    """An answer whose numbers are a little larger."""
    return [one * scale if isinstance(one, float | np.ndarray) else one for one in answer]


def test_tape_recorded_on_another_processor_is_the_same_bytes(tmp_path):
    """Another kernel of OpenBLAS and no vector instructions stand for another machine: they sum in another order."""
    shutil.copytree(ROOT, tmp_path / "course", ignore=shutil.ignore_patterns(".*", "tests", "out", "site", "docs"))
    path = tmp_path / "course/assignments/01_backpropagation/rubric/public" / TAPE_NAME
    before = path.read_bytes()
    code = "import sys; from pathlib import Path; from autograder.home.check import tape_assignment as tape; tape(*map(Path, sys.argv[1:2]), sys.argv[2])"
    other = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"}
    command = [sys.executable, "-W", "ignore", "-c", code, tmp_path / "course", "01_backpropagation"]
    subprocess.run(command, check=True, timeout=300, env=os.environ | other)
    assert path.read_bytes() == before


def test_tape_of_an_older_version_is_told(home):
    """A key that is not there is no traceback."""
    path = home / "assignments/affine_softmax/rubric/public" / TAPE_NAME
    path.write_bytes(b"".join(map(bytes, encode({"version": 2, "rubric": ""}))))
    with pytest.raises(UsageError, match="was made by another version of autograder"):
        load_tape(path)


def test_check_changed_rubric_is_refused(home):
    """A tape of another version of the criteria must not be played."""
    rubric = home / "assignments/affine_softmax/rubric/public/test_a.py"
    rubric.write_text(rubric.read_text() + "\n# changed\n")
    with pytest.raises(CourseError, match="was made of another version of its public criteria"):
        check_files(CheckRequest(home, "affine_softmax", [SUBMISSION]))


def test_check_damaged_tape_is_told(home):
    """A tape that was cut is an error with the way to a new one."""
    path = home / "assignments/affine_softmax/rubric/public" / TAPE_NAME
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(UsageError, match="is damaged"):
        check_files(CheckRequest(home, "affine_softmax", [SUBMISSION]))


def test_tape_lost_public_criterion_is_an_error_of_the_course(course):
    """There is no tape of a reference that is wrong."""
    reference = course / "reference/affine_softmax/submission.py"
    reference.write_text(HONEST.replace("return x @ w + b, (x, w, b)", "return None"))
    with pytest.raises(CourseError, match="loses public criteria"):
        tape_assignment(course, "affine_softmax")


@pytest.mark.parametrize(
    ("course", "assignment"), [(COURSE, "affine_softmax"), *((ROOT, one) for one in find_assignments(ROOT))]
)
def test_tape_of_every_assignment_is_up_to_date(course, assignment, tmp_path):
    """Recording anew gives the same tape: draws and answers have not changed since it was committed."""
    shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns(".*", "tests", "out", "site", "docs"))
    committed = load_tape(course / "assignments" / assignment / "rubric/public" / TAPE_NAME)
    code = "import sys; from pathlib import Path; from autograder.home.check import tape_assignment as tape; tape(Path(sys.argv[1]), sys.argv[2])"
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
