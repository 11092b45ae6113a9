"""Mistakes: Bayesian personalised ranking."""

from autograder.rubric import mutant


@mutant("M03-5a", loses=["r3_example", "r3_gradients"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The slope is -sigmoid(x): pairs in the right order are pushed the most."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, -x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-5b", loses=["r3_example", "r3_gradients"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The slope is +sigmoid(-x): every step makes the order worse."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-5c", loses=["r3_example", "r3_loss", "r3_gradients"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The loss is -log sigmoid(-x), and the gradients belong to it: the order is learned upside down."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, x)) + 0.5 * reg * penalty / B
    slope = np.exp(-np.logaddexp(0, -x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-6a", loses=["r3_example", "r3_gradients", "r3_properties"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The negative item has no gradient."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    return loss, dP, dQ


@mutant("M03-6b", loses=["r3_example", "r3_loss", "r3_gradients"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The negative item moves, but has no penalty."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p) / B)
    return loss, dP, dQ


@mutant("M03-6c", loses=["r3_example", "r3_gradients", "r3_properties"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The negative item moves in the direction of the positive one."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-16a", loses=["r3_gradients"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """Rows that occur several times lose all gradients but the last."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    dP[users] += (slope * (q_i - q_j) + reg * p) / B
    dQ[pos] += (slope * p + reg * q_i) / B
    dQ[neg] += (-slope * p + reg * q_j) / B
    return loss, dP, dQ


@mutant("M03-16b", loses=["r3_gradients", "r3_properties"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The gradients of negative items are written over those of positive ones."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    of_neg = np.zeros_like(Q)
    np.add.at(of_neg, neg, (-slope * p + reg * q_j) / B)
    dQ[neg] = of_neg[neg]
    return loss, dP, dQ


@mutant("M03-16c", loses=["r3_loss", "r3_gradients"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """loss and gradients are sums over the batch, not means."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.sum(np.logaddexp(0, -x)) + 0.5 * reg * penalty
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p))
    np.add.at(dQ, pos, (slope * p + reg * q_i))
    np.add.at(dQ, neg, (-slope * p + reg * q_j))
    return loss, dP, dQ


@mutant("M03-16d", loses=["r3_example", "r3_loss", "r3_gradients"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """reg is not used."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x))
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j)) / B)
    np.add.at(dQ, pos, (slope * p) / B)
    np.add.at(dQ, neg, (-slope * p) / B)
    return loss, dP, dQ


@mutant("M03-16e", loses=["r3_example", "r3_loss", "r3_gradients", "r3_properties"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The score of the negative item does not count: -log sigmoid(p . q_i)."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * q_i, axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * q_i + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-17a", loses=["r3_stability"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """log(1 / (1 + exp(-x))) overflows, and the logarithm meets 0."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(-np.log(1 / (1 + np.exp(-x)))) + 0.5 * reg * penalty / B
    slope = -(1 - 1 / (1 + np.exp(-x)))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-17b", loses=["r3_stability"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """A tiny number keeps the logarithm finite and stops the loss at 23."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(-np.log(np.exp(-np.logaddexp(0, -x)) + 1e-10)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-17c", loses=["r3_stability"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The loss is stable, the sigmoid of its gradient is not."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -(1 / (1 + np.exp(x)))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-17d", loses=["r3_stability"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """scores are clipped at 30, so the loss stops there."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    x = np.clip(x, -30, 30)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    return loss, dP, dQ


@mutant("M03-17e", loses=["r3_properties"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The vectors make a step in place, and the gradients are returned besides."""
    B = len(users)
    p, q_i, q_j = P[users], Q[pos], Q[neg]
    x = np.sum(p * (q_i - q_j), axis=1)
    penalty = np.sum(p**2) + np.sum(q_i**2) + np.sum(q_j**2)
    loss = np.mean(np.logaddexp(0, -x)) + 0.5 * reg * penalty / B
    slope = -np.exp(-np.logaddexp(0, x))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (slope * (q_i - q_j) + reg * p) / B)
    np.add.at(dQ, pos, (slope * p + reg * q_i) / B)
    np.add.at(dQ, neg, (-slope * p + reg * q_j) / B)
    P -= 0.1 * dP
    Q -= 0.1 * dQ
    return loss, dP, dQ


@mutant("M03-27c", nothing_right=True, loses=["r3_example", "r3_loss", "r3_gradients", "r3_stability", "r3_properties"])
def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    """The loss is log 2 whatever is given, and its gradients are zero."""
    return np.log(2), np.zeros_like(P), np.zeros_like(Q)
