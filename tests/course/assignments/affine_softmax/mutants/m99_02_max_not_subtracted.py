"""M99-2 the largest score is not subtracted.

file: submission.py
loses: s_stable
"""


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)
