"""Introduction: numbers that remember how they were made, and a first network in Keras.

The exercises go from the two functions at the end of every classifier (I1, I2), over a tape that differentiates
any Python program (I3, I4) and the price of such a tape in memory (I5), to the same ideas in a library (I6, I7) and to
the question how much data all of this needs (I8).

Notation
--------
N       examples in a batch                 C       classes
D       features of an example              H       hidden units
S       training set sizes on a curve       n       functions in a chain
z       scores, any real numbers            p       probabilities, non-negative, summing to one over the classes

Arrays are float64 unless said otherwise. No function changes its arguments, but for `Value.backward` (it adds to
``.grad``) and `train_step` (it trains the model that it is given).
"""

from __future__ import annotations

import math

import numpy as np

# I1: stable activations


def sigmoid(z):
    """Squash scores into (0, 1): ``1 / (1 + exp(-z))``.

    Parameters
    ----------
    z : array of floats, any shape
        Scores.

    Returns
    -------
    array of z's shape and dtype
        Probabilities, one per score.

    Notes
    -----
    ``exp(-z)`` overflows for z < -709 in float64, ``exp(z)`` for z > 709. Nothing that is computed on the way may
    overflow, whatever the sign of z.

    Examples
    --------
    >>> np.asarray(sigmoid(np.array([-1000.0, 0.0, 1000.0])), float).round(4) + 0
    array([0. , 0.5, 1. ])
    """
    # TODO: write sigmoid.
    raise NotImplementedError("sigmoid: not written yet")


def softmax(z, axis=-1):
    """Turn scores into probabilities: ``exp(z) / sum(exp(z))`` along one axis.

    Parameters
    ----------
    z : array of floats, any shape of at least one axis
        Scores.
    axis : int
        The axis of the classes, along which the result sums to one.

    Returns
    -------
    array of z's shape and dtype
        Probabilities.

    Notes
    -----
    Softmax does not change when a constant is added to all scores; a good choice of it keeps every exponential small.

    Examples
    --------
    >>> np.asarray(softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])), float).round(4) + 0
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    # TODO: write softmax.
    raise NotImplementedError("softmax: not written yet")


# I2: one-hot and negative log-likelihood


def one_hot(y, num_classes):
    """Write labels as rows with a single one.

    Parameters
    ----------
    y : array of ints, shape (N,)
        Labels from 0 to num_classes - 1.
    num_classes : int
        C, the number of classes, whether or not all of them occur in y.

    Returns
    -------
    array of float32, shape (N, C)

    Examples
    --------
    >>> one_hot(np.array([2, 0]), num_classes=3) + 0
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    # TODO: write one_hot.
    raise NotImplementedError("one_hot: not written yet")


def nll(y_true, y_pred, eps=1e-12):
    """Compute the negative log-likelihood, mean over the batch: ``-1/N sum_i sum_c y_true[i,c] log y_pred[i,c]``.

    Parameters
    ----------
    y_true : array, shape (N, C) or (C,)
        One-hot labels, a batch or a single example.
    y_pred : array of floats, shape of y_true
        Predicted probabilities.
    eps : float
        The least probability that the logarithm meets, so that a prediction of zero costs ``-log(eps)``, not infinity.

    Returns
    -------
    float
        The loss [nats].

    Examples
    --------
    >>> round(float(nll(np.array([0, 1]), np.array([0.5, 0.5]))), 4)
    0.6931
    """
    # TODO: write nll.
    raise NotImplementedError("nll: not written yet")


# I3: define-by-run automatic differentiation


