r"""Rules by which parameters learn from their gradients: one array in, one array out, state in a dict.

All rules have the form of the course CS231n [1]_: ``rule(w, dw, config)`` returns the next w and a config that holds
what the rule must remember until its next call. A rule keeps nothing anywhere else, so one function serves every
parameter of a network, each with a config of its own::

    for name in params:
        params[name], configs[name] = adam(params[name], grads[name], configs[name])

Notation
--------
w
    a parameter of any shape S.
dw
    the gradient of the loss with respect to w, of the same shape; g in formulas.
t
    number of the step; the first one is 1.

All operations are elementwise. ``float[S]`` is an array of float64 with shape S. Only w and config may be changed in
place, by the rules; gradients stay as they are.

References
----------
.. [1] CS231n, "Neural networks part 3": https://cs231n.github.io/neural-networks-3/
.. [2] T. Tieleman and G. Hinton, "Lecture 6.5: RMSprop", Neural Networks for Machine Learning, 2012.
.. [3] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015, arXiv:1412.6980, Algorithm 1.
.. [4] I. Sutskever, J. Martens, G. Dahl and G. Hinton, "On the importance of initialization and momentum in deep
   learning", 2013, equations 3 and 4.
.. [5] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019, arXiv:1711.05101, Algorithm 2.
.. [6] I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, arXiv:1608.03983,
   equation 5; the warm-up is that of P. Goyal et al., 2017, arXiv:1706.02677, section 2.2.
.. [7] R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks", 2013,
   arXiv:1211.5063, Algorithm 1.
"""

import math

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# O1  first-order rules
# ----------------------------------------------------------------------------------------------------------------------


def sgd(w, dw, config=None):
    r"""Step against the gradient.

    .. math:: w \leftarrow w - \eta \, g

    Parameters
    ----------
    w, dw : float[S]
        Parameter and gradient.
    config : dict, optional
        ``learning_rate`` :math:`\eta` (1e-2).

    Returns
    -------
    next_w : float[S]
    config : dict
        Of the next step.

    Examples
    --------
    >>> np.asarray(sgd(np.array([1.0, 2.0]), np.array([10.0, -10.0]), {"learning_rate": 0.1})[0], float).round(4) + 0
    array([0., 3.])
    """
    config = {"learning_rate": 1e-2} | (config or {})
    # TODO: write sgd.
    raise NotImplementedError("sgd: not written yet")
    return next_w, config


def sgd_momentum(w, dw, config=None):
    r"""Step with a velocity that remembers earlier gradients: the heavy ball.

    .. math:: v \leftarrow \mu v - \eta \, g, \qquad w \leftarrow w + v

    Parameters
    ----------
    w, dw : float[S]
        Parameter and gradient.
    config : dict, optional
        ``learning_rate`` :math:`\eta` (1e-2), ``momentum`` :math:`\mu` (0.9), and ``velocity`` v, float[S] (zeros).

    Returns
    -------
    next_w : float[S]
    config : dict
        Of the next step, with the new ``velocity``.

    Notes
    -----
    The learning rate is inside the velocity. PyTorch keeps it outside: v = mu v + g, w = w - lr v, which is the same as
    long as the learning rate does not change.
    """
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    # TODO: write sgd_momentum.
    raise NotImplementedError("sgd_momentum: not written yet")
    return next_w, config


def rmsprop(w, dw, config=None):
    r"""Divide the gradient by a running estimate of its size [2]_.

    .. math::
        c \leftarrow \rho c + (1 - \rho) g^2, \qquad w \leftarrow w - \eta \frac{g}{\sqrt{c} + \epsilon}

    Parameters
    ----------
    w, dw : float[S]
        Parameter and gradient.
    config : dict, optional
        ``learning_rate`` :math:`\eta` (1e-2), ``decay_rate`` :math:`\rho` (0.99), ``epsilon`` (1e-8), and ``cache`` c,
        float[S] (zeros): the running mean of squared gradients.

    Returns
    -------
    next_w : float[S]
    config : dict
        Of the next step, with the new ``cache``.
    """
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w)} | (config or {})
    # TODO: write rmsprop.
    raise NotImplementedError("rmsprop: not written yet")
    return next_w, config


def adam(w, dw, config=None):
    r"""Step with running means of the gradient and of its square, both freed of their bias towards zero [3]_.

    .. math::
        t \leftarrow t + 1, \qquad
        m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
        v \leftarrow \beta_2 v + (1 - \beta_2) g^2

        \hat m = \frac{m}{1 - \beta_1^t}, \qquad
        \hat v = \frac{v}{1 - \beta_2^t}, \qquad
        w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}

    Parameters
    ----------
    w, dw : float[S]
        Parameter and gradient.
    config : dict, optional
        ``learning_rate`` :math:`\eta` (1e-3), ``beta1`` (0.9), ``beta2`` (0.999), ``epsilon`` (1e-8), ``m`` and ``v``,
        float[S] (zeros), and ``t`` (0): the number of steps that were made.

    Returns
    -------
    next_w : float[S]
    config : dict
        Of the next step, with the new ``m``, ``v`` (with their bias) and ``t``.

    Notes
    -----
    Both means begin at zero and would be too small for the first :math:`1 / (1 - \beta)` steps. After one step they are
    :math:`(1 - \beta_1) g` and :math:`(1 - \beta_2) g^2`; divided by :math:`1 - \beta^1` they are g and g squared, so
    the first step has length :math:`\eta` in every coordinate, however large the gradient.
    """
    config = {
        "learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
        "m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0,
    } | (config or {})  # fmt: skip
    # TODO: write adam.
    raise NotImplementedError("adam: not written yet")
    return next_w, config


