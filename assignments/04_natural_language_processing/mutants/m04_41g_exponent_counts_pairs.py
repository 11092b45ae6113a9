"""M04-41g The exponent is i / d.

file: nlp.py
loses: n6_positions, n6_example_positions
"""


def positional_encoding(T, d):
    speed = 10000.0 ** (-np.arange(d // 2) / d)
    angle = np.outer(np.arange(T), speed)
    encoding = np.empty((T, d))
    encoding[:, 0::2] = np.sin(angle)
    encoding[:, 1::2] = np.cos(angle)
    return encoding
