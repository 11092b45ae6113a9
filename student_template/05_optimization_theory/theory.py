r"""Why optimisation works: rates, curvature, the scale of initial weights; and two uses beyond neural networks.

Notation
--------
A
    symmetric positive definite matrix, float[n, n]: the Hessian of the quadratic :math:`f(x) = x^T A x / 2`.
m, L
    smallest and largest eigenvalue of A; :math:`\kappa = L / m` is its condition number.
:math:`\eta, \mu`
    learning rate and momentum.
d
    dimensions of a mechanical system; q and p are its positions and momenta, both float[d].

``float[n, k]`` is an array of float64 with these axes. Norms are Euclidean. Nothing that is passed in is changed.

References
----------
.. [1] B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR Computational Mathematics
   and Mathematical Physics 4, 1964; with pictures: G. Goh, "Why momentum really works", Distill, 2017.
.. [2] S. Mandt, M. D. Hoffman and D. M. Blei, "Stochastic gradient descent as approximate Bayesian inference", 2017,
   arXiv:1704.04289, section 3.
.. [3] B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6, 1994, section 2.
.. [4] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010,
   equation 12.
.. [5] K. He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852, equation 10.
.. [6] J. Parsons et al., "Practical conversion from torsion space to Cartesian space for in silico protein synthesis",
   Journal of Computational Chemistry 26, 2005 (NeRF).
.. [7] W. S. Torgerson, "Multidimensional scaling: I. Theory and method", Psychometrika 17, 1952.
.. [8] W. Kabsch, "A solution for the best rotation to relate two sets of vectors", Acta Crystallographica A32, 1976.
.. [9] E. Hairer, C. Lubich and G. Wanner, "Geometric numerical integration illustrated by the Störmer-Verlet method",
   Acta Numerica 12, 2003.
.. [10] S. Greydanus, M. Dzamba and J. Yosinski, "Hamiltonian neural networks", 2019, arXiv:1906.01563.
.. [11] M. Raissi, P. Perdikaris and G. E. Karniadakis, "Physics-informed neural networks", Journal of Computational
   Physics 378, 2019.
"""

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# O4  rates on quadratics
# ----------------------------------------------------------------------------------------------------------------------


def optimal_gd(A):
    r"""Find the learning rate with which gradient descent on a quadratic converges fastest.

    .. math:: \eta = \frac{2}{L + m}, \qquad rate = \frac{\kappa - 1}{\kappa + 1}

    Parameters
    ----------
    A : float[n, n]
        Symmetric positive definite.

    Returns
    -------
    best : dict
        ``lr``, and ``rate``: the factor by which the error shrinks in every step, in the end.

    Notes
    -----
    In the direction of eigenvalue :math:`\lambda` a step multiplies the error by :math:`1 - \eta \lambda`. The two
    extreme eigenvalues are the slowest; this learning rate makes them equally slow.

    Examples
    --------
    >>> {name: round(float(value), 4) for name, value in optimal_gd(np.diag([1.0, 9.0])).items()}
    {'lr': 0.2, 'rate': 0.8}
    """
    # TODO: write optimal_gd.
    raise NotImplementedError("optimal_gd: not written yet")
    return {"lr": lr, "rate": rate}


def optimal_heavy_ball(A):
    r"""Find learning rate and momentum with which the heavy ball on a quadratic converges fastest [1]_.

    .. math::
        \eta = \frac{4}{(\sqrt L + \sqrt m)^2}, \qquad
        \mu = \left( \frac{\sqrt \kappa - 1}{\sqrt \kappa + 1} \right)^2, \qquad
        rate = \sqrt \mu

    Parameters
    ----------
    A : float[n, n]
        Symmetric positive definite.

    Returns
    -------
    best : dict
        ``lr``, ``momentum`` and ``rate``.

    Notes
    -----
    A step is linear in the pair :math:`(x_k, x_{k-1})`. With this momentum all its eigenvalues have the absolute value
    :math:`\sqrt \mu`: the square root of the condition number has taken the place of the condition number.

    Examples
    --------
    >>> {name: round(float(value), 4) for name, value in optimal_heavy_ball(np.diag([1.0, 9.0])).items()}
    {'lr': 0.25, 'momentum': 0.25, 'rate': 0.5}
    """
    # TODO: write optimal_heavy_ball.
    raise NotImplementedError("optimal_heavy_ball: not written yet")
    return {"lr": lr, "momentum": momentum, "rate": rate}


