"""Accepted: Python loops and math where no vectorisation is asked for, with printing and plain floats.

file: recsys.py
loses:
"""

import math


def softplus(x):
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    print("bpr:", len(users), "pairs")
    loss, dP, dQ = 0.0, np.zeros(P.shape), np.zeros(Q.shape)
    for u, i, j in zip(users, pos, neg):
        x = float(P[u] @ (Q[i] - Q[j]))
        loss += softplus(-x) + 0.5 * reg * float(P[u] @ P[u] + Q[i] @ Q[i] + Q[j] @ Q[j])
        g = -math.exp(-softplus(x))
        dP[u] += g * (Q[i] - Q[j]) + reg * P[u]
        dQ[i] += g * P[u] + reg * Q[i]
        dQ[j] += -g * P[u] + reg * Q[j]
    n = len(users)
    return loss / n, dP / n, dQ / n


def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    n = len(U)
    loss, dU, dV = 0.0, np.zeros(U.shape), np.zeros(V.shape)
    for b in range(n):
        row = np.array([U[b] @ V[c] / temperature - (log_q[c] if log_q is not None else 0) for c in range(n)])
        row -= max(row)
        total = sum(math.exp(s) for s in row)
        loss -= row[b] - math.log(total)
        for c in range(n):
            g = (math.exp(row[c]) / total - (b == c)) / (n * temperature)
            dU[b] += g * V[c]
            dV[c] += g * U[b]
    return [loss / n, dU, dV]
