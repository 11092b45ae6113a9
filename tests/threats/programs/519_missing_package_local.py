"""Honest: uses a package that is not installed, inside of one function only."""


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    import scypi.special

    return scypi.special.softmax(z, axis=1)
