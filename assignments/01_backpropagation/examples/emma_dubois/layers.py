r"""The layers of a neural network, each as a forward and a backward pass, in NumPy.

A forward function returns its output and a *cache*: whatever its backward function will want to know again. A backward
function takes ``dout``, the gradient of the loss with respect to that output, and returns the gradient with respect to
every input, by the chain rule [1]_::

                 x ──► ┌───────────┐ ──► out ──►  ...  ──► loss L
                       │   layer   │
    dx = dL/dx   ◄──── └───────────┘ ◄── dout = dL/dout  ◄──  ...

A gradient always has the shape of the thing it belongs to: ``dx`` that of ``x``, ``dw`` that of ``w``.
No function changes the arrays it is given.

Notation
--------
N
    examples in the batch, always the first axis; one of them is n.
D
    features of one example; one of them is d.
M
    outputs of an affine layer.
C
    classes; one of them is c.
S
    any shape at all, the same wherever it stands in one function.

``float[N, D]`` is an array of float64 (float32 works as well) with these axes; ``int[N]`` one of integers.

References
----------
.. [1] D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors",
   Nature 323, 1986. The names follow the course CS231n: https://cs231n.github.io/optimization-2/
.. [2] S. Ioffe and C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167, Algorithm 1 and section 3.
.. [3] J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016, arXiv:1607.06450, equation 4.
.. [4] N. Srivastava et al., "Dropout", Journal of Machine Learning Research 15, 2014, sections 4 and 10.
"""

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# B1  affine
# ----------------------------------------------------------------------------------------------------------------------


def affine_forward(x, w, b):
    r"""Map every example to M numbers, linearly.

    .. math:: out_{nm} = \sum_d x_{nd} w_{dm} + b_m

    Parameters
    ----------
    x : float[N, d_1, ..., d_k]
        The batch. Each example is an array of any shape, read as one row of D = d_1 · ... · d_k numbers.
    w : float[D, M]
        Weights.
    b : float[M]
        Biases.

    Returns
    -------
    out : float[N, M]
    cache : tuple
        ``(x, w, b)``, as they came in.

    Examples
    --------
    >>> x = np.array([[[1.0, 2.0], [3.0, 4.0]]])  # N = 1 example of shape (2, 2), so D = 4
    >>> out, cache = affine_forward(x, np.eye(4, 3), np.array([10.0, 20.0, 30.0]))
    >>> np.asarray(out, float).round(4) + 0
    array([[11., 22., 33.]])
    """
    # TODO: write affine_forward.
    raise NotImplementedError("affine_forward: not written yet")
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    """Carry a gradient back through `affine_forward`.

    Parameters
    ----------
    dout : float[N, M]
        dL/dout.
    cache : tuple
        ``(x, w, b)`` of the forward pass.

    Returns
    -------
    dx : float[N, d_1, ..., d_k]
        The shape of x, not that of its rows.
    dw : float[D, M]
    db : float[M]
    """
    x, w, _ = cache
    # TODO: write affine_backward.
    raise NotImplementedError("affine_backward: not written yet")
    return dx, dw, db


# ----------------------------------------------------------------------------------------------------------------------
# B2  relu
# ----------------------------------------------------------------------------------------------------------------------


def relu_forward(x):
    """Set every negative number to zero: ``out = max(x, 0)``.

    Parameters
    ----------
    x : float[S]

    Returns
    -------
    out : float[S]
    cache : float[S]
        x itself.

    Examples
    --------
    >>> np.asarray(relu_forward(np.array([-1.0, 2.0]))[0], float).round(4) + 0
    array([0., 2.])
    """
    # TODO: write relu_forward.
    raise NotImplementedError("relu_forward: not written yet")
    cache = x
    return out, cache


