"""Mistakes: Two-layer net."""

from autograder.rubric import mutant


@mutant("M01-11a", loses=["b7_gradients"], file="net.py")
class penalty_gradient_doubled:
    """The gradient of the penalty is 2 reg W although the loss has 0.5 reg W^2."""

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        before, cache_1 = affine_forward(X, W1, b1)
        hidden, cache_relu = relu_forward(before)
        scores, cache_2 = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        data_loss, dscores = softmax_loss(scores, y)
        loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        dhidden, dW2, db2 = affine_backward(dscores, cache_2)
        dbefore = relu_backward(dhidden, cache_relu)
        _, dW1, db1 = affine_backward(dbefore, cache_1)
        grads = {"W1": dW1 + 2 * self.reg * W1, "b1": db1, "W2": dW2 + 2 * self.reg * W2, "b2": db2}
        return loss, grads

    TwoLayerNet.loss = loss


@mutant("M01-11b", loses=["b7_example_loss", "b7_values", "b7_gradients"], file="net.py")
class biases_penalised:
    """The biases are penalised too, in the loss and in the gradients."""

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        before, cache_1 = affine_forward(X, W1, b1)
        hidden, cache_relu = relu_forward(before)
        scores, cache_2 = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        data_loss, dscores = softmax_loss(scores, y)
        loss = data_loss + 0.5 * self.reg * sum(np.sum(p**2) for p in self.params.values())
        dhidden, dW2, db2 = affine_backward(dscores, cache_2)
        dbefore = relu_backward(dhidden, cache_relu)
        _, dW1, db1 = affine_backward(dbefore, cache_1)
        grads = {"W1": dW1 + self.reg * W1, "b1": db1 + self.reg * b1, "W2": dW2 + self.reg * W2, "b2": db2 + self.reg * b2}
        return loss, grads

    TwoLayerNet.loss = loss


@mutant("M01-11c", loses=["b7_gradients", "b7_properties"], file="net.py")
class w2_updated_too_early:
    """W2 takes its step before the gradient has passed through it to W1."""

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


@mutant("M01-12a", loses=["b7_gradients", "b7_training", "b7_own_layers"], file="net.py")
class output_layer_not_trained:
    """The gradient of the output weights is the penalty's alone: that layer is never trained."""

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        before, cache_1 = affine_forward(X, W1, b1)
        hidden, cache_relu = relu_forward(before)
        scores, cache_2 = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        data_loss, dscores = softmax_loss(scores, y)
        loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        dhidden, dW2, db2 = affine_backward(dscores, cache_2)
        dbefore = relu_backward(dhidden, cache_relu)
        _, dW1, db1 = affine_backward(dbefore, cache_1)
        grads = {"W1": dW1 + self.reg * W1, "b1": db1, "W2": self.reg * W2, "b2": db2}
        return loss, grads

    TwoLayerNet.loss = loss


@mutant("M01-12b", loses=["b7_gradients"], file="net.py")
class wrong_activation_derivative:
    """The derivative of relu is taken for 1 everywhere."""

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        before, cache_1 = affine_forward(X, W1, b1)
        hidden, cache_relu = relu_forward(before)
        scores, cache_2 = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        data_loss, dscores = softmax_loss(scores, y)
        loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        dhidden, dW2, db2 = affine_backward(dscores, cache_2)
        dbefore = dhidden
        _, dW1, db1 = affine_backward(dbefore, cache_1)
        grads = {"W1": dW1 + self.reg * W1, "b1": db1, "W2": dW2 + self.reg * W2, "b2": db2}
        return loss, grads

    TwoLayerNet.loss = loss


@mutant("M01-12c", loses=["b7_gradients", "b7_training", "b7_own_layers"], file="net.py")
class derivative_at_the_wrong_place:
    """The derivative of relu is taken at dhidden instead of its input."""

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        before, cache_1 = affine_forward(X, W1, b1)
        hidden, cache_relu = relu_forward(before)
        scores, cache_2 = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        data_loss, dscores = softmax_loss(scores, y)
        loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        dhidden, dW2, db2 = affine_backward(dscores, cache_2)
        dbefore = relu_backward(dhidden, dhidden)
        _, dW1, db1 = affine_backward(dbefore, cache_1)
        grads = {"W1": dW1 + self.reg * W1, "b1": db1, "W2": dW2 + self.reg * W2, "b2": db2}
        return loss, grads

    TwoLayerNet.loss = loss


@mutant("M01-12d", loses=["b7_example_scores", "b7_values"], file="net.py")
class probabilities_for_scores:
    """Without y, loss() returns probabilities instead of scores."""

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


@mutant("M01-14j", loses=["b7_gradients", "b7_training", "b7_own_layers"], file="net.py")
class net_gradients_zeros:
    """An unfinished function returns zeros: the gradients of TwoLayerNet.loss."""

    def loss(self, X, y=None):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden, _ = relu_forward(affine_forward(X, W1, b1)[0])
        scores, _ = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        data_loss, _ = softmax_loss(scores, y)
        loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        return loss, {name: np.zeros_like(value) for name, value in self.params.items()}

    TwoLayerNet.loss = loss


