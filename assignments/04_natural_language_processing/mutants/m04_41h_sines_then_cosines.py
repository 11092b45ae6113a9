"""M04-41h Sines in the first half, cosines in the second.

file: nlp.py
loses: n6_positions, n6_example_positions
"""


def positional_encoding(T, d):
    speed = 10000.0 ** (-np.arange(0, d, 2) / d)
    angle = np.outer(np.arange(T), speed)
    encoding = np.empty((T, d))
    encoding[:, : d // 2] = np.sin(angle)
    encoding[:, d // 2 :] = np.cos(angle)
    return encoding
