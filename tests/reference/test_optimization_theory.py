# ruff: noqa: N803, N806 - matrices have capital letters, as in the reference
"""The reference of 05_optimization_theory against oracles that share no code with it.

Keras' optimizers and schedules, TensorFlow's clipping and differentiation, powers of the iteration matrix for the runs,
Horn's quaternions [1]_ for Kabsch's rotation, and the closed form of the oscillator for leapfrog. Keras computes its
step sizes in float32, hence 1e-6 there; everything else is float64.

.. [1] B. K. P. Horn, "Closed-form solution of absolute orientation using unit quaternions", JOSA A 4, 1987.
"""

import doctest
import importlib
import itertools
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "05_optimization_theory"
FILES = ("optim", "theory")
SINGLE = {"rtol": 1e-5, "atol": 1e-6}


@pytest.fixture(scope="module")
def reference():
    """Import both files of the reference as a student's would be, and forget them afterwards."""
    before = {name: sys.modules.pop(name, None) for name in FILES}
    sys.path.insert(0, str(FOLDER))
    try:
        yield tuple(importlib.import_module(name) for name in FILES)
    finally:
        sys.path.remove(str(FOLDER))
        for name in FILES:
            sys.modules.pop(name, None)
        sys.modules.update({name: module for name, module in before.items() if module is not None})


@pytest.fixture(scope="module")
def optim(reference):
    """Return the rules of the reference."""
    return reference[0]


@pytest.fixture(scope="module")
def theory(reference):
    """Return the theory of the reference."""
    return reference[1]


@pytest.fixture(scope="module")
def tf():
    """Import TensorFlow, the oracle; its own import warns of its own affairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("tensorflow")


@pytest.fixture
def rng():
    """Make a generator whose draws are the same in every run."""
    return np.random.default_rng(5)


def path_of(rule, w, feeds, config):
    """Return w after every step of a rule."""
    path = []
    for feed in feeds:
        w, config = rule(w, feed, config)
        path.append(w)
    return np.array(path)


def path_by_keras(tf, optimizer, w, gradients):
    """Return the same of an optimizer of Keras."""
    variable, path = tf.Variable(w), []
    for dw in gradients:
        optimizer.apply_gradients([(tf.constant(dw), variable)])
        path.append(variable.numpy())
    return np.array(path)


def spd(rng, eigenvalues):
    """Return a symmetric matrix with these eigenvalues."""
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    return Q @ np.diag(eigenvalues) @ Q.T


@pytest.mark.parametrize("name", FILES)
def test_reference_docstring_examples_run(reference, name):
    """Every example in a docstring shows what the function really returns."""
    assert doctest.testmod(reference[FILES.index(name)]).failed == 0


# O1 to O3


@pytest.mark.parametrize(
    ("rule", "keras_name", "config", "options"),
    [
        ("sgd", "SGD", {}, {}),
        ("sgd_momentum", "SGD", {"momentum": 0.8}, {"momentum": 0.8}),
        ("rmsprop", "RMSprop", {"decay_rate": 0.7, "epsilon": 0.0}, {"rho": 0.7, "epsilon": 0.0}),
        ("adam", "Adam", {"beta1": 0.6, "beta2": 0.9}, {"beta_1": 0.6, "beta_2": 0.9, "epsilon": 1e-8}),
        ("adamw", "AdamW", {"weight_decay": 0.3}, {"weight_decay": 0.3, "epsilon": 1e-8}),
    ],
)
def test_rule_for_six_steps_agrees_with_keras(optim, tf, rng, rule, keras_name, config, options):
    """A path of six steps is that of the optimizer of the same name."""
    w, gradients = rng.normal(size=(3, 2)), rng.normal(size=(6, 3, 2))
    optimizer = getattr(tf.keras.optimizers, keras_name)(learning_rate=0.05, **options)
    actual = path_of(getattr(optim, rule), w, gradients, {"learning_rate": 0.05} | config)
    np.testing.assert_allclose(actual, path_by_keras(tf, optimizer, w, gradients), **SINGLE)


@pytest.mark.parametrize("rule", ["rmsprop", "adam"])
def test_adaptive_rule_with_a_large_epsilon_agrees_with_arithmetic(optim, rule):
    """One step of one number, written out: epsilon is added to the root."""
    g, epsilon = 1e-6, 1e-3
    size = {"rmsprop": g * math.sqrt(1 - 0.99), "adam": g}[rule]  # the root of the cache, or of the corrected v
    next_w, _ = getattr(optim, rule)(np.array([0.0]), np.array([g]), {"learning_rate": 1.0, "epsilon": epsilon})
    assert next_w == pytest.approx(-g / (size + epsilon), rel=1e-12)


@pytest.mark.parametrize("rule", ["sgd_momentum", "rmsprop", "adam", "adamw"])
def test_rule_restarted_from_its_config_goes_on(optim, rng, rule):
    """Nothing but the config is remembered: interleaved with another parameter, a path stays what it is."""
    function, (w, v) = getattr(optim, rule), rng.normal(size=(2, 4))
    gradients = rng.normal(size=(5, 4))
    expected = path_of(function, w, gradients, None)
    config = other = None
    for dw, due in zip(gradients, expected, strict=True):
        w, config = function(w, dw, config)
        v, other = function(v, -3 * dw, other)
        np.testing.assert_array_equal(w, due)


def test_nesterov_seen_from_its_lookahead_point_agrees_with_keras(optim, tf, rng):
    """Keras stores the look-ahead point: y = w + momentum * velocity of the textbook's form."""
    curvature, w, config = rng.uniform(0.5, 2, size=5), rng.normal(size=5), {"learning_rate": 0.1, "momentum": 0.8}
    optimizer, y = tf.keras.optimizers.SGD(0.1, momentum=0.8, nesterov=True), tf.Variable(w)
    for _ in range(6):
        optimizer.apply_gradients([(curvature * tf.sin(y), y)])
        w, config = optim.nesterov(w, lambda point: curvature * np.sin(point), config)
        np.testing.assert_allclose(w + 0.8 * config["velocity"], y.numpy(), **SINGLE)


