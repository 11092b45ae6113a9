"""Graph inspection."""

import pytest

from autograder.rubric import assert_close, criterion


@criterion(
    "graph_stats: an example",
    points=1,
    tests=["graph_stats"],
    hint="In x + x there are two nodes, and one edge although x is used twice. In (x + x) * x, x is one edge away from "
    "the root and two: the longer path counts.",
)
@pytest.mark.parametrize("text", ["x", "x + x", "(x + x) * x"])
def test_i4_example(submission, text):
    x = submission.Value(1.0)
    double = submission.Value(2.0, (x, x), "+")
    root = submission.Value(3.0, (double, x), "*")
    graph, nodes, edges, depth = {"x": (x, 1, 0, 0), "x + x": (double, 2, 1, 1), "(x + x) * x": (root, 3, 3, 2)}[text]
    expected = {"nodes": nodes, "edges": edges, "depth": depth}
    assert_close(submission.graph_stats(graph), expected, name=f"graph_stats of {text}")