def run_gd(A, x0, n, lr):
    r"""Minimise :math:`x^T A x / 2` by gradient descent, and write down how far away the minimum is.

    .. math:: x_{k+1} = x_k - \eta A x_k

    Parameters
    ----------
    A : float[n, n]
    x0 : float[n]
        Where to begin.
    n : int
        Number of steps.
    lr : float
        :math:`\eta`.

    Returns
    -------
    norms : float[n + 1]
        :math:`\lVert x_k \rVert` for k = 0, ..., n. (The minimum is at 0.)

    Examples
    --------
    >>> np.asarray(run_gd(np.diag([1.0, 2.0]), np.array([3.0, 4.0]), 2, 0.5), float).round(4) + 0
    array([5.  , 1.5 , 0.75])
    """
    # TODO: write run_gd.
    raise NotImplementedError("run_gd: not written yet")
    return np.array(norms)


def run_heavy_ball(A, x0, n, lr, momentum):
    r"""Minimise :math:`x^T A x / 2` by the heavy ball, which starts at rest [1]_.

    .. math:: x_{k+1} = x_k - \eta A x_k + \mu (x_k - x_{k-1}), \qquad x_{-1} = x_0

    Parameters
    ----------
    A, x0, n, lr
        As for `run_gd`.
    momentum : float
        :math:`\mu`.

    Returns
    -------
    norms : float[n + 1]
        :math:`\lVert x_k \rVert` for k = 0, ..., n.
    """
    # TODO: write run_heavy_ball.
    raise NotImplementedError("run_heavy_ball: not written yet")
    return np.array(norms)


def run_sgd(A, x0, n, lr, noise, rng):
    r"""Minimise :math:`x^T A x / 2` when every gradient is off by normal noise of its own [2]_.

    .. math:: x_{k+1} = x_k - \eta (A x_k + \sigma \xi_k), \qquad \xi_k \sim N(0, I)

    Parameters
    ----------
    A, x0, n, lr
        As for `run_gd`.
    noise : float
        :math:`\sigma`, standard deviation of the error of every entry of a gradient.
    rng : numpy.random.Generator
        Where all randomness comes from.

    Returns
    -------
    norms : float[n + 1]
        :math:`\lVert x_k \rVert` for k = 0, ..., n.

    Notes
    -----
    It does not converge: in a direction of curvature :math:`\lambda` the variance settles where the noise of a step
    equals what the step takes away, at :math:`\eta \sigma^2 / (\lambda (2 - \eta \lambda))`. This floor falls with the
    learning rate, and is why schedules end with a small one.
    """
    # TODO: write run_sgd.
    raise NotImplementedError("run_sgd: not written yet")
    return np.array(norms)


# ----------------------------------------------------------------------------------------------------------------------
# O5  curvature
# ----------------------------------------------------------------------------------------------------------------------


def hvp(grad_fn, w, v, eps=1e-4):
    r"""Multiply the Hessian of a function by a vector, without ever having the Hessian [3]_.

    .. math:: H v \approx \frac{\nabla f(w + \epsilon v) - \nabla f(w - \epsilon v)}{2 \epsilon}

    Parameters
    ----------
    grad_fn : callable
        ``grad_fn(w)`` returns the gradient of f, float[n]. It is called twice.
    w, v : float[n]
        Where, and what to multiply.
    eps : float
        Length of the step.

    Returns
    -------
    Hv : float[n]

    Notes
    -----
    The difference is central: its error is of order :math:`\epsilon^2`. A one-sided one costs as much, if the gradient
    at w is not at hand, and is off by order :math:`\epsilon`.
    """
    # TODO: write hvp.
    raise NotImplementedError("hvp: not written yet")


def max_eig(hvp_fn, n, iters=100, seed=0):
    r"""Find the eigenvalue of largest absolute value, with its sign, by power iteration.

    .. math:: v \leftarrow \frac{H v}{\lVert H v \rVert}, \qquad \lambda = v^T H v

    Parameters
    ----------
    hvp_fn : callable
        ``hvp_fn(v)`` returns H v, float[n], for a symmetric H.
    n : int
        Dimension.
    iters : int
        Number of multiplications; one more is allowed for the final :math:`\lambda`.
    seed : int
        Of the random vector to begin with.

    Returns
    -------
    lam : float
        The eigenvalue; it is negative if the one of largest absolute value is.
    vec : float[n]
        Its eigenvector, of norm 1; the sign is free.
    """
    # TODO: write max_eig.
    raise NotImplementedError("max_eig: not written yet")
    return lam, v


