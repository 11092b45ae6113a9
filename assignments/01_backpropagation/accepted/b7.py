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