@pytest.mark.parametrize(("warmup", "total", "min_lr"), [(5, 20, 0.0), (3, 13, 0.2), (1, 4, 0.0)])
def test_warmup_cosine_agrees_with_keras(optim, tf, warmup, total, min_lr):
    """Every step of the schedule, and some after its end."""
    schedule = tf.keras.optimizers.schedules.CosineDecay(
        0.0, total - warmup, alpha=min_lr / 0.8, warmup_target=0.8, warmup_steps=warmup
    )
    for step in range(total + 5):
        expected = float(schedule(step))
        assert optim.warmup_cosine(step, 0.8, warmup, total, min_lr) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_warmup_cosine_without_warmup_begins_at_its_largest(optim):
    """No division by a warm-up of 0 steps."""
    assert [optim.warmup_cosine(step, 2.0, 0, 4) for step in (0, 2, 4, 9)] == pytest.approx([2.0, 1.0, 0.0, 0.0])


@pytest.mark.parametrize("max_norm", [0.3, 4.0, 100.0])
def test_clip_grad_norm_agrees_with_tensorflow(optim, tf, rng, max_norm):
    """Gradients of several shapes have one norm."""
    grads = [rng.normal(size=shape) for shape in ((3,), (2, 5), (1, 2, 2))]
    clipped, norm = optim.clip_grad_norm(grads, max_norm)
    expected, expected_norm = tf.clip_by_global_norm([tf.constant(g) for g in grads], max_norm)
    assert norm == pytest.approx(float(expected_norm), rel=1e-12)
    for got, want in zip(clipped, expected, strict=True):
        np.testing.assert_allclose(got, want.numpy(), rtol=1e-12)


def test_clip_grad_norm_of_zeros_is_zeros(optim):
    """No division by a norm of 0."""
    clipped, norm = optim.clip_grad_norm([np.zeros(3)], 1.0)
    assert norm == 0.0
    np.testing.assert_array_equal(clipped[0], np.zeros(3))


# O4


def spectral_radius(eigenvalues, lr, momentum):
    """Return the largest absolute eigenvalue of a step of the heavy ball, as a map of (x_k, x_{k-1})."""
    steps = [np.array([[1 - lr * value + momentum, -momentum], [1.0, 0.0]]) for value in eigenvalues]
    return max(float(np.max(np.abs(np.linalg.eigvals(step)))) for step in steps)


