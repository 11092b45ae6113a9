"""The pytest plugin of the examiner.

It has three fixtures, counts checks while they run, and prints nothing.
"""

from __future__ import annotations

import os
import sys
import unittest
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import hypothesis
import pytest
from _pytest.assertion import rewrite, util
from hypothesis import HealthCheck, Phase, strategies
from hypothesis.configuration import set_hypothesis_home_dir

from autograder.rubric import checks
from autograder.rubric.values import describe, is_number

MAX_BRIEF_CHARACTERS = 80
_OFF = (
    "terminal", "cacheprovider", "doctest", "junitxml", "pastebin", "stepwise", "logging", "warnings", "unraisableexception",
    "threadexception", "faulthandler", "debugging", "setuponly", "setupplan", "recwarn", "legacypath", "capture", "unittest",
    "subtests",
)  # fmt: skip  # a lean session: 0.2 ms a test and flat memory

# Explaining a failure takes ten times as long as finding it; a database would carry one submission over to another.
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
        self.sitting: Fixtures | None = None
        self.problems: list[str] = []
        self.escaped: BaseException | None = None

    # fixtures -----------------------------------------------------------------------------------------------

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
        if self.sitting is None:
            raise RuntimeError("a rubric's fixtures exist only while a submission is examined")
        return self.sitting

    # hooks --------------------------------------------------------------------------------------------------

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the error that a rubric file's import raised."""
        if report.failed:
            self.problems.append(f"{report.nodeid}: {_last_lines(str(report.longrepr))}")
        elif report.skipped:
            self.problems.append(f"{report.nodeid}: a rubric must not skip, neither a file nor a criterion.")

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(
        self, collector: pytest.Collector, name: str, obj: object
    ) -> list[pytest.Item] | None:
        """Refuse items that pytest would leave out without a word."""
        if isinstance(obj, type) and issubclass(obj, unittest.TestCase):
            self.problems.append(f"{collector.nodeid}: {name} is a unittest class. Hint: criteria are functions.")
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
        util._reprcompare = _compare_briefly  # noqa: SLF001 - pytest sets it anew for each test; a hook would only be asked first

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Keep the escaped exception instead of a traceback.

        Formatting a traceback costs milliseconds.
        """
        if call.excinfo is not None and self.escaped is None:
            self.escaped = call.excinfo.value
        outcome = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]

    def run_case(self, item: pytest.Item) -> BaseException | None:
        """Run one case and return the escaped exception, or None."""
        self.escaped = None
        try:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        except pytest.exit.Exception as error:  # pytest itself lets it through
            self.escaped = self.escaped or error
            item.session._setupstate.teardown_exact(None)  # noqa: SLF001 - else the next case could not be set up
        return self.escaped


def collect(plugin: RubricPlugin, folder: Path) -> int:
    """Collect the rubric with a lean pytest and serve it.

    The rubric lies in ``folder``. The result is pytest's exit code.
    """
    before = hypothesis.settings.default
    set_hypothesis_home_dir(Path(os.devnull, "hypothesis"))  # it writes where it can, and goes on where it cannot
    hypothesis.settings.register_profile("rubric", _PROFILE)
    hypothesis.settings.load_profile("rubric")  # before the rubric is imported: its own settings build on it
    modules_before = set(sys.modules)
    repr_before, rewrite._saferepr = rewrite._saferepr, brief  # type: ignore[assignment]  # noqa: SLF001 - of each part of an assert
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
    return [*settings, "-o", "enable_assertion_pass_hook=true", "-o", "python_files=test_*.py", *off, str(folder)]


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


def brief(value: object) -> str:
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
    return f"{brief(left)} {op} {brief(right)}"


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
