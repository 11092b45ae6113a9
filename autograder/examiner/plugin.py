"""The examiner's pytest plugin, and the table of criteria.

It has three fixtures, counts checks while they run, and prints nothing.
"""

from __future__ import annotations

import ast
import os
import sys
import unittest
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import hypothesis
import pytest
from _pytest.assertion import rewrite, util
from hypothesis import HealthCheck, Phase, strategies
from hypothesis.configuration import set_hypothesis_home_dir

from autograder.course import Assignment, CriterionInfo, check_rubric
from autograder.errors import CourseError
from autograder.rubric import CriterionSpec, checks, spec_of
from autograder.rubric.comparing.values import describe, is_number

MAX_BRIEF_CHARACTERS = 80
_OFF = (
    "terminal", "cacheprovider", "doctest", "junitxml", "pastebin", "stepwise", "logging",
    "warnings", "unraisableexception", "threadexception", "faulthandler", "debugging", "setuponly",
    "setupplan", "recwarn", "legacypath", "capture", "unittest", "subtests",
)  # fmt: skip  # a lean session: 0.2 ms a test and flat memory

# Explaining a failure takes ten times as long as finding it; a database would carry one submission
# over to another.
_PHASES = (Phase.explicit, Phase.generate, Phase.target, Phase.shrink)
_PROFILE = hypothesis.settings(
    database=None,
    deadline=None,
    max_examples=25,
    phases=_PHASES,
    suppress_health_check=tuple(HealthCheck),
    report_multiple_bugs=False,
    print_blob=False,
)


class Fixtures(Protocol):
    """The values of a rubric's fixtures while one submission is examined."""

    @property
    def submission(self) -> Any:
        """The student's modules, in the candidate."""

    @property
    def data(self) -> Path:
        """The folder of the rubric's hidden data."""

    def reference_for(self, case: str) -> Any:
        """Return the reference for one case."""

    def rng_for(self, case: str) -> Any:
        """Return a generator of the student, criterion and case."""


