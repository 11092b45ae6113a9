"""Plain asserts: an example."""

from autograder.rubric import criterion


@criterion("Greeting: an example", points=2, tests=["greet"], hint="A line for each letter, each with its line end.")
def test_g_example(submission):
    assert submission.greet("ab") == "Hello, a!\nHello, b!\n", "the greeting is another one"
