"""Accepted: loops in the place of products.

file: regression.py
loses:
"""


def predict(x, w, b):
    return np.array([sum(x[n, d] * w[d] for d in range(len(w))) + b for n in range(len(x))])


def loss_and_gradient(x, y, w, b):
    error = [p - t for p, t in zip(predict(x, w, b), y)]
    dw = np.array([sum(2 * e * row[d] for e, row in zip(error, x)) / len(y) for d in range(len(w))])
    return sum(e * e for e in error) / len(y), dw, sum(2 * e for e in error) / len(y)
