"""M01-14: an unfinished function returns zeros: the gradient of softmax_loss.

file: layers.py
loses: b3_example_gradient, b3_values, b3_properties, b3_stable, b3_safe, b7_training
"""


def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean(), np.zeros_like(x)
