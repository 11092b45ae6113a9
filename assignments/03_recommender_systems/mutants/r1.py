"""Mistakes: Matrix factorisation with biases."""

from autograder.rubric import mutant


@mutant("M03-1a", loses=["r1_repeated"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """Gradients are added with `dP[users] += g`, which keeps the last of several rows."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    dP[users] += (e * q + reg * p) / B
    dQ[items] += (e * p + reg * q) / B
    dbu[users] += (error + reg * b_u) / B
    dbi[items] += (error + reg * b_i) / B
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-1b", loses=["r1_repeated"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """Only the gradients of the biases are added with fancy indices, which lose repeated ids."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q + reg * p) / B)
    np.add.at(dQ, items, (e * p + reg * q) / B)
    dbu[users] += (error + reg * b_u) / B
    dbi[items] += (error + reg * b_i) / B
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-2a", loses=["r1_example_gradients", "r1_gradients", "r1_repeated"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The gradient of Q is taken at users that have already made a step of 0.01."""
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


@mutant(
    "M03-2b",
    loses=["r1_example_gradients", "r1_gradients", "r1_repeated", "r1_vectorised"],
)
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg, lr=0.01):
    """examples are taken one after the other, and each moves copies of the tables before the next one
    is looked at.
    """
    P, Q, bu, bi = P.copy(), Q.copy(), bu.copy(), bi.copy()
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


@mutant("M03-3a", loses=["r1_example_gradients", "r1_gradients"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The penalty is in the loss, but not in the gradients."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q) / B)
    np.add.at(dQ, items, (e * p) / B)
    np.add.at(dbu, users, (error) / B)
    np.add.at(dbi, items, (error) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-3b", loses=["r1_example_gradients", "r1_gradients", "r1_loss", "r1_example_loss"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """reg is never used."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2)) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q) / B)
    np.add.at(dQ, items, (e * p) / B)
    np.add.at(dbu, users, (error) / B)
    np.add.at(dbi, items, (error) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant(
    "M03-3c",
    loses=["r1_example_gradients", "r1_gradients", "r1_loss", "r1_example_loss"],
)
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The whole tables are penalised with every batch."""
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


@mutant("M03-3d", loses=["r1_repeated"])
class rows_penalised_once:
    """A row that occurs in several examples is penalised once."""

    _with_penalty = mf_loss_and_grads

    def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
        B, tables = len(users), {"P": P, "Q": Q, "bu": bu, "bi": bi}
        loss, grads = _with_penalty(P, Q, bu, bi, mu, users, items, ratings, 0.0)
        for name, ids in (("P", users), ("Q", items), ("bu", users), ("bi", items)):
            rows = np.unique(ids)
            loss += 0.5 * reg * np.sum(tables[name][rows] ** 2) / B
            grads[name][rows] += reg * tables[name][rows] / B
        return loss, grads


@mutant("M03-3e", loses=["r1_example_gradients", "r1_gradients", "r1_loss", "r1_example_loss"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The biases have no penalty."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q + reg * p) / B)
    np.add.at(dQ, items, (e * p + reg * q) / B)
    np.add.at(dbu, users, (error) / B)
    np.add.at(dbi, items, (error) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-3f", loses=["r1_example_gradients", "r1_gradients", "r1_loss", "r1_example_loss"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The penalty is summed over the batch while the errors are averaged."""
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


@mutant("M03-12a", loses=["r1_example", "r1_predict"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """The bias of the item is missing in the prediction."""
    return mu + bu[users] + np.sum(P[users] * Q[items], axis=1)


@mutant("M03-12b", loses=["r1_example", "r1_predict"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """The mean is missing in the prediction."""
    return bu[users] + bi[items] + np.einsum("bk,bk->b", P[users], Q[items])


@mutant("M03-12c", loses=["r1_example", "r1_predict", "r1_predict_vectorised"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """Every user of the batch is multiplied with every item of the batch."""
    return mu + bu[users][:, None] + bi[items] + P[users] @ Q[items].T


@mutant("M03-12d", loses=["r1_example", "r1_predict"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """The vectors are normalised before the inner product."""
    p = P[users] / np.linalg.norm(P[users], axis=1, keepdims=True)
    q = Q[items] / np.linalg.norm(Q[items], axis=1, keepdims=True)
    return mu + bu[users] + bi[items] + np.sum(p * q, axis=1)


@mutant("M03-12e", loses=["r1_example", "r1_predict"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """vectors that are close match, as if an inner product were that; turned vectors do match as before."""
    return mu + bu[users] + bi[items] - np.sum((P[users] - Q[items]) ** 2, axis=1)


@mutant("M03-12f", loses=["r1_predict", "r1_predict_properties"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """The products of the coordinates lose their sign."""
    return mu + bu[users] + bi[items] + np.sum(np.abs(P[users] * Q[items]), axis=1)


@mutant("M03-13a", loses=["r1_example_gradients", "r1_gradients", "r1_loss", "r1_example_loss"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """loss and gradients are sums over the batch, not means."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty)
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q + reg * p))
    np.add.at(dQ, items, (e * p + reg * q))
    np.add.at(dbu, users, (error + reg * b_u))
    np.add.at(dbi, items, (error + reg * b_i))
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-13b", loses=["r1_example_gradients", "r1_gradients", "r1_loss", "r1_example_loss"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The squared error is not halved in the loss, nor is its gradient."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (2 * e * q + reg * p) / B)
    np.add.at(dQ, items, (2 * e * p + reg * q) / B)
    np.add.at(dbu, users, (2 * error + reg * b_u) / B)
    np.add.at(dbi, items, (2 * error + reg * b_i) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-13c", loses=["r1_example_gradients", "r1_gradients"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The error is the rating minus the prediction, and the gradients have the opposite sign."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = ratings - mf_predict(P, Q, bu, bi, mu, users, items)
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q + reg * p) / B)
    np.add.at(dQ, items, (e * p + reg * q) / B)
    np.add.at(dbu, users, (error + reg * b_u) / B)
    np.add.at(dbi, items, (error + reg * b_i) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-13d", loses=["r1_loss", "r1_example_loss"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The penalty is in the gradients, but not in the loss."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2)) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q + reg * p) / B)
    np.add.at(dQ, items, (e * p + reg * q) / B)
    np.add.at(dbu, users, (error + reg * b_u) / B)
    np.add.at(dbi, items, (error + reg * b_i) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-13e", loses=["r1_example_gradients", "r1_gradients", "r1_properties"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The gradients of the two biases are added to each other's rows."""
    B = len(users)
    p, q, b_u, b_i = P[users], Q[items], bu[users], bi[items]
    error = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    penalty = np.sum(p**2) + np.sum(q**2) + np.sum(b_u**2) + np.sum(b_i**2)
    loss = (0.5 * np.sum(error**2) + 0.5 * reg * penalty) / B
    e = error[:, None]
    dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (e * q + reg * p) / B)
    np.add.at(dQ, items, (e * p + reg * q) / B)
    np.add.at(dbu, items % len(bu), (error + reg * b_u) / B)
    np.add.at(dbi, users % len(bi), (error + reg * b_i) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@mutant("M03-13f", loses=["r1_properties"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The tables make a step in place, and the gradients are returned besides."""
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


@mutant("M03-14a", loses=["r1_vectorised"])
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The gradients are right, but summed in a Python loop over the batch."""
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


@mutant("M03-14b", loses=["r1_predict_vectorised"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """The predictions are made one by one in a list comprehension."""
    return np.array([mu + bu[u] + bi[i] + P[u] @ Q[i] for u, i in zip(users, items)])


@mutant("M03-14c", loses=["r1_vectorised", "r1_predict_vectorised"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """np.vectorize calls a Python function for every example."""
    predict_one = np.vectorize(lambda u, i: mu + bu[u] + bi[i] + P[u] @ Q[i])
    return predict_one(users, items)


@mutant(
    "M03-27a", nothing_right=True,
    loses=[
        "r1_example_loss",
        "r1_example_gradients",
        "r1_loss",
        "r1_gradients",
        "r1_repeated",
        "r1_properties",
        "r1_vectorised",
    ],
)
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """All that comes back is zero, which agrees with itself in every way."""
    return 0.0, {"P": np.zeros_like(P), "Q": np.zeros_like(Q), "bu": np.zeros_like(bu), "bi": np.zeros_like(bi)}


@mutant("M03-27b", nothing_right=True, loses=["r1_example", "r1_predict", "r1_predict_properties", "r1_predict_vectorised"])
def mf_predict(P, Q, bu, bi, mu, users, items):
    """The mean is predicted for everybody."""
    return np.full(len(users), mu)
