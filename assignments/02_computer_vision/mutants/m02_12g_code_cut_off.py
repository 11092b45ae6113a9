"""M02-12g The code is cut off, not rounded.

file: vision.py
loses: v8_example_mulaw, v8_mulaw
"""


def mulaw_encode(x, mu=255):
    y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
    return np.floor((y + 1) / 2 * mu).astype(int)
