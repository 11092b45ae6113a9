"""M01-1: dx keeps the shape of the rows instead of the shape of x.

file: layers.py
loses: b1_example_backward, b1_backward_values, b1_gradient, b7_training
"""


def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T)
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db
