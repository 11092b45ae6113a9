"""What a batch has in common, told to staff in one line each."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autograder.records.outcome import CauseKind
from autograder.report.index import render_index_html
from autograder.report.summary import Batch, columns_of, find_common_causes, subject_text, summarise
from autograder.report.table import render_batch_json
from autograder.report.terminal import render_batch_text
from tests.report import samples

COLUMNS = columns_of(samples.report())


def rows(*groups, total=50):
    """Make rows of a batch: for each group as many as it says, with its causes."""
    every = [summarise(samples.report(f"student{number:03d}"), COLUMNS) for number in range(total)]
    place = 0
    for count, *causes in groups:
        for number in range(place, place + count):
            every[number] = replace(every[number], causes=tuple(causes))
        place += count
    return every


def lines(*groups, total=50):
    """Give the lines that staff read of such a batch."""
    return [cause.text for cause in find_common_causes(rows(*groups, total=total))]


def test_common_causes_of_absent_packages_are_one_line():
    """How many were not loaded whole, and for want of what."""
    groups = [(14, (CauseKind.PACKAGE, "torch")), (6, (CauseKind.PACKAGE, "google.colab"))]
    assert lines(*groups) == ["20 of 50 submissions were not loaded whole: 14 lack torch, 6 google.colab"]


def test_common_causes_of_stand_ins_are_not_called_a_loss():
    """A package for looking does nothing here, and nothing was lost with it."""
    groups = [(14, (CauseKind.INERT, "matplotlib")), (6, (CauseKind.INERT, "google.colab"))]
    (line,) = lines(*groups)
    assert line == (
        "20 of 50 submissions use packages that are not installed here, at no loss: 14 matplotlib, 6 google.colab"
    )


@pytest.mark.parametrize(
    ("kind", "subject", "line"),
    [
        (CauseKind.PACKAGE, "torch", "3 of 50 submissions were not loaded whole: 3 lack torch"),
        (CauseKind.LIMIT, "time", "3 of 50 submissions met a limit while they were loaded: 3 out of time"),
        (CauseKind.LIMIT, "exit", "3 of 50 submissions met a limit while they were loaded: 3 ended the process"),
        (CauseKind.SYNTAX, "needs Python 3.12", "3 of 50 submissions have a syntax error: needs Python 3.12 (3)"),
        (
            CauseKind.RAISED,
            "KeyError: 'x'",
            "3 of 50 submissions raised an error while they were loaded: KeyError: 'x' (3)",
        ),
        (CauseKind.FORBIDDEN, "keras", "3 of 50 submissions use a forbidden package: 3 keras"),
        (CauseKind.UNREAD, "a web page", "3 of 50 submissions have a file that could not be read: a web page (3)"),
        (
            CauseKind.RENAMED,
            "layers.py",
            "3 of 50 submissions have a file under another name, which was taken: 3 for layers.py",
        ),
        (
            CauseKind.INERT,
            "tqdm",
            "3 of 50 submissions use packages that are not installed here, at no loss: 3 tqdm",
        ),
    ],
)
def test_common_causes_of_every_kind_have_their_words(kind, subject, line):
    """Each kind is told as what it is."""
    assert lines((3, (kind, subject))) == [line]


def test_common_causes_count_a_submission_once_whatever_it_lacks():
    """The sum of the parts may be more than the whole."""
    both = [(CauseKind.PACKAGE, "torch"), (CauseKind.PACKAGE, "cupy")]
    assert lines((5, *both, both[0]), (2, both[0])) == [
        "7 of 50 submissions were not loaded whole: 7 lack torch, 5 cupy"
    ]


def test_common_causes_leave_out_what_happened_to_one_of_many():
    """One of fifty is not what a batch has in common; one of nine is worth a line."""
    alone = (1, (CauseKind.PACKAGE, "torch"))
    assert lines(alone) == []
    assert lines(alone, total=9) == ["1 of 9 submissions was not loaded whole: 1 lacks torch"]


def test_common_causes_that_are_rare_are_counted_and_not_listed():
    """Errors that only one submission raises follow as a number; all different ones are said to be."""
    rare = [(1, (CauseKind.RAISED, f"ValueError: {number}")) for number in range(4)]
    shared = (9, (CauseKind.RAISED, "NameError: name 'plt' is not defined"))
    befell = "submissions raised an error while they were loaded"
    named = "NameError: name 'plt' is not defined (9)"
    assert lines(shared, *rare) == [f"13 of 50 {befell}: {named} and 4 other errors"]
    assert lines(shared, rare[0], rare[1]) == [f"11 of 50 {befell}: {named} and 2 other errors"]
    assert lines(*rare) == [f"4 of 50 {befell}, each a different one"]
    assert lines((1, *(cause for _, cause in rare[:3])), rare[3]) == [f"2 of 50 {befell}: 4 different errors"]


def test_common_causes_of_few_packages_name_each():
    """A package is a word, so that those that a single submission lacks are named, too, up to a line's length."""
    single = [(1, (CauseKind.PACKAGE, name)) for name in ("cupy", "jax", "numba", "torch")]
    assert lines((3, (CauseKind.PACKAGE, "pandas")), *single[:3]) == [
        "6 of 50 submissions were not loaded whole: 3 lack pandas, 1 cupy, 1 jax, 1 numba"
    ]
    many = [(1, (CauseKind.PACKAGE, f"p{number}")) for number in range(7)]
    assert lines((3, (CauseKind.PACKAGE, "pandas")), *many) == [
        "10 of 50 submissions were not loaded whole: 3 lack pandas and 7 other packages"
    ]
    assert lines(*many) == ["7 of 50 submissions were not loaded whole: 1 lacks p0, 1 p1, 1 p2 and 4 other packages"]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (CauseKind.SYNTAX, "3 of 50 submissions have a syntax error, each a different one"),
        (CauseKind.UNREAD, "3 of 50 submissions have a file that could not be read, each for a different reason"),
    ],
)
def test_common_causes_that_nobody_shares_are_said_to_differ(kind, line):
    """No list, and no "more" of what was not listed."""
    assert lines(*[(1, (kind, f"this {number}")) for number in range(3)]) == [line]


