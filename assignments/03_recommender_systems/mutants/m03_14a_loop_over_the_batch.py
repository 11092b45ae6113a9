"""M03-14a: the gradients are right, but summed in a Python loop over the batch.

file: recsys.py
loses: r1_vectorised
"""


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    B = len(users)
    grads = {"P": np.zeros_like(P), "Q": np.zeros_like(Q), "bu": np.zeros_like(bu), "bi": np.zeros_like(bi)}
    loss = 0.0
    for b in range(B):
        u, i = users[b], items[b]
        e = mu + bu[u] + bi[i] + P[u] @ Q[i] - ratings[b]
        loss += 0.5 * e**2 + 0.5 * reg * (np.sum(P[u] ** 2) + np.sum(Q[i] ** 2) + bu[u] ** 2 + bi[i] ** 2)
        grads["P"][u] += (e * Q[i] + reg * P[u]) / B
        grads["Q"][i] += (e * P[u] + reg * Q[i]) / B
        grads["bu"][u] += (e + reg * bu[u]) / B
        grads["bi"][i] += (e + reg * bi[i]) / B
    return loss / B, grads