class RubricPlugin:
    """Serves a collected rubric.

    Parameters
    ----------
    serve
        Called with the collected items once collection has gone well; it runs until the examiner
        ends.
    """

    def __init__(self, serve: Callable[[list[pytest.Item]], None]) -> None:
        self._serve = serve
        self.context: Fixtures | None = None
        self.problems: list[str] = []
        self.escaped: BaseException | None = None

    # fixtures -------------------------------------------------------------------------------------

    @pytest.fixture
    def submission(self) -> Any:
        """The student's modules, in the candidate."""
        return self._seated().submission

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Any:
        """The solution, in this process."""
        return self._seated().reference_for(case_name(request.node))

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Any:
        """A generator of this student, criterion and case."""
        return self._seated().rng_for(case_name(request.node))

    @pytest.fixture
    def data(self) -> Path:
        """The folder of the rubric's hidden data."""
        return self._seated().data

    def _seated(self) -> Fixtures:
        if self.context is None:
            raise RuntimeError("a rubric's fixtures exist only while a submission is examined")
        return self.context

    # hooks ----------------------------------------------------------------------------------------

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the error that a rubric file's import raised."""
        if report.failed:
            self.problems.append(f"{report.nodeid}: {_last_lines(str(report.longrepr))}")
        elif report.skipped:
            self.problems.append(
                f"{report.nodeid}: a rubric must not skip, neither a file nor a criterion."
            )

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(
        self, collector: pytest.Collector, name: str, obj: object
    ) -> list[pytest.Item] | None:
        """Refuse items that pytest would leave out without a word."""
        if isinstance(obj, type) and issubclass(obj, unittest.TestCase):
            self.problems.append(
                f"{collector.nodeid}: {name} is a unittest class. Hint: criteria are functions."
            )
            return []
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve instead of running every item once."""
        self._serve(session.items)
        return True

    def pytest_assertion_pass(self) -> None:
        """Count a plain ``assert`` that held."""
        checks.count()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Keep the explanation of a failed assert short.

        Values of candidates are never printed or diffed, which can take minutes.
        """
        # pytest sets it anew for each test; a hook would only be asked first
        util._reprcompare = _compare_briefly  # noqa: SLF001

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep the escaped exception instead of a traceback.

        Formatting a traceback costs milliseconds.
        """
        if call.excinfo is not None and self.escaped is None:
            self.escaped = call.excinfo.value
        outcome = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(
            item.nodeid,
            item.location,
            {},
            outcome,  # type: ignore[arg-type]
            None,
            call.when,  # type: ignore[arg-type]
        )

    def run_case(self, item: pytest.Item) -> BaseException | None:
        """Run one case and return the escaped exception, or None."""
        self.escaped = None
        try:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        except pytest.exit.Exception as error:  # pytest itself lets it through
            self.escaped = self.escaped or error
            # else the next case could not be set up
            item.session._setupstate.teardown_exact(None)  # noqa: SLF001
        return self.escaped


def collect_rubric(plugin: RubricPlugin, folder: Path) -> int:
    """Collect the rubric with a lean pytest and serve it.

    The rubric lies in ``folder``. The result is pytest's exit code.
    """
    before = hypothesis.settings.default
    # it writes where it can, and goes on where it cannot
    set_hypothesis_home_dir(Path(os.devnull, "hypothesis"))
    hypothesis.settings.register_profile("rubric", _PROFILE)
    # before the rubric is imported: its own settings build on it
    hypothesis.settings.load_profile("rubric")
    modules_before = set(sys.modules)
    # of each part of an assert
    repr_before = rewrite._saferepr  # noqa: SLF001
    rewrite._saferepr = brief_value  # type: ignore[assignment]  # noqa: SLF001
    try:
        return int(pytest.main(pytest_arguments(folder), plugins=[plugin]))
    finally:
        rewrite._saferepr = repr_before  # noqa: SLF001
        _forget_modules(folder, modules_before)
        set_hypothesis_home_dir(None)
        hypothesis.settings.register_profile("before", before)
        hypothesis.settings.load_profile("before")


def _forget_modules(folder: Path, before: Collection[str]) -> None:
    """Remove a rubric's modules from this process.

    Otherwise the next rubric collected here would be this one, where names are the same.
    """
    for name in set(sys.modules) - set(before):
        file = getattr(sys.modules[name], "__file__", None)
        if file is not None and Path(file).is_relative_to(folder):
            del sys.modules[name]


def pytest_arguments(folder: Path) -> list[str]:
    """Return the arguments of the lean pytest session.

    No configuration file is read.
    """
    settings = [
        "-c",
        os.devnull,
        f"--rootdir={folder}",
        f"--confcutdir={folder}",
        "--import-mode=importlib",
        "--strict-markers",
    ]
    off = [argument for name in _OFF for argument in ("-p", f"no:{name}")]
    return [
        *settings,
        "-o",
        "enable_assertion_pass_hook=true",
        "-o",
        "python_files=test_*.py",
        *off,
        str(folder),
    ]


def case_name(item: pytest.Item) -> str:
    """Return a case's parameters as pytest names them.

    It is empty for a test without parameters.
    """
    callspec = getattr(item, "callspec", None)
    return "" if callspec is None else str(callspec.id)


def iter_fixtures(item: pytest.Item) -> Iterator[tuple[str, Any]]:
    """The fixtures of a collected test, by name."""
    info = getattr(item, "_fixtureinfo", None)
    for name, definitions in ({} if info is None else info.name2fixturedefs).items():
        for definition in definitions:
            yield name, definition


def warm(items: Sequence[pytest.Item]) -> None:
    """Do work once that every fork would repeat.

    Where rubrics use hypothesis, it takes half a second.
    """
    for item in items:
        _ = item.location
    names = (value for item in items for value in vars(getattr(item, "module", None)).values())
    if any(str(getattr(value, "__module__", "")).startswith("hypothesis.") for value in names):

        @hypothesis.given(strategies.integers(), strategies.floats())
        def draw(_whole: int, _real: float) -> None:
            pass

        draw()


def brief_value(value: object) -> str:
    """Return a value in a few words.

    Numbers and short texts are as they are. Anything else is told by its kind and size.
    """
    if isinstance(value, str):
        text = repr(value[:MAX_BRIEF_CHARACTERS])
    elif value is None or is_number(value):
        text = repr(value)
    else:
        return describe(value)
    return text if len(text) <= MAX_BRIEF_CHARACTERS else f"{text[:MAX_BRIEF_CHARACTERS]}..."


def _compare_briefly(op: str, left: object, right: object) -> str:
    return f"{brief_value(left)} {op} {brief_value(right)}"


def unknown_fixtures(item: pytest.Item) -> list[str]:
    """Arguments of a collected test, and of its fixtures, that nothing provides."""
    info, callspec = getattr(item, "_fixtureinfo", None), getattr(item, "callspec", None)
    if info is None:
        return []
    known = {"request", *info.name2fixturedefs, *(callspec.params if callspec else ())}
    return [name for name in info.names_closure if name not in known]


def _last_lines(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-12:])


_REFUSED_MARKS = ("skip", "skipif", "xfail", "usefixtures")
_REFUSED_CALLS = ("skip", "xfail", "importorskip", "exit")


@dataclass(frozen=True, slots=True)
class RunnableCriterion:
    """A criterion and the pytest items that are its cases."""

    info: CriterionInfo
    items: tuple[pytest.Item, ...]


def build_table(assignment: Assignment, items: Sequence[pytest.Item]) -> list[RunnableCriterion]:
    """Group, check and order items by criterion.

    They are checked against the assignment.

    Raises
    ------
    CourseError
        The rubric is wrong. The error names every problem.
    """
    table = group_items(assignment, items)
    check_rubric(assignment, [one.info for one in table])
    return _in_order(assignment, table)


def group_items(assignment: Assignment, items: Sequence[pytest.Item]) -> list[RunnableCriterion]:
    """Group items by criterion.

    The criteria are in the order in which their items were collected.

    Raises
    ------
    CourseError
        A test is no criterion, skips, or has a fixture that would carry a submission over to
        another. The error names every such test.
    """
    problems = [
        problem
        for path in dict.fromkeys(item.path for item in items)
        for problem in _skips_in(assignment, path)
    ]
    problems += [problem for item in items for problem in _problems_of(assignment, item)]
    if problems:
        raise CourseError("\n".join(problems))
    grouped: dict[str, list[pytest.Item]] = {}
    for item in items:
        grouped.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return [_criterion(assignment, members) for members in grouped.values()]


def _criterion(assignment: Assignment, items: list[pytest.Item]) -> RunnableCriterion:
    spec = _spec(items[0])
    assert spec is not None
    info = CriterionInfo(
        **{one.name: getattr(spec, one.name) for one in fields(spec)},
        exercise=items[0].path.stem.removeprefix("test_"),
        public=items[0].path.parent == assignment.rubric / "public",
        cases=tuple(case_name(item) for item in items),
    )
    return RunnableCriterion(info, tuple(items))


def _skips_in(assignment: Assignment, path: Path) -> Iterator[str]:
    """Yield a rubric's calls that skip a criterion.

    They would leave it neither passed nor failed, and an answer of a submission might lead to them.
    """
    tree = ast.parse(path.read_bytes(), path.name)
    imports = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "pytest"
    ]
    names = {one.asname or one.name: one.name for node in imports for one in node.names}
    for node in ast.walk(tree):
        called = _pytest_function(node.func, names) if isinstance(node, ast.Call) else None
        if called in _REFUSED_CALLS:
            place = f"{assignment.relative(path)}, line {node.lineno}"  # type: ignore[attr-defined]
            yield f"{place}: a rubric must not call pytest.{called}."


def _pytest_function(called: ast.expr, names: dict[str, str]) -> str | None:
    if (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "pytest"
    ):
        return called.attr
    return names.get(called.id) if isinstance(called, ast.Name) else None


def _problems_of(assignment: Assignment, item: pytest.Item) -> list[str]:
    where = f"{assignment.relative(item.path)}: {item.name}"
    problems: list[str] = []
    if _spec(item) is None:
        problems.append(
            f"{where} is no criterion. Hint: put @criterion(...) above it, or give it another name."
        )
    marks = [mark.name for mark in item.iter_markers() if mark.name in _REFUSED_MARKS]
    problems += [f"{where}: a criterion must not be marked {name}." for name in marks]
    problems += [f"{where}: there is no fixture `{name}`." for name in unknown_fixtures(item)]
    for name, definition in iter_fixtures(item):
        if definition.scope != "function" and {"submission", "rng"} & set(definition.argnames):
            problems.append(
                f"{where}: the {definition.scope}-wide fixture `{name}` must not use a submission "
                "or its draws."
            )
    return problems


def _spec(item: pytest.Item) -> CriterionSpec | None:
    return spec_of(getattr(item, "function", None))


def _in_order(assignment: Assignment, table: list[RunnableCriterion]) -> list[RunnableCriterion]:
    """Return the criteria in the order of exercises.

    In an exercise, public criteria come first. A criterion that waits for another comes behind it.
    """
    rank = {exercise.id: number for number, exercise in enumerate(assignment.exercises)}
    waiting = sorted(
        table, key=lambda one: (rank.get(one.info.exercise, len(rank)), not one.info.public)
    )
    ordered: list[RunnableCriterion] = []
    done: set[str] = set()
    while waiting:  # `check_rubric` has refused circles, so every round places one
        ready = next(one for one in waiting if set(one.info.after) <= done)
        waiting.remove(ready)
        ordered.append(ready)
        done.add(ready.info.id)
    return ordered
