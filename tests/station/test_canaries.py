"""Nothing of one submission reaches the next through the examiner: every place where pytest or a rubric could keep it."""

import pytest

from autograder.records.outcome import Outcome
from autograder.station import Station
from tests.writing import ONE, examine, write_course, write_criterion

REFERENCE = "def f():\n    return 'the reference'\n"

HEAD = """
import os
import random
import sys
import warnings

import hypothesis
from hypothesis import given, strategies as st

kept = []


@functools.lru_cache
def remember(value, _answers=[]):
    _answers.append(value)
    return tuple(_answers)


@pytest.fixture(scope="session")
def wide():
    return []


@pytest.fixture(scope="module", autouse=True)
def module_wide():
    return []


class Holder:
    kept = []


def plant(value, request, wide, module_wide):
    print("canary", value)
    sys.stderr.write(value)
    kept.append(value)
    wide.append(value)
    module_wide.append(value)
    Holder.kept.append(value)
    remember(value)
    os.environ["CANARY"] = value
    sys.modules["canary"] = sys
    warnings.warn(value)
    request.node.user_properties.append(("canary", value))
    request.node.add_marker(pytest.mark.usefixtures("canary"))
    request.config.canary = value
    request.session.canary = value
    request.node.obj.canary = value
    hypothesis.settings.register_profile("canary", max_examples=3)
    np.random.seed(len(value))
    random.seed(len(value))


def find(request, wide, module_wide):
    found = {
        "global": kept,
        "session fixture": wide,
        "module fixture": module_wide,
        "class": Holder.kept,
        "cache": remember.cache_info().currsize or len(remember.__wrapped__.__defaults__[0]),
        "environment": "CANARY" in os.environ,
        "modules": "canary" in sys.modules,
        "properties": request.node.user_properties,
        "marks": list(request.node.iter_markers("usefixtures")),
        "config": hasattr(request.config, "canary"),
        "session": hasattr(request.session, "canary"),
        "function": hasattr(request.node.obj, "canary"),
        "profile": "canary" in hypothesis.settings._profiles,
        "sections": request.node._report_sections,
    }
    return sorted(place for place, what in found.items() if what)
"""

BODY = """
found = find(request, wide, module_wide)
check(found == [], f"found in {found}")
plant(submission.f(), request, wide, module_wide)
draws = []


@given(n=st.integers(0, 10**9))
def draw(n):
    draws.append(n)
    check(submission.f() != n, "x")


draw()
note(f"draws {sum(draws)} {random.random()} {np.random.random()}")
"""


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of a rubric that keeps what it meets wherever it can."""
    rubric = write_criterion("kept", BODY, arguments="submission, request, wide, module_wide")
    with Station(write_course(tmp_path_factory.mktemp("course"), REFERENCE, rubric, head=HEAD)) as station:
        yield station


def test_canaries_of_one_submission_are_nowhere_when_the_next_one_comes(station):
    """Ten in a row each find the examiner as it was collected."""
    for number in range(10):
        records = examine(station, f"def f():\n    return 'canary {number}'\n" + ONE, student=f"student {number}")
        assert (records["kept"].outcome, records["kept"].message) == (Outcome.PASSED, "")
        assert "canary" not in "".join((*records["kept"].notes, records["kept"].stdout, records["kept"].stderr))


def test_draws_depend_on_student_and_criterion_alone(station):
    """What hypothesis and the global generators give is the same again, and another for another student."""
    source = REFERENCE + ONE
    first, again, other = (examine(station, source, student=name)["kept"].notes for name in ("ada", "ada", "ben"))
    assert first == again
    assert first != other
