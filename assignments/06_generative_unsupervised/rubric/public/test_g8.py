"""A small variational auto-encoder in Keras"""

import json

import numpy as np

from autograder.rubric import assert_array, check, criterion, unpack


@criterion(
    "build_vae: two halves",
    points=1,
    tests=["build_vae"],
    uses=("keras",),
    timeout_s=20,
    hint="The encoder has input_dim inputs and 2 * latent_dim outputs, the decoder latent_dim inputs and input_dim outputs.",
)
def test_g8_example(submission):
    encoder, decoder = unpack(submission.build_vae.keep(4, 2), "encoder decoder", of="build_vae")
    X = np.tile(np.array([[1, 1, 0, 0], [0, 0, 1, 1]], np.float32), (3, 1))
    assert_array(encoder.predict_on_batch(X), (6, 4), name="output of the encoder", axes="N 2d")
    assert_array(decoder.predict_on_batch(np.ones((6, 2), np.float32)), (6, 4), name="output of the decoder", axes="N D")


def dense(submission, inputs, outputs, size):
    """Make a model of one dense layer in the candidate, with small weights."""
    layers = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, inputs]}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"units": outputs}},
    ]
    config = json.dumps({"module": "keras", "class_name": "Sequential", "config": {"name": "half", "layers": layers}})
    kernel = size * np.cos(np.arange(inputs * outputs)).reshape(inputs, outputs)
    return submission.lend_model({"config": config, "weights": [kernel.astype(np.float32), np.zeros(outputs, np.float32)]})


@criterion(
    "train_vae: stripes",
    points=1,
    tests=["train_vae"],
    uses=("keras",),
    timeout_s=20,
    hint="The models here are a Dense layer each, not yours: read the width of a code from their shapes. The history has one number for "
    "each epoch, in nats per image, and falls.",
)
def test_g8_example_training(submission):
    encoder, decoder = dense(submission, 4, 4, 0.1), dense(submission, 2, 4, 0.1)
    X = np.tile(np.array([[1, 1, 0, 0], [0, 0, 1, 1]], np.float32), (64, 1))
    history = assert_array(submission.train_vae(encoder, decoder, X, 6, 16, 0.02, 0), (6,), name="history", axes="epochs")
    check(float(history[5]) < float(history[0]) - 0.2, f"history: from {history[0]:.3g} it should fall, and ends at {history[5]:.3g}.", "training")
