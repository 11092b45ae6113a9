"""Mistakes: LSTM."""

from autograder.rubric import mutant


@mutant("M04-4", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """The memory's gradient is dnext_c alone, without what came through next_h."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant(
    "M04-5a",
    loses=["n3_example", "n3_step_values", "n3_step_gradients"],
    file="rnn_layers.py",
)
class gates_of_pytorch_and_keras:
    """The order of the gates is i, f, g, o, with its right gradient."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        H = prev_h.shape[1]
        a = x @ Wx + prev_h @ Wh + b
        ai, af, ag, ao = np.split(a, 4, axis=1)
        i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
        next_c = f * prev_c + i * g
        shown = np.tanh(next_c)
        return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)

    def lstm_step_backward(dnext_h, dnext_c, cache):
        x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
        dc = dnext_c + dnext_h * o * (1 - shown**2)
        dai = dc * g * i * (1 - i)
        daf = dc * prev_c * f * (1 - f)
        dao = dnext_h * shown * o * (1 - o)
        dag = dc * i * (1 - g**2)
        da = np.concatenate([dai, daf, dag, dao], axis=1)
        return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant(
    "M04-5b",
    loses=["n3_example", "n3_step_values", "n3_step_gradients", "n3_forget"],
    file="rnn_layers.py",
)
class gates_of_early_tensorflow:
    """The order of the gates is i, g, f, o (i, j, f, o of BasicLSTMCell), with its right gradient."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        H = prev_h.shape[1]
        a = x @ Wx + prev_h @ Wh + b
        ai, ag, af, ao = np.split(a, 4, axis=1)
        i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
        next_c = f * prev_c + i * g
        shown = np.tanh(next_c)
        return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)

    def lstm_step_backward(dnext_h, dnext_c, cache):
        x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
        dc = dnext_c + dnext_h * o * (1 - shown**2)
        dai = dc * g * i * (1 - i)
        daf = dc * prev_c * f * (1 - f)
        dao = dnext_h * shown * o * (1 - o)
        dag = dc * i * (1 - g**2)
        da = np.concatenate([dai, dag, daf, dao], axis=1)
        return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-5c", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """The order of the gates is i, f, g, o in the backward pass alone."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dag, dao], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22a", loses=["n3_values", "n3_gradients"])
def lstm_forward(x, h0, Wx, Wh, b):
    """The memory before the first element is h0."""
    h, caches, state, memory = np.zeros((*x.shape[:2], h0.shape[1])), [], h0, h0
    for t in range(x.shape[1]):
        state, memory, step = lstm_step_forward(x[:, t], state, memory, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-22b", loses=["n3_values", "n3_gradients", "n3_memory"])
def lstm_forward(x, h0, Wx, Wh, b):
    """The state is handed on in the place of the memory."""
    h, caches, state, memory = np.zeros((*x.shape[:2], h0.shape[1])), [], h0, np.zeros_like(h0)
    for t in range(x.shape[1]):
        state, _, step = lstm_step_forward(x[:, t], state, memory, Wx, Wh, b)
        memory = state
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant(
    "M04-22c",
    loses=["n3_example", "n3_step_values", "n3_step_gradients"],
    file="rnn_layers.py",
)
class memory_shown_without_tanh:
    """next_h = o * next_c, with its right gradient."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        H = prev_h.shape[1]
        a = x @ Wx + prev_h @ Wh + b
        ai, af, ao, ag = np.split(a, 4, axis=1)
        i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
        next_c = f * prev_c + i * g
        shown = next_c
        return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)

    def lstm_step_backward(dnext_h, dnext_c, cache):
        x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
        dc = dnext_c + dnext_h * o
        dai = dc * g * i * (1 - i)
        daf = dc * prev_c * f * (1 - f)
        dao = dnext_h * shown * o * (1 - o)
        dag = dc * i * (1 - g**2)
        da = np.concatenate([dai, daf, dao, dag], axis=1)
        return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant(
    "M04-22d",
    loses=["n3_example", "n3_step_values", "n3_step_gradients"],
)
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """next_h shows the memory before the step."""
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    shown = np.tanh(prev_c)
    return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)


@mutant(
    "M04-22e",
    loses=["n3_example", "n3_step_values", "n3_step_gradients"],
    file="rnn_layers.py",
)
class nothing_forgotten:
    """There is no forget gate, as in the paper of 1997; with its right gradient."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        H = prev_h.shape[1]
        a = x @ Wx + prev_h @ Wh + b
        ai, af, ao, ag = np.split(a, 4, axis=1)
        i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
        next_c = prev_c + i * g
        shown = np.tanh(next_c)
        return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)

    def lstm_step_backward(dnext_h, dnext_c, cache):
        x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
        dc = dnext_c + dnext_h * o * (1 - shown**2)
        dai = dc * g * i * (1 - i)
        daf = 0 * f
        dao = dnext_h * shown * o * (1 - o)
        dag = dc * i * (1 - g**2)
        da = np.concatenate([dai, daf, dao, dag], axis=1)
        return da @ Wx.T, da @ Wh.T, dc, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant(
    "M04-22f",
    loses=["n3_example", "n3_step_values", "n3_step_gradients"],
)
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """The forget gate gets a bias of 1 on top, as Keras initialises it."""
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af + 1), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    shown = np.tanh(next_c)
    return o * shown, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown)