@pytest.mark.parametrize("eigenvalues", [(1.0, 9.0), (0.1, 0.5, 3.0), (2.0, 2.0)])
def test_optimal_settings_cannot_be_improved(theory, rng, eigenvalues):
    """The rates are the spectral radii of a step, and no settings of a fine grid have a smaller one."""
    A = spd(rng, eigenvalues)
    best = theory.optimal_gd(A)
    assert spectral_radius(eigenvalues, best["lr"], 0.0) == pytest.approx(best["rate"], abs=1e-9)
    factors = np.linspace(0.8, 1.2, 21)
    assert min(spectral_radius(eigenvalues, f * best["lr"], 0.0) for f in factors) >= best["rate"] - 1e-9

    ball = theory.optimal_heavy_ball(A)
    # A double eigenvalue is found to the root of the precision.
    assert spectral_radius(eigenvalues, ball["lr"], ball["momentum"]) == pytest.approx(ball["rate"], abs=1e-6)
    grid = itertools.product(factors * ball["lr"], np.clip(factors * ball["momentum"], 0, 1))
    assert min(spectral_radius(eigenvalues, *settings) for settings in grid) >= ball["rate"] - 1e-6


@pytest.mark.parametrize("momentum", [0.0, 0.6])
def test_runs_agree_with_powers_of_the_iteration_matrix(theory, rng, momentum):
    """A step is a linear map of (x_k, x_{k-1}), so k steps are its k-th power."""
    A, x0, lr = spd(rng, (0.3, 1.0, 2.5)), rng.normal(size=3), 0.3
    step = np.block([[(1 + momentum) * np.eye(3) - lr * A, -momentum * np.eye(3)], [np.eye(3), np.zeros((3, 3))]])
    start = np.concatenate([x0, x0])
    expected = [np.linalg.norm((np.linalg.matrix_power(step, k) @ start)[:3]) for k in range(8)]
    actual = theory.run_heavy_ball(A, x0, 7, lr, momentum) if momentum else theory.run_gd(A, x0, 7, lr)
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


def test_run_sgd_without_noise_is_run_gd(theory, rng):
    """The generator is used all the same, and changes nothing."""
    A, x0 = spd(rng, (0.3, 2.0)), rng.normal(size=2)
    np.testing.assert_allclose(theory.run_sgd(A, x0, 9, 0.4, 0.0, rng), theory.run_gd(A, x0, 9, 0.4), rtol=1e-14)


def test_run_sgd_settles_at_the_stationary_variance(theory, rng):
    """With curvature 2, learning rate 0.3 and noise 0.5: 0.3 * 0.25 / (2 * 1.4), to 6 standard deviations."""
    norms = theory.run_sgd(2 * np.eye(300), np.zeros(300), 300, 0.3, 0.5, rng)
    values = norms[50:] ** 2 / 300
    assert np.mean(values) == pytest.approx(0.3 * 0.25 / (2 * 1.4), rel=6 * math.sqrt(2 / (300 * 251)) * 1.5)


# O5 and O6


def test_hvp_agrees_with_tensorflow_forward_over_backward(theory, tf, rng):
    """The product of TensorFlow is exact; the central difference is off by order eps squared."""
    M, w, v = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
    point = tf.Variable(w)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = tf.reduce_sum(tf.sin(tf.linalg.matvec(M, point)) ** 2)
        slope = tf.reduce_sum(inner.gradient(loss, point) * v)
    exact = outer.gradient(slope, point).numpy()

    def grad_fn(w):
        return M.T @ np.sin(2 * (M @ w))

    np.testing.assert_allclose(theory.hvp(grad_fn, w, v), exact, atol=1e-5)


@pytest.mark.parametrize("largest", [2.0, -2.0, 1e150, -1e-150])
def test_max_eig_finds_value_and_vector_of_largest_absolute_value(theory, rng, largest):
    """Against a full decomposition; sign and size of the eigenvalue do not matter."""
    H = spd(rng, largest * np.array([1.0, -0.6, 0.5, 0.1]))
    lam, vec = theory.max_eig(lambda v: H @ v, 4)
    values, vectors = np.linalg.eigh(H / abs(largest))
    k = int(np.argmax(np.abs(values)))
    assert lam == pytest.approx(values[k] * abs(largest), rel=1e-9)
    assert abs(vec @ vectors[:, k]) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("mode", "variance"), [("xavier", 2 / 500), ("he", 2 / 200)])
def test_init_weights_has_mean_zero_and_the_stated_variance(theory, rng, mode, variance):
    """60,000 draws: six standard deviations of mean and variance."""
    W = theory.init_weights(200, 300, mode, rng)
    assert W.shape == (200, 300)
    assert np.mean(W) == pytest.approx(0.0, abs=6 * math.sqrt(variance / W.size))
    assert np.var(W) == pytest.approx(variance, rel=6 * math.sqrt(2 / W.size))


