"""Writes small courses for tests: one assignment with one exercise, from a reference and the bodies of its criteria."""

import math
import re
import textwrap
from dataclasses import replace

from autograder.course.seeds import Secret
from autograder.station import StationSettings
from autograder.uploads.read import Content

SECRET = Secret(b"s" * 32)

IMPORTS = """
import functools
import numpy as np
import pytest
from autograder.rubric import assert_close, check, criterion, is_close, note, partial, unpack
"""

PUBLIC = '''"""Example."""
from autograder.rubric import check, criterion


@criterion("Example", points={points}, tests=["one"], hint="Return the number one, whatever happens.")
def test_x_example(submission):
    check(submission.one() == 1, "one() is not 1")
'''

ONE = "\n\ndef one():\n    return 1\n"

SETTINGS = """
title = "A small assignment"
files = [{files}]
points = {points}
{top}
[limits]
timeout_s = 2.0
load_timeout_s = 2.0
memory_mib = 512
{limits}
[exercises]
x = {points}
{rest}
"""


def write_criterion(name, body, *, arguments="submission, reference, rng", above="", tests=("f",), points=4, **more):
    """Write a criterion ``x_<name>`` from its body."""
    spec = "".join(f", {key}={value!r}" for key, value in more.items())
    head = f'@criterion("About {name}", points={points}, tests={list(tests)!r}{spec}, hint="This one is about {name} and only that.")'
    lines = [above, head, f"def test_x_{name}({arguments}):", textwrap.indent(textwrap.dedent(body).strip(), "    ")]
    return "\n\n" + "\n".join(line for line in lines if line) + "\n"


def write_course(folder, reference, rubric, *, head="", top="", limits="", rest="", public=PUBLIC, **station):
    """Write a course with the assignment ``small`` and say what its station is built from.

    Parameters
    ----------
    reference
        Source of ``submission.py``, or sources by file name.
    rubric
        Criteria as `write_criterion` makes them, or bodies by name.
    head
        What stands before them.
    top, limits, rest
        Lines of ``assignment.toml``: above its tables, in ``[limits]``, and behind everything.
    station
        More settings of the station.
    """
    if isinstance(rubric, dict):
        rubric = "".join(write_criterion(name, body) for name, body in rubric.items())
    references = {"submission.py": reference} if isinstance(reference, str) else reference
    hidden = sum(int(points) for points in re.findall(r"points=(\d+)", rubric))
    example = math.ceil(hidden / 6)
    last = list(references)[-1]
    for name, text in references.items():
        whole = textwrap.dedent(text) + (ONE if name == last else "")
        _write(folder / "reference/small" / name, whole)
        _write(folder / "student_template/small" / name, whole)
    home = folder / "assignments/small"
    _write(home / "rubric/test_x.py", f'"""Things."""\n{IMPORTS}{textwrap.dedent(head)}{rubric}')
    _write(home / "rubric/public/test_x.py", public.replace("{points}", str(example)))
    names = ", ".join(f'"{name}"' for name in references)
    parts = {"files": names, "points": hidden + example, "top": top, "limits": limits, "rest": rest}
    _write(home / "assignment.toml", SETTINGS.format(**parts))
    return StationSettings(folder, "small", SECRET, **{"sandbox": "plain", **station})


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def examine(station, source, student="ada", **more):
    """Have a station examine sources; the records by what `write_criterion` called the criteria."""
    files = {"submission.py": source} if isinstance(source, str) else source
    content = Content({name: textwrap.dedent(text).encode() for name, text in files.items()})
    read = station.read(content)
    assert not read.problems, read.problems
    records = station.examine(replace(station.request(student, read), **more))
    return {name.removeprefix("x_"): record for name, record in records.items()}
