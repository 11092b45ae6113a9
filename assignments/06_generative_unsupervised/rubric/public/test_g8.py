"""A small variational auto-encoder in Keras"""

import numpy as np

from autograder.rubric import assert_array, check, criterion, unpack


@criterion(
    "build_vae and train_vae: stripes",
    points=2,
    tests=["build_vae", "train_vae"],
    uses=("keras",),
    timeout_s=20,
    hint="The encoder has 2 * latent_dim outputs, the decoder input_dim; the history has one number for each epoch, in nats per image, "
    "and falls.",
)
def test_g8_example(submission):
    encoder, decoder = unpack(submission.build_vae.keep(4, 2), "encoder decoder", of="build_vae")
    X = np.tile(np.array([[1, 1, 0, 0], [0, 0, 1, 1]], np.float32), (64, 1))
    assert_array(encoder.predict_on_batch(X[:6]), (6, 4), name="output of the encoder", axes="N 2d")
    assert_array(decoder.predict_on_batch(np.ones((6, 2), np.float32)), (6, 4), name="output of the decoder", axes="N D")
    history = submission.train_vae(encoder, decoder, X, 6, 16, 0.01, 0)
    history = assert_array(np.array(history), (6,), name="history", axes="epochs")
    check(bool(np.all(history > np.log(2.0))), "history: less than log 2 is impossible, for there are two images.", "wrong values")
    check(float(history[5]) < float(history[0]) - 0.2, f"history: from {history[0]:.3g} it should fall, and ends at {history[5]:.3g}.", "training")