@pytest.mark.parametrize(
    ("mode", "act", "due"),
    [("he", "relu", 1.0), ("xavier", "relu", 0.5), ("xavier", "linear", 1.0), ("xavier", "tanh", 0.3943)],
)
def test_propagate_variance_of_the_first_layer_is_a_gaussian_integral(theory, mode, act, due):
    """The mean of act(z)^2 over a normal z of variance 1 (he: 2), where 0.3943 is the integral for tanh."""
    z = np.linspace(-9, 9, 20001)
    if act == "tanh":
        density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        assert float(np.sum(np.tanh(z) ** 2 * density) * (z[1] - z[0])) == pytest.approx(due, abs=1e-4)
    assert theory.propagate_variance(1, 256, mode, act, 200, 3) == pytest.approx([due], rel=0.1)


def test_propagate_variance_of_zero_weights_is_zero(theory):
    """Nothing comes through."""
    assert theory.propagate_variance(4, 8, "zeros", "linear", 3, 0).tolist() == [0.0] * 4


# O7


def signed_dihedral(a, b, c, d):
    """Return a torsion angle by projecting both ends on the plane across the middle bond."""
    axis = (c - b) / np.linalg.norm(c - b)
    near, far = ((x - (x @ axis) * axis) for x in (a - b, d - c))
    cosine = near @ far / (np.linalg.norm(near) * np.linalg.norm(far))
    return math.copysign(math.acos(np.clip(cosine, -1, 1)), np.cross(near, far) @ axis)


def test_torsions_to_coords_has_the_bonds_angles_and_torsions_asked_for(theory, rng):
    """Measured by the law of cosines and by projection; clockwise, seen along the bond, is positive."""
    phi = rng.uniform(-3, 3, size=30)
    X = theory.torsions_to_coords(phi, bond=1.3, angle_deg=105.0)
    between = [np.linalg.norm(X[1:] - X[:-1], axis=1), np.linalg.norm(X[2:] - X[:-2], axis=1)]
    np.testing.assert_allclose(between[0], 1.3, rtol=1e-12)
    np.testing.assert_allclose(between[1], 2 * 1.3 * math.sin(math.radians(52.5)), rtol=1e-12)
    np.testing.assert_allclose([signed_dihedral(*X[i : i + 4]) for i in range(30)], phi, atol=1e-9)


def test_torsions_to_coords_of_a_right_handed_helix_turns_right(theory):
    """The torsions of an alpha helix of C-alpha atoms, +50 degrees, give a right-handed screw."""
    X = theory.torsions_to_coords(np.full(40, math.radians(50)), bond=3.8, angle_deg=91.0)
    axis = X[-1] - X[0]
    around = np.cross(X[1:-1] - X[:-2], X[2:] - X[1:-1]).sum(axis=0)
    assert around @ axis > 0


@pytest.mark.parametrize("spread", [(1.0, 2.0, 0.5), (1.0, 1.0, 0.0)])
def test_classical_mds_of_exact_distances_gives_them_back(theory, rng, spread):
    """Also for points in a plane, whose third eigenvalue is rounding."""
    points = rng.normal(size=(9, 3)) * np.array(spread)
    D = np.linalg.norm(points[:, None] - points[None], axis=2)
    X = theory.classical_mds(D)
    np.testing.assert_allclose(np.linalg.norm(X[:, None] - X[None], axis=2), D, atol=1e-7)


def test_stress_and_grad_agrees_with_a_loop_and_tensorflow(theory, tf, rng):
    """Every pair once; the diagonal does not count."""
    X, D, W = 2 * rng.normal(size=(6, 3)), rng.uniform(0.5, 2, (6, 6)), rng.uniform(0.5, 2, (6, 6))
    D, W = D + D.T, W + W.T
    point = tf.Variable(X)
    with tf.GradientTape() as tape:
        expected = tf.add_n(
            [W[i, j] * (tf.norm(point[i] - point[j]) - D[i, j]) ** 2 for i, j in itertools.combinations(range(6), 2)]
        )
    stress, dX = theory.stress_and_grad(X, D, W)
    assert stress == pytest.approx(float(expected), rel=1e-12)
    np.testing.assert_allclose(dX, tf.convert_to_tensor(tape.gradient(expected, point)).numpy(), rtol=1e-10)