# ----------------------------------------------------------------------------------------------------------------------
# O6  initialisation
# ----------------------------------------------------------------------------------------------------------------------


def init_weights(fan_in, fan_out, mode, rng):
    r"""Draw the weights of a dense layer from a normal distribution of mean 0.

    .. math::
        \operatorname{Var}(w) = \frac{2}{fan\_in + fan\_out} \text{ (xavier [4]_)}, \qquad
        \operatorname{Var}(w) = \frac{2}{fan\_in} \text{ (he [5]_)}

    Parameters
    ----------
    fan_in, fan_out : int
        Inputs and outputs of the layer.
    mode : str
        ``"xavier"``, ``"he"``, or ``"zeros"``: all weights 0, to see why nobody does that.
    rng : numpy.random.Generator
        Where all randomness comes from.

    Returns
    -------
    W : float[fan_in, fan_out]
    """
    # TODO: write init_weights.
    raise NotImplementedError("init_weights: not written yet")


def propagate_variance(depth, width, mode, act, n, seed):
    r"""Send random inputs through a deep random network, and write down how large the activations are.

    .. math:: h_0 \sim N(0, I), \qquad h_l = act(h_{l-1} W_l), \qquad
              out_l = \frac{1}{n \cdot width} \sum_{ij} (h_l)_{ij}^2

    Parameters
    ----------
    depth, width : int
        Number of layers, and units in each of them, inputs included.
    mode : str
        How weights are drawn, afresh for each layer: see `init_weights`.
    act : str
        ``"linear"``, ``"relu"`` or ``"tanh"``.
    n : int
        Number of inputs.
    seed : int
        Of the one generator that draws inputs and weights.

    Returns
    -------
    out : float[depth]
        Mean square of the activations after layer 1, ..., depth.

    Notes
    -----
    Relu sets half of the numbers to zero, and half of the mean square is lost. He's weights have twice the variance to
    make up for it; with Xavier's the signal halves in every layer.
    """
    activation = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[act]
    # TODO: write propagate_variance.
    raise NotImplementedError("propagate_variance: not written yet")
    return np.array(out)


# ----------------------------------------------------------------------------------------------------------------------
# O7  protein folding: geometry
# ----------------------------------------------------------------------------------------------------------------------


def torsions_to_coords(phi, bond=1.5, angle_deg=110.0):
    r"""Build a chain of atoms from its torsion angles, one atom after the other [6]_.

    Let a, b, c be the last three atoms, :math:`u` the direction from b to c, :math:`n` that of
    :math:`(b - a) \times u` and :math:`\theta` the bond angle. The next atom is

    .. math:: d = c + bond \left( -\cos\theta \, u + \sin\theta \cos\varphi \, (n \times u)
              + \sin\theta \sin\varphi \, n \right)

    Parameters
    ----------
    phi : float[n]
        Torsion angles [rad]: 0 where a and d are on the same side (cis), :math:`\pi` where they are opposite (trans).
        Seen along the bond from b to c, a positive angle turns d clockwise away from a (the sign of IUPAC).
    bond : float
        Distance of neighbours [Å].
    angle_deg : float
        Angle between two bonds of an atom [degrees].

    Returns
    -------
    X : float[n + 3, 3]
        Coordinates. Where the first three atoms lie is free, as long as their bonds and their angle are right.
    """
    theta = np.deg2rad(angle_deg)
    # TODO: write torsions_to_coords.
    raise NotImplementedError("torsions_to_coords: not written yet")
    return np.array(X)


def classical_mds(D, k=3):
    r"""Find points with given distances: classical multidimensional scaling [7]_.

    .. math:: B = -\tfrac12 J D^{(2)} J, \qquad J = I - \tfrac1n 1 1^T

    holds the inner products of the centred points, where :math:`D^{(2)}` has the *squared* distances. With the k
    largest eigenvalues :math:`\lambda` of B and their eigenvectors V, the points are the rows of
    :math:`V \sqrt{\lambda}`.

    Parameters
    ----------
    D : float[n, n]
        Distances.
    k : int
        Dimension of the points.

    Returns
    -------
    X : float[n, k]
        Points; rotation and reflection are free, since distances do not know them.
    """
    # TODO: write classical_mds.
    raise NotImplementedError("classical_mds: not written yet")


