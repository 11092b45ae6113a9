"""The course that `autograder init` makes is a course: proved, graded with, checked at home, released."""

import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
import yaml

from autograder.course import load_accepted, load_assignment, load_mutants
from autograder.course.template import stale_files
from tests.authoring.conftest import run

ASSIGNMENT = "01_linear_regression"


def commands_of(course):
    """Every command that the workflow and the job run, but for the installation, which names the wheel of the course."""
    workflow = yaml.safe_load((course / ".github/workflows/prove.yml").read_text())
    steps = [step["run"] for step in workflow["jobs"]["prove"]["steps"] if "run" in step]
    job = yaml.safe_load((course / ".gitlab-ci.yml").read_text())["prove"]
    return steps, [*job["before_script"], *job["script"]]


def test_init_course_is_proved_by_its_own_ci(new_course):
    """What the workflow and the job run, which is the same, ends with 0 and leaves the files that they keep."""
    steps, script = commands_of(new_course)
    assert steps == script
    install, *commands = steps
    assert install.startswith("python -m pip install tools/*.whl")
    assert len(list(new_course.glob("tools/*.whl"))) == 1
    for command in commands:
        words = shlex.split(command, comments=True)
        assert words[0] == "autograder"
        done = run(*words[1:], cwd=new_course)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    (suite,) = ET.parse(new_course / "proof.xml").getroot()
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")


def test_init_course_has_everything_that_an_assignment_can_have(made_course):
    """Marks, template, hidden and public criteria, mutants, variants, examples, a tape and a handout."""
    assignment = load_assignment(made_course, ASSIGNMENT)
    assert stale_files(assignment) == []
    assert [one.id for one in assignment.exercises] == ["r1", "r2", "r3"]
    assert len(load_mutants(assignment)) >= 5
    assert len(load_accepted(assignment)) == 2
    assert (assignment.rubric / "public/tape.bin").is_file()
    assert (assignment.folder / "README.md").is_file()
    assert {path.suffix for path in (assignment.folder / "examples").iterdir()} == {".py", ".ipynb"}


def test_init_course_grades_its_examples(new_course):
    """One student has everything right, one a mistake, one has handed in a notebook that is not finished."""
    done = run("grade", ASSIGNMENT, f"assignments/{ASSIGNMENT}/examples", "--out", "out", cwd=new_course)
    assert done.returncode == 0, done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:4]] == [["ada", "20"], ["ben", "14"], ["cleo", "5"]]


def test_init_course_checks_a_students_work(new_course):
    """The reference has every public point, the template none."""
    template = new_course / "student_template" / ASSIGNMENT
    assert run("check", cwd=template).returncode == 1
    shutil.copy(new_course / f"assignments/{ASSIGNMENT}/examples/ada.py", template / "regression.py")
    done = run("check", cwd=template)
    assert (done.returncode, "4 / 4 points" in done.stdout) == (0, True), done.stdout


def test_init_wheel_of_the_course_installs_and_inits_again(made_course, tmp_path):
    """What the course's CI installs is a whole autograder: put together again, it is the same wheel."""
    (wheel,) = made_course.glob("tools/*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True, timeout=120)
    python = tmp_path / "venv/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(pip, check=True, timeout=120)
    (site,) = tmp_path.glob("venv/lib/python*/site-packages")
    dependencies = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "dependencies.pth").write_text(f"{dependencies}\n")
    command = [python, "-I", "-m", "autograder", "init", tmp_path / "again"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(made_course) for path in made_course.rglob("*") if path.suffix not in ("", ".pyc")}
    assert names == {
        path.relative_to(tmp_path / "again")
        for path in (tmp_path / "again").rglob("*")
        if path.suffix not in ("", ".pyc")
    }
    assert (tmp_path / "again/tools" / wheel.name).read_bytes() == wheel.read_bytes()


@pytest.mark.parametrize("harmless", [".git", ".venv"])
def test_init_into_a_fresh_repository_is_done(any_wheel, tmp_path, harmless):
    """A repository or an environment is no content."""
    (tmp_path / "course" / harmless).mkdir(parents=True)
    assert run("init", tmp_path / "course", "--wheel", any_wheel).returncode == 0


def test_init_into_a_folder_with_something_in_it_is_refused(any_wheel, tmp_path):
    """Nothing is written over, or beside, what somebody has; the message says what is there."""
    folder = tmp_path / "thesis"
    folder.mkdir()
    for name in ("a.tex", "b.tex", "c.tex", "d.tex"):
        (folder / name).write_text("x")
    done = run("init", "thesis", "--wheel", any_wheel, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Error: 'thesis' is not empty: it holds a.tex, b.tex, c.tex and 1 more.",
        "Hint: Name a new folder; `autograder new` adds an assignment to a course that there is.",
    ]
    assert len(list(folder.iterdir())) == 4


def test_init_over_a_file_is_refused(any_wheel, tmp_path):
    """A file is no folder."""
    (tmp_path / "notes").write_text("x")
    done = run("init", "notes", "--wheel", any_wheel, cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "Error: 'notes' is no folder.")
