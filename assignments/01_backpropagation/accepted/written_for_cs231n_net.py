"""Accepted: "work written for that course can be handed in here", with the imports of its files (CS231n).

file: net.py
loses:
"""

from builtins import object, range

import numpy as np
from past.builtins import xrange

from ..layer_utils import *
from ..layers import *
from cs231n.fast_layers import *
from cs231n.layer_utils import *
from cs231n.layers import *
from .im2col import *


class TwoLayerNet(object):
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)

    def loss(self, X, y=None):
        scores = None
        for _ in xrange(1):
            hidden, hidden_cache = affine_relu_forward(X, self.params["W1"], self.params["b1"])
            scores, scores_cache = affine_forward(hidden, self.params["W2"], self.params["b2"])

        # If y is None then we are in test mode so just return scores
        if y is None:
            return scores

        loss, grads = 0, {}
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))
        dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, scores_cache)
        dx, grads["W1"], grads["b1"] = affine_relu_backward(dhidden, hidden_cache)
        grads["W1"] += self.reg * self.params["W1"]
        grads["W2"] += self.reg * self.params["W2"]
        return loss, grads
