"""Other right answers: Affine layer."""

from autograder.rubric import accepted


@accepted("affine_with_a_column_of_ones", file="layers.py")
class affine_with_a_column_of_ones:
    """Biases as one more row of the weights."""

    def affine_forward(x, w, b):
        rows = np.hstack([x.reshape(len(x), -1), np.ones((len(x), 1))])
        return rows @ np.vstack([w, b]), (x, w, b)

    def affine_backward(dout, cache):
        x, w, b = cache
        rows = np.hstack([x.reshape(len(x), -1), np.ones((len(x), 1))])
        both = rows.T @ dout
        return (dout @ np.vstack([w, b]).T)[:, :-1].reshape(x.shape), both[:-1], both[-1]


@accepted("affine_by_einsum", file="layers.py")
class affine_by_einsum:
    """Sums over named axes, with weights in the shape of an example."""

    def affine_forward(x, w, b):
        return np.tensordot(x, w.reshape(*x.shape[1:], -1), axes=x.ndim - 1) + b[None, :], (x, w, b)

    def affine_backward(dout, cache):
        x, w, b = cache
        dx = np.einsum("nm,dm->nd", dout, w)
        dw = np.einsum("nd,nm->dm", np.reshape(x, (dout.shape[0], -1)), dout)
        return np.reshape(dx, x.shape), dw, np.einsum("nm->m", dout)


@accepted("layers_in_lists", file="layers.py")
class layers_in_lists:
    """ "Where an array is due, a list of numbers will do": lists of lists, and a list for the tuple of gradients."""

    _affine_forward, _affine_backward, _softmax_loss = affine_forward, affine_backward, softmax_loss

    def affine_forward(x, w, b):
        out, cache = _affine_forward(np.asarray(x), w, b)
        return [out.tolist(), cache]

    def affine_backward(dout, cache):
        return [gradient.tolist() for gradient in _affine_backward(np.asarray(dout), cache)]

    def relu_forward(x):
        return np.clip(x, 0, None).tolist(), x

    def relu_backward(dout, cache):
        return (np.asarray(dout) * (np.sign(cache) + 1) / 2).tolist()

    def softmax_loss(x, y):
        loss, dx = _softmax_loss(np.asarray(x), y)
        return loss, dx.tolist()


@accepted("affine_with_its_own_cache", file="layers.py")
def affine_backward(dout, cache):
    """ "The cache of `affine_forward` is `(x, w, b)`": it may be read by position, and gradients may be views."""
    dx, dw, db = np.empty(cache[0].shape), np.empty(cache[1].shape), np.zeros(cache[2].shape)
    dx.reshape(len(dx), cache[1].shape[0])[...] = np.matmul(dout, np.transpose(cache[1]))
    dw[...] = np.dot(cache[0].reshape(len(dx), -1).T, dout)
    for row in dout:
        db += row
    return dx[...], dw[:], db
