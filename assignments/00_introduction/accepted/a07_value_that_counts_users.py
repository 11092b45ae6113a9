"""Gradients are handed on when the last user of a node has delivered; slots, no topological order.

file: intro.py
loses:
"""

import math


class Value:
    __slots__ = ("_kids", "_op", "_slopes", "data", "grad")

    def __init__(self, data, _children=(), _op="", _slopes=()):
        self.data, self.grad = float(data), 0.0
        self._kids, self._op, self._slopes = tuple(_children), _op, _slopes

    @staticmethod
    def _of(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value._of(other)
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    def __radd__(self, other):
        return Value._of(other) + self

    def __sub__(self, other):
        other = Value._of(other)
        return Value(self.data - other.data, (self, other), "-", (1.0, -1.0))

    def __rsub__(self, other):
        return Value._of(other) - self

    def __mul__(self, other):
        other = Value._of(other)
        return Value(self.data * other.data, (self, other), "*", (other.data, self.data))

    def __rmul__(self, other):
        return Value._of(other) * self

    def __truediv__(self, other):
        other = Value._of(other)
        out = self.data / other.data
        return Value(out, (self, other), "/", (1 / other.data, -out / other.data))

    def __rtruediv__(self, other):
        return Value._of(other) / self

    def __neg__(self):
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __pow__(self, k):
        return Value(self.data**k, (self,), "pow", (k * self.data ** (k - 1),))

    def exp(self):
        return Value(math.exp(self.data), (self,), "exp", (math.exp(self.data),))

    def log(self):
        return Value(math.log(self.data), (self,), "log", (1 / self.data,))

    def tanh(self):
        return Value(math.tanh(self.data), (self,), "tanh", (1 - math.tanh(self.data) ** 2,))

    def relu(self):
        return Value(max(self.data, 0.0), (self,), "relu", (float(self.data > 0),))

    def backward(self):
        users, todo = {id(self): 0}, [self]
        while todo:
            for kid in todo.pop()._kids:
                if id(kid) not in users:
                    users[id(kid)] = 0
                    todo.append(kid)
                users[id(kid)] += 1
        arrived, ready = {id(self): 1.0}, [self]
        while ready:
            node = ready.pop()
            g = arrived[id(node)]
            node.grad += g
            for kid, slope in zip(node._kids, node._slopes):
                arrived[id(kid)] = arrived.get(id(kid), 0.0) + slope * g
                users[id(kid)] -= 1
                if not users[id(kid)]:
                    ready.append(kid)


def graph_stats(root):
    level, seen, edges, depth = [root], {id(root)}, set(), 0
    while True:  # every path at once, one step a turn: a node may stand in several levels
        below = {id(kid): kid for node in level for kid in node._kids}
        edges |= {(id(node), id(kid)) for node in level for kid in node._kids}
        if not below:
            return dict(depth=depth, edges=len(edges), nodes=len(seen))
        seen |= set(below)
        level, depth = list(below.values()), depth + 1