@mutant("M04-22g", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """The gradient of g does not go through tanh."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22h", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """The gradients of the gates do not go through their sigmoids."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g
    daf = dc * prev_c
    dao = dnext_h * shown
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22i", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """The gradient of the output gate has next_c where tanh(next_c) is due."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * np.arctanh(shown) * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22j", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """dprev_c is the memory's gradient, not times f."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22k", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """dprev_c is dnext_c times f, without what came through next_h; seen in a public solution."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dnext_c * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22l", loses=["n3_example_backward", "n3_step_gradients", "n3_forget"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """An unfinished function returns zeros of the right shapes: lstm_step_backward."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = 0 * dnext_c
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = 0 * o
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22m", loses=["n3_gradients", "n3_memory"])
def lstm_backward(dh, cache):
    """The gradient of the memory is not handed back."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
    dstate, dmemory = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, _, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dstate, dmemory, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db


@mutant("M04-22n", loses=["n3_gradients"])
def lstm_backward(dh, cache):
    """The gradient of the state is not handed back to the step before."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
    dstate, dmemory = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, dmemory, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t], dmemory, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db


@mutant("M04-22o", loses=["n3_gradients"])
def lstm_backward(dh, cache):
    """dh is given to the memory, too."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
    dstate, dmemory = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, dmemory, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dstate, dmemory + dh[:, t], caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db


@mutant("M04-22p", loses=["n3_gradients"])
def lstm_backward(dh, cache):
    """Gradients of the weights are those of the first step alone."""
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
    dstate, dmemory = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dx[:, t], dstate, dmemory, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dstate, dmemory, caches[t])
        dWx = dWx_t
        dWh = dWh_t
        db = db_t
    return dx, dstate, dWx, dWh, db


@mutant("M04-22q", loses=["n3_gradients", "n3_memory"])
def lstm_backward(dh, cache):
    """An unfinished function returns zeros of the right shapes: lstm_backward."""
    _, x, Wx, Wh = cache
    return np.zeros_like(x), np.zeros_like(dh[:, 0]), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])


