"""What students get: nothing that is hidden, the same bytes each time, and enough to check their work at home."""

import ast
import io
import json
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from autograder.course import load_assignment
from autograder.course.public import find_public_course, find_work, load_public
from autograder.course.template.cells import cells_of
from autograder.course.template.notebook import notebooks_of
from autograder.errors import UsageError
from autograder.release.handout import BEGINNING, PYTHONS
from tests.at_home import AT_HOME
from tests.conftest import COURSE, HONEST

ROOT = Path(__file__).parents[1]
WHEEL = "warmfork_autograder-*.whl"
MARKED = re.compile(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", re.DOTALL)
SHORTEST = 25  # characters of a line that somebody would know again


def run(*words, cwd=None):
    command = [sys.executable, "-m", "autograder", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel for students, built once."""
    out = tmp_path_factory.mktemp("wheel")
    done = run("release", "affine_softmax", "--course", COURSE, "--out", out)
    assert done.returncode == 0, done.stderr
    (path,) = out.glob(f"affine_softmax/{WHEEL}")
    return path


@pytest.fixture
def release(course, wheel, tmp_path):
    """Release the small course's assignment, or what is named; the package's folder."""

    def call(*words, expected=0, root=course, out=tmp_path / "out", assignment="affine_softmax"):
        done = run("release", assignment, "--course", root, "--out", out, "--wheel", wheel, *words)
        assert done.returncode == expected, done.stdout + done.stderr
        return out / assignment if expected == 0 else done

    return call


def released_texts(archive):
    """Every file of an archive with its text, archives in it included."""
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            data = files.read(name)
            if name.endswith((".whl", ".zip")):
                yield from released_texts(io.BytesIO(data))
            yield name, data.decode("utf-8", "replace")


def hidden_lines(assignment):
    """Lines of solutions, hidden criteria, mutants and variants that stand in nothing that students may read."""
    solutions = [part for text in assignment.reference_sources().values() for part in MARKED.findall(text)]
    folders = (assignment.rubric, assignment.mutants, assignment.accepted)
    texts = [*solutions, *(path.read_text() for folder in folders for path in folder.glob("*.py"))]
    shown = [*assignment.template_sources().values(), (assignment.folder / "README.md").read_text()]
    shown += [path.read_text() for path in (*assignment.support_files, *assignment.rubric.glob("public/*.py"))]
    allowed = "\n".join(shown)
    lines = {line.strip() for text in texts for line in text.splitlines() if len(line.strip()) >= SHORTEST}
    lines = {line for line in lines if not line.startswith("from autograder.rubric import ")}
    return {line for line in lines if line not in allowed}


@pytest.mark.parametrize(("root", "assignment"), [(COURSE, "affine_softmax"), (ROOT, "01_backpropagation")])
def test_release_holds_nothing_that_is_hidden(release, root, assignment):
    """No line of a solution, of a hidden criterion, of a mutant or of a variant is in any file, the wheel's included."""
    folder = release("--check", root=root, assignment=assignment)
    hidden = hidden_lines(load_assignment(root, assignment))
    assert len(hidden) > 20
    texts = dict(released_texts(folder.with_name(f"{assignment}.zip")))
    assert any(name.startswith("autograder/") for name in texts)
    found = {(name, line) for name, text in texts.items() for line in hidden if line in text}
    assert {(name, line) for name, line in found if not name.startswith("autograder/rubric/")} == set()


def test_release_has_what_its_table_says(release, course):
    """Handout, figures, template twice, instructions, wheel, and a course of what is public; in the archive the same."""
    readme = course / "assignments/affine_softmax/README.md"
    (readme.parent / "figures").mkdir()
    (readme.parent / "figures/graph.svg").write_text("<svg/>")
    readme.write_text(
        f"{readme.read_text()}\n![A graph](figures/graph.svg) and `[no](link.md)` and [web](https://example.org)\n"
    )
    folder = release()
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    (wheel,) = (name for name in names if name.endswith(".whl"))
    public = "check/assignments/affine_softmax"
    assert names == {
        *("README.md", "figures/graph.svg", "CHECK.md", wheel, "submission.py", "submission.ipynb"),
        *(
            "check/student_template/affine_softmax/submission.py",
            "check/student_template/affine_softmax/submission.ipynb",
            "check/grader.toml",
        ),
        *(f"{public}/assignment.toml", f"{public}/rubric/public/tape.bin"),
        *(f"{public}/rubric/public/test_a.py", f"{public}/rubric/public/test_s.py"),
    }
    with zipfile.ZipFile(folder.with_name("affine_softmax.zip")) as archive:
        assert {*archive.namelist()} == {f"affine_softmax/{name}" for name in names}


def test_release_twice_gives_the_same_bytes(release, tmp_path):
    """An archive has a checksum that anybody can come to, and it stands beside."""
    archives = [release(out=tmp_path / name).with_name("affine_softmax.zip") for name in ("one", "two")]
    assert archives[0].read_bytes() == archives[1].read_bytes()
    checksum = archives[0].with_name("affine_softmax.zip.sha256").read_text()
    assert checksum == f"{sha256(archives[0].read_bytes()).hexdigest()}  affine_softmax.zip\n"


def test_wheel_is_built_the_same_again(wheel, tmp_path):
    """Two builds from the same sources are the same bytes; what authors start from is not in it."""
    done = run("release", "affine_softmax", "--course", COURSE, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    (again,) = tmp_path.glob(f"affine_softmax/{WHEEL}")
    assert again.read_bytes() == wheel.read_bytes()
    with zipfile.ZipFile(wheel) as files:
        assert [name for name in files.namelist() if name.startswith("autograder/authoring/course")] == []
        record = files.read(next(name for name in files.namelist() if name.endswith("RECORD"))).decode()
        assert {line.partition(",")[0] for line in record.splitlines()} == {*files.namelist()}


# at home ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def students_python(wheel, tmp_path_factory):
    """A fresh environment with the wheel, as `CHECK.md` has it made; dependencies are those of this one."""
    venv = tmp_path_factory.mktemp("home") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=120)
    python = venv / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, wheel], check=True, timeout=120)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


