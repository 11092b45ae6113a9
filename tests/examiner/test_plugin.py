"""The pytest plugin of the examiner, on rubrics written on the spot."""

from types import SimpleNamespace

import hypothesis
import pytest

from autograder.examiner.plugin import RubricPlugin, case_name, collect_rubric, pytest_arguments
from autograder.rubric import checks

pytest_plugins = ["pytester"]


@pytest.fixture
def run_cases(pytester):
    """Collect a rubric and run its cases: per case what escaped it, and how many checks ran."""

    def run(source, submission=None):
        pytester.makepyfile(test_x=source)
        told = {}

        def serve(items):
            plugin.context = SimpleNamespace(submission=submission)
            for item in items:
                tally = checks.reset()
                escaped = plugin.run_case(item)
                told[f"{item.name}"] = (escaped, tally.checks)

        plugin = RubricPlugin(serve)
        collect_rubric(plugin, pytester.path)
        assert plugin.problems == []
        return told

    return run


@pytest.fixture
def problems_of(pytester):
    """Collect rubric files; what the plugin has against them."""

    def problems(**sources):
        pytester.makepyfile(**sources)
        plugin = RubricPlugin(lambda _items: None)
        pytester.inline_run(*pytest_arguments(pytester.path), plugins=[plugin])
        return "\n".join(plugin.problems)

    return problems


def test_plain_assert_that_holds_is_counted(run_cases):
    """Each execution of an ``assert`` counts once, in loops and functions of the rubric too."""
    told = run_cases("""
        def inner(x):
            assert x
        def test_a():
            assert 1 == 1
            for x in (1, 2, 3):
                inner(x)
    """)
    assert told == {"test_a": (None, 4)}


def test_loop_over_nothing_makes_no_check(run_cases):
    """``zip([], expected)`` passes in plain pytest; here its count says that nothing was checked."""
    assert run_cases("def test_a():\n    for a, b in zip([], [1, 2]):\n        assert a == b") == {"test_a": (None, 0)}


def test_assert_that_fails_escapes_with_the_authors_message(run_cases):
    """The message comes first, whatever pytest adds to it."""
    escaped, counted = run_cases("def test_a():\n    assert 1 == 2, 'the rows must sum to 1'")["test_a"]
    assert str(escaped).splitlines()[0] == "the rows must sum to 1"
    assert counted == 0


def test_values_of_a_submission_are_not_printed_by_a_failed_assert(run_cases):
    """What a candidate sent is named by its kind and never written out."""
    secret = SimpleNamespace(f=lambda: ["canary"] * 1000)
    escaped, _ = run_cases("def test_a(submission):\n    assert submission.f() == [1]", secret)["test_a"]
    assert str(escaped).splitlines()[0] == "assert a list of 1000 == a list of 1"
    assert "canary" not in str(escaped)


class Unprintable(list):
    """A value that must not be printed."""

    def __repr__(self):
        raise RuntimeError("printed")


def test_values_are_neither_printed_by_an_assert_that_holds_nor_diffed(run_cases):
    """Pytest formats the parts of every ``assert``, and would compare texts of a megabyte for minutes."""
    values = SimpleNamespace(items=Unprintable([1]), text="ab" * 300_000)
    escaped, counted = run_cases(
        """
        def test_a(submission):
            assert submission.items
            assert submission.items == [1]
            assert submission.text == "ba" * 300_000
        """,
        values,
    )["test_a"]
    assert counted == 2
    assert len(str(escaped)) < 500


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("raise KeyError('x')", "KeyError"),
        ("pytest.fail('no')", "Failed"),
        ("pytest.skip('later')", "Skipped"),
        ("pytest.xfail('later')", "XFailed"),
        ("pytest.exit('stop')", "Exit"),
        ("pytest.importorskip('nowhere')", "Skipped"),
        ("raise SystemExit(3)", "SystemExit"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("import unittest; raise unittest.SkipTest('x')", "SkipTest"),
    ],
)
def test_whatever_escapes_a_case_is_kept_and_the_session_goes_on(run_cases, body, kind):
    """Exceptions that control pytest end a case like any other."""
    told = run_cases(f"import pytest\ndef test_a():\n    {body}\ndef test_b():\n    assert True")
    assert type(told["test_a"][0]).__name__ == kind
    assert told["test_b"] == (None, 1)


