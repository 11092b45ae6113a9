"""Other right answers: Vanilla RNN."""

from autograder.rubric import accepted


@accepted("rnn_reads_the_cache_of_its_step", file="rnn_layers.py")
class rnn_reads_the_cache_of_its_step:
    """rnn_forward looks into what its own step remembers, and keeps that alone."""

    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
        return next_h, {"x": x, "before": prev_h, "after": next_h, "Wx": Wx, "Wh": Wh}

    def rnn_step_backward(dnext_h, cache):
        da = dnext_h * (1 - cache["after"] ** 2)
        dx, dprev_h = da.dot(cache["Wx"].T), da.dot(cache["Wh"].T)
        return dx, dprev_h, cache["x"].T.dot(da), cache["before"].T.dot(da), da.sum(0)

    def rnn_forward(x, h0, Wx, Wh, b):
        cache = []
        for t in range(x.shape[1]):
            cache.append(
                rnn_step_forward(x[:, t], cache[-1]["after"] if cache else h0, Wx, Wh, b)[1]
            )
        return np.stack([step["after"] for step in cache], axis=1), cache

    def rnn_backward(dh, cache):
        dx, dh0, dWx, dWh, db = [], 0, 0, 0, 0
        for t in range(dh.shape[1])[::-1]:
            dx_t, dh0, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dh0, cache[t])
            dx, dWx, dWh, db = [dx_t, *dx], dWx + dWx_t, dWh + dWh_t, db + db_t
        return np.stack(dx, axis=1), dh0, dWx, dWh, db


@accepted("rnn_keeps_an_axis", file="rnn_layers.py")
class rnn_keeps_an_axis:
    """db has the shape (1, H); "so will axes of length 1 more or fewer"."""

    def rnn_step_backward(dnext_h, cache):
        x, prev_h, Wx, Wh, next_h = cache
        da = dnext_h * (1 - next_h**2)
        return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0, keepdims=True)

    def rnn_backward(dh, cache):
        caches, x, Wx, Wh = cache
        dx, dWx, dWh, db = (
            np.zeros_like(x),
            np.zeros_like(Wx),
            np.zeros_like(Wh),
            np.zeros((1, Wh.shape[0])),
        )
        dprev_h = np.zeros_like(dh[:, 0])
        for t in reversed(range(dh.shape[1])):
            dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
            dWx += dWx_t
            dWh += dWh_t
            db += db_t
        return dx, dprev_h, dWx, dWh, db


@accepted("rnn_answers_with_lists", file="rnn_layers.py")
class rnn_answers_with_lists:
    """Steps and sequences answer with lists of numbers; "Where an array is due, a list of numbers will do"."""

    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        next_h = np.tanh(np.asarray(x) @ Wx + np.asarray(prev_h) @ Wh + b)
        return [next_h.tolist(), (np.asarray(x), np.asarray(prev_h), Wx, Wh, next_h)]

    def rnn_step_backward(dnext_h, cache):
        x, prev_h, Wx, Wh, next_h = cache
        da = np.asarray(dnext_h) * (1 - next_h**2)
        parts = da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
        return [part.tolist() for part in parts]

    def rnn_forward(x, h0, Wx, Wh, b):
        h, caches, state = [], [], h0
        for t in range(x.shape[1]):
            state, cache = rnn_step_forward(x[:, t], state, Wx, Wh, b)
            h.append(state)
            caches.append(cache)
        return np.moveaxis(np.array(h), 0, 1).tolist(), caches

    def rnn_backward(dh, cache):
        dx, carried, totals = [], np.zeros_like(dh[:, 0]), None
        for t in reversed(range(dh.shape[1])):
            dx_t, dprev_h, *weights = rnn_step_backward(dh[:, t] + carried, cache[t])
            dx.insert(0, dx_t)
            carried = np.array(dprev_h)
            totals = [
                np.array(one) + (0 if totals is None else totals[i])
                for i, one in enumerate(weights)
            ]
        return [
            np.moveaxis(np.array(dx), 0, 1).tolist(),
            carried.tolist(),
            *(one.tolist() for one in totals),
        ]


@accepted("rnn_that_writes_down_its_formulas", file="rnn_layers.py")
class rnn_that_writes_down_its_formulas:
    """Literally "h_t = tanh(x_t W_x + h_{t-1} W_h + b)" and "The gradient of state t is the sum", by einsum."""

    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        h = np.tanh(np.einsum("nd,dh->nh", x, Wx) + np.einsum("nk,kh->nh", prev_h, Wh) + b[None])
        return h, (x, prev_h, Wx, Wh, h)

    def rnn_step_backward(dnext_h, cache):
        x, prev_h, Wx, Wh, h = cache
        da = np.einsum("nh,nh->nh", dnext_h, 1 - np.square(h))
        dx, dprev_h = np.einsum("nh,dh->nd", da, Wx), np.einsum("nh,kh->nk", da, Wh)
        return (
            dx,
            dprev_h,
            np.einsum("nd,nh->dh", x, da),
            np.einsum("nk,nh->kh", prev_h, da),
            np.einsum("nh->h", da),
        )
