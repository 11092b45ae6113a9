"""Accepted: everything is computed and returned in float32.

file: recsys.py
loses:
"""

_predict, _mf, _als, _bpr, _softmax = mf_predict, mf_loss_and_grads, als_update, bpr_loss_and_grads, in_batch_softmax_loss


def single(*arrays):
    return [array.astype(np.float32) if isinstance(array, np.ndarray) and array.dtype.kind == "f" else array for array in arrays]


def mf_predict(P, Q, bu, bi, mu, users, items):
    return _predict(*single(P, Q, bu, bi), np.float32(mu), users, items)


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    loss, grads = _mf(*single(P, Q, bu, bi), np.float32(mu), users, items, *single(ratings), np.float32(reg))
    return np.float32(loss), {name: grad.astype(np.float32) for name, grad in grads.items()}


def als_update(R, M, Q, reg):
    return _als(*single(R), M, *single(Q), reg).astype(np.float32)


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    loss, dP, dQ = _bpr(*single(P, Q), users, pos, neg, np.float32(reg))
    return np.float32(loss), dP.astype(np.float32), dQ.astype(np.float32)


def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    loss, dU, dV = _softmax(*single(U, V), np.float32(temperature), None if log_q is None else log_q.astype(np.float32))
    return np.float32(loss), dU.astype(np.float32), dV.astype(np.float32)
