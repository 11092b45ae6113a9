"""Reports and batches on a terminal, in CSV and in JSON."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from autograder.records.outcome import Status
from autograder.records.report import Report
from autograder.report.feedback import feedback
from autograder.report.summary import Batch, columns_of, figures, sort_rows, summarise, tallies
from autograder.report.table import render_batch_json, render_csv
from autograder.report.terminal import render_batch_text, render_text
from tests.report import samples


def batch(*reports):
    """Make a batch of reports."""
    columns = columns_of(samples.report())
    rows = tuple(summarise(report, columns) for report in reports)
    return Batch(samples.ASSIGNMENT, columns, rows, len(rows))


EVERY = (samples.half_done(), samples.needs_another_try(), samples.not_loaded(), samples.rejected(), samples.hostile())


@pytest.mark.parametrize("report", EVERY)
@pytest.mark.parametrize("reduce", [lambda report: report, lambda report: feedback(report, show_lines=True)])
def test_text_of_any_report_has_no_control_sequence(report, reduce):
    """What a submission printed cannot move the cursor, set a title or forge a line."""
    text = render_text(reduce(report), width=80)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", text)


def test_text_with_colour_colours_our_words_only():
    """Colour marks outcomes that are also written out; without it the words are the same."""
    coloured = render_text(samples.hostile(), width=80, has_colour=True)
    assert set(re.findall("\x1b[^m]*m", coloured)) == {"\x1b[0m", "\x1b[1m", "\x1b[31m"}
    assert re.sub("\x1b[^m]*m", "", coloured) == render_text(samples.hostile(), width=80)


def test_batch_text_has_one_line_per_submission():
    """A name with line feeds is no second line."""
    lines = render_batch_text(batch(*EVERY)).splitlines()
    assert len(lines[: lines.index("")]) == 1 + len(EVERY)


def test_batch_text_of_wide_letters_keeps_its_columns():
    """Letters that fill two columns of a terminal count as two."""
    lines = render_batch_text(batch(samples.report("王小明"), samples.report("abcdef"))).splitlines()
    assert [line.index("100 / 100") for line in lines[1:3]] == [9, 6]  # three letters fill six columns


def test_csv_of_a_batch_has_the_promised_columns_in_order():
    """Other programs read the first five columns by name, then one per criterion."""
    header = render_csv(batch(*EVERY)).splitlines()[0]
    assert header.startswith("student,submission,status,score,max_score,b1_forward_values,b1_backward_values,")
    assert header.count(",") == 4 + 29


def test_csv_of_a_batch_says_nothing_where_nothing_was_graded():
    """An empty cell is no zero: neither for a criterion nor for a submission."""
    outage = Report.model_validate(
        samples.rejected("ann").model_dump() | {"status": Status.UNGRADED, "problems": ["No space."]}
    )
    rows = {
        row["student"]: row
        for row in csv.DictReader(io.StringIO(render_csv(batch(outage, samples.needs_another_try()))))
    }
    assert (rows["ann"]["status"], rows["ann"]["score"]) == ("ungraded", "")
    assert (rows["Zoë Åkesson"]["score"], rows["Zoë Åkesson"]["b7_training"]) == ("91", "")


def test_csv_of_a_batch_has_no_formula():
    """No cell of the whole file begins as a formula does."""
    for row in csv.reader(io.StringIO(render_csv(batch(*EVERY)))):
        assert not [cell for cell in row if cell[:1] in set("=+-@\t\r")]


def test_json_of_a_batch_has_outcome_and_points_of_each_criterion():
    """Programs get the whole batch as one object."""
    content = json.loads(render_batch_json(batch(samples.half_done())))
    (submission,) = content["submissions"]
    assert submission["criteria"]["b4_running"] == {"outcome": "partial", "points": 1.0}
    assert (submission["student"], submission["score"], len(submission["criteria"])) == ("grace.hopper", 51.0, 29)


def test_figures_leave_out_what_has_no_score():
    """A rejected upload does not lower the mean."""
    found = figures(batch(*EVERY).rows)
    assert (found.submissions, found.scored, found.another_try, found.rejected) == (5, 4, 1, 1)
    assert found.mean == pytest.approx((51 + 91 + 86 + 0) / 4)


def test_tallies_of_a_criterion_leave_out_what_was_not_graded():
    """The pass rate is of those who were graded."""
    by_id = {
        tally.column.id: tally
        for tally in tallies(batch(samples.half_done(), samples.needs_another_try(), samples.report()))
    }
    assert (by_id["b8_gradient"].passed, by_id["b8_gradient"].graded) == (1, 2)
    assert by_id["b8_gradient"].counts == (("good", 1), ("idle", 1), ("staff", 1))


def test_rows_are_sorted_by_student_whatever_the_case():
    """People look for a name, not for a code point."""
    rows = batch(samples.report("bob"), samples.report("Alice"), samples.report("carol")).rows
    assert [row.student for row in sort_rows(rows)] == ["Alice", "bob", "carol"]
