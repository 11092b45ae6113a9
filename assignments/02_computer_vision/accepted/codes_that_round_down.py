"""Accepted: silence lies between two codes, and either is right.

file: vision.py
loses:
"""


def mulaw_encode(x, mu=255):
    y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
    return np.ceil((y + 1) / 2 * mu - 0.5).astype(np.int16)