class Value:
    """A number that remembers how it was computed, so that it can be differentiated.

    The graph is defined by running: every operation makes a new node that points at its operands. ``if`` and ``while``
    need no special care, for only what was really executed is on the graph.

    Parameters
    ----------
    data : float
        The number.
    _children : tuple of Value
        The operands that the number was computed from; empty for a leaf.
    _op : str
        The operation, for people who look at the graph.
    _slopes : tuple of float
        d self / d child, one per child: known as soon as the operation has run.

    Attributes
    ----------
    data : float
        The number.
    grad : float
        d root / d self, summed over all calls of ``root.backward()`` so far.
    children, op, slopes
        As above. How a node remembers its operands is the author's choice: only `data` and `grad` are graded.

    Notes
    -----
    With the slopes on the nodes, the backward pass is nothing but the chain rule: slopes multiply along a path, and
    paths add up.

    References
    ----------
    A. Griewank and A. Walther, "Evaluating Derivatives", 2nd edition, SIAM 2008, section 3.2 (reverse mode).
    A. Karpathy, "micrograd", 2020: the same idea with closures in the place of slopes.

    Examples
    --------
    >>> x = Value(3.0)
    >>> y = x * x + x
    >>> y.backward()
    >>> float(np.sum(y.data)), float(np.sum(x.grad))
    (12.0, 7.0)
    """

    def __init__(self, data, _children=(), _op="", _slopes=()):
        self.data = data
        self.grad = 0.0
        self.children = _children
        self.op = _op
        self.slopes = _slopes

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other):
        """Return ``self + other``; `other` is a Value or a number."""
        # TODO: write Value.__add__.
        raise NotImplementedError("Value.__add__: not written yet")

    def __radd__(self, other):
        """Return ``other + self`` for a number `other`."""
        # TODO: write Value.__radd__.
        raise NotImplementedError("Value.__radd__: not written yet")

    def __mul__(self, other):
        """Return ``self * other``; `other` is a Value or a number."""
        # TODO: write Value.__mul__.
        raise NotImplementedError("Value.__mul__: not written yet")

    def __rmul__(self, other):
        """Return ``other * self`` for a number `other`."""
        # TODO: write Value.__rmul__.
        raise NotImplementedError("Value.__rmul__: not written yet")

    def __neg__(self):
        """Return ``-self``."""
        # TODO: write Value.__neg__.
        raise NotImplementedError("Value.__neg__: not written yet")

    def __sub__(self, other):
        """Return ``self - other``; `other` is a Value or a number."""
        # TODO: write Value.__sub__.
        raise NotImplementedError("Value.__sub__: not written yet")

    def __rsub__(self, other):
        """Return ``other - self`` for a number `other`."""
        # TODO: write Value.__rsub__.
        raise NotImplementedError("Value.__rsub__: not written yet")

    def __pow__(self, exponent):
        """Return ``self ** exponent`` for a number `exponent`."""
        # TODO: write Value.__pow__.
        raise NotImplementedError("Value.__pow__: not written yet")

    def __truediv__(self, other):
        """Return ``self / other``; `other` is a Value or a number."""
        # TODO: write Value.__truediv__.
        raise NotImplementedError("Value.__truediv__: not written yet")

    def __rtruediv__(self, other):
        """Return ``other / self`` for a number `other`."""
        # TODO: write Value.__rtruediv__.
        raise NotImplementedError("Value.__rtruediv__: not written yet")

    def exp(self):
        """Return ``e ** self``."""
        # TODO: write Value.exp.
        raise NotImplementedError("Value.exp: not written yet")

    def log(self):
        """Return the natural logarithm; `data` must be positive."""
        # TODO: write Value.log.
        raise NotImplementedError("Value.log: not written yet")

    def tanh(self):
        """Return the hyperbolic tangent."""
        # TODO: write Value.tanh.
        raise NotImplementedError("Value.tanh: not written yet")

    def relu(self):
        """Return ``max(0, self)``."""
        # TODO: write Value.relu.
        raise NotImplementedError("Value.relu: not written yet")

    def backward(self):
        """Add d self / d node to ``node.grad``, for self and every node that it was computed from.

        Notes
        -----
        A node may hand its gradient on only when all of it has arrived: when every node that uses it has been visited.
        That is the order of the graph read backwards, and it makes one visit per node enough. The gradients of this
        call flow apart from ``.grad``: what an earlier call left there, from another root that shares inner nodes,
        must not flow down again.
        """
        # TODO: write Value.backward.
        raise NotImplementedError("Value.backward: not written yet")


def _as_value(number):
    """Make a leaf of a plain number; a Value is returned as it is."""
    return number if isinstance(number, Value) else Value(number)


def topological_order(root):
    """List the nodes that root was computed from, root included, each after all of its operands.

    Parameters
    ----------
    root : Value

    Returns
    -------
    list of Value
        Each node once, however often it is used. Nodes are told apart by identity: two leaves may hold the same number.

    Notes
    -----
    A depth-first search. Its stack is a list, since Python's own ends at a depth of 1,000 calls. A node is pushed
    twice: to look at its operands, and, below them on the stack, to be listed when they are done.
    """
    # TODO: write topological_order.
    raise NotImplementedError("topological_order: not written yet")


# I4: graph inspection


def graph_stats(root):
    """Measure the graph that a value was computed by.

    Parameters
    ----------
    root : Value

    Returns
    -------
    dict
        ``nodes``: the number of different nodes, root included. ``edges``: the number of different pairs
        (node, operand); ``x + x`` has one. ``depth``: the edges on the longest path down from root; 0 for a leaf.

    Examples
    --------
    >>> x = Value(1.0)
    >>> stats = graph_stats(x + x)
    >>> int(stats["nodes"]), int(stats["edges"]), int(stats["depth"])
    (2, 1, 1)
    """
    # TODO: write graph_stats.
    raise NotImplementedError("graph_stats: not written yet")