def stress_and_grad(X, D, W):
    r"""Measure how badly points fit given distances, and find the gradient for every point.

    .. math:: stress = \sum_{i<j} W_{ij} \left( \lVert x_i - x_j \rVert - D_{ij} \right)^2

    Parameters
    ----------
    X : float[n, 3]
        Points, no two of them at the same place.
    D, W : float[n, n]
        Wanted distances and their weights, both symmetric. What stands on the diagonal does not count.

    Returns
    -------
    stress : float
        Each pair counts once.
    dX : float[n, 3]
        Gradient of the stress; minus the force on every point.
    """
    # TODO: write stress_and_grad.
    raise NotImplementedError("stress_and_grad: not written yet")
    return stress, dX


def kabsch_rmsd(P, Q):
    r"""Measure how different two structures are, after the best translation and rotation [8]_.

    .. math:: rmsd = \min_{R, t} \sqrt{\frac1n \sum_i \lVert R p_i + t - q_i \rVert^2}, \qquad \det R = 1

    Parameters
    ----------
    P, Q : float[n, 3]
        Points, row by row the same atoms.

    Returns
    -------
    rmsd : float
        0 for the same structure. A mirror image is another structure: only proper rotations count.
    """
    # TODO: write kabsch_rmsd.
    raise NotImplementedError("kabsch_rmsd: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# O8  physics: Hamiltonian and physics-informed nets
# ----------------------------------------------------------------------------------------------------------------------


def leapfrog(grad_V, q, p, dt, n):
    r"""Let a system with energy :math:`H(q, p) = \lVert p \rVert^2 / 2 + V(q)` move for n steps [9]_.

    .. math::
        p_{1/2} = p - \tfrac{dt}{2} \nabla V(q), \qquad
        q' = q + dt \, p_{1/2}, \qquad
        p' = p_{1/2} - \tfrac{dt}{2} \nabla V(q')

    Parameters
    ----------
    grad_V : callable
        ``grad_V(q)`` returns the gradient of the potential energy, float[d].
    q, p : float[d]
        Positions and momenta at the start; all masses are 1.
    dt : float
        Length of a time step.
    n : int
        Number of time steps.

    Returns
    -------
    q, p : float[d]
        After n steps.

    Notes
    -----
    The method is symplectic: it keeps areas in phase space exactly, so the error of the energy stays bounded, and of
    order dt squared. It is its own inverse: with -p it goes back the way it came.
    """
    # TODO: write leapfrog.
    raise NotImplementedError("leapfrog: not written yet")
    return q, p


def hnn_field(H_grad, z):
    r"""Turn the gradient of an energy into motion: the vector field of a Hamiltonian network [10]_.

    .. math:: \dot z = S \, \nabla H(z), \qquad S = \begin{pmatrix} 0 & I \\ -I & 0 \end{pmatrix}

    Parameters
    ----------
    H_grad : callable
        ``H_grad(z)`` returns the gradient of H, float[2d], for example that of a trained network.
    z : float[2d]
        Positions q, then momenta p.

    Returns
    -------
    dz : float[2d]
        :math:`(\partial H / \partial p, -\partial H / \partial q)`.

    Notes
    -----
    Whatever function H is, it is constant along this field: :math:`\nabla H^T S \, \nabla H = 0`. A network that learns
    H instead of the motion itself cannot lose energy.
    """
    # TODO: write hnn_field.
    raise NotImplementedError("hnn_field: not written yet")


def pinn_residual(params, t):
    r"""Measure by how much a network u(t) violates the equation of an oscillator, :math:`u'' + \omega^2 u = 0` [11]_.

    .. math:: u(t) = \sum_j c_j \tanh(a_j t + b_j) + d

    Parameters
    ----------
    params : dict
        ``a``, ``b``, ``c`` float[H], the weights and biases of the hidden layer and the weights of the output; ``d``
        float, the bias of the output; ``omega`` float [rad/s].
    t : float[n]
        Times [s].

    Returns
    -------
    residual : float[n]
        :math:`u''(t) + \omega^2 u(t)`, with the exact second derivative.

    Notes
    -----
    With :math:`s = \tanh z`: :math:`s' = 1 - s^2` and :math:`s'' = -2 s (1 - s^2)`. Training on the mean of squared
    residuals, and on the initial values, solves the equation without any data.
    """
    a, b, c = params["a"], params["b"], params["c"]
    # TODO: write pinn_residual.
    raise NotImplementedError("pinn_residual: not written yet")
    return d2u + params["omega"] ** 2 * u