def check_at_home(python, folder, *words):
    command = [python, "-I", "-c", AT_HOME, "check", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_released_package_checks_work_on_a_machine_that_is_no_unix(release, students_python):
    """The wheel alone is installed; no fork, no Unix module and no framework is there; the folder is found by itself."""
    folder = release()
    assert check_at_home(students_python, folder).returncode == 1
    (folder / "submission.py").write_text(HONEST)
    done = check_at_home(students_python, folder)
    assert (done.returncode, "5 / 5 points" in done.stdout) == (0, True), done.stdout + done.stderr
    where = [students_python, "-I", "-c", "import autograder; print(autograder.__file__)"]
    assert str(students_python.parents[1]) in subprocess.run(where, capture_output=True, text=True, check=True).stdout


def test_init_with_the_wheel_for_students_is_told(students_python, tmp_path):
    """What authors start from is not in it, and the message says so."""
    command = [students_python, "-I", "-m", "autograder", "init", tmp_path / "course"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 3
    assert "was packaged for students and has no course to start from." in done.stderr
    assert not (tmp_path / "course").exists()


def definitions(code):
    """Source of every function and class at the top level, by name."""
    tree = ast.parse(code)
    return {node.name: ast.get_source_segment(code, node) for node in tree.body if hasattr(node, "name")}


def filled_in(notebook, solution):
    """A template's notebook in which a student has written a solution: cell for cell, helpers in a cell at the end."""
    document, wanted = json.loads(notebook), definitions(solution)
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            for name in definitions("".join(cell["source"])):
                cell["source"] = wanted.pop(name)
    helpers = {"cell_type": "code", "source": "\n\n".join(wanted.values()), "metadata": {}, "outputs": []}
    return json.dumps(document | {"cells": [*document["cells"], helpers]})


def test_released_notebook_filled_in_is_what_check_takes(release, students_python):
    """Where the notebook has changed and the module has not, the notebook is checked."""
    folder = release()
    notebook = folder / "submission.ipynb"
    notebook.write_text(filled_in(notebook.read_text(), HONEST))
    done = check_at_home(students_python, folder)
    assert (done.returncode, "5 / 5 points" in done.stdout) == (0, True), done.stdout + done.stderr


def test_find_work_takes_what_the_student_changed(release):
    """Untouched, the module; what a notebook's editor writes by itself is no change; both changed is a question."""
    folder = release()
    assignment = load_public(find_public_course(folder), "affine_softmax")
    module, notebook = folder / "submission.py", folder / "submission.ipynb"
    assert find_work(assignment, folder) == [module]
    opened = json.loads(notebook.read_text()) | {"metadata": {"opened": True}}
    notebook.write_text(json.dumps(opened))
    assert find_work(assignment, folder) == [module]
    notebook.write_text(filled_in(notebook.read_text(), HONEST))
    assert find_work(assignment, folder) == [notebook]
    module.write_text(f"{module.read_text()}\nx = 1\n")
    with pytest.raises(UsageError) as caught:
        find_work(assignment, folder)
    assert str(caught.value) == (
        "Both submission.py and submission.ipynb have been changed.\n"
        "Hint: Name the one that you will hand in, such as `autograder check submission.ipynb`."
    )
    code = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    module.write_text("\n\n".join("".join(cell["source"]) for cell in code))  # as jupytext keeps it in step
    assert find_work(assignment, folder) == [module]
    module.unlink()
    assert find_work(assignment, folder) == [notebook]


def test_notebook_filled_in_earns_what_the_module_earns(tmp_path):
    """The reference of 01_backpropagation put into its notebooks and graded by the real command has full marks."""
    assignment = load_assignment(ROOT, "01_backpropagation")
    for student in ("modules", "notebooks"):
        (tmp_path / "in" / student).mkdir(parents=True)
    notebooks = notebooks_of(assignment)
    for name, source in assignment.reference_sources().items():
        (tmp_path / "in/modules" / name).write_text(source)
        notebook = f"{name.removesuffix('.py')}.ipynb"
        (tmp_path / "in/notebooks" / notebook).write_text(filled_in(notebooks[notebook], source))
    secret = ("--secret-file", tmp_path / "secret")
    done = run("grade", assignment.id, tmp_path / "in", "--course", ROOT, "--out", tmp_path / "out", "--json", *secret)
    assert done.returncode == 0, done.stderr
    submissions = json.loads(done.stdout)["submissions"]
    reports = [json.loads(path.read_text()) for path in (tmp_path / "out/reports").glob("*.json")]
    lost = [one for report in reports for one in report["criteria"] if one["outcome"] != "passed"]
    assert lost == []
    assert {one["student"]: one["score"] for one in submissions} == {"modules": 100.0, "notebooks": 100.0}


def test_notebook_of_a_template_has_a_function_per_cell_and_its_text_above():
    """All definitions are there, one to a cell; what their docstrings say stands in the text above instead."""
    source = load_assignment(ROOT, "01_backpropagation").template_sources()["layers.py"]
    cells = cells_of(source)
    defining = [place for place, cell in enumerate(cells) if cell.code and definitions(cell.text)]
    assert [[*definitions(cells[place].text)] for place in defining] == [[name] for name in definitions(source)]
    for node in (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)):
        place = next(place for place in defining if node.name in definitions(cells[place].text))
        (bare,) = ast.parse(cells[place].text).body
        summary = ast.get_docstring(node).partition("\n")[0]
        assert (ast.get_docstring(bare), summary in cells[place - 1].text) == (None, True)
        assert list(map(ast.dump, bare.body)) == list(map(ast.dump, node.body[1:]))


# what is stale, and what is wrong ---------------------------------------------------------------------------


def test_release_command_brings_templates_up_to_date_and_checks_them(course):
    """A changed reference makes --check fail with 1; without --out only templates are written."""
    template = course / "student_template/affine_softmax/submission.py"
    template.write_text("old\n")
    assert (
        run("release", "--course", course, "--check").stdout == "stale student_template/affine_softmax/submission.py\n"
    )
    assert run("release", "--course", course, "--check").returncode == 1
    done = run("release", "affine_softmax", "--course", course)
    assert (done.returncode, done.stdout) == (0, "wrote student_template/affine_softmax/submission.py\n")
    assert run("release", "--course", course, "--check").returncode == 0


def test_release_check_finds_a_tape_of_other_criteria(course):
    """A tape that does not fit its rubric would be refused at home."""
    rubric = course / "assignments/affine_softmax/rubric/public/test_a.py"
    rubric.write_text(f"{rubric.read_text()}\n# changed\n")
    done = run("release", "--course", course, "--check")
    assert (done.returncode, done.stdout) == (1, "stale assignments/affine_softmax/rubric/public/tape.bin\n")


def test_release_refuses_to_pack_what_is_stale_when_it_is_to_change_nothing(release, course, tmp_path):
    """With --check and --out nothing is written, in the course or beside."""
    (course / "student_template/affine_softmax/submission.py").write_text("old\n")
    release("--check", expected=1)
    assert not (tmp_path / "out").exists()


# what is not finished ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), ("--check",)])
def test_release_with_todo_in_the_handout_is_refused(release, course, tmp_path, words):
    """Students would read it; nothing is written."""
    readme = course / "assignments/affine_softmax/README.md"
    readme.write_text(f"{readme.read_text()}\nTODO: say why.\nTODO: say how.\n")
    line = len(readme.read_text().splitlines()) - 1
    done = release(*words, expected=4)
    assert done.stderr == (
        f"Error: affine_softmax: assignments/affine_softmax/README.md, line {line} and 1 more: still says TODO\n"
        "Hint: `autograder prove` names what else is left to do.\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [("--out", "out"), ("--check",)])
def test_release_of_what_grade_refuses_is_refused_with_the_same_words(course, uploads, tmp_path, words):
    """A hint that stands there twice: both commands say so, and exit with 4."""
    path = course / "assignments/affine_softmax/rubric/public/test_a.py"
    hint = re.search(r"hint=(\"[^\"]*\")", path.read_text())[1]
    other = path.with_name("test_s.py")
    other.write_text(re.sub(r"hint=\"[^\"]*\"", f"hint={hint}", other.read_text()))
    where = ("affine_softmax", "--course", course)
    graded = run("grade", *where, uploads(ann=HONEST), "--out", tmp_path / "graded", cwd=tmp_path)
    released = run("release", *where, *words, cwd=tmp_path)
    assert (graded.returncode, released.returncode) == (4, 4)
    (problem,) = (line for line in graded.stderr.splitlines() if "the hint is the same as that of" in line)
    assert problem in released.stderr
    assert not (tmp_path / "out").exists()


def test_release_of_a_reference_that_loses_points_is_refused(course, tmp_path):
    """Nothing can be graded against it."""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    path.write_text(path.read_text().replace("    assert_unchanged(", "    assert False\n    assert_unchanged("))
    done = run("release", "affine_softmax", "--course", course, "--out", tmp_path / "out")
    assert (done.returncode, "does not get full marks, so nothing can be graded against it" in done.stderr) == (4, True)


def test_release_without_a_package_writes_templates_of_what_is_unfinished(course):
    """An author may bring a template up to date before the handout is written."""
    readme = course / "assignments/affine_softmax/README.md"
    readme.write_text(f"{readme.read_text()}\nTODO\n")
    assert run("release", "affine_softmax", "--course", course).returncode == 0


def test_released_package_says_which_python_grades(release):
    """`check` warns of syntax that it refuses."""
    text = (release() / "check/grader.toml").read_text()
    assert text.startswith(f'python = "{sys.version_info[0]}.{sys.version_info[1]}"')


@pytest.mark.parametrize(
    "said", [PYTHONS, "Python 3.11 to 3.13", PYTHONS.replace(" to", "\n to")], ids=["today's", "an older one", "broken"]
)
def test_released_handout_names_the_one_python_that_grades(release, course, said):
    """The course's own handout cannot know it; what else is written of versions stays as it is."""
    readme = course / "assignments/affine_softmax/README.md"
    text = readme.read_text()
    rest = "NumPy. Written for Python 3.11 to 3.13."
    readme.write_text(f"{text}\n{BEGINNING} {said}, {rest}\n")
    folder = release()
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert (folder / "README.md").read_text() == f"{text}\n{BEGINNING} Python {running}, {rest}\n"
    assert f'python = "{running}"' in (folder / "check/grader.toml").read_text()


@pytest.mark.timeout(900)  # pip resolves and unpacks everything; on a fresh machine it downloads, too
def test_released_package_checks_work_in_an_empty_environment(release, tmp_path):
    """As `CHECK.md` says: a fresh environment, the wheel with its dependencies, nothing of this one."""
    folder = release()
    subprocess.run([sys.executable, "-m", "venv", tmp_path / ".venv"], check=True, timeout=300)
    python = tmp_path / ".venv/bin/python"
    (wheel,) = folder.glob(WHEEL)
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True, timeout=600)
    (folder / "submission.py").write_text(HONEST)
    done = subprocess.run(
        [tmp_path / ".venv/bin/autograder", "check"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, "5 / 5 points" in done.stdout, done.stderr) == (0, True, ""), done.stdout


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("![](figures/no.svg)", "there is no file 'figures/no.svg'."),
        (
            "[m](mutants/m99_01_bias_forgotten.py)",
            "'mutants/m99_01_bias_forgotten.py' is nothing that students may have.",
        ),
        (
            '<img src="../../reference/affine_softmax/submission.py">',
            "lies outside of the assignment, so students do not get it.",
        ),
        ("[s]: rubric/test_a.py", "'rubric/test_a.py' is nothing that students may have."),
    ],
)
def test_release_handout_that_refers_to_what_is_not_there_is_an_error(release, course, line, text):
    """The line of the handout is named; a hidden file is never shipped because somebody linked to it."""
    readme = course / "assignments/affine_softmax/README.md"
    readme.write_text(f"# Title\n\n{line}\n")
    done = release(expected=4)
    assert "assignments/affine_softmax/README.md, line 3: " in done.stderr
    assert text in done.stderr


