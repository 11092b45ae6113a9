"""M02-12h The codes are those of mu = 255, whatever was asked for.

file: vision.py
loses: v8_mulaw
"""


def mulaw_encode(x, mu=255):
    mu = 255
    y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)
    return np.floor((y + 1) / 2 * mu + 0.5).astype(int)
