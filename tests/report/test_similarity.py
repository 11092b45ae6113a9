"""Which submissions of a batch are alike."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.inside.facts import source_facts
from autograder.report.index import render_index_html
from autograder.report.similarity import LEAST_ROWS, find_similar, pack_shapes
from autograder.report.summary import Batch, columns_of, summarise
from autograder.report.table import render_batch_json
from tests.report import samples

WORK = Path(__file__).parents[2] / "reference" / "01_backpropagation" / "layers.py"
REPORT = samples.half_done()


def row_of(name, shapes):
    """A row of a student with statements of these shapes."""
    row = summarise(REPORT, columns_of(REPORT))
    return replace(row, student=name, submission=name, shapes=pack_shapes(shapes))


def others(count=LEAST_ROWS):
    """Rows of students who each wrote something else."""
    return [row_of(f"other{number}", range(1000 * (number + 1), 1000 * (number + 1) + 30)) for number in range(count)]


def shapes_of(source):
    """The shapes of a source's statements."""
    return source_facts({"a.py": source})["a.py"]["shapes"]


class Renaming(ast.NodeTransformer):
    """Gives every variable, argument and function another name."""

    def visit_Name(self, node):
        """A variable, or a function that is called."""
        return ast.copy_location(ast.Name(f"my_{node.id}", node.ctx), node)

    def visit_arg(self, node):
        """An argument."""
        return ast.copy_location(ast.arg(f"my_{node.arg}"), node)

    def visit_FunctionDef(self, node):
        """A function, with a statement that does nothing at its beginning."""
        self.generic_visit(node)
        node.name = f"my_{node.name}"
        node.body.insert(0, ast.parse("unused = 42").body[0])
        return node


def renamed_copy(source):
    """The same work with other names, another order, no comments, and dead code."""
    tree = Renaming().visit(ast.parse(source))
    tree.body.reverse()
    return ast.unparse(ast.fix_missing_locations(tree))


def names(pairs):
    """The students of each pair."""
    return [(pair.first.student, pair.second.student) for pair in pairs]


def test_renamed_copy_is_found_among_others():
    """Another student's work with other names, another order, comments and dead code is shown beside it."""
    source = WORK.read_text()
    rows = [*others(), row_of("ada", shapes_of(source)), row_of("ben", shapes_of(renamed_copy(source)))]
    assert names(find_similar(rows)) == [("ada", "ben")]


def test_what_many_have_is_common():
    """Statements that more than a few have say nothing, however many there are."""
    rows = [*others(), *(row_of(f"s{number}", range(40)) for number in range(6))]
    assert find_similar(rows) == []


def test_a_few_statements_alike_are_not_enough():
    """Two who share some of their statements and not most of them are not alike."""
    rows = [*others(), row_of("ada", range(20)), row_of("ben", range(10, 30))]
    assert find_similar(rows) == []


def test_share_is_of_the_one_that_has_fewer():
    """A copy in the middle of other work is found: the share is that of the smaller."""
    rows = [*others(), row_of("ada", range(10)), row_of("ben", range(40))]
    (pair,) = find_similar(rows)
    assert (pair.shared, pair.share) == (10, 1.0)


def test_small_batches_have_nothing_uncommon():
    """In a handful of submissions nothing is said."""
    assert find_similar([row_of("ada", range(30)), row_of("ben", range(30))]) == []


@pytest.mark.parametrize("render", [render_index_html, render_batch_json])
def test_overview_names_the_pair(render):
    """The page and the JSON of a finished batch have it."""
    rows = (*others(), row_of("ada", range(30)), row_of("ben", range(30)))
    text = render(Batch(REPORT.assignment, columns_of(REPORT), rows, len(rows)))
    if render is render_batch_json:
        assert json.loads(text)["similar"] == [{"submissions": ["ada", "ben"], "shared": 30, "share": 1.0}]
    else:
        assert "30 uncommon statements in common, 100 %" in text