# ----------------------------------------------------------------------------------------------------------------------
# O2  Nesterov and AdamW
# ----------------------------------------------------------------------------------------------------------------------


def nesterov(w, grad_fn, config=None):
    r"""Step with a velocity, and ask for the gradient where the velocity is about to lead [4]_.

    .. math:: v \leftarrow \mu v - \eta \, \nabla L(w + \mu v), \qquad w \leftarrow w + v

    Parameters
    ----------
    w : float[S]
        Parameter.
    grad_fn : callable
        ``grad_fn(w)`` returns the gradient at any point, float[S]. It is called once.
    config : dict, optional
        As for `sgd_momentum`: ``learning_rate`` (1e-2), ``momentum`` (0.9), ``velocity`` (zeros).

    Returns
    -------
    next_w : float[S]
    config : dict
        Of the next step, with the new ``velocity``.

    Notes
    -----
    Heavy ball asks at w. On a quadratic the two converge nearly equally fast; their paths differ.
    """
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    # TODO: write nesterov.
    raise NotImplementedError("nesterov: not written yet")
    return next_w, config


def adamw(w, dw, config=None):
    r"""Adam with decoupled weight decay: the decay does not pass through the adaptive step [5]_.

    .. math:: w \leftarrow w - \eta \left( \frac{\hat m}{\sqrt{\hat v} + \epsilon} + \lambda w \right)

    Parameters
    ----------
    w, dw : float[S]
        Parameter, and gradient of the loss *without* any penalty.
    config : dict, optional
        As for `adam`, and ``weight_decay`` :math:`\lambda` (1e-2).

    Returns
    -------
    next_w : float[S]
    config : dict
        Of the next step, as for `adam`.

    Notes
    -----
    With an L2 penalty, :math:`\lambda w` would be part of g, and be divided by :math:`\sqrt{\hat v}` like the rest of
    it: weights with large gradients would hardly decay. Here all of them decay by the same factor
    :math:`1 - \eta \lambda` in every step.
    """
    config = {"learning_rate": 1e-3, "weight_decay": 1e-2} | (config or {})
    # TODO: write adamw.
    raise NotImplementedError("adamw: not written yet")
    return next_w, config


# ----------------------------------------------------------------------------------------------------------------------
# O3  schedule and clipping
# ----------------------------------------------------------------------------------------------------------------------


def warmup_cosine(step, base_lr, warmup, total, min_lr=0.0):
    r"""Find the learning rate of a step: a straight line up, half a cosine down [6]_.

    .. math::
        \eta_s = \eta_{base} \frac{s}{s_w} \quad (s < s_w), \qquad
        \eta_s = \eta_{min} + \frac{\eta_{base} - \eta_{min}}{2}
                 \left( 1 + \cos \pi \frac{s - s_w}{s_{total} - s_w} \right) \quad (s_w \le s \le s_{total})

    Parameters
    ----------
    step : int
        s, from 0.
    base_lr : float
        The largest learning rate, at s = warmup.
    warmup : int
        :math:`s_w`, 0 or more; with 0 the first step has base_lr.
    total : int
        :math:`s_{total}`, more than warmup. From there on the learning rate stays at min_lr.
    min_lr : float
        The last learning rate. The warm-up begins at 0 all the same.

    Returns
    -------
    lr : float

    Examples
    --------
    >>> [round(float(warmup_cosine(step, 1.0, 2, 6)), 3) + 0 for step in range(8)]
    [0.0, 0.5, 1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """
    # TODO: write warmup_cosine.
    raise NotImplementedError("warmup_cosine: not written yet")


def clip_grad_norm(grads, max_norm):
    r"""Shorten the gradient of all parameters, taken as one long vector, to a largest norm [7]_.

    .. math:: \lVert g \rVert = \sqrt{\sum_i \lVert g_i \rVert^2}, \qquad
              g_i \leftarrow g_i \min\left(1, \frac{max\_norm}{\lVert g \rVert}\right)

    Parameters
    ----------
    grads : list of float[S_i]
        One gradient per parameter; they stay as they are.
    max_norm : float
        Above 0.

    Returns
    -------
    clipped : list of float[S_i]
    norm : float
        Norm of all gradients together, before they were clipped.

    Examples
    --------
    >>> clipped, norm = clip_grad_norm([np.array([3.0]), np.array([0.0, 4.0])], 1.0)
    >>> [(one.astype(float).round(4) + 0).tolist() for one in clipped], round(float(norm), 4)
    ([[0.6], [0.0, 0.8]], 5.0)
    """
    # TODO: write clip_grad_norm.
    raise NotImplementedError("clip_grad_norm: not written yet")
    return clipped, norm
