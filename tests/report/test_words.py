"""Times, numbers and kinds as people read them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from autograder.records.outcome import Status
from autograder.report.feedback import feedback
from autograder.report.html import render_feedback_html, render_html
from autograder.report.words import STATUS_WORDS, clock_text, instant_text
from tests.report import samples

SUMMER, WINTER = datetime(2026, 7, 1, 23, 30, tzinfo=UTC), datetime(2026, 1, 1, 0, 15, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "summer", "winter"),
    [
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-02 01:30 CEST (UTC+2)", "2026-01-01 01:15 CET (UTC+1)"),
        ("EST5EDT,M3.2.0,M11.1.0", "2026-07-01 19:30 EDT (UTC-4)", "2025-12-31 19:15 EST (UTC-5)"),
        ("IST-5:30", "2026-07-02 05:00 IST (UTC+5:30)", "2026-01-01 05:45 IST (UTC+5:30)"),
        ("<+03>-3", "2026-07-02 02:30 UTC+3", "2026-01-01 03:15 UTC+3"),
        ("UTC0", "2026-07-01 23:30 UTC", "2026-01-01 00:15 UTC"),
    ],
)
def test_instant_text_is_local_and_names_its_zone(monkeypatch, zone, summer, winter):
    """A student compares the time with their own clock, and staff abroad can tell which clock it was."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert (instant_text(SUMMER), instant_text(WINTER)) == (summer, winter)


def test_clock_text_has_seconds_and_zone():
    """A batch that runs is looked at within minutes."""
    assert clock_text(WINTER) == "01:15:09 CET (UTC+1)"


def test_times_are_local_on_pages_and_utc_in_json():
    """People read pages, programs read JSON."""
    report = samples.report()
    for page in (render_html(report), render_feedback_html(feedback(report, show_lines=True))):
        assert "2026-10-02 16:03 CEST (UTC+2)" in page
        assert "2026-10-01 13:03 CEST (UTC+2)" in page
        assert "14:03" not in page
    assert json.loads(report.to_json())["started_utc"] == "2026-10-02T14:03:20Z"


def test_status_graded_has_a_tone_of_no_outcome():
    """That something was graded says nothing about how good it is."""
    assert STATUS_WORDS[Status.GRADED].tone == "idle"
