"""Graph inspection."""

from autograder.rubric import assert_close, criterion


@criterion(
    "graph_stats: an example",
    points=1,
    tests=["graph_stats"],
    hint="In x + x there are two nodes, and one edge although x is used twice; the sum is one step away from x.",
)
def test_i4_example(submission):
    x = submission.Value(1.0)
    assert_close(submission.graph_stats(x), {"nodes": 1, "edges": 0, "depth": 0}, name="graph_stats of a leaf")
    double = submission.Value(2.0, (x, x), "+")
    assert_close(submission.graph_stats(double), {"nodes": 2, "edges": 1, "depth": 1}, name="graph_stats of x + x")
    root = submission.Value(2.0, (double, x), "*")
    expected = {"nodes": 3, "edges": 3, "depth": 2}
    assert_close(submission.graph_stats(root), expected, name="graph_stats of (x + x) * x")
