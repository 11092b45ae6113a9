"""M03-6c: the negative item moves in the direction of the positive one.

file: recsys.py
loses: r3_example, r3_gradients, r3_properties, r3_stability
"""


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
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
