"""Plain asserts, loops over an answer, and unpacking."""

from autograder.rubric import assert_close, criterion


@criterion(
    "Greeting: text", points=3, tests=["greet"], hint="Keep the letters in the order in which they stand in the name."
)
def test_g_text(submission, reference, rng):
    name = "".join(map(chr, rng.integers(97, 123, size=200)))
    assert submission.greet(name) == reference.greet(name)


@criterion("Rows: values", points=3, tests=["rows"], hint="Divide each row by its own sum, not by that of the array.")
def test_g_rows(submission, reference, rng):
    x = rng.uniform(1, 2, size=(5, 3))
    for row, expected in zip(submission.rows(x), reference.rows(x)):
        assert_close(row, expected, name="row")


@criterion("Pair: values", points=2, tests=["pair"], hint="Return the array first and its negative second, as a tuple.")
def test_g_pair(submission, rng):
    x = rng.normal(size=4)
    first, second = submission.pair(x)
    assert (first + second == 0).all(), "they do not cancel"
    assert_close(first, x, name="first")
