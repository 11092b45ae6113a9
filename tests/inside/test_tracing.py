"""Counting executed lines and loop turns, the same on every version of Python."""

from __future__ import annotations

import sys
import textwrap

import numpy as np
import pytest

from autograder.inside.candidate.observing import WorkCounter

# What one call with n = 300 executes, measured on Python 3.11, 3.12 and 3.13.
FORMS = {
    "for": ("for i in range(n):\n    s += i", 603),
    "for on one line": ("for i in range(n): s += i", 302),
    "while": ("i = 0\nwhile i < n:\n    i += 1", 603),
    "while on one line": ("i = 0\nwhile i < n: i += 1", 302),
    "nested for": ("for i in range(n // 10):\n    for j in range(10):\n        s += i * j", 662),
    "list comprehension": ("return [i * i for i in range(n)]", 301),
    "dict comprehension": ("return {i: i for i in range(n)}", 301),
    "set comprehension": ("return {i for i in range(n)}", 301),
    "nested comprehension": ("return [[i * j for j in range(10)] for i in range(n // 10)]", 331),
    "comprehension in a loop": ("for i in range(n // 10):\n    s += len([i * j for j in range(10)])", 361),
    "generator expression": ("return sum(i * i for i in range(n))", 302),
    "map with a lambda": ("return list(map(lambda i: i * i, range(n)))", 301),
    "recursion": ("def down(k):\n    return 0 if k == 0 else 1 + down(k - 1)\nreturn down(n)", 303),
    "enumerate and zip": ("for i, (a, b) in enumerate(zip(range(n), range(n))):\n    s += a * b", 603),
    "call in a loop": ("for i in range(n): helper(i)", 601),
    "continue and break": ("i = 0\nwhile True:\n    i += 1\n    if i < n:\n        continue\n    break", 1202),
    "generator function": ("for i in steps(n):\n    s += i", 1202),
}


def function_of(body):
    """A function of a submission with this body, and its globals."""
    source = (
        "def helper(i): return i\ndef steps(n):\n    for i in range(n):\n        yield i\ndef f(n):\n    s = 0\n"
        + textwrap.indent(body, "    ")
    )
    namespace = {}
    exec(compile(source, "layers.py", "exec"), namespace)
    return namespace["f"], namespace


def count(function, namespace, argument):
    """What a call executes."""
    counter = WorkCounter([namespace])
    with counter:
        function(argument)
    return counter


@pytest.mark.parametrize("form", FORMS)
def test_work_of_a_loop_is_the_same_on_every_version(form):
    """Within 10 % of the table, and twice as much for twice the size."""
    body, expected = FORMS[form]
    function, namespace = function_of(body)
    small, large = count(function, namespace, 300), count(function, namespace, 600)
    assert small.lines + small.turns == pytest.approx(expected, rel=0.1)
    assert (large.lines + large.turns) / (small.lines + small.turns) == pytest.approx(2.0, rel=0.02)


def test_work_of_library_code_does_not_count():
    """A vectorised call has the work of its own lines."""
    function, namespace = function_of("x = np.sort(np.arange(n)[::-1])\nreturn np.pad(x, 2).sum()")
    namespace["np"] = np
    assert count(function, namespace, 10).lines == count(function, namespace, 1000).lines == 3
    assert count(function, namespace, 1000).turns == 0


def test_work_counter_puts_another_tracer_back():
    """A debugger or coverage goes on afterwards."""
    function, namespace = function_of("return n")

    def tracer(_frame, _event, _arg):
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        count(function, namespace, 1)
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)