@mutant("M04-22r", loses=["n3_values", "n3_gradients", "n3_memory"])
def lstm_forward(x, h0, Wx, Wh, b):
    """The loop ends one step too early."""
    h, caches, state, memory = np.zeros((*x.shape[:2], h0.shape[1])), [], h0, np.zeros_like(h0)
    for t in range(x.shape[1] - 1):
        state, memory, step = lstm_step_forward(x[:, t], state, memory, Wx, Wh, b)
        h[:, t] = state
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-22s", loses=["n3_example_backward", "n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """dWh is made of the state after the step."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dai = dc * g * i * (1 - i)
    daf = dc * prev_c * f * (1 - f)
    dao = dnext_h * shown * o * (1 - o)
    dag = dc * i * (1 - g**2)
    da = np.concatenate([dai, daf, dao, dag], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, (o * shown).T @ da, da.sum(axis=0)


@mutant("M04-22t", loses=["n3_values", "n3_gradients"])
def lstm_forward(x, h0, Wx, Wh, b):
    """Every step begins with h0; the memory alone is handed on."""
    h, caches, memory = np.zeros((*x.shape[:2], h0.shape[1])), [], np.zeros_like(h0)
    for t in range(x.shape[1]):
        h[:, t], memory, step = lstm_step_forward(x[:, t], h0, memory, Wx, Wh, b)
        caches.append(step)
    return h, (caches, x, Wx, Wh)


@mutant("M04-22u", loses=["n3_step_gradients"])
def lstm_step_backward(dnext_h, dnext_c, cache):
    """dnext_h is multiplied in place, which may be done to dnext_c alone."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, shown = cache
    dc = dnext_c + dnext_h * o * (1 - shown**2)
    dnext_h *= shown * o * (1 - o)
    da = np.concatenate([dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h, dc * i * (1 - g**2)], axis=1)
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


@mutant("M04-22v", loses=["n3_memory"])
def lstm_backward(dh, cache):
    """The gradient of the next step is added to dh in place; "Nothing that is passed in is changed." """
    caches, x, Wx, Wh = cache
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
    dstate, dmemory = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        dh[:, t] += dstate
        dx[:, t], dstate, dmemory, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t].copy(), dmemory, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dstate, dWx, dWh, db


@mutant(
    "M04-22w",
    loses=[
        "n3_example", "n3_example_backward", "n3_step_values", "n3_values", "n3_step_gradients", "n3_gradients",
        "n3_forget", "n3_memory",
    ],
    file="rnn_layers.py",
)
class zeros_throughout:
    """Zeros, whose gradients are zeros: consistent, and nothing."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        return np.zeros_like(prev_h), np.zeros_like(prev_h), (x, prev_h, prev_c, Wx, Wh, b)

    def lstm_step_backward(dnext_h, dnext_c, cache):
        return tuple(map(np.zeros_like, cache))

    def lstm_forward(x, h0, Wx, Wh, b):
        return np.zeros((*x.shape[:2], h0.shape[1])), (x, h0, Wx, Wh, b)

    def lstm_backward(dh, cache):
        return tuple(map(np.zeros_like, cache))


@mutant("M04-22x", loses=["n3_step_gradients", "n3_example_backward"], file="rnn_layers.py")
class db_is_a_mean:
    """ "Each of several gradients has points of its own": db is halved, and all else is right."""

    _lstm_step_backward = lstm_step_backward

    def lstm_step_backward(dnext_h, dnext_c, cache):
        *others, db = _lstm_step_backward(dnext_h, dnext_c, cache)
        return *others, db / 2


@mutant(
    "M04-60f",
    loses=[
        "n3_example", "n3_example_backward", "n3_step_values", "n3_values", "n3_step_gradients", "n3_gradients",
        "n3_forget", "n3_memory",
    ],
    file="rnn_layers.py",
    nothing_right=True,
)
class sums_instead_of_memories:
    """Every state is the sum of all inputs, every gradient the sum of dout: consistent with itself, and no LSTM."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        inputs = x, prev_h, prev_c, Wx, Wh, b
        state = np.full(prev_h.shape, sum(one.sum() for one in inputs))
        return state, state.copy(), inputs

    def lstm_step_backward(dnext_h, dnext_c, cache):
        return tuple(np.full(one.shape, dnext_h.sum() + dnext_c.sum()) for one in cache)

    def lstm_forward(x, h0, Wx, Wh, b):
        inputs = x, h0, Wx, Wh, b
        return np.full((*x.shape[:2], h0.shape[1]), sum(one.sum() for one in inputs)), inputs

    def lstm_backward(dh, cache):
        return tuple(np.full(one.shape, dh.sum()) for one in cache)
