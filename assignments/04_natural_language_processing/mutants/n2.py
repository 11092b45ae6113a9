"""Mistakes: Vanilla RNN."""

from autograder.rubric import mutant


@mutant("M04-2a", loses=["n2_example_backward", "n2_gradients", "n2_reach"])
def rnn_backward(dh, cache):
    """The gradient of the next step is not added to dh[:, t]."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t], caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


@mutant("M04-2b", loses=["n2_example_backward", "n2_step_gradients"])
def rnn_step_backward(dnext_h, cache):
    """The derivative takes tanh of the state, which went through tanh already."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - np.tanh(next_h) ** 2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-2d", loses=["n2_step_gradients"])
def rnn_step_backward(dnext_h, cache):
    """db is a sum over everything, and so one number."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, np.sum(da)


@mutant("M04-3a", loses=["n2_example_backward", "n2_gradients"])
def rnn_backward(dh, cache):
    """dWx is that of the first step alone, since each step overwrites it."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx = dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


@mutant("M04-3b", loses=["n2_example_backward", "n2_gradients"])
def rnn_backward(dh, cache):
    """All gradients of the weights are those of the first step alone."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx = dWx_t
        dWh = dWh_t
        db = db_t
    return dx, dprev_h, dWx, dWh, db


@mutant("M04-21a", loses=["n2_reach"])
def rnn_backward(dh, cache):
    """The gradient of the next step is added to dh in place."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dh[:, t] += dprev_h
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t], caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


@mutant("M04-21b", loses=["n2_example_backward", "n2_gradients", "n2_reach"])
def rnn_backward(dh, cache):
    """The backward pass goes from the first time to the last."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in range(dh.shape[1]):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


@mutant("M04-21c", loses=["n2_example_backward", "n2_gradients"])
def rnn_backward(dh, cache):
    """dh0 is zeros."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, np.zeros_like(dprev_h), dWx, dWh, db


@mutant("M04-21d", loses=["n2_example_backward", "n2_gradients"])
def rnn_backward(dh, cache):
    """dh0 is the gradient that the last step hands back."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        first = t == dh.shape[1] - 1
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
        dh0 = dprev_h if first else dh0
    return dx, dh0, dWx, dWh, db


@mutant("M04-21e", loses=["n2_example_backward", "n2_gradients"])
def rnn_backward(dh, cache):
    """Gradients of the weights are means over t."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    dprev_h = np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx += dWx_t / dh.shape[1]
        dWh += dWh_t / dh.shape[1]
        db += db_t / dh.shape[1]
    return dx, dprev_h, dWx, dWh, db


@mutant("M04-21f", loses=["n2_example_backward", "n2_gradients", "n2_reach"])
def rnn_backward(dh, cache):
    """An unfinished function returns zeros of the right shapes: rnn_backward."""
    _, x, Wx, Wh = cache
    return np.zeros_like(x), np.zeros_like(dh[:, 0]), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])


@mutant("M04-21g", loses=["n2_example_backward", "n2_step_gradients"])
def rnn_step_backward(dnext_h, cache):
    """Unfinished functions return zeros of the right shapes: both backward passes."""
    x, prev_h, Wx, Wh, _ = cache
    return np.zeros_like(x), np.zeros_like(prev_h), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])


