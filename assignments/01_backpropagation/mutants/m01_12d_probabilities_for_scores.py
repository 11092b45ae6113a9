"""M01-12d: without y, loss() returns probabilities instead of scores.

file: net.py
loses: b7_example_scores, b7_values
"""


def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    before, cache_1 = affine_forward(X, W1, b1)
    hidden, cache_relu = relu_forward(before)
    scores, cache_2 = affine_forward(hidden, W2, b2)
    if y is None:
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        return p / p.sum(axis=1, keepdims=True)
    data_loss, dscores = softmax_loss(scores, y)
    loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    dhidden, dW2, db2 = affine_backward(dscores, cache_2)
    dbefore = relu_backward(dhidden, cache_relu)
    _, dW1, db1 = affine_backward(dbefore, cache_1)
    grads = {"W1": dW1 + self.reg * W1, "b1": db1, "W2": dW2 + self.reg * W2, "b2": db2}
    return loss, grads


TwoLayerNet.loss = loss