def relu_backward(dout, cache):
    """Carry a gradient back through `relu_forward`.

    Parameters
    ----------
    dout : float[S]
        dL/dout; it stays as it is.
    cache : float[S]
        x of the forward pass.

    Returns
    -------
    dx : float[S]
        At exactly x = 0, where relu has no derivative, any value from 0 to dout is right.
    """
    x = cache
    # TODO: write relu_backward.
    raise NotImplementedError("relu_backward: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# B3  softmax loss
# ----------------------------------------------------------------------------------------------------------------------


def softmax_loss(x, y):
    r"""Measure how wrong scores are: softmax and cross-entropy in one, mean over the batch.

    .. math:: p_{nc} = \frac{e^{x_{nc}}}{\sum_{c'} e^{x_{nc'}}}, \qquad L = -\frac{1}{N} \sum_n \log p_{n y_n}

    Parameters
    ----------
    x : float[N, C]
        Scores (logits); any finite number, also 10,000.
    y : int[N]
        The right class of each example, from 0 to C - 1.

    Returns
    -------
    loss : float
        Mean over n [nats].
    dx : float[N, C]
        dL/dx.

    Notes
    -----
    Adding a constant to a row of scores changes no probability, so the largest score of each row may be made 0: then no
    exponential overflows. The logarithm of the probability is computed directly, never as ``log`` of a number that may
    have become 0.

    Examples
    --------
    >>> loss, dx = softmax_loss(np.zeros((1, 2)), np.array([1]))  # two classes, no idea: log 2
    >>> round(float(loss), 4)
    0.6931
    >>> np.asarray(dx, float).round(4) + 0
    array([[ 0.5, -0.5]])
    """
    # TODO: write softmax_loss.
    raise NotImplementedError("softmax_loss: not written yet")
    return loss, dx


# ----------------------------------------------------------------------------------------------------------------------
# B4  batch normalisation
# ----------------------------------------------------------------------------------------------------------------------


def batchnorm_forward(x, gamma, beta, bn_param):
    r"""Give every feature mean 0 and variance 1 over the batch, then a scale and a shift that are learnt [2]_.

    .. math::
        \mu_d = \frac{1}{N} \sum_n x_{nd}, \quad
        \sigma^2_d = \frac{1}{N} \sum_n (x_{nd} - \mu_d)^2, \quad
        \hat{x}_{nd} = \frac{x_{nd} - \mu_d}{\sqrt{\sigma^2_d + \epsilon}}, \quad
        out_{nd} = \gamma_d \hat{x}_{nd} + \beta_d

    At test time there may be no batch to speak of, so running averages of the two statistics, kept while training, take
    their place.

    Parameters
    ----------
    x : float[N, D]
    gamma : float[D]
        Scale.
    beta : float[D]
        Shift.
    bn_param : dict
        ``mode``: ``"train"`` or ``"test"``.
        ``eps``: added to the variance, inside the square root; default 1e-5.
        ``momentum``: m in the running averages, ``running = m * running + (1 - m) * of_this_batch``; default 0.9.
        ``running_mean``, ``running_var``: float[D], zeros at first; training puts new arrays here, a test leaves them.

    Returns
    -------
    out : float[N, D]
    cache : object
        Anything that `batchnorm_backward` wants; None in test mode.

    Raises
    ------
    ValueError
        If the mode is neither ``"train"`` nor ``"test"``.

    Notes
    -----
    Both variances are the biased ones (divided by N), as in CS231n. The paper [2]_ and PyTorch keep the unbiased one
    for test time, and the momentum of PyTorch is 1 - m.

    Examples
    --------
    >>> x = np.array([[1.0], [3.0]])
    >>> out, cache = batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train", "eps": 0.0})
    >>> np.asarray(out, float).round(4) + 0
    array([[-1.],
           [ 1.]])
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))  # (D,)
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))  # (D,)
    cache = None
    if mode == "train":
        # Your code: out and cache, and new values of running_mean and running_var.
        raise NotImplementedError("batchnorm_forward: training mode is not written yet")
    elif mode == "test":
        # Your code: out, from the running statistics.
        raise NotImplementedError("batchnorm_forward: test mode is not written yet")
    else:
        raise ValueError(f"bn_param['mode']: expected 'train' or 'test', got {mode!r}.")

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    """Carry a gradient back through `batchnorm_forward` in training mode, one node of its graph after the other.

    Every output depends on every example of the batch: x reaches it directly, through the mean and through the
    variance. Draw the graph first; there are three paths to add up.

    Parameters
    ----------
    dout : float[N, D]
        dL/dout.
    cache : object
        What `batchnorm_forward` returned.

    Returns
    -------
    dx : float[N, D]
    dgamma : float[D]
    dbeta : float[D]
    """
    # TODO: write batchnorm_backward.
    raise NotImplementedError("batchnorm_backward: not written yet")
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    """Do what `batchnorm_backward` does in one formula, found with pen and paper. Optional.

    Parameters
    ----------
    dout : float[N, D]
        dL/dout.
    cache : object
        What `batchnorm_forward` returned.

    Returns
    -------
    dx : float[N, D]
    dgamma : float[D]
    dbeta : float[D]
    """
    # TODO: write batchnorm_backward_alt.
    raise NotImplementedError("batchnorm_backward_alt: not written yet")
    return dx, dgamma, dbeta


# ----------------------------------------------------------------------------------------------------------------------
# B5  layer normalisation
# ----------------------------------------------------------------------------------------------------------------------


def layernorm_forward(x, gamma, beta, ln_param):
    r"""Give every example mean 0 and variance 1 over its own features, then a scale and a shift per feature [3]_.

    .. math::
        \mu_n = \frac{1}{D} \sum_d x_{nd}, \quad
        \sigma^2_n = \frac{1}{D} \sum_d (x_{nd} - \mu_n)^2, \quad
        out_{nd} = \gamma_d \frac{x_{nd} - \mu_n}{\sqrt{\sigma^2_n + \epsilon}} + \beta_d

    No example sees another, so training and test are the same and a batch of one is as good as any.

    Parameters
    ----------
    x : float[N, D]
    gamma : float[D]
        Scale.
    beta : float[D]
        Shift.
    ln_param : dict
        ``eps``: added to the variance, inside the square root; default 1e-5.

    Returns
    -------
    out : float[N, D]
    cache : object
        Anything that `layernorm_backward` wants.

    Examples
    --------
    >>> np.asarray(layernorm_forward(np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2), {"eps": 0.0})[0], float).round(4) + 0
    array([[-1.,  1.]])
    """
    eps = ln_param.get("eps", 1e-5)
    # TODO: write layernorm_forward.
    raise NotImplementedError("layernorm_forward: not written yet")
    return out, cache


def layernorm_backward(dout, cache):
    """Carry a gradient back through `layernorm_forward`.

    Parameters
    ----------
    dout : float[N, D]
        dL/dout.
    cache : object
        What `layernorm_forward` returned.

    Returns
    -------
    dx : float[N, D]
    dgamma : float[D]
    dbeta : float[D]
    """
    # TODO: write layernorm_backward.
    raise NotImplementedError("layernorm_backward: not written yet")
    return dx, dgamma, dbeta


# ----------------------------------------------------------------------------------------------------------------------
# B6  inverted dropout
# ----------------------------------------------------------------------------------------------------------------------


def dropout_forward(x, dropout_param):
    """Keep each entry with probability p, divided by p; set the others to zero [4]_.

    Dividing while training keeps the mean of every entry, so that nothing at all happens at test time: this is
    *inverted* dropout. Reference [4]_ multiplies by p at test time instead.

    Parameters
    ----------
    x : float[S]
    dropout_param : dict
        ``p``: probability to KEEP an entry, 0 < p <= 1 (Keras, PyTorch and CS231n before 2018 take the probability to
        drop one).
        ``mode``: ``"train"`` or ``"test"``.
        ``seed``: optional; the same seed gives the same entries kept. Without it, every call draws anew.

    Returns
    -------
    out : float[S]
        Of the dtype of x.
    cache : object
        Anything that `dropout_backward` wants.

    Raises
    ------
    ValueError
        If the mode is neither ``"train"`` nor ``"test"``.

    Examples
    --------
    >>> out, cache = dropout_forward(np.ones(1000), {"p": 0.8, "mode": "train", "seed": 1})
    >>> sorted({round(float(value), 4) + 0 for value in out})
    [0.0, 1.25]
    """
    p, mode = dropout_param["p"], dropout_param["mode"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = None
    if mode == "train":
        # Your code: out, and the mask for the backward pass. rng.random(shape) draws numbers from 0 to 1.
        raise NotImplementedError("dropout_forward: training mode is not written yet")
    elif mode == "test":
        # Your code: out.
        raise NotImplementedError("dropout_forward: test mode is not written yet")
    else:
        raise ValueError(f"dropout_param['mode']: expected 'train' or 'test', got {mode!r}.")
    cache = (mode, mask)
    return out.astype(x.dtype), cache


def dropout_backward(dout, cache):
    """Carry a gradient back through `dropout_forward`.

    Parameters
    ----------
    dout : float[S]
        dL/dout.
    cache : object
        What `dropout_forward` returned.

    Returns
    -------
    dx : float[S]
    """
    mode, mask = cache
    # TODO: write dropout_backward.
    raise NotImplementedError("dropout_backward: not written yet")
