from builtins import object
import numpy as np

from layers import *
from layer_utils import *


class TwoLayerNet(object):
    """affine - relu - affine - softmax"""

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['W1'] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params['b1'] = np.zeros(hidden_dim)
        self.params['W2'] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params['b2'] = np.zeros(num_classes)

    def loss(self, X, y=None):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']

        h, cache_h = affine_relu_forward(X, W1, b1)
        scores, cache_s = affine_forward(h, W2, b2)

        if y is None:
            return scores

        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        grads = {}
        dh, grads['W2'], grads['b2'] = affine_backward(dscores, cache_s)
        dX, grads['W1'], grads['b1'] = affine_relu_backward(dh, cache_h)
        grads['W1'] += self.reg * W1
        grads['W2'] += self.reg * W2
        return loss, grads


def simulate_spring(q0, v0, k, dt, n):
    q, v = q0, v0
    for i in range(n):
        v -= 0.5 * dt * k * q
        q += dt * v
        v -= 0.5 * dt * k * q
    return q, v


def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    # forward, keep all positions
    qs = [q0]
    q, v = q0, v0
    for i in range(n):
        v -= 0.5 * dt * k * q
        q += dt * v
        qs.append(q)
        v -= 0.5 * dt * k * q

    # and all the way back
    dk = 0.0
    for i in range(n - 1, -1, -1):
        # v -= 0.5 * dt * k * q_new
        dq += -0.5 * dt * k * dv
        dk += -0.5 * dt * qs[i + 1] * dv
        # q += dt * v
        dv += dt * dq
        # v -= 0.5 * dt * k * q_old
        dq += -0.5 * dt * k * dv
        dk += -0.5 * dt * qs[i] * dv
    return dq, dv, dk
