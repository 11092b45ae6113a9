"""A rubric that cannot be served is an error of the course, told with its file, and nothing is left behind."""

import textwrap

import pytest

from autograder.errors import CourseError, InfrastructureError
from autograder.station import Station
from autograder.station.examiner_process import ExaminerProcess, examiner_environment
from tests.writing import examine, write_course, write_criterion

REFERENCE = "def f(x):\n    return 2 * x\n"
RUBRIC = "assignments/small/rubric/test_x.py"
GOOD = "check(submission.f(1) == 2, 'wrong')"


@pytest.fixture
def error_of(tmp_path):
    """Have an examiner collect a rubric and say what is wrong with it."""

    def error(rubric, reference=REFERENCE, **more):
        start_timeout_s = more.pop("start_timeout_s", 60.0)
        settings = write_course(tmp_path, reference, rubric, **more)
        examiner = ExaminerProcess(settings.course, "small", start_timeout_s=start_timeout_s)
        with pytest.raises(CourseError) as raised:
            examiner.start()
        assert examiner._process is None
        return str(raised.value)

    return error


def test_rubric_that_is_sound_is_collected(tmp_path):
    """Criteria come in order, public ones first, each with what its marker says."""
    rubric = write_criterion("good", GOOD, timeout_s=1.5) + write_criterion(
        "cases", GOOD, above='@pytest.mark.parametrize("n", [1, 2])', arguments="submission, n", after=["x_good"]
    )
    settings = write_course(tmp_path, REFERENCE, rubric)
    examiner = ExaminerProcess(settings.course, "small")
    criteria = examiner.start()
    examiner.close()
    told = [(one.id, one.public, one.timeout_s, one.after, one.cases) for one in criteria]
    assert told == [
        ("x_example", True, None, (), ("",)),
        ("x_good", False, 1.5, (), ("",)),
        ("x_cases", False, None, ("x_good",), ("1", "2")),
    ]


def test_criteria_run_behind_those_they_come_after_and_may_be_methods(tmp_path):
    """The order is the file's, but for what waits; a class of criteria is collected like functions."""
    method = textwrap.indent(write_criterion("method", GOOD, arguments="self, submission").strip(), "    ")
    rubric = (
        write_criterion("last", GOOD, after=["x_first", "x_method"])
        + write_criterion("first", GOOD)
        + f"\n\nclass TestThings:\n{method}\n"
    )
    examiner = ExaminerProcess(write_course(tmp_path, REFERENCE, rubric).course, "small")
    criteria = examiner.start()
    examiner.close()
    assert [one.id for one in criteria] == ["x_example", "x_first", "x_method", "x_last"]


def test_rubric_that_would_skip_is_refused_with_its_lines(error_of):
    """A criterion counts as passed or as lost; a submission must not be able to leave it open."""
    said = error_of(
        {
            "a": f"if submission.f(1) is None:\n    pytest.skip('later')\n{GOOD}",
            "b": "pytest.xfail('known')",
            "c": "np = pytest.importorskip('numpy')",
            "d": "from pytest import skip as later\nlater('x')",
        }
    )
    lines = said.splitlines()
    assert all(line.startswith(f"{RUBRIC}, line ") for line in lines)
    told = ["pytest.skip", "pytest.skip", "pytest.xfail", "pytest.importorskip"]
    assert sorted(line.rpartition(" call ")[2] for line in lines) == sorted(f"{name}." for name in told)


def test_criterion_that_is_marked_to_be_left_out_is_refused(error_of):
    """Each mark is named."""
    marks = {"a": "skip", "b": "skipif(True, reason='x')", "c": "xfail"}
    said = error_of("".join(write_criterion(name, GOOD, above=f"@pytest.mark.{mark}") for name, mark in marks.items()))
    names = [(key, mark.partition("(")[0]) for key, mark in marks.items()]
    assert said.splitlines() == [
        f"{RUBRIC}: test_x_{key}: a criterion must not be marked {mark}." for key, mark in names
    ]


def test_case_that_is_marked_to_be_left_out_is_refused(error_of):
    """Also when the mark hides in a parameter."""
    above = '@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.xfail)])'
    assert "test_x_a[2]: a criterion must not be marked xfail" in error_of(
        write_criterion("a", GOOD, above=above, arguments="submission, n")
    )


def test_wide_fixture_that_touches_a_submission_is_refused(error_of):
    """It would serve the next criterion with what belongs to this one."""
    pairs = [(scope, asked) for scope in ("module", "session") for asked in ("submission", "rng")]
    fixtures = [
        f"@pytest.fixture(scope={scope!r})\ndef {scope}_{asked}({asked}):\n    return 1\n" for scope, asked in pairs
    ]
    arguments = ", ".join(f"{scope}_{asked}" for scope, asked in pairs)
    said = error_of(write_criterion("a", GOOD, arguments=f"submission, {arguments}"), head="\n\n".join(fixtures))
    assert sorted(said.splitlines()) == sorted(
        f"{RUBRIC}: test_x_a: the {scope}-wide fixture `{scope}_{asked}` must not use a submission or its draws."
        for scope, asked in pairs
    )


def test_wide_fixture_behind_another_is_refused_too(error_of):
    """The chain does not hide it."""
    head = """
@pytest.fixture(scope="session")
def inner(rng):
    return 1


@pytest.fixture(scope="session")
def outer(inner):
    return inner
"""
    assert "the session-wide fixture `inner` must not use" in error_of(
        write_criterion("a", GOOD, arguments="submission, outer"), head=head
    )


