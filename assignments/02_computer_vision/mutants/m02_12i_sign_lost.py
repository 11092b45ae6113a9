"""M02-12i The samples of small codes are positive.

file: vision.py
loses: v8_example_mulaw, v8_mulaw
"""


def mulaw_decode(q, mu=255):
    y = 2 * np.asarray(q, dtype=float) / mu - 1
    return ((1 + mu) ** np.abs(y) - 1) / mu
