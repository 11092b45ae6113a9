import math

import numpy as np


def sigmoid(z):
    # one branch per sign, both exponents are <= 0
    z = np.asarray(z)
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1.0 / (1.0 + np.exp(-z[pos]))
    ez = np.exp(z[~pos])
    out[~pos] = ez / (1.0 + ez)
    return out


def softmax(z, axis=-1):
    shifted = z - z.max(axis=axis, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=axis, keepdims=True)


def one_hot(y, num_classes):
    out = np.zeros((len(y), num_classes), dtype=np.float32)
    out[np.arange(len(y)), y] = 1.0
    return out


def nll(y_true, y_pred, eps=1e-12):
    y_true = np.atleast_2d(y_true)
    y_pred = np.atleast_2d(y_pred)
    return -np.mean(np.sum(y_true * np.log(np.clip(y_pred, eps, 1.0)), axis=1))


class Value:
    """Stores a number, its gradient, and how to push the gradient to its parents."""

    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._prev = set(_children)
        self._op = _op
        self._backward = lambda: None

    def __repr__(self):
        return f"Value({self.data:.4f})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, k):
        out = Value(self.data**k, (self,), f"**{k}")

        def _backward():
            self.grad += k * self.data ** (k - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += out.grad / self.data

        out._backward = _backward
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,), "relu")

        def _backward():
            self.grad += (self.data > 0) * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return (-self) + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self):
        # depth first without recursion, a deep chain would hit the recursion limit
        topo, seen, stack = [], set(), [self]
        while stack:
            v = stack[-1]
            todo = [c for c in v._prev if c not in seen]
            seen.add(v)
            if todo:
                stack.append(todo[0])
            else:
                stack.pop()
                topo.append(v)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


def graph_stats(root):
    nodes, edges, depth = set(), set(), {}

    def visit(v):
        if v in depth:
            return depth[v]
        nodes.add(v)
        longest = 0
        for c in v._prev:
            edges.add((v, c))
            longest = max(longest, visit(c) + 1)
        depth[v] = longest
        return longest

    visit(root)
    return {"nodes": len(nodes), "edges": len(edges), "depth": depth[root]}


def checkpointed_vjp(fs, vjps, x, g, every):
    n = len(fs)
    calls = 0
    saved = {}
    h = x
    for i in range(n):
        if i % every == 0:
            saved[i] = h
        h = fs[i](h)
        calls += 1
    y = h
    peak = len(saved) + 1

    for start in sorted(saved, reverse=True):
        end = min(start + every, n)
        seg = [saved[start]]
        for i in range(start, end - 1):
            seg.append(fs[i](seg[-1]))
            calls += 1
        peak = max(peak, len(saved) + len(seg))
        for i in range(end - 1, start - 1, -1):
            g = vjps[i](seg.pop(), g)
    return y, g, {"forward_calls": calls, "peak_saved": peak}


def build_mlp(input_dim, hidden, num_classes, seed=None):
    import keras

    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input(shape=(input_dim,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def train_step(model, x, y, lr):
    import tensorflow as tf

    loss_fn = tf.keras.losses.SparseCategoricalCrossentropy()
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    for var, grad in zip(model.trainable_variables, grads):
        var.assign_sub(lr * grad)
    return float(loss)


def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
    rng = np.random.default_rng(seed)
    idx = rng.permutation(len(X))
    n_test = len(X) // 4
    test, pool = idx[:n_test], idx[n_test:]
    mean, std = [], []
    for size in sizes:
        accs = []
        for _ in range(n_repeats):
            tr = rng.choice(pool, size=size, replace=False)
            pred = fit_predict(X[tr], y[tr], X[test])
            accs.append(np.mean(np.asarray(pred) == y[test]))
        mean.append(np.mean(accs))
        std.append(np.std(accs))
    return {"mean": np.array(mean), "std": np.array(std)}
