"""M01-1: db has the shape (1, M) instead of (M,).

file: layers.py
loses: b1_example_backward, b1_backward_values, b1_gradient, b7_training
"""


def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(axis=0, keepdims=True)
    return dx, dw, db
