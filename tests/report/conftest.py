"""A browser, and the pages of a batch, for the tests that look at them."""

from __future__ import annotations

import time

import pytest

from autograder.authoring.preview import SubjectView, render_preview_html
from autograder.course import load_assignment
from autograder.grading.folder import open_result_folder
from autograder.grading.store import RunIdentity
from autograder.prove.model import Subject, SubjectKind
from autograder.prove.page import render_proofs_html
from autograder.report.html import render_pages
from autograder.report.summary import columns_of
from tests.conftest import COURSE
from tests.report import sample_proof, samples
from tests.report.browsing import ARGUMENTS, CHROMIUM

REPORTS = {
    "half done": samples.half_done,
    "another try": samples.needs_another_try,
    "not loaded": samples.not_loaded,
    "unloaded": samples.unloaded,
    "rejected": samples.rejected,
    "hostile": samples.hostile,
}


@pytest.fixture(autouse=True)
def zone(monkeypatch):
    """Set a time zone with a summer time: pages show the machine's own."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def browser():
    """Start Chromium once for all tests of a module; others may start one of their own."""
    playwright_api = pytest.importorskip("playwright.sync_api", reason="needs the playwright package")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def out(tmp_path_factory):
    """Write an output as a run does."""
    path = tmp_path_factory.mktemp("pages") / "out"
    identity = RunIdentity(assignment="01_backpropagation", assignment_digest="d", secret="s", grader_version="0.1.0")
    columns = columns_of(samples.report())
    with open_result_folder(path, identity) as output, output.open_book(samples.ASSIGNMENT, columns) as book:
        for report in (*samples.troubled_course(60), *(make() for make in REPORTS.values())):
            book.add(report)
    return path


@pytest.fixture(scope="session")
def every_page(out, tmp_path_factory):
    """Give the path of one page of each sort, by its name."""
    folder = tmp_path_factory.mktemp("others")
    pages = {"overview": out / "index.html"}
    for name, make in REPORTS.items():
        stem = make().submission.id
        pages |= {f"{name}, staff": out / f"reports/{stem}.html", f"{name}, student": out / f"feedback/{stem}.html"}
    lost = render_pages(samples.six_lost(), show_lines=True)
    half = samples.half_done()
    command = "ann.ipynb: `!ls` would run in a shell; commands are not run here."
    calm = samples.report(notes=("Not handed in: x.py.", command), stdout="hello\n")
    views = [
        SubjectView(Subject(name="reference", kind=SubjectKind.REFERENCE), samples.report("reference")),
        SubjectView(
            Subject(name="m01", kind=SubjectKind.MUTANT, mistake="Half of it.", loses=("b1",)), half, source="x = 1"
        ),
    ]
    written = {
        "six lost, staff": lost.html,
        "six lost, student": lost.feedback_html,
        "full marks, student": render_pages(calm, show_lines=True).feedback_html,
        "proof": render_proofs_html(sample_proof.results()),
        "preview": render_preview_html(load_assignment(COURSE, "affine_softmax"), views),
    }
    for name, text in written.items():
        pages[name] = folder / f"{name.replace(', ', '_').replace(' ', '_')}.html"
        pages[name].write_text(text, encoding="utf-8")
    return pages
