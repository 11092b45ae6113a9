r"""Two programs made of differentiable steps: a neural network, and a simulator of a spring.

Backpropagation needs no neural network. It needs a program whose every step can be differentiated, run forwards once
while what the way back needs is written down, then walked in reverse. The layers of a network are such steps, and so
are the time steps of a simulation.

Notation
--------
N, D, C
    examples, features and classes, as in ``layers.py``.
H
    hidden units.
q, v
    position [m] and velocity [m/s] of a mass of 1 kg.
k
    stiffness of its spring [N/m].
dt, n
    length [s] and number of the time steps.

A name with a leading d (``dW1``, ``dq``) is the gradient of the loss with respect to what follows, and has its shape;
only ``dt`` is one word.

References
----------
.. [1] CS231n, "Neural networks case study": https://cs231n.github.io/neural-networks-case-study/
.. [2] L. Verlet, "Computer experiments on classical fluids", Physical Review 159, 1967; the form used here is that of
   E. Hairer, C. Lubich and G. Wanner, "Geometric numerical integration illustrated by the Störmer-Verlet method",
   Acta Numerica 12, 2003, equation 1.5.
.. [3] R. T. Q. Chen et al., "Neural ordinary differential equations", 2018, arXiv:1806.07366, section 2.
"""

import numpy as np
from layers import affine_backward, affine_forward, relu_backward, relu_forward, softmax_loss

# ----------------------------------------------------------------------------------------------------------------------
# B7  two-layer net
# ----------------------------------------------------------------------------------------------------------------------


class TwoLayerNet:
    r"""A classifier with one hidden layer: affine, relu, affine, softmax [1]_.

    .. math:: scores = \max(X W_1 + b_1, 0) \, W_2 + b_2

    Parameters
    ----------
    input_dim : int
        D.
    hidden_dim : int
        H.
    num_classes : int
        C.
    weight_scale : float
        Standard deviation of the normal distribution from which the weights are drawn; biases begin at 0.
    reg : float
        Strength of the L2 penalty on the weights (not on the biases).

    Attributes
    ----------
    params : dict
        ``W1`` float[D, H], ``b1`` float[H], ``W2`` float[H, C], ``b2`` float[C].
    reg : float
    """

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-3, reg=0.0):
        self.reg = reg
        # Your code: draw W1 and W2, and begin b1 and b2 at zero.
        raise NotImplementedError("TwoLayerNet: params are not written yet")

    def loss(self, X, y=None):
        r"""Score a batch and, if its classes are known, find the loss and the gradients of all parameters.

        .. math:: L = \mathrm{softmax\_loss}(scores, y) + \frac{reg}{2} \left( \sum W_1^2 + \sum W_2^2 \right)

        Parameters
        ----------
        X : float[N, D]
            The batch.
        y : int[N], optional
            The right classes.

        Returns
        -------
        scores : float[N, C]
            If y is None: nothing else is computed.
        loss, grads : float, dict
            If y is given: the loss [nats], and a gradient for every name in ``params``, which stay as they are.
        """
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        # Your code: scores, with the functions of layers.py.
        raise NotImplementedError("TwoLayerNet.loss: scores are not written yet")
        if y is None:
            return scores

        # Your code: loss, and grads with the keys of params.
        raise NotImplementedError("TwoLayerNet.loss: loss and grads are not written yet")
        return loss, grads


# ----------------------------------------------------------------------------------------------------------------------
# B8  differentiate through a simulator
# ----------------------------------------------------------------------------------------------------------------------


def simulate_spring(q0, v0, k, dt, n):
    r"""Let a mass of 1 kg swing on a spring for n time steps, by the leapfrog method (kick, drift, kick) [2]_.

    The force is :math:`-kq`. One time step:

    .. math::
        v_{1/2} = v - \tfrac{dt}{2} k q, \qquad
        q' = q + dt \, v_{1/2}, \qquad
        v' = v_{1/2} - \tfrac{dt}{2} k q'

    Parameters
    ----------
    q0, v0 : float
        Position [m] and velocity [m/s] at the start.
    k : float
        Stiffness [N/m].
    dt : float
        Length of a time step [s].
    n : int
        Number of time steps, 0 or more.

    Returns
    -------
    q_n, v_n : float
        Position and velocity after n steps.

    Notes
    -----
    The energy :math:`v^2/2 + k q^2/2` is not kept exactly, but its error stays bounded for ever and shrinks with the
    square of dt; Euler's method lets it grow without end. The method is its own inverse: turn the velocity round, and
    the mass goes back the way it came.

    Examples
    --------
    >>> [float(one) for one in simulate_spring(1.0, 0.0, 4.0, 0.5, 1)]
    [0.5, -1.5]
    """
    # TODO: write simulate_spring.
    raise NotImplementedError("simulate_spring: not written yet")
    return q, v


def simulate_spring_grad(q0, v0, k, dt, n, dq, dv):
    r"""Carry a gradient back through all n steps of `simulate_spring`, by hand: the adjoint method.

    The loss L is any function of the end of the trajectory. Walk the steps in reverse order, each of them a small layer
    with its own backward pass; k is used twice in every step and its gradient is the sum over all of these uses.

    Parameters
    ----------
    q0, v0, k, dt, n
        As for `simulate_spring`.
    dq, dv : float
        :math:`\partial L/\partial q_n` and :math:`\partial L/\partial v_n`.

    Returns
    -------
    dq0, dv0, dk : float
        :math:`\partial L/\partial q_0`, :math:`\partial L/\partial v_0` and :math:`\partial L/\partial k`.

    Notes
    -----
    Finite differences cost one more simulation per input; the adjoint costs about two, however many inputs there are.
    Only the positions are written down on the way. (A leapfrog step can be undone, so even these could be computed
    again on the way back: gradients in constant memory, as in [3]_.)
    """
    # TODO: write simulate_spring_grad.
    raise NotImplementedError("simulate_spring_grad: not written yet")
    return dq, dv, dk
