"""What staff are told of a submission is for them to judge: it is never part of a score, and no student sees it."""

from __future__ import annotations

import pytest

from autograder.report.feedback import feedback
from autograder.report.html import render_pages
from tests.threats.bundles import HONEST
from tests.threats.conftest import upload_of

pytestmark = pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True, scope="session")
# Each kind of what staff are told of, in code that never runs.
SUSPICIOUS = f"""

def never():
    import base64, gc, importlib, marshal, os, pickle, socket, subprocess, sys, zlib
    exec("1"), eval("1"), compile("1", "x", "eval"), globals(), __import__("json")
    importlib.import_module("json"), marshal.loads(b""), pickle.loads(b""), zlib.decompress(b""), base64.b64decode("")
    sys._getframe(), gc.get_objects(), os.walk("/"), subprocess.run([]), os.fork(), socket.socket(), never.__globals__
    from numpy.testing import assert_allclose
    from keras.applications import MobileNet
    return "{"x" * 100_000}"
"""


@pytest.fixture
def graded(bench, tmp_path):
    """Reports of the honest submission, and of the same with all that is suspicious in it."""
    reports = []
    for text in (HONEST, HONEST + SUSPICIOUS):
        path = tmp_path / "same.py"
        path.write_text(text)
        reports.append(bench.grade(upload_of(path)))
    return reports


def test_flags_of_every_kind_change_no_score(graded):
    """A submission that staff are told a dozen things about has the outcomes and points of the one they are told nothing about."""
    plain, flagged = graded
    assert plain.flags == ()
    assert len({flag.split(": ")[1] for flag in flagged.flags}) > 9
    assert [(one.id, one.outcome, one.points, one.message) for one in flagged.criteria] == [
        (one.id, one.outcome, one.points, one.message) for one in plain.criteria
    ]
    assert (flagged.score, flagged.status) == (plain.score, plain.status)


def test_flags_are_shown_to_staff_alone(graded):
    """They stand in the report, and neither in the feedback nor on its page."""
    _, flagged = graded
    pages = render_pages(flagged, show_lines=True)
    seen = feedback(flagged, show_lines=True).model_dump_json() + pages.feedback_html
    assert [flag for flag in flagged.flags if flag in seen] == []
    assert "looks inside" in pages.html
    assert "looks inside" not in seen
