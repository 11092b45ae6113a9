"""M04-41j Sine and cosine of a pair have different speeds.

file: nlp.py
loses: n6_positions, n6_example_positions
"""


def positional_encoding(T, d):
    angle = np.outer(np.arange(T), 10000.0 ** (-np.arange(d) / d))
    return np.where(np.arange(d) % 2 == 0, np.sin(angle), np.cos(angle))