def test_common_causes_of_limits_have_one_name_each():
    """Two parts of the grader call the same limit differently, and staff count it once."""
    limits = ["time", "time limit", "memory limit", "memory", "ended the process"]
    groups = [(1, (CauseKind.LIMIT, name)) for name in limits]
    assert lines(*groups) == [
        "5 of 50 submissions met a limit while they were loaded: 2 out of memory, 2 out of time, 1 ended the process"
    ]


def test_common_causes_of_exits_and_empty_files_are_sentences():
    """A subject is a word for the machine, and staff read a line."""
    assert lines((2, (CauseKind.RAISED, "exit"))) == [
        "2 of 50 submissions raised an error while they were loaded: an exit of the process (2)"
    ]
    assert lines((2, (CauseKind.UNREAD, "empty"))) == [
        "2 of 50 submissions have a file that could not be read: an empty file (2)"
    ]


def test_common_causes_stand_in_terminal_overview_and_json():
    """Wherever staff look at a batch, they see it; the page leads to the submissions, JSON lists them."""
    found = tuple(rows((2, (CauseKind.PACKAGE, "torch"))))
    batch = Batch(samples.ASSIGNMENT, COLUMNS, found, len(found))
    line = "2 of 50 submissions were not loaded whole: 2 lack torch"
    assert f"\nIn common:\n  {line}\n" in render_batch_text(batch)
    page = render_index_html(batch)
    section = page[page.index('id="causes"') : page.index("Students and criteria")]
    assert line in section
    assert section.count('href="reports/student00') == 2
    content = json.loads(render_batch_json(batch))
    assert content["causes"] == [
        {"kind": "absent package", "subject": "torch", "submissions": ["student000", "student001"]}
    ]
    assert content["submissions"][0]["causes"] == [{"kind": "absent package", "subject": "torch"}]


def test_common_causes_of_hostile_subjects_are_one_safe_line():
    """What a submission raised is its own text: neither long, nor more than one line, nor a control sequence."""
    (line,) = lines((2, (CauseKind.RAISED, samples.HOSTILE)))
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < 250


def test_common_causes_of_a_calm_batch_are_none():
    """Nothing is said where nothing happened."""
    batch = Batch(samples.ASSIGNMENT, COLUMNS, tuple(rows()), 50)
    assert "In common" not in render_batch_text(batch)
    assert "have in common" not in render_index_html(batch)


def test_common_causes_are_cut_once_and_at_a_word():
    """Half a word, or how many characters are missing, says nothing."""
    subject = "ImportError: cannot import the names 'lin', 'quad' and 'cube' from 'random', which is a module of Python"
    text = subject_text(CauseKind.RAISED, subject)
    assert text == "ImportError: cannot import the names 'lin', 'quad' and 'cube' from 'random', which is a\u2026"
    assert len(subject_text(CauseKind.RAISED, "x" * 200)) == 90
