"""No text of a report tells where the grading machine keeps things."""

from __future__ import annotations

import json.decoder
import sys
import sysconfig
import tempfile
from pathlib import Path

import numpy as np
import pytest

import autograder
from autograder.examiner.places import WORK, hide_loading, hide_places, hide_record
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import CauseKind, Fault, Outcome
from autograder.sandbox import view

COURSE = Path("/srv/courses/dl")
NUMPY = np.__file__
JSON = json.decoder.__file__


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{NUMPY}:12: RuntimeWarning: overflow", "numpy/__init__.py:12: RuntimeWarning: overflow"),
        (f"cannot import name 'x' from 'numpy' ({NUMPY})", "cannot import name 'x' from 'numpy' (numpy/__init__.py)"),
        (f'  File "{JSON}", line 3, in raw_decode', '  File "json/decoder.py", line 3, in raw_decode'),
        (f'  File "{autograder.__file__}", line 1', '  File "autograder/__init__.py", line 1'),
        ("/usr/local/lib/python3.12/site-packages/keras/src/ops.py:1: W", "keras/src/ops.py:1: W"),
        ("/opt/grading/lib/python3.12/site-packages/keras/src/ops.py:1: W", "keras/src/ops.py:1: W"),
        ("/usr/lib/python3/dist-packages/yaml/__init__.py", "yaml/__init__.py"),
        ("No such file or directory: '/submission/x.csv'", "No such file or directory: 'x.csv'"),
        ("in /submission, then", "in ., then"),
        ("['/submission', '/submission/data']", "['.', 'data']"),
        (f"{tempfile.gettempdir()}/autograder.1a.4026531836.77.8.plain.ab_c/4/data/x.csv", "data/x.csv"),
        (f"{tempfile.gettempdir()}/autograder-x1y2/data/x.csv", "data/x.csv"),
        ("/srv/courses/dl/reference/01_a/layers.py", "reference/01_a/layers.py"),
        (sysconfig.get_paths()["purelib"], "site-packages"),
        (f"{sys.prefix}/bin/python: no", "bin/python: no"),
    ],
)
def test_place_of_the_machine_is_shown_from_its_package_or_folder(text, shown):
    """Packages by name, the rest relative to what the student handed in."""
    assert hide_places(text, COURSE) == shown


@pytest.mark.parametrize(
    "text",
    [
        "No such file or directory: '/content/drive/MyDrive/x.csv'", "/home/ada/submission/x.csv", "~/submission/x.csv", "/submission2/x", "a/submission/b",
        r"C:\Users\ada\hw1\x.csv", "/home/ada/venv/lib/python3.9/site-packages/numpy/x.py", "x / submission", "1 / 2", "/submission-old/x", "and/or",
        "/tmp/x.csv",
    ],
)  # fmt: skip
def test_place_that_the_student_wrote_stays(text):
    """A path of their own laptop is what they look for."""
    assert hide_places(text, COURSE) == text


@pytest.mark.parametrize("path", [NUMPY, f"{WORK}/data/x.csv", "/srv/courses/dl/reference/a.py"])
def test_place_that_was_cut_off_is_not_shown(path):
    """Wherever a text was bounded, no folder of the machine is left."""
    folder = next(one for one in (sysconfig.get_paths()["purelib"], WORK, str(COURSE)) if path.startswith(one))
    for length in range(2, len(path)):
        shown = hide_places(f"cannot import 'x' ({path[:length]}... (27 more characters)", COURSE)
        assert folder[:3] not in shown
    assert hide_places("no '/content/d... (3 more characters)", COURSE) == "no '/content/d... (3 more characters)"


def test_place_of_the_work_folder_is_the_sandboxes():
    """One folder, named in two layers."""
    assert WORK == view.WORK


def test_record_of_a_student_tells_no_place():
    """Message, notes, exception and output; staff see the faults of the course as they are."""
    text = f"at {NUMPY}"
    record = CriterionRecord(
        "a", Outcome.RAISED, Fault.SUBMISSION, message=text, notes=(text,), stdout=text, stderr=text,
        exception={"type": "E", "text": text, "frames": [{"file": "a.py", "line": 1, "function": "f", "source": "x = '/submission'"}]},
    )  # fmt: skip
    hidden = hide_record(record, COURSE)
    shown = "at numpy/__init__.py"
    assert (hidden.message, hidden.notes, hidden.stdout, hidden.stderr) == (shown, (shown,), shown, shown)
    assert hidden.exception == {**record.exception, "text": shown}
    staff = CriterionRecord("a", Outcome.UNGRADED, Fault.RUBRIC, message=text)
    assert hide_record(staff, COURSE) is staff


def test_loading_tells_no_place():
    """Output, notes, reasons and causes."""
    place = f"{NUMPY}"
    loading = LoadingRecord(
        place, place, (place,), (place,), ((CauseKind.RAISED, place),), settled=("f",), lost=(("g", place),)
    )
    name = "numpy/__init__.py"
    assert hide_loading(loading, COURSE) == LoadingRecord(
        name, name, (name,), (name,), ((CauseKind.RAISED, name),), settled=("f",), lost=(("g", name),)
    )
