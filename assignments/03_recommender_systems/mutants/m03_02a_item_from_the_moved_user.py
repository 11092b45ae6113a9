"""M03-2a: the gradient of Q is taken at users that have already made a step of 0.01.

file: recsys.py
loses: r1_example_gradients, r1_gradients, r1_repeated
"""


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q + reg * p) / B)
    moved = (P - 0.01 * dP)[users]
    np.add.at(dQ, items, (e * moved + reg * q) / B)
    np.add.at(dbu, users, (error + reg * b_u) / B)
    np.add.at(dbi, items, (error + reg * b_i) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}
