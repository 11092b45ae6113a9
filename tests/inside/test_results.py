"""Values of earlier cells under the names that IPython gives them."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from autograder.inside.loading.guards import submission_builtins
from autograder.inside.reading.notebook.notebooks import keep_results, read_notebook


def run(*cells: str, counts: dict[int, int] | None = None) -> dict[str, Any]:
    """The names after a notebook was run, with the execution counts of some cells."""
    rows = [
        {"cell_type": "code", "source": cell, "execution_count": (counts or {}).get(place)}
        for place, cell in enumerate(cells)
    ]
    names: dict[str, Any] = {"__builtins__": submission_builtins(())}
    for cell in read_notebook(json.dumps({"nbformat": 4, "cells": rows}).encode(), "hw.ipynb", ()).cells:
        exec(cell, names)
    return names


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (("1 + 1", "x = _"), 2),
        (("1", "2", "x = __"), 1),
        (("1", "2;", "y = 3", "None", "x = _"), 1),
        (("a = 4\n(a +\n 1)  # five", "x = Out[1]"), 5),
        (("1, 2", "x = _1"), (1, 2)),
        (("'é' + 'ü'; 'ä'", "x = _"), "ä"),
        (("%time 3 + 4", "x = _"), 7),
        (("%pwd", "1", "x = _"), 1),
        (("1", "_ = 5", "2", "x = _"), 5),
        (("1", "for _ in range(3): pass\n7", "x = Out[2]"), 7),
    ],
)
def test_value_of_an_earlier_cell_is_found(cells: tuple[str, ...], value: object) -> None:
    """As in Jupyter: not None, not with a semicolon, not over a variable of the same name."""
    assert run(*cells)["x"] == value


def test_value_is_found_under_the_number_that_the_notebook_shows() -> None:
    """Cells are rarely run once and in order."""
    assert run("6 * 7", "x = Out[12] + _12", counts={0: 12})["x"] == 84


@pytest.mark.parametrize(
    "cells",
    [["1 + 1", "for _ in range(3):\n    print(_)"], ["f(1)", "a, _ = f()"], ["f(1)", "x = '_'"], ["1", "_ ="], ["a_b"]],
)
def test_notebook_that_asks_for_no_earlier_value_stays_as_it_is(cells: list[str]) -> None:
    """A loop's own `_` is none."""
    assert keep_results(cells, [1, 2][: len(cells)]) == cells


@pytest.mark.parametrize(
    "cell", ["*a, b", "x", "await f()", "(yield)", "x = 1\ny if x else z", "lambda: 1", "'''\nt\n'''"]
)
def test_cell_that_hands_its_value_over_is_python_on_the_same_lines(cell: str) -> None:
    """Whatever expression stands last."""
    kept, _ = keep_results([cell, "_"], [1, 2])
    assert "get_ipython().keep((" in kept
    assert kept.count("\n") == cell.count("\n")
    compile(kept, "", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
