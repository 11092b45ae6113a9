"""M99-3 the exponentials are divided by the sum of all.

file: submission.py
loses: s_values, s_example, s_stable
"""


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()
