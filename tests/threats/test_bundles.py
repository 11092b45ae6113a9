"""Threats that are a bundle of files, or bytes: what comes of each, and that nothing else does."""

from __future__ import annotations

import pytest

from autograder.records.outcome import Status
from tests.threats.bundle_catalogue import BUNDLES, REJECTED
from tests.threats.conftest import letters, upload_of


@pytest.mark.parametrize("bundle", BUNDLES, ids=str)
def test_threat_bundle_comes_to_what_is_expected(bench, bundle, tmp_path):
    """A bundle is graded by its declared file alone, or rejected with a sentence that says why."""
    report = bench.grade(upload_of(bundle.make(tmp_path)))
    said = " ".join((*report.notes, *report.problems, *report.flags, *(one.message for one in report.criteria)))
    assert letters(report) == bundle.outcomes, said
    assert (report.status is Status.REJECTED) == (bundle.outcomes == REJECTED)
    assert [words for words in bundle.said if words not in said] == [], said
    assert "Traceback" not in said