def rmsd_by_quaternions(P, Q):
    """Return the rmsd after the best proper rotation: the largest eigenvalue of Horn's matrix."""
    P, Q = P - P.mean(axis=0), Q - Q.mean(axis=0)
    S = P.T @ Q
    A = S - S.T
    delta = np.array([A[1, 2], A[2, 0], A[0, 1]])
    N = np.zeros((4, 4))
    N[0, 0], N[0, 1:], N[1:, 0] = np.trace(S), delta, delta
    N[1:, 1:] = S + S.T - np.trace(S) * np.eye(3)
    largest = np.linalg.eigvalsh(N)[-1]
    return math.sqrt(max(0.0, (np.sum(P**2) + np.sum(Q**2) - 2 * largest) / len(P)))


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_kabsch_rmsd_agrees_with_quaternions(theory, rng, mirror):
    """Quaternions know no reflections; a mirror image is far away for both."""
    P = rng.normal(size=(8, 3))
    Q = P @ np.linalg.qr(rng.normal(size=(3, 3)))[0] * np.array([1.0, 1.0, mirror]) + 0.1 * rng.normal(size=(8, 3))
    assert theory.kabsch_rmsd(P, Q) == pytest.approx(rmsd_by_quaternions(P, Q), rel=1e-9)


# O8


@pytest.mark.parametrize("n", [0, 1, 50])
def test_leapfrog_of_an_oscillator_agrees_with_its_closed_form(theory, n):
    """A step is a rotation in scaled coordinates, with the angle acos(1 - x) for x = k dt^2 / 2."""
    k, dt, q0, p0 = 2.5, 0.1, 0.7, -1.3
    x = k * dt**2 / 2
    angle, scale = n * math.acos(1 - x), math.sqrt(k * (1 - x / 2))
    q, p = theory.leapfrog(lambda q: k * q, np.array([q0]), np.array([p0]), dt, n)
    assert q == pytest.approx(q0 * math.cos(angle) + p0 / scale * math.sin(angle), rel=1e-10)
    assert p == pytest.approx(p0 * math.cos(angle) - q0 * scale * math.sin(angle), rel=1e-10)


def test_hnn_field_of_an_oscillator_is_its_motion(theory):
    """H = (9 q^2 + p^2) / 2 gives dq/dt = p and dp/dt = -9 q."""
    z = np.array([1.0, 2.0, -3.0, 4.0])
    scale = np.array([9.0, 9.0, 1.0, 1.0])
    assert theory.hnn_field(lambda z: scale * z, z).tolist() == [-3.0, 4.0, -9.0, -18.0]


def test_pinn_residual_agrees_with_tensorflow_twice(theory, tf, rng):
    """The second derivative by two tapes."""
    params = {name: rng.normal(size=5) for name in "abc"} | {"d": 0.3, "omega": 1.7}
    t = tf.Variable(rng.normal(size=7))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            u = tf.linalg.matvec(tf.tanh(t[:, None] * params["a"] + params["b"]), params["c"]) + params["d"]
        slope = inner.gradient(u, t)
    expected = outer.gradient(slope, t) + 1.7**2 * u
    np.testing.assert_allclose(theory.pinn_residual(params, t.numpy()), expected.numpy(), rtol=1e-10, atol=1e-12)


def test_no_function_of_the_reference_changes_its_arguments(optim, theory, rng):
    """Whoever writes into an array that is locked raises; a config that is passed in stays as it is."""
    w, dw, P = rng.normal(size=4), rng.normal(size=4), rng.normal(size=(4, 3))
    A, D = spd(rng, (1.0, 2.0, 3.0, 4.0)), np.ones((4, 4))
    for array in (w, dw, P, A, D):
        array.setflags(write=False)
    for rule in (optim.sgd, optim.sgd_momentum, optim.rmsprop, optim.adam, optim.adamw):
        config = {"learning_rate": 0.1}
        rule(w, dw, config)
        assert config == {"learning_rate": 0.1}
    optim.nesterov(w, np.sin, None)
    optim.clip_grad_norm([w, dw], 0.1)
    theory.run_gd(A, w, 2, 0.1)
    theory.run_heavy_ball(A, w, 2, 0.1, 0.5)
    theory.run_sgd(A, w, 2, 0.1, 0.5, rng)
    theory.hvp(np.sin, w, dw)
    theory.classical_mds(D)
    theory.stress_and_grad(P, D, D)
    theory.kabsch_rmsd(P, P[:, ::-1])
    theory.leapfrog(np.sin, w, dw, 0.1, 2)
    theory.hnn_field(np.sin, w)
