"""M04-41i Positions count from 1.

file: nlp.py
loses: n6_positions, n6_example_positions
"""


def positional_encoding(T, d):
    speed = 10000.0 ** (-np.arange(0, d, 2) / d)
    angle = np.outer(np.arange(1, T + 1), speed)
    encoding = np.empty((T, d))
    encoding[:, 0::2] = np.sin(angle)
    encoding[:, 1::2] = np.cos(angle)
    return encoding
