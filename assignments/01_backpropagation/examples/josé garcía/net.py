import numpy as np
import layers as L


class TwoLayerNet:
    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
        self.reg = reg
        self.params = {
            "W1": np.random.normal(0, weight_scale, (input_dim, hidden_dim)),
            "b1": np.zeros(hidden_dim),
            "W2": np.random.normal(0, weight_scale, (hidden_dim, num_classes)),
            "b2": np.zeros(num_classes),
        }

    def penalty(self):
        return 0.5 * self.reg * sum((self.params[k] ** 2).sum() for k in ("W1", "W2"))

    def loss(self, X, y=None):
        P = self.params
        a, c1 = L.affine_forward(X, P["W1"], P["b1"])
        h, c2 = L.relu_forward(a)
        scores, c3 = L.affine_forward(h, P["W2"], P["b2"])
        if y is None:
            return scores
        loss, d = L.softmax_loss(scores, y)
        d, dW2, db2 = L.affine_backward(d, c3)
        d = L.relu_backward(d, c2)
        _, dW1, db1 = L.affine_backward(d, c1)
        return loss + self.penalty(), {
            "W1": dW1 + self.reg * P["W1"],
            "b1": db1,
            "W2": dW2 + self.reg * P["W2"],
            "b2": db2,
        }


def step(q, v, k, dt):
    v = v - dt / 2 * k * q
    q = q + dt * v
    v = v - dt / 2 * k * q
    return q, v


def simulate_spring(q0, v0, k, dt, n):
    for _ in range(n):
        q0, v0 = step(q0, v0, k, dt)
    return q0, v0


def step_back(q_old, q_new, k, dt, dq, dv):
    dq = dq - dt / 2 * k * dv
    dk = -dt / 2 * q_new * dv
    dv = dv + dt * dq
    dq = dq - dt / 2 * k * dv
    dk = dk - dt / 2 * q_old * dv
    return dq, dv, dk


def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    states = [(q0, v0)]
    for _ in range(n):
        states.append(step(*states[-1], k, dt))
    total = 0.0
    for (old, _), (new, _) in reversed(list(zip(states, states[1:]))):
        dq, dv, dk = step_back(old, new, k, dt, dq, dv)
        total += dk
    return dq, dv, total
