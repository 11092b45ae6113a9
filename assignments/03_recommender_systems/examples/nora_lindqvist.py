r"""Recommender systems: from a table of ratings with holes to a ranking, and to an honest number that says how good it is.

Ratings that were given are explained by the inner product of two short vectors, found by gradients (R1) or in closed form
(R2). Where nobody rates and people only click, order is learned instead (R3), against items that were not clicked (R4).
Rankings are measured (R5), on interactions that the model has not seen because they are later (R8); and the same idea at
the size of a video platform is a network with two towers (R6, R7).

Notation
--------
U, I
    numbers of users and of items; ``0 <= u < U``, ``0 <= i < I``. Where U is an array, it is said.
B
    examples of a batch; a user or an item may occur in several.
k
    length of the vectors that stand for a user or an item; in R5, how many items are recommended.
d
    the same length in R6.
n
    interactions of a log.
P, Q
    tables of vectors, one row per user and one per item; ``p_u``, ``q_i`` are their rows.

Gradients have the shape of what they belong to. ``float[B]`` is an array of float64 with shape (B,), ``int[B]`` one of
integers. Nothing that is passed in is changed.

References
----------
.. [1] Y. Koren, R. Bell and C. Volinsky, "Matrix factorization techniques for recommender systems", IEEE Computer 42(8),
   2009, equations 4 and 5.
.. [2] Y. Zhou, D. Wilkinson, R. Schreiber and R. Pan, "Large-scale parallel collaborative filtering for the Netflix prize",
   AAIM 2008, section 3.1. Their penalty is weighted with the number of ratings; ours is not.
.. [3] S. Rendle, C. Freudenthaler, Z. Gantner and L. Schmidt-Thieme, "BPR: Bayesian personalized ranking from implicit
   feedback", UAI 2009, arXiv:1205.2618, section 4.1 and figure 4.
.. [4] K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002, section 2.2;
   the discount is that of C. Burges et al., "Learning to rank using gradient descent", 2005, equation 16.
.. [5] J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
   Radiology 143, 1982, section III.
.. [6] X. Yi et al., "Sampling-bias-corrected neural modeling for large corpus item recommendations", RecSys 2019, section 3.
.. [7] P. Covington, J. Adams and E. Sargin, "Deep neural networks for YouTube recommendations", RecSys 2016, section 3.4.
"""

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# R1  matrix factorisation with biases
# ----------------------------------------------------------------------------------------------------------------------


def mf_predict(P, Q, bu, bi, mu, users, items):
    r"""Predict ratings: the mean, how this user rates, how this item is rated, and how the two go together [1]_.

    .. math:: \hat r_{ui} = \mu + b_u + b_i + \langle p_u, q_i \rangle

    Parameters
    ----------
    P : float[U, k]
        Vectors of the users.
    Q : float[I, k]
        Vectors of the items.
    bu : float[U]
        Biases of the users.
    bi : float[I]
        Biases of the items.
    mu : float
        The mean of all ratings.
    users, items : int[B]
        Whose ratings of what.

    Returns
    -------
    float[B]

    Examples
    --------
    >>> P, Q = np.array([[1.0, 2.0]]), np.array([[0.5, 0.5], [1.0, -1.0]])
    >>> predicted = mf_predict(P, Q, np.array([0.1]), np.array([0.0, 0.3]), 3.0, np.array([0, 0]), np.array([0, 1]))
    >>> np.asarray(predicted, float).round(4)
    array([4.6, 2.4])
    """
    # TODO: write mf_predict.
    raise NotImplementedError("mf_predict: not written yet")


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    r"""Compute the regularised squared error of a batch of ratings, and its gradients [1]_.

    .. math::
        L = \frac{1}{B} \sum_b \left[ \frac{1}{2} e_b^2 + \frac{\lambda}{2}
            \left( \lVert p_u \rVert^2 + \lVert q_i \rVert^2 + b_u^2 + b_i^2 \right) \right],
        \qquad e_b = \hat r_{ui} - r_b, \quad u = users_b, \; i = items_b

    Parameters
    ----------
    P, Q, bu, bi, mu, users, items
        As for `mf_predict`.
    ratings : float[B]
        The ratings that were given.
    reg : float
        The penalty :math:`\lambda`. A row is penalised once for every example that it occurs in, and not at all where it
        occurs in none.

    Returns
    -------
    loss : float
    grads : dict
        ``P`` float[U, k], ``Q`` float[I, k], ``bu`` float[U], ``bi`` float[I]. Rows of absent users and items are 0.

    Notes
    -----
    ``dP[users] += g`` reads, adds and writes back: of several examples with the same user only the last would count.
    """
    # TODO: write mf_loss_and_grads.
    raise NotImplementedError("mf_loss_and_grads: not written yet")


# Helper functions are welcome, here and elsewhere.


# ----------------------------------------------------------------------------------------------------------------------
# R2  alternating least squares
# ----------------------------------------------------------------------------------------------------------------------