def test_exception_of_a_fixture_is_that_of_its_case(run_cases):
    """Setting up and tearing down belong to the case."""
    told = run_cases("""
        import pytest
        @pytest.fixture
        def before():
            raise ValueError("before")
        @pytest.fixture
        def after():
            yield
            raise ValueError("after")
        def test_a(before): pass
        def test_b(after): assert True
    """)
    assert [str(escaped) for escaped, _ in told.values()] == ["before", "after"]


def test_mark_added_while_running_does_not_hide_a_failure(run_cases):
    """``request.applymarker`` of an expected failure leaves the failure what it is."""
    told = run_cases("""
        import pytest
        def test_a(request):
            request.applymarker(pytest.mark.xfail)
            assert False, "wrong"
    """)
    assert str(told["test_a"][0]).startswith("wrong")


def test_parametrised_cases_are_named_by_their_parameters(pytester):
    """The name of a case, from which its draws are derived, is pytest's."""
    pytester.makepyfile("""
        import pytest
        @pytest.mark.parametrize("n", [1, 2])
        @pytest.mark.parametrize("mode", ["train", "test"])
        def test_a(n, mode): pass
        def test_b(): pass
    """)
    names = []
    pytester.inline_run(
        *pytest_arguments(pytester.path), plugins=[RubricPlugin(lambda items: names.extend(map(case_name, items)))]
    )
    assert names == ["train-1", "train-2", "test-1", "test-2", ""]


def test_fixtures_of_a_conftest_work(run_cases, pytester):
    """A rubric may keep its fixtures in a ``conftest.py``."""
    pytester.makeconftest("import pytest\n@pytest.fixture\ndef three():\n    return 3")
    assert run_cases("def test_a(three):\n    assert three == 3") == {"test_a": (None, 1)}


def test_syntax_error_is_told_with_file_and_line(problems_of):
    """The author sees where."""
    said = problems_of(test_x="def test_a():\n    x = (1,\n")
    assert "test_x.py" in said
    assert "line 2" in said
    assert "'(' was never closed" in said


def test_import_that_fails_is_told_with_its_cause(problems_of):
    """A missing module is named."""
    assert "No module named 'nowhere'" in problems_of(test_x="import nowhere\n")


def test_file_that_skips_itself_is_refused(problems_of):
    """A rubric file that is left out on this machine would lose its points without a word."""
    said = problems_of(test_x="import pytest\npytest.importorskip('nowhere')\ndef test_a(): pass")
    assert said == "test_x.py: a rubric must not skip, neither a file nor a criterion."


def test_unittest_class_is_refused(problems_of):
    """It would be left out without a word."""
    said = problems_of(test_x="import unittest\nclass TestA(unittest.TestCase):\n    def test_a(self): pass")
    assert said == "test_x.py: TestA is a unittest class. Hint: criteria are functions."


def test_hypothesis_runs_under_the_rubrics_profile(pytester):
    """25 examples, no database, no deadline, one failure at a time; afterwards the caller's settings are back."""
    before = hypothesis.settings.default
    pytester.makepyfile(
        test_x="""
        from hypothesis import given, settings, strategies as st
        count = 0
        @given(n=st.integers())
        def test_a(n):
            global count
            count += 1
            assert settings.default.database is None
            assert settings.default.deadline is None
        @settings(max_examples=7)
        @given(n=st.integers())
        def test_b(n):
            assert settings.default.report_multiple_bugs is False
    """
    )
    told = {}

    def serve(items):
        for item in items:
            tally = checks.reset()
            told[item.name] = (plugin.run_case(item), tally.checks)

    plugin = RubricPlugin(serve)
    collect_rubric(plugin, pytester.path)
    assert told == {"test_a": (None, 50), "test_b": (None, 7)}
    assert hypothesis.settings.default is before
    assert not (pytester.path / ".hypothesis").exists()


def test_second_rubric_of_one_process_is_not_the_first(run_cases):
    """Files of two courses may have the same name."""
    assert run_cases("def test_a():\n    assert 1") == {"test_a": (None, 1)}
    assert run_cases("def test_b():\n    assert 1\n    assert 2") == {"test_b": (None, 2)}
