"""Accepted: helper layers between net and layers, and the cache of relu used as the x that it is.

file: net.py
loses:
"""


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, x = relu_forward(a)
    return out, (fc_cache, x > 0)


def affine_relu_backward(dout, cache):
    fc_cache, is_on = cache
    return affine_backward(dout * is_on, fc_cache)


def loss(self, X, y=None):
    W1, b1 = self.params["W1"], self.params["b1"]
    W2, b2 = self.params["W2"], self.params["b2"]
    hidden, cache1 = affine_relu_forward(X, W1, b1)
    scores, cache2 = affine_forward(hidden, W2, b2)
    if y is None:
        return scores
    grads = {}
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, cache2)
    dx, grads["W1"], grads["b1"] = affine_relu_backward(dhidden, cache1)
    grads["W2"] += self.reg * W2
    grads["W1"] += self.reg * W1
    return loss, grads


TwoLayerNet.loss = loss