def als_update(R, M, Q, reg):
    r"""Find the best vectors of all users while those of the items stay as they are [2]_.

    .. math::
        p_u = \arg\min_p \sum_{i: M_{ui}} (R_{ui} - \langle p, q_i \rangle)^2 + \lambda \lVert p \rVert^2
        \quad\Longrightarrow\quad
        \Bigl( \sum_{i: M_{ui}} q_i q_i^T + \lambda \, \mathbb 1 \Bigr) \, p_u = \sum_{i: M_{ui}} R_{ui} \, q_i

    Parameters
    ----------
    R : float[U, I]
        Ratings. Where M is False, there is none: whatever stands there, even nan, does not matter.
    M : bool[U, I]
        Which ratings were given.
    Q : float[I, k]
        Vectors of the items.
    reg : float
        The penalty :math:`\lambda \ge 0`. If it is 0, users with ratings have enough of them for one solution.

    Returns
    -------
    P : float[U, k]
        A user without ratings gets the zero vector, also if reg is 0.

    Notes
    -----
    The items' turn is the same function with the roles exchanged: ``Q = als_update(R.T, M.T, P, reg)``. Each turn
    solves its half exactly, so the objective never rises.

    Examples
    --------
    >>> R, M = np.array([[2.0, 9.0], [4.0, 4.0]]), np.array([[True, False], [True, True]])
    >>> np.asarray(als_update(R, M, Q=np.array([[1.0], [1.0]]), reg=1.0), float).round(4) + 0
    array([[1.    ],
           [2.6667]])
    """
    # TODO: write als_update.
    raise NotImplementedError("als_update: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# R3  Bayesian personalised ranking
# ----------------------------------------------------------------------------------------------------------------------


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    r"""Compute the loss of ranking items that were chosen above items that were not, and its gradients [3]_.

    .. math::
        L = \frac{1}{B} \sum_b \left[ -\log \sigma(x_b) + \frac{\lambda}{2}
            \left( \lVert p_u \rVert^2 + \lVert q_i \rVert^2 + \lVert q_j \rVert^2 \right) \right],
        \qquad x_b = \langle p_u, q_i - q_j \rangle

    Parameters
    ----------
    P : float[U, k]
        Vectors of the users.
    Q : float[I, k]
        Vectors of the items.
    users : int[B]
        Users u.
    pos, neg : int[B]
        Items i that these users chose, and items j that they did not. An item may be i in one example and j in another.
    reg : float
        The penalty :math:`\lambda`, of the rows that occur, once for every time.

    Returns
    -------
    loss : float
    dP : float[U, k]
    dQ : float[I, k]

    Notes
    -----
    ``-log sigmoid(x)`` is ``log(1 + exp(-x))``. The exponential overflows for x < -709, and for x > 37 the sigmoid is 1.0;
    ``np.logaddexp`` knows both. The derivative is ``-sigmoid(-x)``: pairs in the right order hardly count any more.
    """
    # TODO: write bpr_loss_and_grads.
    raise NotImplementedError("bpr_loss_and_grads: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# R4  negative sampling
# ----------------------------------------------------------------------------------------------------------------------


def sample_negatives(positives, users, n_items, rng):
    """Draw an item for every user of a batch, uniformly from those that the user has not chosen.

    Parameters
    ----------
    positives : list of U sets of int
        The items that each user has chosen; never all of them.
    users : int[B]
        For whom. A user that occurs twice gets two independent draws.
    n_items : int
        I, the number of items.
    rng : numpy.random.Generator
        The only source of randomness. On average at most 20 numbers are drawn from it for each item that is returned,
        however many a user has chosen: a shuffled list of 1,000 items counts as 1,000.

    Returns
    -------
    int[B]

    Notes
    -----
    Drawing again until the item is not among the positives is fast for most users, and takes n_items draws for one who
    has chosen all items but one.
    """
    # TODO: write sample_negatives.
    raise NotImplementedError("sample_negatives: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# R5  ranking metrics
# ----------------------------------------------------------------------------------------------------------------------


def recall_at_k(scores, test, k, exclude=None):
    r"""Measure how many of the items that a user wanted are among the k with the highest scores.

    .. math:: \frac{|\, top_k(u) \cap test_u \,|}{|\, test_u \,|}, \quad \text{mean over the users with test items}

    Parameters
    ----------
    scores : float[U, I]
        Scores of all items for all users, of any sign; those of a user are all different.
    test : list of U sets of int
        Items that are right. Users with none are left out of the mean; at least one user has some.
    k : int
        How many items are recommended, at least 1. It may exceed the number of items.
    exclude : list of U sets of int, optional
        Items that are taken out before ranking, since the user has chosen them already; none of them is a test item.

    Returns
    -------
    float
        From 0 to 1.

    Notes
    -----
    With ``|test| > k`` not even a perfect ranking reaches 1. Some libraries divide by ``min(k, |test|)`` instead.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.8, 0.7, 0.6]])
    >>> float(recall_at_k(scores, [{1, 3}], k=2))
    0.5
    >>> float(recall_at_k(scores, [{1, 3}], k=2, exclude=[{0, 2}]))
    1.0
    """
    # TODO: write recall_at_k.
    raise NotImplementedError("recall_at_k: not written yet")


def ndcg_at_k(scores, test, k, exclude=None):
    r"""Measure how far up in the ranking the items are that a user wanted [4]_.

    .. math::
        \frac{DCG}{IDCG}, \qquad
        DCG = \sum_{r=1}^{k} \frac{[\text{item at rank } r \text{ is in } test_u]}{\log_2(r + 1)}, \qquad
        IDCG = \sum_{r=1}^{\min(k,\, |test_u|)} \frac{1}{\log_2(r + 1)}

    Parameters
    ----------
    scores, test, k, exclude
        As for `recall_at_k`.

    Returns
    -------
    float
        From 0 to 1; the mean over the users with test items.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.8, 0.7, 0.6]])
    >>> float(ndcg_at_k(scores, [{0}], k=3)), float(ndcg_at_k(scores, [{2}], k=3))
    (1.0, 0.5)
    """
    # TODO: write ndcg_at_k.
    raise NotImplementedError("ndcg_at_k: not written yet")


# What both metrics need, such as the ranking without excluded items, may be a function of its own.


def roc_auc(y_true, y_score):
    r"""Compute the area under the ROC curve: how often a positive example scores higher than a negative one [5]_.

    .. math::
        \frac{1}{n_+ n_-} \sum_{a: y_a = 1} \sum_{b: y_b = 0} [s_a > s_b] + \tfrac{1}{2} [s_a = s_b]

    Parameters
    ----------
    y_true : int[n]
        1 for positive, 0 for negative examples; there are some of both.
    y_score : float[n]
        Scores; equal ones count one half.

    Returns
    -------
    float
        From 0 to 1; 0.5 for scores that say nothing.

    Notes
    -----
    The sum is that of the ranks of the positive examples, less the least that it can be (Mann and Whitney), so sorting once
    is enough. The loop over pairs is as good for small n.

    Examples
    --------
    >>> float(roc_auc(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.4, 0.8])))
    0.875
    """
    # TODO: write roc_auc.
    raise NotImplementedError("roc_auc: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# R6  in-batch softmax
# ----------------------------------------------------------------------------------------------------------------------


def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    r"""Compute the loss of finding each user's item among the items of the whole batch, and its gradients [6]_.

    .. math::
        s_{bc} = \frac{\langle u_b, v_c \rangle}{\tau} - \log q_c, \qquad
        L = -\frac{1}{B} \sum_b \log \frac{e^{s_{bb}}}{\sum_c e^{s_{bc}}}

    Parameters
    ----------
    U : float[B, d]
        Vectors of users, the output of one tower.
    V : float[B, d]
        Vectors of the items that these users chose, the output of the other: row b belongs to row b of U.
    temperature : float
        :math:`\tau > 0`.
    log_q : float[B], optional
        Logarithm of the probability with which each item gets into a batch. Popular items are in many batches, and so are
        often negatives; subtracting this makes up for it. None: no correction.

    Returns
    -------
    loss : float
    dU, dV : float[B, d]

    Notes
    -----
    With a temperature of 0.01, logits reach hundreds: the largest of each row is subtracted before the exponential.
    """
    # TODO: write in_batch_softmax_loss.
    raise NotImplementedError("in_batch_softmax_loss: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# R7  two towers in Keras
# ----------------------------------------------------------------------------------------------------------------------


def build_two_tower(n_users, n_items, dim):
    r"""Build a model that scores pairs of a user and an item [7]_.

    .. math:: s_{ui} = \langle p_u, q_i \rangle \; (+ \; b_u + b_i + b)

    Parameters
    ----------
    n_users, n_items : int
        U and I. Ids are 0 to U - 1 and 0 to I - 1.
    dim : int
        k, the length of the vectors.

    Returns
    -------
    keras.Model
        Takes ``[user_id, item_id]``, two arrays of B integers, and returns a score for each pair, (B,) or (B, 1): the plain
        inner product, a logit. ``(U + I) k`` parameters; with biases, which are optional, U + I or U + I + 1 more.
    """
    # TODO: write build_two_tower.
    raise NotImplementedError("build_two_tower: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# R8  an honest split
# ----------------------------------------------------------------------------------------------------------------------


def leave_last_out(users, items, times):
    """Split a log of interactions: the last one of every user is for testing, all others are for training.

    Parameters
    ----------
    users : int[n]
        Who; any integers.
    items : int[n]
        Chose what.
    times : float[n]
        When. Rows are in any order. Of several last interactions at the same time, the one that stands last in the log is
        the last.

    Returns
    -------
    train_idx, test_idx : int[n - t], int[t]
        Row numbers, in any order. A user with a single interaction is not tested, and stays in the training part.

    Notes
    -----
    A random split lets the model learn from the future: it is asked on Monday about what it was told on Tuesday.

    Examples
    --------
    >>> train, test = leave_last_out(np.array([7, 8, 7, 7]), np.array([0, 0, 1, 2]), np.array([3.0, 1.0, 9.0, 5.0]))
    >>> sorted(map(int, train)), sorted(map(int, test))
    ([0, 1, 3], [2])
    """
    # TODO: write leave_last_out.
    raise NotImplementedError("leave_last_out: not written yet")
