"""M02-12j The codes are evenly spaced.

file: vision.py
loses: v8_example_mulaw, v8_mulaw
"""


def mulaw_encode(x, mu=255):
    y = x
    return np.floor((y + 1) / 2 * mu + 0.5).astype(int)
