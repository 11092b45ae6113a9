"""M03-16a: rows that occur several times lose all gradients but the last.

file: recsys.py
loses: r3_gradients, r3_stability
"""


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
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
