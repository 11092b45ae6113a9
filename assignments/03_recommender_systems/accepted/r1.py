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