def test_test_without_a_marker_is_refused(error_of):
    """Everything pytest collects is a criterion."""
    said = error_of(write_criterion("a", GOOD) + "\n\ndef test_helper():\n    assert True\n")
    assert said.startswith(f"{RUBRIC}: test_helper is no criterion. Hint: put @criterion(...) above it")


def test_two_criteria_of_one_id_are_refused(error_of):
    """Ids are what grades refer to."""
    said = error_of(write_criterion("example", GOOD))
    assert "x_example" in said
    assert "two criteria have this id" in said


@pytest.mark.parametrize(
    ("head", "arguments"),
    [("", "submission, nonsense"), ("@pytest.fixture\ndef inner(nonsense):\n    return 1\n", "submission, inner")],
)
def test_unknown_fixture_is_refused(error_of, head, arguments):
    """The name is told, wherever it is asked for."""
    said = error_of(write_criterion("a", GOOD, arguments=arguments), head=head)
    assert said == f"{RUBRIC}: test_x_a: there is no fixture `nonsense`."


def test_rubric_that_is_no_python_is_told_with_its_line(error_of):
    """A hidden and a public file alike."""
    assert f"{RUBRIC}, line " in error_of("\n\ndef test_x_a(:\n    pass  # points=4\n")


def test_public_rubric_that_is_no_python_is_told_with_its_line(error_of):
    """The file in ``public/`` is named."""
    said = error_of({"a": GOOD}, public='"""Example."""\ndef test_x_a(:  # {points}\n')
    assert "public/test_x.py" in said
    assert "line 2" in said


def test_rubric_that_imports_what_is_not_there_is_told(error_of):
    """The cause is pytest's."""
    assert "No module named 'nowhere'" in error_of({"a": GOOD}, head="import nowhere")


def test_rubric_without_criteria_is_told(error_of, tmp_path):
    """An empty rubric is no rubric."""
    said = error_of("\nPOINTS = 'points=4'\n", public='"""Example."""\nPOINTS = {points}\n')
    assert said == "assignments/small/rubric: there are no criteria."


def test_rubric_that_hangs_while_it_is_imported_is_told_with_its_place(error_of):
    """The station does not wait for ever, and says where it stood."""
    said = error_of({"a": GOOD}, head="import time\ntime.sleep(600)", start_timeout_s=3.0)
    assert said.startswith("The rubric and the reference of 'small' did not load within 3 s.\nHint: It was at: File ")
    assert 'rubric/test_x.py", line ' in said


def test_reference_that_hangs_while_it_is_imported_is_told_with_its_place(error_of):
    """The reference is loaded in the same time."""
    said = error_of({"a": GOOD}, reference="while True:\n    pass\ndef f(x): pass\n", start_timeout_s=3.0)
    assert 'reference/small/submission.py", line ' in said


@pytest.mark.parametrize(
    "head", ["import os\nos._exit(7)", "import os, sys\nsys.stdout.write('bye')\nsys.stdout.flush()\nos._exit(7)"]
)
def test_rubric_that_ends_the_examiner_is_an_error_of_the_course(error_of, head):
    """The exit status is told, and what was said last."""
    said = error_of({"a": GOOD}, head=head)
    assert said.splitlines()[0] == "The rubric or the reference of 'small' ended the examiner (exit status 7)."
    assert ("It said: bye" in said) == ("bye" in head)


@pytest.mark.parametrize(
    ("line", "cause"),
    [("1 / 0", "ZeroDivisionError"), ("raise SystemExit(2)", "SystemExit"), ("import nowhere", "nowhere")],
)
def test_reference_that_cannot_be_imported_is_told(error_of, line, cause):
    """File and cause are named."""
    said = error_of({"a": GOOD}, reference=f"{REFERENCE}\n{line}\n")
    assert said.startswith("reference/small/submission.py: cannot be imported: ")
    assert cause in said


def test_examiner_killed_while_it_starts_is_the_machines_fault(tmp_path, monkeypatch):
    """A kill is no fault of the course."""
    settings = write_course(
        tmp_path, REFERENCE, {"a": GOOD}, head="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    with pytest.raises(InfrastructureError, match="ended by signal 9 while it started"):
        ExaminerProcess(settings.course, "small").start()


def test_examiner_has_an_environment_of_our_making(monkeypatch):
    """Nothing of the caller's is passed on: ``CI`` alone makes pytest print and compare for seconds."""
    for name in ("CI", "PYTEST_ADDOPTS", "PYTHONPATH", "SECRET"):
        monkeypatch.setenv(name, "1")
    environment = examiner_environment(1)
    assert not {"CI", "PYTEST_ADDOPTS", "PYTHONPATH", "SECRET"} & environment.keys()
    assert environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == "1"


def test_rubric_with_hypothesis_leaves_nothing_behind(tmp_path, monkeypatch):
    """No bytecode, no cache of pytest, no database: neither in the course nor where the command was called."""
    head = "from hypothesis import given, strategies as st"
    body = "@given(n=st.integers(-99, 99))\ndef double(n):\n    assert submission.f(n) == 2 * n\ndouble()"
    settings = write_course(tmp_path / "course", REFERENCE, {"a": body}, head=head)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = set(tmp_path.rglob("*"))
    with Station(settings) as station:
        assert examine(station, REFERENCE)["a"].case_checks == (25,)
    made = {path.relative_to(tmp_path / "course").parts[0] for path in set(tmp_path.rglob("*")) - before}
    assert made == {".autograder"}