@mutant("M01-11d", loses=["b7_example_loss", "b7_values", "b7_gradients"], file="net.py")
class penalty_without_a_half:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": reg * W**2."""

    def loss(self, X, y=None):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        before, cache_1 = affine_forward(X, W1, b1)
        hidden, cache_relu = relu_forward(before)
        scores, cache_2 = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        dhidden, dW2, db2 = affine_backward(dscores, cache_2)
        _, dW1, db1 = affine_backward(relu_backward(dhidden, cache_relu), cache_1)
        grads = {"W1": dW1 + 2 * self.reg * W1, "b1": db1, "W2": dW2 + 2 * self.reg * W2, "b2": db2}
        return loss + self.reg * (np.sum(W1**2) + np.sum(W2**2)), grads

    TwoLayerNet.loss = loss


@mutant(
    "M01-11e",
    loses=["b7_example_scores", "b7_example_loss", "b7_values", "b7_gradients"],
    file="net.py",
)
class net_without_relu:
    """ "If your forward pass is wrong but your backward pass is the right gradient *of it*, you get half": tanh for relu."""

    def loss(self, X, y=None):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.tanh(X @ W1 + b1)
        scores = hidden @ W2 + b2
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        dbefore = (dscores @ W2.T) * (1 - hidden**2)
        grads = {
            "W1": X.T @ dbefore + self.reg * W1,
            "b1": dbefore.sum(axis=0),
            "W2": hidden.T @ dscores + self.reg * W2,
            "b2": dscores.sum(axis=0),
        }
        return loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2)), grads

    TwoLayerNet.loss = loss


@mutant(
    "M01-12e",
    loses=[
        "b7_example_scores", "b7_example_loss", "b7_values", "b7_gradients", "b7_properties", "b7_training",
        "b7_own_layers",
    ],
    file="net.py",
)
class sum_of_all_parameters:
    """A trivial loss with its own right gradient earns nothing."""

    class TwoLayerNet:
        def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
            rng = np.random.default_rng()
            self.params = {
                "W1": weight_scale * rng.normal(size=(input_dim, hidden_dim)),
                "b1": np.zeros(hidden_dim),
                "W2": weight_scale * rng.normal(size=(hidden_dim, num_classes)),
                "b2": np.zeros(num_classes),
            }
            self.reg = reg

        def loss(self, X, y=None):
            if y is None:
                return np.ones((len(X), len(self.params["b2"])))
            return float(sum(v.sum() for v in self.params.values())), {k: np.ones_like(v) for k, v in self.params.items()}



@mutant(
    "M01-12f",
    loses=["b7_example_loss", "b7_values", "b7_gradients", "b7_training", "b7_own_layers"],
    file="net.py",
)
class penalty_alone:
    """A trivial loss with its own right gradient earns nothing for gradients: the penalty alone, whatever the batch."""

    class TwoLayerNet:
        def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
            rng = np.random.default_rng()
            self.params = {
                "W1": weight_scale * rng.normal(size=(input_dim, hidden_dim)),
                "b1": np.zeros(hidden_dim),
                "W2": weight_scale * rng.normal(size=(hidden_dim, num_classes)),
                "b2": np.zeros(num_classes),
            }
            self.reg = reg

        def loss(self, X, y=None):
            W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
            if y is None:
                return np.maximum(X @ W1 + b1, 0) @ W2 + b2
            loss = 0.5 * sum(np.sum(v**2) for v in self.params.values())
            return loss, {name: value.copy() for name, value in self.params.items()}



@mutant(
    "M01-12g",
    loses=[
        "b7_example_scores", "b7_example_loss", "b7_values", "b7_gradients", "b7_properties", "b7_training",
        "b7_own_layers",
    ],
    file="net.py",
)
class classes_by_place:
    """Untrained, it answers classes by the place in the batch."""

    class TwoLayerNet:
        def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
            rng = np.random.default_rng()
            self.params = {
                "W1": weight_scale * rng.normal(size=(input_dim, hidden_dim)),
                "b1": np.zeros(hidden_dim),
                "W2": weight_scale * rng.normal(size=(hidden_dim, num_classes)),
                "b2": np.zeros(num_classes),
            }
            self.reg = reg

        def loss(self, X, y=None):
            if y is None:
                return np.eye(len(self.params["b2"]))[np.arange(len(X)) * len(self.params["b2"]) // len(X)]
            return 0.0, {name: np.zeros_like(value) for name, value in self.params.items()}



@mutant("M01-15k", loses=["b7_properties"], file="net.py")
class new_net_not_written:
    """A method that is still as it was handed out costs its own points: TwoLayerNet.__init__."""

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
        self.reg = reg
        raise NotImplementedError("TwoLayerNet: params are not written yet")

    TwoLayerNet.__init__ = __init__


@mutant(
    "M01-15l",
    loses=["b7_example_loss", "b7_values", "b7_gradients", "b7_properties", "b7_training", "b7_own_layers"],
    file="net.py",
)
class loss_not_written:
    """What is written counts: the scores are, loss and gradients are still as they were handed out."""

    def loss(self, X, y=None):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden, _ = relu_forward(affine_forward(X, W1, b1)[0])
        scores, _ = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        raise NotImplementedError("TwoLayerNet.loss: loss and grads are not written yet")

    TwoLayerNet.loss = loss
