"""The checks of the rubric as plain functions: what an author writes for Otter, nbgrader or pytest.

The same calls on arrays of the same sizes, compared with the same expected values, without a reference behind a wall.
"""

import numpy as np


def check_relu_backward(relu_backward):
    rng = np.random.default_rng(1)
    x, dout = rng.normal(size=(16, 20)), rng.normal(size=(16, 20))
    x[0] = 0
    np.testing.assert_allclose(relu_backward(dout, x), np.where(x > 0, dout, 0), rtol=1e-7, atol=1e-7)


def check_affine_forward(affine_forward):
    rng = np.random.default_rng(2)
    x, w, b = rng.normal(size=(16, 20)), rng.normal(size=(20, 8)), rng.normal(size=8)
    out, _ = affine_forward(x, w, b)
    np.testing.assert_allclose(out, x @ w + b, rtol=1e-7, atol=1e-7)


def check_affine_backward(affine_forward, affine_backward):
    rng = np.random.default_rng(3)
    x, w, b = rng.normal(size=(16, 20)), rng.normal(size=(20, 8)), rng.normal(size=8)
    dout = rng.normal(size=(16, 8))
    _, cache = affine_forward(x, w, b)
    dx, dw, db = affine_backward(dout, cache)
    np.testing.assert_allclose(dx, dout @ w.T, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(dw, x.T @ dout, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(db, dout.sum(axis=0), rtol=1e-7, atol=1e-7)


def check_softmax(softmax):
    rng = np.random.default_rng(4)
    z = 1000 * rng.normal(size=(16, 8))
    e = np.exp(z - z.max(axis=1, keepdims=True))
    np.testing.assert_allclose(softmax(z), e / e.sum(axis=1, keepdims=True), rtol=1e-7, atol=1e-7)


def check_softmax_loss(softmax_loss):
    rng = np.random.default_rng(5)
    z, y = rng.normal(size=(16, 8)), rng.integers(0, 8, 16)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss, dz = softmax_loss(z, y)
    np.testing.assert_allclose(loss, -np.log(p[np.arange(16), y]).mean(), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(dz, (p - np.eye(8)[y]) / 16, rtol=1e-7, atol=1e-7)


def check_fit(build_classifier):
    rng = np.random.default_rng(6)
    model = build_classifier(20, 16, 8)
    assert model.count_params() == 472
    x, y = rng.normal(size=(128, 20)).astype(np.float32), rng.integers(0, 8, 128)
    model.fit(x, y, batch_size=32, epochs=1, verbose=0)
    w1, b1, w2, b2 = model.get_weights()
    z = np.tanh(x @ w1 + b1) @ w2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    np.testing.assert_allclose(model.predict(x, verbose=0), e / e.sum(axis=1, keepdims=True), rtol=1e-4, atol=1e-4)


def check_batch(build_classifier):
    rng = np.random.default_rng(6)
    model = build_classifier(20, 16, 8)
    assert model.count_params() == 472
    w1, b1, w2, b2 = model.get_weights()
    x = rng.normal(size=(32, 20)).astype(np.float32)
    z = np.tanh(x @ w1 + b1) @ w2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    np.testing.assert_allclose(model.predict_on_batch(x), e / e.sum(axis=1, keepdims=True), rtol=1e-4, atol=1e-4)
