"""Honest: Python 2."""


def affine_forward(x, w, b):
    for i in xrange(3):
        print "row", i
    return x.dot(w) + b, (x, w, b)
