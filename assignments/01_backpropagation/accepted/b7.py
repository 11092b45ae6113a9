"""Other right answers: Two-layer net."""

from autograder.rubric import accepted


@accepted("net_without_the_layers", file="net.py")
class net_without_the_layers:
    """The net may be written out in NumPy; its random numbers and penalty may be written otherwise."""

    class TwoLayerNet(object):
        def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
            self.params = {}
            self.reg = reg
            self.params["W1"] = np.random.randn(input_dim, hidden_dim) * weight_scale
            self.params["b1"] = np.zeros((hidden_dim,))
            self.params["W2"] = np.random.normal(scale=weight_scale, size=(hidden_dim, num_classes))
            self.params["b2"] = np.zeros(num_classes)

        def loss(self, X, y=None):
            X = np.reshape(X, (X.shape[0], -1))
            z = X.dot(self.params["W1"]) + self.params["b1"]
            h = np.maximum(0, z)
            scores = h.dot(self.params["W2"]) + self.params["b2"]
            if y is None:
                return scores
            N = X.shape[0]
            p = np.exp(scores - scores.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            loss = -np.log(p[np.arange(N), y]).mean()
            for name in ("W1", "W2"):
                loss += self.reg / 2 * np.linalg.norm(self.params[name]) ** 2
            p[np.arange(N), y] -= 1
            p /= N
            dz = p.dot(self.params["W2"].T) * (z > 0)
            grads = {}
            grads["W2"] = h.T.dot(p) + self.reg * self.params["W2"]
            grads["b2"] = np.sum(p, axis=0)
            grads["W1"] = X.T.dot(dz) + self.reg * self.params["W1"]
            grads["b1"] = np.sum(dz, axis=0)
            return loss, grads


@accepted("net_of_layer_utils", file="net.py")
class net_of_layer_utils:
    """ "`layer_utils.py`, which comes with the template": use it."""

    from layer_utils import affine_relu_backward, affine_relu_forward

    def loss(self, X, y=None):
        hidden, first = affine_relu_forward(X, self.params["W1"], self.params["b1"])
        scores, second = affine_forward(hidden, self.params["W2"], self.params["b2"])
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        grads = {}
        dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, second)
        _, grads["W1"], grads["b1"] = affine_relu_backward(dhidden, first)
        for name in ("W1", "W2"):
            loss = loss + 0.5 * self.reg * np.vdot(self.params[name], self.params[name])
            grads[name] = grads[name] + self.reg * self.params[name]
        return loss, grads

    TwoLayerNet.loss = loss


@accepted("net_of_objects", file="net.py")
class net_of_objects:
    """Layers as objects of classes of one's own; params is a property, grads an ordered dict with more keys."""

    import collections

    class Affine:
        def __init__(self, net, number):
            self.net, self.W, self.b = net, f"W{number}", f"b{number}"

        def forward(self, x):
            out, self.cache = affine_forward(x, self.net.params[self.W], self.net.params[self.b])
            return out

        def backward(self, dout, grads):
            dx, dw, grads[self.b] = affine_backward(dout, self.cache)
            grads[self.W] = dw + self.net.reg * self.net.params[self.W]
            return dx

    class Relu:
        def forward(self, x):
            out, self.cache = relu_forward(x)
            return out

        def backward(self, dout, grads):
            return relu_backward(dout, self.cache)

    class TwoLayerNet:
        def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
            self.layers = [Affine(self, 1), Relu(), Affine(self, 2)]
            self.reg = reg
            draw = np.random.RandomState(0).normal
            self._params = collections.OrderedDict(W1=draw(0, weight_scale, (input_dim, hidden_dim)), b1=np.zeros(hidden_dim))
            self._params.update(W2=draw(0, weight_scale, (hidden_dim, num_classes)), b2=np.zeros(num_classes))

        @property
        def params(self):
            return self._params

        @params.setter
        def params(self, values):
            self._params = values

        def loss(self, X, y=None):
            for layer in self.layers:
                X = layer.forward(X)
            if y is None:
                return X
            loss, dout = softmax_loss(X, y)
            grads = collections.OrderedDict()
            for layer in reversed(self.layers):
                dout = layer.backward(dout, grads)
            grads["X"] = dout
            penalty = sum((self.params[name] ** 2).sum() for name in self.params if name.startswith("W"))
            return np.array([loss + self.reg / 2 * penalty]), grads


@accepted("net_that_takes_caches_apart", file="net.py")
class net_that_takes_caches_apart:
    """ "The cache of `affine_forward` is `(x, w, b)` and that of `relu_forward` is `x`": they may be taken apart."""

    def loss(self, X, y=None):
        z, (_, W1, _) = affine_forward(X, self.params["W1"], self.params["b1"])
        h, before = relu_forward(z)
        scores, (inputs, W2, _) = affine_forward(h, self.params["W2"], self.params["b2"])
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        loss += self.reg * (np.linalg.norm(W1) ** 2 + np.linalg.norm(W2) ** 2) / 2
        dz = (dscores @ W2.T) * (before > 0)
        return loss, {
            "W1": (X.T @ dz + self.reg * W1).tolist(),
            "b1": dz.sum(axis=0, keepdims=True),
            "W2": inputs.T @ dscores + self.reg * W2,
            "b2": dscores.sum(axis=0),
        }

    TwoLayerNet.loss = loss
