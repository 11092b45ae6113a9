"""M03-3c: the whole tables are penalised with every batch.

file: recsys.py
loses: r1_example_gradients, r1_gradients, r1_repeated, r1_example, r1_loss, r1_properties
"""


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(P**2) + np.sum(Q**2) + np.sum(bu**2) + np.sum(bi**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.copy(P) * reg / B, np.copy(Q) * reg / B, np.copy(bu) * reg / B, np.copy(bi) * reg / B
    np.add.at(dP, users, (e * q) / B)
    np.add.at(dQ, items, (e * p) / B)
    np.add.at(dbu, users, (error) / B)
    np.add.at(dbi, items, (error) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}
