"""The reference of the introduction against oracles that share no line with it: brute force, differences, a tape."""

from __future__ import annotations

import importlib.util
import itertools
import math
import sys
import weakref
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest

INTRO = Path(__file__).parents[2] / "reference" / "00_introduction" / "intro.py"


@pytest.fixture(scope="module")
def intro():
    """Return the reference, freshly imported."""
    spec = importlib.util.spec_from_file_location("reference_introduction", INTRO)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rng():
    """Return a generator of fixed seed."""
    return np.random.default_rng(20240)


def test_reference_imported_alone_brings_no_framework():
    """The NumPy exercises must not wait for TensorFlow."""
    import subprocess

    code = f"import runpy, sys; runpy.run_path({str(INTRO)!r}); print({{'keras', 'tensorflow'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# I1 and I2


def exact_sigmoid(z):
    """Return the sigmoid of a float with 60 decimal digits on the way."""
    with localcontext() as context:
        context.prec = 60
        return float(1 / (1 + (-Decimal(z)).exp()))


def exact_softmax(scores):
    """Return the softmax of a list of floats with 60 decimal digits on the way."""
    with localcontext() as context:
        context.prec = 60
        weights = [Decimal(z).exp() for z in scores]
        return [float(weight / sum(weights)) for weight in weights]


