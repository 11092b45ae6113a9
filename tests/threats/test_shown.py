"""What reaches people of a hostile submission: pages, tables, terminals and records, of which none can act or tell."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from autograder.report.feedback import feedback
from autograder.report.html import render_pages
from autograder.report.summary import Batch, columns_of, summarise
from autograder.report.table import render_batch_json, render_csv
from autograder.report.terminal import render_batch_text
from tests.threats.conftest import PROGRAMS, letters

# What acts or deceives where it is shown: controls but line feeds, marks that reorder text, lone surrogates.
ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# What is shown is made of reports, whoever built the walls: once is enough.
pytestmark = pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True, scope="session")
HIDDEN = {"a_values", "a_safe", "s_values", "s_stable"}


class Elements(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "action", "data")}


def sinks(report):
    """Every text that is made of a report, by where it goes."""
    pages = render_pages(report, show_lines=True)
    columns = columns_of(report)
    batch = Batch(report.assignment, columns, (summarise(report, columns),), 1)
    return {
        "report.json": pages.json, "report.html": pages.html, "feedback.html": pages.feedback_html,
        "gradebook.csv": render_csv(batch), "batch.json": render_batch_json(batch), "terminal": render_batch_text(batch),
    }  # fmt: skip


def hidden_parts(report):
    """What a student sees of the hidden criteria."""
    return [one for one in feedback(report, show_lines=True).criteria if one.id in HIDDEN]


def test_shown_of_hidden_criteria_nothing_is_printed(bench):
    """A program that prints its inputs gets the public ones back, and nothing of the hidden ones."""
    report = bench.grade_program("205_print_leaks_inputs")
    shown = render_pages(report, show_lines=True).feedback_html
    assert [(one.output, one.message, one.exception, one.evidence, one.notes) for one in hidden_parts(report)] == [
        (None, None, None, None, ())
    ] * 4
    stolen = {
        line for one in report.criteria if one.id in HIDDEN for line in one.output.stdout.splitlines() if "[[" in line
    }
    assert len(stolen) > 5
    assert [line for line in stolen if line in shown] == []
    assert "STOLEN [[1.0, 2.0], [3.0, 4.0]]" in shown


@pytest.mark.parametrize("program", ["401_pickle_reduce_return", "403_giant_broadcast"])
def test_shown_of_hidden_criteria_no_reason_for_an_object_is_told(bench, program):
    """Why an answer stayed in the candidate is in its own words: staff read it, of a hidden criterion students do not."""
    report = bench.grade_program(program)
    told = [one.message for one in report.criteria if one.id in HIDDEN and "cannot cross" in one.message]
    assert told
    assert {one.message for one in hidden_parts(report)} == {None}
    assert "cannot cross" not in "".join(one.model_dump_json() for one in hidden_parts(report))


def test_shown_of_hidden_criteria_no_time_is_told(bench):
    """A program that sleeps by the bits of a hidden input tells them to nobody: hidden durations are left out, others are whole seconds."""
    report = bench.grade_program("207_timing_channel")
    seen = feedback(report, show_lines=True)
    assert {one.id: one.duration_s for one in seen.criteria if one.id in HIDDEN} == dict.fromkeys(HIDDEN)
    assert {type(one.duration_s) for one in seen.criteria if one.id not in HIDDEN} == {int}
    told = {key for key in json.loads(seen.model_dump_json()) if "duration" in key or "cpu" in key or "memory" in key}
    assert told == set()


def test_shown_of_hidden_criteria_no_artifact_is_returned(bench):
    """Inputs hidden in files, docstrings, attributes and caches come back to nobody."""
    report = bench.grade_program("211_artifact_leak")
    assert [name for name, text in sinks(report).items() if "STOLEN" in text] == []


@pytest.mark.parametrize("program", ["213_feedback_injection", "215_log_forgery"])
def test_shown_text_of_a_submission_cannot_act(bench, program):
    """Pages hold no element, handler or address of the submission's, and no sink a character that acts."""
    texts = sinks(bench.grade_program(program))
    assert {name: found for name, text in texts.items() if (found := ACTIVE.findall(text))} == {}
    for name in ("report.html", "feedback.html"):
        page = Elements(texts[name])
        assert page.tags.isdisjoint({"script", "img", "iframe", "object", "embed", "base", "form"})
        assert page.handlers == set()
        assert {address for address in page.addresses if not address.startswith(("../", "#"))} <= {"data:,"}  # no icon
        assert "<script>" not in texts[name]


def test_shown_records_of_a_forger_stay_one_record(bench):
    """Line ends and made-up records in what a submission says neither end a record nor begin another."""
    report = bench.grade_program("215_log_forgery")
    texts = sinks(report)
    assert len(texts["gradebook.csv"].splitlines()) == 2
    assert len(texts["report.json"].splitlines()) == 1
    assert json.loads(texts["report.json"])["score"] == 0
    assert {one.id: letter for one, letter in zip(report.criteria, letters(report), strict=True)}["a_values"] == "R"


