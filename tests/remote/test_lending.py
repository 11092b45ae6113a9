"""Generators and models that go into a candidate."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.frameworks.keras_models import describe_model


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_generator_as_argument_continues_from_its_state(load, bits):
    """The candidate draws what the examiner would have drawn, and the examiner's own generator stays where it is."""
    submission = load("def draw(rng): return rng.standard_normal(3)")
    rng = np.random.Generator(getattr(np.random, bits)(3))
    rng.random(7)
    drawn = submission.draw(rng)
    assert np.array_equal(drawn, rng.standard_normal(3))


def test_generator_of_the_old_kind_crosses_too(load):
    """RandomState, with the half of a normal pair that it holds back."""
    rng = np.random.RandomState(5)
    rng.standard_normal()
    drawn = load("def draw(rng): return rng.standard_normal(3)").draw(rng)
    assert np.array_equal(drawn, rng.standard_normal(3))


def test_generator_of_the_criterion_never_crosses(load):
    """With its state a submission could foresee hidden inputs."""
    rng = np.random.default_rng(0)
    submission = load("def draw(rng): return 1")
    submission.withhold(rng)
    for argument in (rng, [rng], np.random.Generator(rng.bit_generator)):
        with pytest.raises(TypeError, match=r"never goes into a candidate: use submission\.rng\(\)"):
            submission.draw(argument)


@pytest.fixture(scope="module")
def keras():
    """Keras, where it is installed."""
    return pytest.importorskip("keras", reason="needs Keras")


@pytest.fixture
def mlp(keras):
    """A small compiled classifier with a trained optimizer."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(2, "softmax")])
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    rng = np.random.default_rng(0)
    model.train_on_batch(rng.normal(size=(8, 3)), rng.integers(0, 2, 8))
    return model


STEP = """
def outputs(model, x): return model.predict_on_batch(x)
def step(model, x, y):
    model.train_on_batch(x, y)
    return model.get_weights()
def look(model): return model.layers[0].units, type(model.loss).__name__, model.optimizer.iterations
"""


def test_model_lent_gives_the_same_outputs_and_trains_alike(load, mlp):
    """Configuration, weights, loss and the optimizer's state arrive."""
    submission = load(STEP)
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(8, 3)).astype("f4"), rng.integers(0, 2, 8)
    lent = submission.lend_model(mlp)
    assert np.array_equal(submission.outputs(lent, x), mlp.predict_on_batch(x))
    units, loss, iterations = submission.look(lent)
    assert (units, loss, int(iterations)) == (4, "SparseCategoricalCrossentropy", 1)
    mlp.train_on_batch(x, y)
    for got, expected in zip(submission.step(lent, x, y), mlp.get_weights(), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_model_as_argument_is_lent_by_itself(load, mlp):
    """A rubric hands a model over like anything else."""
    x = np.ones((1, 3), "f4")
    assert np.array_equal(load(STEP).outputs(mlp, x), mlp.predict_on_batch(x))


def test_model_of_the_submission_is_a_handle_of_which_everything_can_be_asked(load, keras):
    """Layers, units, activations and losses are read where the model lives."""
    submission = load("""
        import keras
        def build():
            model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh")])
            model.compile(loss="mse")
            return model
    """)
    model = submission.build()
    (layer,) = model.layers
    assert (layer.type_name, layer.units, layer.activation.__name__) == ("Dense", 4, "tanh")
    assert model.count_params() == 16
    assert model.loss == "mse"
    assert model.predict_on_batch(np.zeros((2, 3))).shape == (2, 4)
    assert model.get_weights()[0].shape == (3, 4)


def test_model_with_something_not_of_keras_is_refused_by_name(keras):
    """Lambda layers, classes of one's own, functions as loss."""
    inputs = keras.Input((2,))
    with pytest.raises(TypeError, match="`twice` is a Lambda: only Keras' own layers, and no Lambda, can be lent"):
        describe_model(keras.Model(inputs, keras.layers.Lambda(lambda x: 2 * x, name="twice")(inputs)))

    class Mine(keras.layers.Dense):
        pass

    with pytest.raises(TypeError, match="`my_layer` is a Mine"):
        describe_model(keras.Sequential([inputs, Mine(2, name="my_layer")]))

    def odd(y_true, y_pred):
        return keras.ops.mean(y_true - y_pred)

    model = keras.Sequential([inputs, keras.layers.Dense(1)], name="regression")
    model.compile(loss=odd)
    with pytest.raises(TypeError, match="`regression` uses the function `odd`"):
        describe_model(model)
    model.compile(loss=lambda y_true, y_pred: 0.0)
    with pytest.raises(TypeError, match="`regression` uses a lambda"):
        describe_model(model)
    with pytest.raises(TypeError, match="uses the function"):
        describe_model(keras.Sequential([inputs, keras.layers.Dense(1, activation=odd)]))