def test_sigmoid_of_ordinary_and_extreme_scores_agrees_with_exact_arithmetic(intro, rng):
    """Sixty digits, no trick for stability."""
    z = np.concatenate([rng.normal(0, 5, 50), [0.0, 40.0, -40.0, 700.0, -700.0]])
    np.testing.assert_allclose(intro.sigmoid(z), [exact_sigmoid(float(v)) for v in z], rtol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_softmax_along_any_axis_agrees_with_exact_arithmetic(intro, rng, axis):
    """Every line along the axis is a distribution of its own."""
    z = rng.normal(0, 30, (3, 4, 2))
    expected = np.apply_along_axis(exact_softmax, axis, z)
    np.testing.assert_allclose(intro.softmax(z, axis=axis), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_fed_with_a_float_dtype_keep_it(intro, dtype):
    """float32 in, float32 out; rank 0 and 1 as well."""
    assert intro.sigmoid(np.zeros((), dtype)).dtype == dtype
    assert intro.softmax(np.zeros(3, dtype)).dtype == dtype


def test_activations_at_extreme_scores_raise_no_floating_point_error(intro):
    """Underflow alone is allowed: exp(-1000) is zero."""
    z = np.array([1e3, -1e3, 750.0, -750.0, 0.0])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert np.all(np.isfinite(intro.sigmoid(z)))
        assert np.all(np.isfinite(intro.softmax(z)))


def test_one_hot_of_labels_has_a_single_one_per_row_at_the_label(intro):
    """An unused class keeps its column, an empty batch its width."""
    y = np.array([3, 0, 0, 2])
    rows = intro.one_hot(y, 5)
    assert rows.shape == (4, 5)
    assert rows.dtype == np.float32
    assert [(int(i), int(c)) for i, c in np.argwhere(rows)] == list(enumerate(y.tolist()))
    assert intro.one_hot(np.array([], dtype=int), 5).shape == (0, 5)


def test_nll_of_a_batch_is_the_mean_of_logarithms_written_out(intro, rng):
    """One logarithm per example; a single example is a batch of one."""
    y = rng.integers(0, 4, 6)
    p = rng.dirichlet(np.ones(4), 6)
    expected = -sum(math.log(p[i, label]) for i, label in enumerate(y)) / 6
    assert intro.nll(np.eye(4)[y], p) == pytest.approx(expected, rel=1e-12)
    assert intro.nll(np.eye(4)[y[0]], p[0]) == pytest.approx(-math.log(p[0, y[0]]), rel=1e-12)


def test_nll_of_a_true_class_of_probability_zero_costs_minus_log_eps(intro):
    """Finite, and as large as eps says."""
    assert intro.nll(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), eps=1e-6) == pytest.approx(6 * math.log(10))


# I3 and I4


FLOATS = {"log": math.log, "exp": math.exp, "tanh": math.tanh, "relu": lambda v: max(v, 0.0)}
METHODS = {name: (lambda node, name=name: getattr(node, name)()) for name in FLOATS}


def tangled(a, b, functions=FLOATS):
    """Compute something that uses every operation, some nodes several times."""
    log, exp, tanh, relu = (functions[name] for name in ("log", "exp", "tanh", "relu"))
    c = a * b + 3.0
    d = (2.0 - c) / (b * b + 1.0) - c**3 / 7.0
    e = tanh(d) + relu(a) * exp(-b) + relu(-a - 9.0)
    return 1.0 / (e * e + 0.5) + log(c * c + 1.0) - (5.0 + d) * e


@pytest.mark.parametrize(("a", "b"), [(1.3, -0.4), (-0.7, 0.9), (0.2, 2.1)])
def test_value_of_a_tangled_expression_agrees_with_floats_and_differences(intro, a, b):
    """The forward value is exact, the gradient is that of a central difference."""
    leaves = intro.Value(a), intro.Value(b)
    root = tangled(*leaves, METHODS)
    root.backward()
    h = 1e-6
    assert root.data == pytest.approx(tangled(a, b), rel=1e-13)
    assert leaves[0].grad == pytest.approx((tangled(a + h, b) - tangled(a - h, b)) / (2 * h), rel=1e-7)
    assert leaves[1].grad == pytest.approx((tangled(a, b + h) - tangled(a, b - h)) / (2 * h), rel=1e-7)


def test_value_of_a_tangled_expression_agrees_with_tensorflow(intro):
    """A tape of somebody else."""
    tf = pytest.importorskip("tensorflow")
    a, b = tf.constant(1.3, tf.float64), tf.constant(-0.4, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        out = tangled(a, b, {"log": tf.math.log, "exp": tf.exp, "tanh": tf.tanh, "relu": tf.nn.relu})
    expected = [float(gradient) for gradient in tape.gradient(out, [a, b])]
    leaves = intro.Value(1.3), intro.Value(-0.4)
    tangled(*leaves, METHODS).backward()
    np.testing.assert_allclose([leaf.grad for leaf in leaves], expected, rtol=1e-12)


def test_backward_from_two_roots_that_share_an_inner_node_adds_each_once(intro):
    """For 3m and 5m with m = x * x, the second call must not count the first again."""
    x = intro.Value(2.0)
    m = x * x
    (3.0 * m).backward()
    (5.0 * m).backward()
    assert (x.grad, m.grad) == (8.0 * 2.0 * 2.0, 8.0)


def test_backward_through_a_ladder_of_diamonds_visits_each_node_once(intro):
    """Sixty doublings: one visit per path would be 2**60 of them."""
    x = node = intro.Value(1.0)
    for _ in range(60):
        node = node + node
    node.backward()
    assert x.grad == 2.0**60


def test_backward_through_a_chain_of_twenty_thousand_nodes_needs_no_deep_stack(intro):
    """Python ends at a depth of 1,000 calls."""
    x = node = intro.Value(1.0)
    for _ in range(20_000):
        node = node + 1.0
    node.backward()
    assert x.grad == 1.0


def test_graph_stats_of_random_graphs_agree_with_enumerated_paths(intro, rng):
    """All paths from the root, one by one; the graph is kept as plain numbers beside."""
    for size in range(1, 12):
        operands = [rng.integers(0, i, rng.integers(1, 4)).tolist() if i else [] for i in range(size)]
        nodes = []
        for row in operands:
            nodes.append(intro.Value(0.0, tuple(nodes[i] for i in row)))
        paths = list(paths_from(size - 1, operands))
        edges = {edge for path in paths for edge in itertools.pairwise(path)}
        assert intro.graph_stats(nodes[-1]) == {
            "nodes": len(set(itertools.chain(*paths))),
            "edges": len(edges),
            "depth": max(map(len, paths)) - 1,
        }


def paths_from(node, operands):
    """Yield every path down from a node to a leaf."""
    if not operands[node]:
        yield (node,)
    for child in operands[node]:
        for rest in paths_from(child, operands):
            yield (node, *rest)


# I5


class Activation:
    """A number in a box that can be weakly referenced, so that those alive can be counted."""

    def __init__(self, number):
        self.number = number


class Chain:
    """x -> sin(x) + i, with calls and living activations counted."""

    def __init__(self, length):
        self.alive = weakref.WeakSet()
        self.calls = self.peak = 0
        self.fs = [lambda x, i=i: self.forward(x, i) for i in range(length)]
        self.vjps = [lambda x, g: g * math.cos(x.number) for _ in range(length)]

    def box(self, number):
        """Return a new activation, and count those alive."""
        activation = Activation(number)
        self.alive.add(activation)
        self.peak = max(self.peak, len(self.alive))
        return activation

    def forward(self, x, i):
        """Return the next activation, and count the call."""
        self.calls += 1
        return self.box(math.sin(x.number) + i)


@pytest.mark.parametrize("every", [1, 2, 3, 4, 7, 10, 12])
def test_checkpointed_vjp_of_a_chain_agrees_with_differences_within_its_memory(intro, every):
    """Right for every spacing; calls and living activations counted outside, and reported rightly."""
    n, chain = 10, Chain(10)

    def value(number):
        for i in range(n):
            number = math.sin(number) + i
        return number

    y, gx, cost = intro.checkpointed_vjp(chain.fs, chain.vjps, chain.box(0.3), 2.0, every)
    h = 1e-6
    assert y.number == value(0.3)
    assert gx == pytest.approx(2.0 * (value(0.3 + h) - value(0.3 - h)) / (2 * h), rel=1e-6)
    assert cost["forward_calls"] == chain.calls <= 2 * n
    assert cost["peak_saved"] <= chain.peak <= math.ceil(n / every) + every + 1


# I6 and I7


def network(weights, x):
    """Return softmax(tanh(x w + b) v + c), written out."""
    w, b, v, c = weights
    scores = np.exp(np.tanh(x @ w + b) @ v + c)
    return scores / scores.sum(axis=1, keepdims=True)


def loss(weights, x, y):
    """Return the mean cross-entropy of the network."""
    return -np.mean(np.log(network(weights, x)[np.arange(len(y)), y]))


@pytest.fixture(scope="module")
def keras():
    """Return Keras, or skip."""
    return pytest.importorskip("keras")


def test_mlp_built_with_a_seed_is_the_network_of_its_weights(intro, keras, rng):
    """Both activations by value; the parameter count by hand."""
    model = intro.build_mlp(5, 7, 3, seed=0)
    x = rng.normal(size=(4, 5)).astype(np.float32)
    assert model.count_params() == (5 + 1) * 7 + (7 + 1) * 3
    np.testing.assert_allclose(model.predict_on_batch(x), network(model.get_weights(), x), atol=1e-6)
    assert float(model.compute_loss(y=np.array([0, 1, 2, 1]), y_pred=model(x))) == pytest.approx(
        loss(model.get_weights(), x, np.array([0, 1, 2, 1])), rel=1e-5
    )


def test_mlp_built_twice_has_the_same_weights_for_the_same_seed_alone(intro, keras):
    """Seed 0 is a seed; None is none."""
    kernels = [intro.build_mlp(5, 7, 3, seed=seed).get_weights() for seed in (0, 0, 1, None, None)]
    np.testing.assert_array_equal(kernels[0][0], kernels[1][0])
    np.testing.assert_array_equal(kernels[0][2], kernels[1][2])
    assert not any(np.array_equal(kernels[i][0], kernels[j][0]) for i, j in [(0, 2), (0, 3), (3, 4)])


def test_train_step_of_a_small_model_agrees_with_differences(intro, keras, rng):
    """Every weight moves by -lr times a central difference of the loss written out; the loss is the one before."""
    model = intro.build_mlp(3, 4, 2, seed=1)
    x, y = rng.normal(size=(6, 3)).astype(np.float32), rng.integers(0, 2, 6)
    before = [w.astype(np.float64) for w in model.get_weights()]
    returned = intro.train_step(model, x, y, 0.5)
    assert returned == pytest.approx(loss(before, x, y), rel=1e-5)
    for weight, moved in zip(before, model.get_weights(), strict=True):
        expected = np.empty_like(weight)
        for place in np.ndindex(weight.shape):
            kept = weight[place]
            weight[place] = kept + 1e-5
            above = loss(before, x, y)
            weight[place] = kept - 1e-5
            expected[place] = kept - 0.5 * (above - loss(before, x, y)) / 2e-5
            weight[place] = kept
        np.testing.assert_allclose(moved, expected, atol=1e-6)


def test_train_step_with_a_frozen_layer_leaves_it_alone(intro, keras, rng):
    """Only trainable variables take a step."""
    model = intro.build_mlp(3, 4, 2, seed=1)
    model.layers[0].trainable = False
    before = model.get_weights()
    intro.train_step(model, rng.normal(size=(6, 3)).astype(np.float32), rng.integers(0, 2, 6), 0.5)
    moved = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert moved == [False, False, True, True]


# I8


class Recorder:
    """A classifier that writes down the rows it was given, and answers with labels drawn at random."""

    def __init__(self, rng):
        self.rng, self.calls = rng, []

    def __call__(self, x_train, y_train, x_test):
        """Answer with random labels."""
        assert np.array_equal(y_train, x_train[:, 0] % 3)
        answer = self.rng.integers(0, 3, len(x_test))
        self.calls.append((x_train[:, 0].tolist(), x_test[:, 0].tolist(), answer))
        return answer


def test_learning_curve_of_a_recorded_classifier_is_computed_from_its_calls(intro, rng):
    """Rows carry their number: splits are disjoint, fixed and fresh, mean and std those of the recorded answers."""
    rows = np.arange(40.0)[:, None]
    recorder = Recorder(rng)
    curve = intro.learning_curve(recorder, rows, np.arange(40) % 3, [5, 12, 30], 4, seed=3)
    sizes = [len(train) for train, _, _ in recorder.calls]
    held_out = {tuple(test) for _, test, _ in recorder.calls}
    assert sizes == [5] * 4 + [12] * 4 + [30] * 4
    assert len(held_out) == 1
    assert len(set(*held_out)) == 10
    assert all(not set(train) & set(test) for train, test, _ in recorder.calls)
    assert len({frozenset(train) for train, _, _ in recorder.calls[:8]}) == 8
    hits = [[answer[i] == row % 3 for i, row in enumerate(test)] for _, test, answer in recorder.calls]
    shares = [[sum(row) / 10 for row in hits[i : i + 4]] for i in (0, 4, 8)]
    np.testing.assert_allclose(curve["mean"], [sum(row) / 4 for row in shares])
    squares = [sum((share - sum(row) / 4) ** 2 for share in row) / 4 for row in shares]
    np.testing.assert_allclose(curve["std"], np.sqrt(squares))


def test_learning_curve_of_a_seed_repeats_itself_and_another_seed_differs(intro, rng):
    """The seed decides the splits, nothing else does."""
    rows = np.arange(40.0)[:, None]
    calls = []
    for seed in (3, 3, 4):
        recorder = Recorder(np.random.default_rng(0))
        intro.learning_curve(recorder, rows, np.arange(40) % 3, [5], 2, seed)
        calls.append([(train, test) for train, test, _ in recorder.calls])
    assert calls[0] == calls[1] != calls[2]
