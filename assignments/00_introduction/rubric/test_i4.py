"""Graph inspection."""

import numpy as np

from autograder.rubric import assert_close, criterion

# A graph is a list of nodes, operands first; each node is the list of its operands' places. The last one is the root.
LEAF = [[]]
CHAIN = [[], [0], [1], [2]]
DIAMOND = [[], [0], [0], [1, 2]]
SKIP = [[], [0], [1, 0], [2, 0]]  # the leaf is one edge away, and three
UNUSED = [[], [], [0], [2, 0], [2]]  # not everything that was computed belongs to the last node
LADDER = [[], *([i, i] for i in range(12))]
# A node that is reached early by a short path, and late by a long one that goes on below it.
LATE = [[], [0], [1], [2], [3, 1], [4, 2]]


def build(graph, value, numbers, labels="+"):
    """Build a graph with the constructor of Value alone, and return its root."""
    nodes = []
    for i, operands in enumerate(graph):
        nodes.append(value(float(numbers[i]), tuple(nodes[place] for place in operands), labels if operands else ""))
    return nodes[-1]


def random_graph(rng):
    """Return a random graph whose nodes are shared, some of them never used, some twice by one node."""
    length = int(rng.integers(4, 14))
    return [rng.integers(0, i, rng.integers(1, 4)).tolist() if i > 1 else [] for i in range(length)]


def rounded(rng, graph):
    """Return numbers for the nodes of a graph, several of them equal."""
    return rng.integers(0, 3, len(graph)) / 2


@criterion(
    "graph_stats: random graphs with shared nodes",
    points=4,
    tests=["graph_stats"],
    hint="Count a shared node and a shared edge once, and take the longest path: a node may be reached first by a "
    "shorter one.",
)
def test_i4_values(submission, reference, rng):
    fixed = [LEAF, CHAIN, DIAMOND, SKIP, UNUSED, LADDER, LATE]
    for graph in [*fixed, *(random_graph(rng) for _ in range(20))]:
        numbers = rounded(rng, graph)
        expected = reference.graph_stats(build(graph, reference.Value, numbers))
        assert_close(submission.graph_stats(build(graph, submission.Value, numbers)), expected, name="graph_stats")


@criterion(
    "graph_stats: properties",
    points=3,
    tests=["graph_stats"],
    hint="Only the shape of the graph counts: not the numbers, since equal numbers are different nodes, not the "
    "order of the operands, and not how often one of them is used.",
)
def test_i4_properties(submission, rng):
    def stats(graph, numbers, labels="+"):
        return submission.graph_stats(build(graph, submission.Value, numbers, labels))

    assert_close(
        stats(LADDER, np.zeros(13)), {"nodes": 13, "edges": 12, "depth": 12}, name="graph_stats of 12 doublings"
    )
    for graph in (DIAMOND, random_graph(rng), random_graph(rng)):
        plain = stats(graph, np.arange(len(graph)))
        same_numbers = stats(graph, np.ones(len(graph)), labels="*")
        assert_close(same_numbers, plain, name="graph_stats with other numbers and labels")
        turned = [[*reversed(operands), *operands] for operands in graph]
        assert_close(stats(turned, rounded(rng, graph)), plain, name="graph_stats with operands repeated and reordered")
        more = {key: plain[key] + 1 for key in ("nodes", "edges", "depth")}
        on_top = [*graph, [len(graph) - 1] * 2]
        assert_close(stats(on_top, rounded(rng, on_top)), more, name="graph_stats of root + root")
