"""A first Keras model."""

import numpy as np
import pytest

from autograder.rubric import assert_array, assert_close, assert_trains, check, criterion, is_close

D, H, C = 5, 7, 3


SHAPES = [(D, H), (H,), (H, C), (C,)]


def forward(weights, x):
    """Return the probabilities softmax(tanh(x W + b) V + c), written out."""
    W, b, V, c = weights
    scores = np.tanh(x @ W + b) @ V + c
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def random_weights(rng):
    """Return weights of the order of one, with which no activation can be taken for another."""
    return [rng.normal(size=shape).astype(np.float32) for shape in SHAPES]


def built(submission, *args):
    """Return a model that has met one batch, so that it has its weights however it was written."""
    model = submission.build_mlp(*args)
    model.predict_on_batch(np.zeros((2, args[0]), np.float32))
    return model


def places_of(model):
    """Return where W, b, V, c stand among a model's weights: they are told apart by their shapes."""
    shapes = [tuple(length for length in np.shape(weight) if length != 1) for weight in model.get_weights()]
    is_right = sorted(shapes) == sorted(SHAPES)
    check(is_right, f"the model's weights have the shapes {shapes}, expected {SHAPES}.", "model")
    return [shapes.index(shape) for shape in SHAPES]


def kernels_of(model):
    """Return W and V of a model."""
    weights, places = model.get_weights(), places_of(model)
    return [weights[places[0]], weights[places[2]]]


@criterion(
    "build_mlp: layers and activations",
    points=3,
    tests=["build_mlp"],
    uses=("keras",),
    timeout_s=12,
    hint="By value, whatever the layers are called: two layers with a bias each, tanh in the hidden one, softmax in "
    "the last one, and nothing else.",
)
def test_i6_architecture(submission, rng):
    model = built(submission, D, H, C, 3)
    weights, x = random_weights(rng), rng.normal(size=(6, D)).astype(np.float32)
    by_place = dict(zip(places_of(model), weights, strict=True))
    model.set_weights([np.reshape(by_place[i], np.shape(own)) for i, own in enumerate(model.get_weights())])
    output = model.predict_on_batch(x)
    assert_close(np.sum(output, axis=-1), np.ones(6), name="the sums of the outputs of each example", inputs=(x,))
    assert_close(output, forward(weights, x), name="the outputs softmax(tanh(x W + b) V + c)", inputs=(x,))


@criterion(
    "build_mlp: a loss that fits the output",
    points=2,
    tests=["build_mlp"],
    uses=("keras",),
    timeout_s=12,
    hint="The loss is the cross-entropy of integer labels, and knows what the last layer gives it: probabilities with "
    "from_logits=False, logits with from_logits=True.",
)
def test_i6_loss(submission, rng):
    model = built(submission, D, H, C, 3)
    check(model.compiled is True, "the model is not compiled.", "model")
    outputs = assert_array(model.predict_on_batch(rng.normal(0, 3, (6, D)).astype(np.float32)), (6, C), name="outputs")
    # Logits are told from probabilities by numbers below 0 or above 1; whether softmax is missing, i6_architecture asks.
    are_logits = outputs.min() < 0 or outputs.max() > 1
    p, y = rng.dirichlet(np.full(C, 2.0), 6), rng.permutation(np.arange(6) % C)
    loss = model.compute_loss(y=y, y_pred=(np.log(p) + 1 if are_logits else p).astype(np.float32))
    loss = np.sum(loss) - sum(np.sum(part) for part in model.losses)  # what a regulariser adds is no part of it
    name = f"the compiled loss of known {'logits' if are_logits else 'probabilities'}, which the last layer gives"
    assert_close(loss, np.float32(-np.mean(np.log(p[np.arange(6), y]))), name=name)


@criterion(
    "build_mlp: seeds",
    points=2,
    tests=["build_mlp"],
    uses=("keras",),
    timeout_s=12,
    hint="In equal parts: one seed gives the same weights twice, 0 too; two seeds give other weights; each call builds "
    "a fresh model; without a seed the weights are others every time.",
)
@pytest.mark.parametrize("kind", ["same", "other", "fresh", "unseeded"])
def test_i6_seed(submission, kind):
    seeds = {"same": (0, 0), "other": (0, 1), "fresh": (0, 0), "unseeded": (None, None)}[kind]
    model = built(submission, D, H, C, seeds[0])
    first = kernels_of(model)
    if kind == "fresh":
        model.set_weights([np.full(np.shape(weight), 5, np.float32) for weight in model.get_weights()])
    again = kernels_of(built(submission, D, H, C, seeds[1]))
    if kind == "same":
        same = all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
        check(same, "two models with seed 0 have different weights.", "model")
    elif kind == "fresh":
        check(not np.all(again[0] == 5), "setting the weights of the first model sets those of the second.", "model")
    else:
        differ = not any(np.array_equal(*pair) for pair in zip(first, again, strict=True))
        which = "seeds 0 and 1 give" if kind == "other" else "two calls without a seed give"
        check(differ, f"{which} the hidden or the output layer the same weights.", "model")


def bars(rng, n):
    """Return images of 8 x 8 pixels with one bright row in noise, as rows of 64, and which row it is."""
    y = rng.integers(0, 8, n)
    images = rng.normal(0, 0.4, (n, 8, 8)).astype(np.float32)
    images[np.arange(n), y] += 1
    return images.reshape(n, 64), y


@criterion(
    "build_mlp: it learns",
    points=3,
    tests=["build_mlp"],
    uses=("keras",),
    timeout_s=20,
    hint="All layers must be trainable, and their weights must begin at random: hidden units that begin alike stay "
    "alike.",
)
def test_i6_training(submission, rng):
    def accuracy(seed):
        model = built(submission, 64, 32, 8, seed)
        x, y = bars(rng, 512)
        # The loss is ours too: what it was compiled with is graded by itself. A model of scores keeps its own.
        if is_close(np.sum(model.predict_on_batch(x[:4]), axis=-1), np.ones(4)):
            model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        model.optimizer.learning_rate = 1e-2
        for _ in range(8):
            for batch in np.split(rng.permutation(512), 16):
                model.train_on_batch(x[batch], y[batch])
        held_out, labels = bars(rng, 400)
        return np.mean(np.argmax(model.predict_on_batch(held_out), axis=-1) == labels)

    # Measured over 8 seeds: the reference and other usual initial weights 0.995 to 1.00, weights of zero 0.10 to 0.13.
    assert_trains(accuracy, bar=0.9, seeds=(1, 2))
