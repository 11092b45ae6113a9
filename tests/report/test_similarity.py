"""Which submissions of a batch are alike."""

from __future__ import annotations

import ast
import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from autograder.inside.reading.syntax.facts import collect_facts
from autograder.report import similarity
from autograder.report.index import render_index_html
from autograder.report.similarity import LEAST_ROWS, find_similar_submissions
from autograder.report.summary import Batch, columns_of, pack_shapes, summarise
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
    return collect_facts({"a.py": source})["a.py"]["shapes"]


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


def names(groups):
    """The students of each group."""
    return [tuple(row.student for row in group.rows) for group in groups]


COURSE = Path(__file__).parents[2]
IDENT = "03_recommender_systems"


@cache
def ways_to_write():
    """Every function of an assignment in the ways in which its reference, variants and mutants write it."""
    ways = {}
    for path in sorted((COURSE / "reference" / IDENT).glob("*.py")):
        tree = ast.parse(path.read_text())
        ways |= {node.name: [node] for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for folder in ("accepted", "mutants"):
        for path in sorted((COURSE / "assignments" / IDENT / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and node.name in ways:
                    ways[node.name].append(node)
    return list(ways.values())


def edited_copy(source, generator, edits=3):
    """The same work with other names and order, and some statements that compute something else."""
    tree = ast.parse(renamed_copy(source))
    assignments = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    for number, node in enumerate(generator.sample(assignments, edits)):
        node.value = ast.BinOp(node.value, ast.Mult(), ast.Constant(generator.random() + number))
    return ast.unparse(ast.fix_missing_locations(tree))


def work_of(ways, generator):
    """One student's work: each function in one of the ways."""
    return tuple(generator.choice(each) for each in ways)


@cache
def function_shapes(node):
    """The shapes of one function's statements."""
    return frozenset(shapes_of(ast.unparse(node)))


def honest_row(name, ways, generator):
    """A row of a student who wrote each function in one of the ways."""
    return row_of(name, frozenset().union(*map(function_shapes, work_of(ways, generator))))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [2, 6, 24])
def test_ring_of_any_size_is_one_group(seed, size):
    """Copies with small edits among 40 who wrote something else; honest ones are in none of their groups."""
    generator = random.Random(seed)
    ways = ways_to_write()
    honest = [honest_row(f"honest{number}", ways, generator) for number in range(40)]
    original = "\n".join(map(ast.unparse, work_of(ways, generator)))
    ring = [row_of(f"ring{number:02}", shapes_of(edited_copy(original, generator))) for number in range(size)]
    rows = [*honest, *ring]
    generator.shuffle(rows)
    found = names(find_similar_submissions(rows))
    assert [group for group in found if any(name.startswith("ring") for name in group)] == [
        tuple(row.student for row in ring)
    ]
    assert sum(len(group) for group in found) <= size + 4  # two that took the same ways


def test_honest_work_is_hardly_ever_alike():
    """Work of other functions in other ways shares its idioms, and no more."""
    generator = random.Random(7)
    ways = ways_to_write()
    rows = [honest_row(f"s{number}", ways, generator) for number in range(40)]
    assert all(len(group) == 2 for group in names(find_similar_submissions(rows)))
    assert len(find_similar_submissions(rows)) <= 2


def test_statements_in_a_matrix_and_by_pairs_count_alike(monkeypatch):
    """Which way a statement is counted makes no difference."""
    generator = random.Random(3)
    ways = ways_to_write()
    original = "\n".join(map(ast.unparse, work_of(ways, generator)))
    rows = [honest_row(f"s{number}", ways, generator) for number in range(20)]
    rows += [row_of(f"ring{number}", shapes_of(edited_copy(original, generator))) for number in range(4)]
    by_matrix = find_similar_submissions(rows)
    assert by_matrix
    monkeypatch.setattr(similarity, "_MOST_COLUMNS", 3)
    monkeypatch.setattr(similarity, "_BLOCK", 5)
    assert find_similar_submissions(rows) == by_matrix


def test_renamed_copy_is_found_among_others():
    """Another student's work with other names, another order, comments and dead code is shown beside it."""
    source = WORK.read_text()
    rows = [*others(), row_of("ada", shapes_of(source)), row_of("ben", shapes_of(renamed_copy(source)))]
    assert names(find_similar_submissions(rows)) == [("ada", "ben")]


def test_what_most_have_is_common():
    """Statements that more than three quarters have say nothing, however many there are."""
    rows = [row_of(f"s{number}", [*range(40), *range(100 * number + 100, 100 * number + 120)]) for number in range(30)]
    assert find_similar_submissions(rows) == []


def test_what_some_have_together_is_not():
    """Six who share everything are a group."""
    rows = [*others(), *(row_of(f"s{number}", range(40)) for number in range(6))]
    assert names(find_similar_submissions(rows)) == [tuple(f"s{number}" for number in range(6))]


def test_a_few_statements_alike_are_not_enough():
    """Two who share some of their statements and not most of them are not alike."""
    rows = [*others(), row_of("ada", range(20)), row_of("ben", range(10, 30))]
    assert find_similar_submissions(rows) == []


def test_share_is_of_the_one_that_has_fewer():
    """A copy in the middle of other work is found: the share is that of the smaller."""
    rows = [*others(), row_of("ada", range(10)), row_of("ben", range(40))]
    (group,) = find_similar_submissions(rows)
    assert (group.shared, group.share) == (10, 1.0)


def test_small_batches_have_nothing_uncommon():
    """In a handful of submissions nothing is said."""
    assert find_similar_submissions([row_of("ada", range(30)), row_of("ben", range(30))]) == []


@pytest.mark.parametrize("render", [render_index_html, render_batch_json])
def test_overview_names_the_group(render):
    """The page and the JSON of a finished batch have it."""
    rows = (*others(), row_of("ada", range(30)), row_of("ben", range(30)))
    text = render(Batch(REPORT.assignment, columns_of(REPORT), rows, len(rows)))
    if render is render_batch_json:
        assert json.loads(text)["similar"] == [{"submissions": ["ada", "ben"], "shared": 30, "share": 1.0}]
    else:
        assert "30 uncommon statements in common, 100 %" in text
