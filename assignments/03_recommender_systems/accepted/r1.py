"""Other right answers: Matrix factorisation with biases."""

from autograder.rubric import accepted


@accepted("sums_by_bincount")
class sums_by_bincount:
    """A loop over the k coordinates, which does not grow with the batch; predictions picked from
    the whole table.
    """

    def mf_predict(P, Q, bu, bi, mu, users, items):
        table = mu + bu[:, None] + bi[None, :] + P @ Q.T
        return table[users, items]

    def scatter(index, rows, length):
        return np.stack([np.bincount(index, weights=column, minlength=length) for column in rows.T], axis=1)

    def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
        B = ratings.shape[0]
        err = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
        l2 = (P[users] ** 2).sum() + (Q[items] ** 2).sum() + (bu[users] ** 2).sum() + (bi[items] ** 2).sum()
        grads = dict(
            P=scatter(users, err[:, None] * Q[items] + reg * P[users], len(P)) / B,
            Q=scatter(items, err[:, None] * P[users] + reg * Q[items], len(Q)) / B,
            bu=np.bincount(users, weights=err + reg * bu[users], minlength=len(bu)) / B,
            bi=np.bincount(items, weights=err + reg * bi[items], minlength=len(bi)) / B,
        )
        return float((err @ err + reg * l2) / (2 * B)), grads


@accepted("formula_in_brackets")
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The handout's formula as it stands: the mean over the batch of what is in its brackets."""
    e = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    squares = np.sum(P[users] ** 2, axis=1) + np.sum(Q[items] ** 2, axis=1) + bu[users] ** 2 + bi[items] ** 2
    grads = {"P": np.zeros(P.shape), "Q": np.zeros(Q.shape), "bu": np.zeros(bu.shape), "bi": np.zeros(bi.shape)}
    np.add.at(grads["P"], users, e[:, None] * Q[items] + reg * P[users])
    np.add.at(grads["Q"], items, e[:, None] * P[users] + reg * Q[items])
    np.add.at(grads["bu"], users, e + reg * bu[users])
    np.add.at(grads["bi"], items, e + reg * bi[items])
    return np.mean(e**2 / 2 + reg / 2 * squares), {name: one / len(e) for name, one in grads.items()}


@accepted("axes_that_were_kept")
class axes_that_were_kept:
    """"An array may have axes of length 1 more": predictions as a column, the loss as an array of one."""

    def mf_predict(P, Q, bu, bi, mu, users, items):
        return mu + (bu[users] + bi[items])[:, None] + np.sum(P[users] * Q[items], axis=1, keepdims=True)

    def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
        e = np.ravel(mf_predict(P, Q, bu, bi, mu, users, items)) - ratings
        squares = np.sum(P[users] ** 2) + np.sum(Q[items] ** 2) + np.sum(bu[users] ** 2) + np.sum(bi[items] ** 2)
        dP, dQ, dbu, dbi = np.zeros_like(P), np.zeros_like(Q), np.zeros((len(bu), 1)), np.zeros((len(bi), 1))
        np.add.at(dP, users, (e[:, None] * Q[items] + reg * P[users]) / len(e))
        np.add.at(dQ, items, (e[:, None] * P[users] + reg * Q[items]) / len(e))
        np.add.at(dbu, users, (e + reg * bu[users])[:, None] / len(e))
        np.add.at(dbi, items, (e + reg * bi[items])[:, None] / len(e))
        return np.array([np.sum(e**2) + reg * squares]) / (2 * len(e)), {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


@accepted("prediction_written_again")
def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    """The loss does not call mf_predict; gradients of the biases by np.bincount, of the vectors by a sparse sum."""
    p, q = P[users], Q[items]
    e = mu + bu[users] + bi[items] + np.einsum("bk,bk->b", p, q) - ratings
    n = e.size
    rows_u, rows_i = (np.arange(len(P))[:, None] == users), (np.arange(len(Q))[:, None] == items)
    l2 = np.square(p).sum() + np.square(q).sum() + np.square(bu[users]).sum() + np.square(bi[items]).sum()
    return 0.5 * (e @ e + reg * l2) / n, {
        "P": rows_u @ (e[:, None] * q + reg * p) / n,
        "Q": rows_i @ (e[:, None] * p + reg * q) / n,
        "bu": rows_u @ (e + reg * bu[users]) / n,
        "bi": rows_i @ (e + reg * bi[items]) / n,
    }
