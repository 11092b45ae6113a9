"""M03-17b: a tiny number keeps the logarithm finite and stops the loss at 23.

file: recsys.py
loses: r3_stability
"""


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
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
