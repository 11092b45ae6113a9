"""Whole reports as they are written, reviewed as diffs.

Set ``AUTOGRADER_UPDATE_GOLDEN=1`` to write the files in ``tests/report/golden/`` anew, then read the diff. Style and
script of the pages are left out: they are the same in every page.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from autograder.report.feedback import feedback
from autograder.report.html import render_feedback_html, render_html
from autograder.report.index import render_index_html
from autograder.report.summary import Batch, columns_of, summarise
from autograder.report.table import render_batch_json, render_csv
from autograder.report.terminal import render_batch_text, render_text
from tests.report import samples

GOLDEN = Path(__file__).with_name("golden")


def _batch():
    reports = [*samples.troubled_course(6), samples.half_done(), samples.needs_another_try(), samples.not_loaded()]
    reports += [samples.unloaded(), samples.rejected(), samples.hostile()]
    columns = columns_of(reports[0])
    rows = tuple(summarise(report, columns) for report in reports)
    return Batch(samples.ASSIGNMENT, columns, rows, total=len(rows))


def _indented(document):
    return json.dumps(json.loads(document), indent=1, ensure_ascii=True) + "\n"


def _bare(page):
    """Leave out what is the same in every page."""
    page = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", page, flags=re.DOTALL)
    return re.sub(r"'sha256-[^']+'", "'sha256-...'", page)


def _told(report):
    return feedback(report, show_lines=True)


FILES = {
    "half_done.json": lambda: _indented(samples.half_done().to_json()),
    "half_done.html": lambda: _bare(render_html(samples.half_done(), index_href="../index.html")),
    "half_done.txt": lambda: render_text(samples.half_done(), width=100),
    "half_done.feedback.html": lambda: _bare(render_feedback_html(_told(samples.half_done()))),
    "half_done.feedback.txt": lambda: render_text(_told(samples.half_done()), width=100),
    "needs_another_try.html": lambda: _bare(render_html(samples.needs_another_try())),
    "needs_another_try.feedback.html": lambda: _bare(render_feedback_html(_told(samples.needs_another_try()))),
    "unloaded.feedback.html": lambda: _bare(render_feedback_html(_told(samples.unloaded()))),
    "unloaded.feedback.txt": lambda: render_text(_told(samples.unloaded()), width=100),
    "rejected.json": lambda: _indented(samples.rejected().to_json()),
    "rejected.html": lambda: _bare(render_html(samples.rejected())),
    "hostile.feedback.html": lambda: _bare(render_feedback_html(_told(samples.hostile()))),
    "index.html": lambda: _bare(render_index_html(_batch())),
    "batch.txt": lambda: render_batch_text(_batch()),
    "batch.json": lambda: _indented(render_batch_json(_batch())),
    "gradebook.csv": lambda: render_csv(_batch()),
}


@pytest.mark.parametrize("name", FILES)
def test_report_of_a_sample_is_the_golden_file(name):
    """What is written changes only when somebody has looked at the difference."""
    text = FILES[name]()
    if os.environ.get("AUTOGRADER_UPDATE_GOLDEN"):
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")