@mutant("M04-21h", loses=["n2_example", "n2_step_values", "n2_step_gradients"])
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """The last state goes through the transpose of Wh."""
    next_h = np.tanh(x @ Wx + prev_h @ Wh.T + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


@mutant("M04-21i", loses=["n2_example", "n2_step_values", "n2_step_gradients"])
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """The bias is added after tanh."""
    next_h = np.tanh(x @ Wx + prev_h @ Wh) + b
    return next_h, (x, prev_h, Wx, Wh, next_h)


@mutant(
    "M04-21j",
    loses=["n2_example", "n2_step_values", "n2_step_gradients"],
    file="rnn_layers.py",
)
class sigmoid_for_tanh:
    """A sigmoid in the place of tanh, with its right gradient."""

    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        next_h = sigmoid(x @ Wx + prev_h @ Wh + b)
        return next_h, (x, prev_h, Wx, Wh, next_h)

    def rnn_step_backward(dnext_h, cache):
        x, prev_h, Wx, Wh, next_h = cache
        da = dnext_h * next_h * (1 - next_h)
        return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant(
    "M04-21k",
    loses=["n2_example", "n2_step_values", "n2_step_gradients"],
)
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """The step does not look at the last state."""
    next_h = np.tanh(x @ Wx + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


@mutant("M04-21l", loses=["n2_values", "n2_properties"])
def rnn_forward(x, h0, Wx, Wh, b):
    """h begins with h0 and leaves the last state out."""
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        h[:, t] = state
        state, step = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-21m", loses=["n2_values", "n2_gradients", "n2_properties"])
def rnn_forward(x, h0, Wx, Wh, b):
    """The state before the first element is zeros, whatever h0 is."""
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], np.zeros_like(h0)
    for t in range(x.shape[1]):
        state, step = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-21n", loses=["n2_example_backward", "n2_values", "n2_gradients", "n2_properties"])
def rnn_forward(x, h0, Wx, Wh, b):
    """Every step begins with h0."""
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        state, step = rnn_step_forward(x[:, t], h0, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-21o", loses=["n2_example_backward", "n2_values", "n2_gradients", "n2_properties", "n2_reach"])
def rnn_forward(x, h0, Wx, Wh, b):
    """Sequences are taken for (T, N, D)."""
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[0]):
        state, step = rnn_step_forward(x[t], state, Wx, Wh, b)
        h[t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-21p", loses=["n2_values", "n2_gradients", "n2_properties"])
def rnn_forward(x, h0, Wx, Wh, b):
    """Each state is read from the next element, too: the sequence is smoothed first."""
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        element = (x[:, t] + x[:, min(t + 1, x.shape[1] - 1)]) / 2
        state, step = rnn_step_forward(element, state, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-21q", loses=["n2_gradients"])
def rnn_backward(dh, cache):
    """The gradient is found by finite differences, two passes for every number."""
    caches, x, Wx, Wh = cache
    x, h0, Wx, Wh, b = x.copy(), caches[0][1].copy(), Wx.copy(), Wh.copy(), None
    a = np.arctanh(caches[0][4])
    b = (a - x[:, 0] @ Wx - h0 @ Wh)[0]
    at = [x, h0, Wx, Wh, b]
    gradients = []
    for array in at:
        gradient = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            old = array[index]
            array[index] = old + 1e-5
            up = np.sum(rnn_forward(*at)[0] * dh)
            array[index] = old - 1e-5
            down = np.sum(rnn_forward(*at)[0] * dh)
            array[index] = old
            gradient[index] = (up - down) / 2e-5
        gradients.append(gradient)
    return tuple(gradients)


@mutant("M04-21r", loses=["n2_step_gradients"])
def rnn_step_backward(dnext_h, cache):
    """Gradients of the weights are means over the batch."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da / len(x), prev_h.T @ da / len(x), da.mean(axis=0)


@mutant("M04-21s", loses=["n2_step_gradients"])
def rnn_step_backward(dnext_h, cache):
    """Gradients go back through Wh, not through its transpose."""
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-21t", loses=["n2_example_backward", "n2_gradients"])
def rnn_forward(x, h0, Wx, Wh, b):
    """The cache of the last step is kept for all of them."""
    h, caches, state = np.zeros((*x.shape[:2], h0.shape[1])), [], h0
    for t in range(x.shape[1]):
        state, step = rnn_step_forward(x[:, t], state, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, ([step] * len(caches), x, Wx, Wh)


@mutant("M04-21x", loses=["n2_step_gradients"])
def rnn_step_backward(dnext_h, cache):
    """dnext_h is multiplied in place; "Nothing that is passed in is changed." """
    x, prev_h, Wx, Wh, next_h = cache
    dnext_h *= 1 - next_h**2
    return dnext_h @ Wx.T, dnext_h @ Wh.T, x.T @ dnext_h, prev_h.T @ dnext_h, dnext_h.sum(axis=0)


@mutant(
    "M04-21y",
    loses=[
        "n2_example", "n2_example_backward", "n2_step_values", "n2_values", "n2_step_gradients", "n2_gradients",
        "n2_properties", "n2_reach",
    ],
    file="rnn_layers.py",
)
class zeros_throughout:
    """Zeros, whose gradients are zeros: consistent, and nothing."""

    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        return np.zeros_like(prev_h), (x, prev_h, Wx, Wh)

    def rnn_step_backward(dnext_h, cache):
        return (*map(np.zeros_like, cache), np.zeros(len(cache[3])))

    def rnn_forward(x, h0, Wx, Wh, b):
        return np.zeros((*x.shape[:2], len(b))), (x, h0, Wx, Wh)

    def rnn_backward(dh, cache):
        return (*map(np.zeros_like, cache), np.zeros(len(cache[3])))


@mutant(
    "M04-60b",
    loses=[
        "n2_example", "n2_example_backward", "n2_step_values", "n2_values", "n2_step_gradients", "n2_gradients",
        "n2_properties", "n2_reach",
    ],
    file="rnn_layers.py",
    nothing_right=True,
)
class sums_instead_of_states:
    """Every state is the sum of all inputs, every gradient the sum of dout: consistent with itself, and no RNN."""

    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        inputs = x, prev_h, Wx, Wh, b
        return np.full(prev_h.shape, sum(one.sum() for one in inputs)), inputs

    def rnn_step_backward(dnext_h, cache):
        return tuple(np.full(one.shape, dnext_h.sum()) for one in cache)

    def rnn_forward(x, h0, Wx, Wh, b):
        inputs = x, h0, Wx, Wh, b
        return np.full((*x.shape[:2], h0.shape[1]), sum(one.sum() for one in inputs)), inputs

    def rnn_backward(dh, cache):
        return tuple(np.full(one.shape, dh.sum()) for one in cache)
