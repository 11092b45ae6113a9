"""M03-13f: the tables make a step in place, and the gradients are returned besides.

file: recsys.py
loses: r1_properties
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
    np.add.at(dQ, items, (e * p + reg * q) / B)
    np.add.at(dbu, users, (error + reg * b_u) / B)
    np.add.at(dbi, items, (error + reg * b_i) / B)
    for table, slope in ((P, dP), (Q, dQ), (bu, dbu), (bi, dbi)):
        table -= 0.05 * slope
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}
