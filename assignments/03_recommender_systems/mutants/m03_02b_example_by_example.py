"""M03-2b: examples are taken one after the other, and each moves the tables before the next one is looked at.

file: recsys.py
loses: r1_example_gradients, r1_gradients, r1_repeated, r1_vectorised, r1_properties
"""


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg, lr=0.01):
    B, loss = len(users), 0.0
    grads = {"P": np.zeros_like(P), "Q": np.zeros_like(Q), "bu": np.zeros_like(bu), "bi": np.zeros_like(bi)}
    for u, i, r in zip(users, items, ratings):
        e = mu + bu[u] + bi[i] + P[u] @ Q[i] - r
        loss += 0.5 * e**2 + 0.5 * reg * (P[u] @ P[u] + Q[i] @ Q[i] + bu[u] ** 2 + bi[i] ** 2)
        for name, table, row, slope in (("bu", bu, u, 1.0), ("bi", bi, i, 1.0), ("P", P, u, Q[i]), ("Q", Q, i, P[u])):
            g = (e * slope + reg * table[row]) / B
            grads[name][row] += g
            table[row] -= lr * g
    return loss / B, grads
