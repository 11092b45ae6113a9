"""M01-14: an unfinished function returns what is right for scores of zero: softmax_loss.

file: layers.py
loses: b3_example_loss, b3_example_gradient, b3_values, b3_properties, b3_stable, b7_training
"""


def softmax_loss(x, y):
    N, C = x.shape
    dx = np.full((N, C), 1 / C)
    dx[np.arange(N), y] -= 1
    return np.log(C), dx / N
