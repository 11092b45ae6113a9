"""Graph inspection."""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion

# A graph is a list of nodes, operands first; each node is the list of its operands' places. The last one is the root.
LEAF = [[]]
CHAIN = [[], [0], [1], [2]]
DIAMOND = [[], [0], [0], [1, 2]]
SKIP = [[], [0], [1, 0], [2, 0]]  # the leaf is one edge away, and three
UNUSED = [[], [], [0], [2, 0], [2]]  # not everything that was computed belongs to the last node
# A node that is reached early by a short path, and late by a long one that goes on below it.
LATE = [[], [0], [1], [2], [3, 1], [4, 2]]
WIDE = [[], [], [], [], [0, 1, 2, 3]]
FIXED = [LEAF, CHAIN, DIAMOND, SKIP, UNUSED, LATE, WIDE]

# Trees: each node is used once, so that nothing depends on how shared nodes are counted.
EVEN_TREE = [[], [], [], [], [0, 1], [2, 3], [4, 5]]
UNEVEN_TREE = [[], [], [], [0], [3, 1], [4, 2]]
LADDER = [[], *([i, i] for i in range(12))]


def build(graph, value, numbers, labels="+"):
    """Build a graph with the constructor of Value alone, and return its root."""
    nodes = []
    for i, operands in enumerate(graph):
        nodes.append(value(float(numbers[i]), tuple(nodes[place] for place in operands), labels if operands else ""))
    return nodes[-1]


def random_graph(rng):
    """Return a random graph whose nodes are shared, some of them never used."""
    length = int(rng.integers(4, 14))
    return [rng.permutation(i)[: rng.integers(1, 4)].tolist() if i > 1 else [] for i in range(length)]


@criterion(
    "graph_stats: random graphs with shared nodes",
    points=4,
    tests=["graph_stats"],
    hint="Nodes, edges and depth are graded each by itself. A shared node counts once, and so does each edge; the depth "
    "is that of the longest path, and a node may be reached first by a shorter one.",
)
@pytest.mark.parametrize("key", ["nodes", "edges", "depth"])
def test_i4_values(submission, reference, rng, key):
    for graph in [*FIXED, *(random_graph(rng) for _ in range(20))]:
        numbers = rng.permutation(len(graph))  # all of them different
        expected = reference.graph_stats(build(graph, reference.Value, numbers))
        stats = submission.graph_stats(build(graph, submission.Value, numbers))
        assert_close(stats, {key: expected[key]}, name="graph_stats")


@criterion(
    "graph_stats: properties",
    points=3,
    tests=["graph_stats"],
    hint="Only the shape of the graph counts, a point each: not the numbers and labels, since equal numbers are "
    "different nodes; not the order of the operands; and not how often one of them is used.",
)
@pytest.mark.parametrize("kind", ["numbers", "order", "multiplicity"])
def test_i4_properties(submission, rng, kind):
    def stats(graph, numbers, labels="+"):
        return submission.graph_stats(build(graph, submission.Value, numbers, labels))

    if kind == "numbers":
        expected = {"nodes": 7, "edges": 6, "depth": 2}
        assert_close(stats(EVEN_TREE, np.arange(7)), expected, name="graph_stats of a tree")
        assert_close(stats(EVEN_TREE, np.ones(7)), expected, name="graph_stats of a tree of equal numbers")
        labels = stats(EVEN_TREE, rng.permutation(7), labels="*")
        assert_close(labels, expected, name="graph_stats of a tree with other labels")
    elif kind == "order":
        expected = {"nodes": 6, "edges": 5, "depth": 3}
        assert_close(stats(UNEVEN_TREE, np.arange(6)), expected, name="graph_stats of a lopsided tree")
        turned = [operands[::-1] for operands in UNEVEN_TREE]
        assert_close(stats(turned, np.arange(6)), expected, name="graph_stats of a tree with operands reversed")
    else:
        expected = {"nodes": 13, "edges": 12, "depth": 12}
        assert_close(stats(LADDER, np.arange(13)), expected, name="graph_stats of 12 doublings")
        thrice = [[*operands, *operands[:1]] for operands in UNEVEN_TREE]
        expected = {"nodes": 6, "edges": 5, "depth": 3}
        assert_close(stats(thrice, np.arange(6)), expected, name="graph_stats of a tree with an operand used twice")
