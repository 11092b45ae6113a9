"""A generator of the grader takes in the candidate what NumPy's own takes."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.rubric import KnownGenerator

CALLS = [
    "rng.normal(np.array([1.0, 2.0]), 0.5)",
    "rng.normal(loc=[[1.0], [2.0]], scale=np.ones(3))",
    "rng.normal(0.0, np.array([1.0, 2.0]), size=(4, 2))",
    "rng.normal(size=np.int64(3))",
    "rng.normal()",
    "rng.normal(3, 0)",
    "rng.standard_normal()",
    "rng.standard_normal(3)",
    "rng.standard_normal((2, 3), dtype=np.float32)",
    "rng.standard_normal(size=[2, 3], dtype='float32')",
    "rng.standard_normal(out=np.empty((2, 3)))",
    "rng.random()",
    "rng.random((2, 2), np.float32)",
    "rng.random(out=np.empty(4))",
    "rng.uniform(-1, np.array([1.0, 2.0]))",
    "rng.uniform(size=5)",
    "rng.integers(10)",
    "rng.integers(2, [5, 7], endpoint=True)",
    "rng.integers(0, 2, size=(2, 3), dtype=bool)",
    "rng.integers(0, 200, 4, np.uint8)",
    "rng.choice(10, 4, replace=False)",
    "rng.choice([3.5, 4.5, 5.5], p=[0.2, 0.3, 0.5])",
    "rng.choice(np.arange(12).reshape(4, 3), size=2, axis=1, shuffle=False, replace=False)",
    "rng.permutation(7)",
    "rng.permutation([5, 6, 7])",
    "rng.permutation(np.arange(6).reshape(2, 3), axis=1)",
    "rng.permuted(np.arange(6).reshape(2, 3), axis=1)",
    "rng.multivariate_normal([1.0, 2.0], np.eye(2), size=3)",
    "rng.lognormal([0.0, 1.0], 0.5)",
    "rng.exponential(2.0, size=3)",
    "rng.binomial(5, [0.2, 0.8])",
    "rng.bytes(4)",
    "np.random.default_rng(rng).normal(size=2)",
]
SPAWNED = [
    "rng.spawn(1)[0].normal(size=3)",
    "np.concatenate([one.random(2) for one in rng.spawn(3)])",
    "rng.spawn(2)[1].spawn(1)[0].permutation(5)",
]


@pytest.mark.parametrize("call", CALLS + SPAWNED)
def test_generator_stub_answers_as_the_generator_itself(load, call):
    """Positions, keywords, sizes, dtypes, broadcasting, out=: the answer is NumPy's own."""
    submission = load(f"import numpy as np\ndef draw(rng): return {call}")
    expected = eval(call, {"np": np, "rng": np.random.default_rng(3)})
    drawn = submission.draw(submission.stub(np.random.default_rng(3)))
    assert type(drawn) is type(expected) or isinstance(drawn, (np.generic, float, int))
    assert np.asarray(drawn).dtype == np.asarray(expected).dtype
    assert np.array_equal(drawn, expected)


@pytest.mark.parametrize("call", [call for call in CALLS if "default_rng" not in call])
def test_known_generator_takes_what_the_generator_takes(call):
    """The same shapes and dtypes for every argument, with noise and without."""
    expected = eval(call, {"np": np, "rng": np.random.default_rng(3)})
    for rng in (KnownGenerator(), KnownGenerator(np.random.default_rng(0))):
        drawn = eval(call, {"np": np, "rng": rng})
        assert (np.shape(drawn), np.asarray(drawn).dtype) == (np.shape(expected), np.asarray(expected).dtype)


def test_known_generator_without_noise_answers_with_the_means():
    """Zeros times any standard deviation, around any mean."""
    rng = KnownGenerator()
    assert rng.normal([1.0, 2.0], [[3.0], [4.0]]).tolist() == [[1.0, 2.0], [1.0, 2.0]]
    assert rng.multivariate_normal([1.0, 2.0], np.eye(2)).tolist() == [1.0, 2.0]
    assert rng.standard_normal() == 0.0
    assert not rng.normals.any()
    assert rng.normals.size == 4 + 2 + 1


def test_known_generator_crosses_as_what_it_is(load):
    """It is handed over like any argument, and afterwards the rubric knows each number."""
    submission = load("def sample(rng, mean): return rng.normal(mean, 2.0) + rng.standard_normal(mean.shape)")
    mean, known = np.array([[1.0], [2.0]]), KnownGenerator(np.random.default_rng(0))
    x = submission.sample(known, mean)
    a, b = known.normals.reshape(2, 2, 1)
    assert np.allclose(x, mean + 2 * a + b)
    assert submission.sample(KnownGenerator(), mean).tolist() == mean.tolist()


