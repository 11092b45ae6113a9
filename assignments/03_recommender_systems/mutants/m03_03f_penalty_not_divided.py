"""M03-3f: the penalty is summed over the batch while the errors are averaged.

file: recsys.py
loses: r1_example_gradients, r1_gradients, r1_repeated, r1_example, r1_loss
"""


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = 0.5 * np.sum(error**2) / B + 0.5 * reg * penalty
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, e * q / B + reg * p)
    np.add.at(dQ, items, e * p / B + reg * q)
    np.add.at(dbu, users, error / B + reg * b_u)
    np.add.at(dbi, items, error / B + reg * b_i)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}