HOSTILE_NAMES = (
    "=HYPERLINK(1+1)", "+1+1", "-rf", "@SUM(A1)", "<script>alert(1)<", "\x1b[31mred\x1b]0;owned\x07", "two\nlines", "a,b;c\"d'e",
    "\u202egnp.exe", "%2e%2e%2fetc", "CON", "tab\there", "{{7*7}}", "na\u0308me \xe9", "x" * 200,
)  # fmt: skip


@pytest.fixture(scope="module")
def graded(bench, canary, tmp_path_factory):
    """A batch of hostile names and programs, graded through the command: its folder, status and output."""
    folder = tmp_path_factory.mktemp("batch")
    uploads = folder / "submissions"
    uploads.mkdir()
    for name in HOSTILE_NAMES:
        (uploads / f"{name}.py").write_bytes((PROGRAMS / "001_honest.py").read_bytes())
    Path(os.fsdecode(os.fsencode(uploads) + b"/\xff\xfe.py")).write_bytes((PROGRAMS / "001_honest.py").read_bytes())
    for name in ("113_os_exit0_at_import", "205_print_leaks_inputs", "213_feedback_injection", "215_log_forgery"):
        (uploads / f"{name}.py").write_bytes((PROGRAMS / f"{name}.py").read_bytes())
    (uploads / "link.py").symlink_to("/etc/passwd")
    os.mkfifo(uploads / "pipe.py")
    command = [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        "affine_softmax",
        str(uploads),
        "--out",
        str(folder / "out"),
        "--course",
        str(bench.station.assignment.course),
        "--jobs",
        "1",
    ]
    run = subprocess.run(command, capture_output=True, timeout=300, check=False)
    return folder / "out", run


def test_shown_by_the_command_everything_is_one_line_and_inert(graded, canary):
    """What the command prints, and every page and table it writes, holds no character that acts, and no secret."""
    out, run = graded
    said = (run.stdout + run.stderr).decode()
    assert run.returncode == 0, said
    assert ACTIVE.findall(said) == []
    for path in (*out.rglob("*.html"), *out.rglob("*.csv"), *out.rglob("*.json")):
        text = path.read_text(encoding="utf-8")
        assert ACTIVE.findall(text) == [], path
        assert canary.text not in text
        if path.suffix == ".html":
            assert Elements(text).handlers == set()
            assert "<script>alert" not in text


def test_shown_in_the_gradebook_no_cell_is_a_formula(graded):
    """Each submission is one row, and no cell begins as a formula does."""
    out, _ = graded
    with (out / "gradebook.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert len(rows) == len(HOSTILE_NAMES) + 7
    assert {len(row) for row in rows} == {len(header)}
    assert [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")] == []
    scores = {row[0]: row[3] for row in rows}
    assert scores["113_os_exit0_at_import"] == "0"
    assert sum(score == "20" for score in scores.values()) == len(HOSTILE_NAMES) + 2


def test_shown_files_of_hostile_names_stay_in_their_folder(graded):
    """Whatever a student is called, the files lie where they belong, a page and a record each."""
    out, _ = graded
    assert {path.name for path in out.iterdir() if not path.name.startswith(".")} >= {
        "gradebook.csv",
        "index.html",
        "reports",
        "feedback",
    }
    names = {path.stem for path in (out / "reports").glob("*.json")}
    assert names == {path.stem for path in (out / "feedback").glob("*.html")}
    assert len(names) == len(HOSTILE_NAMES) + 7


def test_replay_of_a_hostile_answer_shows_and_keeps_what_can_be_kept(bench, tmp_path):
    """A dispute over an answer with keys that no file can hold ends as it was graded, with its numbers beside it."""
    uploads = tmp_path / "submissions"
    uploads.mkdir()
    (uploads / "evil.py").write_bytes((PROGRAMS / "423b_names_and_numbers.py").read_bytes())
    out, values = tmp_path / "out", tmp_path / "values"
    course = ["--course", str(bench.station.assignment.course)]
    grader = [sys.executable, "-m", "autograder"]
    subprocess.run(
        [*grader, "grade", "affine_softmax", str(uploads), "--out", str(out), *course, "--jobs", "1"],
        check=True,
        timeout=300,
    )
    command = [*grader, "replay", str(out), "evil", "s_values", "--values", str(values), *course]
    run = subprocess.run(command, capture_output=True, timeout=300, check=False)
    said = run.stdout.decode()
    assert "expected an array of shape (N, C) = (4, 3), got a dict of 8." in said, said
    assert ACTIVE.findall(said) == []
    assert {path.name for path in values.iterdir()} == {"001_call_softmax.npz", "002_comparison_p.npz"}
    with np.load(values / "001_call_softmax.npz") as kept:
        assert len(kept) == 1000
        assert kept["answer_.._.._AUTOGRADER_THREAT_LEFTOVER"].shape == (4, 3)
