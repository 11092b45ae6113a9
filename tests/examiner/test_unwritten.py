"""Only what the template left to do is not attempted; every other NotImplementedError was raised."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograder.examiner.verdict import judge, mark_unwritten
from autograder.inside.loading.failures import describe_failure
from autograder.records.outcome import Outcome
from autograder.remote.endings import exception_from

TEMPLATE = '''
import numpy as np

def f(x):
    """Do it."""
    # TODO: write f.
    raise NotImplementedError("f: not written yet")

def g(x, mode):
    if mode == "train":
        return x
    raise NotImplementedError("g: test mode is not written yet")

class Net:
    def loss(self, x):
        raise NotImplementedError(
            "Net.loss: not written yet"
        )
'''
OWN = '''
import datetime
import numpy as np

def f(x):
    if x > 0:
        raise NotImplementedError("only for x <= 0")
    return x

def g(x, mode):
    return datetime.tzinfo().utcoffset(None)

class Rule:
    def step(self):
        raise NotImplementedError

class Net:
    def loss(self, x):
        return Rule().step()

def written_anew(x):
    """Do it."""
    raise NotImplementedError

def short(x): raise NotImplementedError("later")

def nested(x):
    def inner():
        raise NotImplementedError
    return inner()

class Later(NotImplementedError):
    pass

def other(x):
    raise Later
'''


@pytest.fixture
def outcome_of(tmp_path):
    """Judge what a call of a source raises, with the template or, as at home, without."""

    def judge_call(source, call, *, has_template=True):
        template = tmp_path / "template"
        if has_template:
            template.mkdir(exist_ok=True)
            (template / "layers.py").write_text(TEMPLATE)
        names = {}
        exec(compile(source, "ann.ipynb, cell 1", "exec"), names)
        try:
            eval(call, names)
        except NotImplementedError as caught:
            record = describe_failure(caught, {"ann.ipynb, cell 1": source.split("\n")})
        error = exception_from(record)
        assignment = SimpleNamespace(template=template, files=["layers.py"])
        tests = ["f", "g", "Net", "written_anew", "short", "nested", "other"]
        return mark_unwritten(judge(error), error, assignment, tests).outcome

    return judge_call


@pytest.mark.parametrize("call", ["f(1)", "g(1, 'test')", "Net().loss(1)"])
@pytest.mark.parametrize("has_template", [True, False])
def test_unwritten_line_of_the_template_is_not_attempted(outcome_of, call, has_template):
    """What the student was given raises, also in a branch, a class or a notebook."""
    assert outcome_of(TEMPLATE, call, has_template=has_template) is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize("call", ["written_anew(1)", "short(1)"])
def test_unwritten_function_that_only_raises_is_not_attempted(outcome_of, call):
    """A stub under test is a stub in whatever words."""
    assert outcome_of(OWN, call) is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize("call", ["f(1)", "g(1, 'test')", "Net().loss(1)", "nested(1)", "other(1)"])
def test_unwritten_is_nothing_that_a_library_or_the_students_own_code_raises(outcome_of, call):
    """A library's refusal, an own base class, an own branch and an own exception were raised."""
    assert outcome_of(OWN, call) is Outcome.RAISED


@pytest.mark.parametrize("call", ["g(1, 'test')", "Net().loss(1)", "nested(1)"])
def test_unwritten_is_nothing_raised_elsewhere_at_home_either(outcome_of, call):
    """Without the template, the functions under test are what tells."""
    assert outcome_of(OWN, call, has_template=False) is Outcome.RAISED
