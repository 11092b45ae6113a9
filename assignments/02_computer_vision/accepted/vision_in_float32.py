"""Accepted: overlaps, sequences and samples in float32.

file: vision.py
loses:
"""


_iou, _convolve, _decode = box_iou, dilated_causal_conv1d, mulaw_decode


def box_iou(a, b):
    return _iou(a.astype(np.float32), b.astype("float32"))


def dilated_causal_conv1d(x, w, b, dilation):
    return _convolve(*(one.astype(np.float32) for one in (x, w, b)), dilation)


def mulaw_decode(q, mu=255):
    return _decode(q, mu).astype(np.float32)
