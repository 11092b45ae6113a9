"""M01-11: W2 takes its step before the gradient has passed through it to W1.

file: net.py
loses: b7_gradients, b7_properties
"""


def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    before = X.reshape(X.shape[0], -1).dot(W1) + b1
    hidden = np.maximum(before, 0)
    scores = hidden.dot(W2) + b2
    if y is None:
        return scores
    data_loss, dscores = softmax_loss(scores, y)
    loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
    grads = {"W2": hidden.T.dot(dscores) + self.reg * W2, "b2": dscores.sum(axis=0)}
    W2 -= 1e-2 * grads["W2"]
    dbefore = dscores.dot(W2.T) * (before > 0)
    grads["W1"] = X.reshape(X.shape[0], -1).T.dot(dbefore) + self.reg * W1
    grads["b1"] = dbefore.sum(axis=0)
    return loss, grads


TwoLayerNet.loss = loss