# I5: gradient checkpointing


def checkpointed_vjp(fs, vjps, x, g, every):
    """Differentiate a chain of functions, and keep only some of its activations in memory.

    The chain is ``x_0 = x, x_1 = fs[0](x_0), ..., x_n = fs[n-1](x_{n-1}) = y``. Plain backpropagation keeps the inputs
    of all n functions. Here only ``x_0, x_k, x_2k, ...`` survive the forward sweep (k = every); the backward sweep
    computes the activations of one segment again, from its checkpoint, just before it needs them.

    Parameters
    ----------
    fs : list of n callables
        ``fs[i](x_i)`` returns ``x_{i+1}``.
    vjps : list of n callables
        ``vjps[i](x_i, g)`` takes the gradient with respect to ``x_{i+1}`` and returns that with respect to ``x_i``.
    x : object
        The input. Activations are opaque: they are handed on, never looked into or copied.
    g : object
        The gradient with respect to y.
    every : int
        k >= 1, the distance between checkpoints; it may exceed n.

    Returns
    -------
    y : object
        The output of the chain.
    gx : object
        The gradient with respect to x.
    cost : dict
        ``forward_calls``: how often any f was called, at most 2n. ``peak_saved``: how many activations (checkpoints,
        the segment at hand, y) were alive at one time, at most ceil(n/k) + k + 1.

    Notes
    -----
    Memory of ceil(n/k) + k is least for k near sqrt(n): 2 sqrt(n) activations in the place of n, at the price of one
    more forward sweep.

    References
    ----------
    T. Chen et al., "Training Deep Nets with Sublinear Memory Cost", arXiv:1604.06174 (2016), section 4.
    """
    # TODO: write checkpointed_vjp.
    raise NotImplementedError("checkpointed_vjp: not written yet")


# I6: a first Keras model


def build_mlp(input_dim, hidden, num_classes, seed=None):
    """Build and compile a classifier with one hidden layer: Dense(tanh), then Dense(softmax).

    Parameters
    ----------
    input_dim : int
        D, features of an example.
    hidden : int
        H, hidden units.
    num_classes : int
        C, classes.
    seed : int or None
        Two models that were built with the same seed have the same weights. None: different weights every time.

    Returns
    -------
    keras.Sequential
        Maps (N, D) to probabilities (N, C); (D + 1) H + (H + 1) C parameters. Compiled, with the cross-entropy of
        integer labels and probabilities as its loss.

    Notes
    -----
    The last layer ends in softmax, so the loss must be told that it meets probabilities (``from_logits=False``). With
    ``from_logits=True`` it would apply softmax once more; the model still learns, slowly, and nothing warns you.
    """
    # TODO: write build_mlp.
    raise NotImplementedError("build_mlp: not written yet")


# I7: one step of gradient descent, by hand


def train_step(model, x, y, lr):
    """Take one step of plain gradient descent, ``w <- w - lr dL/dw``, on the trainable variables of a model.

    Parameters
    ----------
    model : keras.Model
        Maps x to probabilities (N, C). Changed in place; the weights of frozen layers stay as they are.
    x : array of float32, shape (N, D)
        Examples.
    y : array of ints, shape (N,)
        Labels.
    lr : float
        Learning rate.

    Returns
    -------
    float
        The mean cross-entropy of the batch *before* the step [nats].
    """
    # TODO: write train_step.
    raise NotImplementedError("train_step: not written yet")


# I8: how much data does it need?


def learning_curve(fit_predict, X, y, sizes, n_repeats, seed):
    """Measure test accuracy as a function of the number of training examples.

    A quarter of the examples, chosen at random once, is held out as the test set. For every size, n_repeats training
    sets of that size are drawn from the rest, each afresh and without replacement.

    Parameters
    ----------
    fit_predict : callable
        ``fit_predict(X_train, y_train, X_test)`` trains a classifier and returns the predicted labels of X_test.
    X : array, shape (N, D)
        Examples; ``N // 4`` of them become the test set.
    y : array of ints, shape (N,)
        Labels.
    sizes : list of S ints
        Training set sizes, at most ``N - N // 4``.
    n_repeats : int
        R, training sets per size.
    seed : int
        The same seed gives the same splits; another seed gives others.

    Returns
    -------
    dict
        ``mean`` and ``std``, arrays of shape (S,): over the R repeats of each size, the mean of the test accuracy and
        its standard deviation (divided by R, not R - 1).
    """
    # TODO: write learning_curve.
    raise NotImplementedError("learning_curve: not written yet")