def test_known_generator_that_the_candidate_hands_on_is_itself_in_the_examiner(load):
    """A provided function gets the generator, whose numbers stay known."""
    submission = load("def sample(step, rng): return step(rng)")
    known = KnownGenerator(np.random.default_rng(0))
    x = submission.sample(lambda rng: np.random.default_rng(rng).normal(size=3), known)
    assert np.array_equal(x, known.normals)


@pytest.mark.parametrize(
    ("make", "axis"), [("np.arange(9)", 0), ("np.arange(12).reshape(4, 3)", 1), ("list('abcdef')", 0)]
)
def test_generator_stub_shuffles_in_place(load, make, axis):
    """What the submission shuffles is in the candidate; the order is NumPy's own."""
    submission = load(f"import numpy as np\ndef f(rng):\n    x = {make}\n    rng.shuffle(x, axis={axis})\n    return x")
    x = eval(make, {"np": np})
    np.random.default_rng(3).shuffle(x, axis=axis)
    assert np.array_equal(submission.f(submission.stub(np.random.default_rng(3))), x)


def test_generator_stub_is_a_generator_and_no_copy(load):
    """It is an instance of NumPy's class, and nothing in the candidate can foresee or copy what it draws."""
    submission = load(
        "import copy\nimport numpy as np\n"
        "def is_generator(rng): return isinstance(rng, np.random.Generator) and hasattr(rng, 'normal')\n"
        "def state(rng): return rng.bit_generator.state\n"
        "def copied(rng): return copy.deepcopy(rng)\n"
    )
    stub = submission.stub(np.random.default_rng(3))
    assert submission.is_generator(stub) is True
    with pytest.raises(AttributeError, match="has no bit_generator"):
        submission.state(stub)
    with pytest.raises(TypeError, match="cannot be copied"):
        submission.copied(stub)


def test_generator_stub_refuses_what_numpy_refuses(load):
    """Wrong arguments raise what NumPy raises, and methods that were not declared are not there."""
    submission = load(
        "def normal(rng): return rng.normal(scale=-1.0)\n"
        "def sizes(rng): return rng.normal([1.0, 2.0], [1.0, 2.0, 3.0])\n"
        "def unknown(rng): return rng.normal(sise=3)\n"
        "def legacy(rng): return rng.randn(3)\n"
        "def many(rng): return rng.normal(size=(10**5, 10**5))\n"
    )
    stub = submission.stub(np.random.default_rng(3))
    with pytest.raises(ValueError, match="scale < 0"):
        submission.normal(stub)
    with pytest.raises(ValueError, match="mismatch"):
        submission.sizes(stub)
    with pytest.raises(TypeError, match="sise"):
        submission.unknown(stub)
    with pytest.raises(AttributeError, match="randn"):
        submission.legacy(stub)
    with pytest.raises(ValueError, match="normal: 10,000,000,000 numbers in one call are more than 10,000,000"):
        submission.many(stub)
    few = submission.stub(np.random.default_rng(3), methods=("integers",))
    with pytest.raises(AttributeError, match=r"this generator has no attribute 'normal' \(it has: integers\)"):
        submission.normal(few)


@pytest.mark.parametrize(
    ("draw", "numbers"),
    [
        ("rng.integers(10, size=(3, 4))", 12),
        ("rng.choice(300, 7, replace=False)", 7),
        ("rng.permutation(30)", 30),
        ("rng.shuffle(list(range(20)))", 20),
        ("[rng.random() for _ in range(5)]", 5),
        ("rng.normal(np.zeros((6, 1)), np.ones(2))", 12),
        ("rng.bytes(9)", 9),
        ("[one.random(2) for one in rng.spawn(3)]", 6),
    ],
)
def test_generator_stub_counts_numbers_and_stops_beyond_them(load, draw, numbers):
    """A rubric says how many numbers may be drawn: a call beyond is refused before it draws."""
    submission = load(f"import numpy as np\ndef f(rng):\n    {draw}")
    stub = submission.stub(np.random.default_rng(0), max_numbers=numbers)
    submission.f(stub)
    assert (stub.numbers, stub.is_exhausted) == (numbers, False)
    with pytest.raises(RuntimeError, match=f"more than {numbers} numbers were drawn"):
        submission.f(stub)
    assert stub.is_exhausted


def test_stub_without_methods_is_an_error_of_the_rubric(load):
    """Only of a generator is it known what a submission may call."""
    with pytest.raises(TypeError, match="`methods` must be given"):
        load("x = 1").stub(object())