def test_release_without_a_handout_is_an_error(release, course):
    """It is the first thing that students read."""
    (course / "assignments/affine_softmax/README.md").unlink()
    assert "assignments/affine_softmax/README.md: there is no handout.\nHint: Write it" in release(expected=4).stderr


def test_release_into_a_folder_of_something_else_is_refused(release, tmp_path):
    """What lies there is kept; an earlier package is replaced."""
    precious = tmp_path / "out/affine_softmax/thesis.tex"
    precious.parent.mkdir(parents=True)
    precious.write_text("x")
    assert "holds something that is no package of 'affine_softmax'." in release(expected=2).stderr
    assert precious.read_text() == "x"
    shutil.rmtree(precious.parent)
    (release() / "old.txt").write_text("x")
    assert not (release() / "old.txt").exists()


def test_release_with_a_file_that_is_no_wheel_is_a_usage_error(course, tmp_path):
    """Neither another package's wheel nor a file that is called like ours is given to students."""
    other = tmp_path / "warmfork_autograder-1.whl"
    other.write_text("x")
    done = run("release", "--course", course, "--out", tmp_path / "out", "--wheel", other)
    assert (done.returncode, "is no wheel of warmfork-autograder." in done.stderr) == (2, True)


def test_release_unknown_assignment_guesses_what_was_meant(course):
    """A mistake of the call goes to stderr, with its exit code."""
    done = run("release", "affine_sofmax", "--course", course)
    assert (done.returncode, done.stderr) == (
        2,
        "Error: No assignment 'affine_sofmax'.\nHint: Did you mean `affine_softmax`?\n",
    )
