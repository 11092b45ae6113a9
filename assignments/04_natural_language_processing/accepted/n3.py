"""Other right answers: LSTM."""

from autograder.rubric import accepted


@accepted("rnn_lstm_by_gate", file="rnn_layers.py")
class rnn_lstm_by_gate:
    """Every gate has its own slices and its own gradients; lstm_forward reads its own step's cache."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        H = len(b) // 4
        a = {
            gate: x @ Wx[:, k * H : (k + 1) * H]
            + prev_h @ Wh[:, k * H : (k + 1) * H]
            + b[k * H : (k + 1) * H]
            for k, gate in enumerate("ifog")
        }
        v = {gate: np.tanh(z) if gate == "g" else 1 / (1 + np.exp(-z)) for gate, z in a.items()}
        c = v["f"] * prev_c + v["i"] * v["g"]
        h = v["o"] * np.tanh(c)
        return h, c, dict(v, c=c, h=h, x=x, prev_h=prev_h, prev_c=prev_c, Wx=Wx, Wh=Wh)

    def lstm_step_backward(dnext_h, dnext_c, cache):
        v, H = cache, cache["h"].shape[1]
        dc = np.array(dnext_c)
        dc += dnext_h * v["o"] * (1 - np.tanh(v["c"]) ** 2)
        upstream = {
            "i": dc * v["g"],
            "f": dc * v["prev_c"],
            "o": dnext_h * np.tanh(v["c"]),
            "g": dc * v["i"],
        }
        da = {
            gate: d * ((1 - v[gate] ** 2) if gate == "g" else v[gate] * (1 - v[gate]))
            for gate, d in upstream.items()
        }
        dx, dprev_h, dWx, dWh, db = (
            0,
            0,
            np.zeros(v["Wx"].shape),
            np.zeros(v["Wh"].shape),
            np.zeros(4 * H),
        )
        for k, gate in enumerate("ifog"):
            part = slice(k * H, (k + 1) * H)
            dx, dprev_h = (
                dx + da[gate] @ v["Wx"][:, part].T,
                dprev_h + da[gate] @ v["Wh"][:, part].T,
            )
            dWx[:, part], dWh[:, part], db[part] = (
                v["x"].T @ da[gate],
                v["prev_h"].T @ da[gate],
                da[gate].sum(0),
            )
        return dx, dprev_h, dc * v["f"], dWx, dWh, db

    def lstm_forward(x, h0, Wx, Wh, b):
        steps = []
        for t in range(x.shape[1]):
            h, c = (steps[-1]["h"], steps[-1]["c"]) if steps else (h0, np.zeros(h0.shape))
            steps.append(lstm_step_forward(x[:, t], h, c, Wx, Wh, b)[2])
        return np.stack([step["h"] for step in steps], axis=1), steps

    def lstm_backward(dh, cache):
        N, T, H = dh.shape
        grads, carried_h, carried_c = [], np.zeros((N, H)), np.zeros((N, H))
        for t in range(T - 1, -1, -1):
            grads.append(lstm_step_backward(dh[:, t] + carried_h, carried_c, cache[t]))
            carried_h, carried_c = grads[-1][1:3]
        weights = [sum(one[k] for one in grads) for k in (3, 4, 5)]
        return np.stack([one[0] for one in grads[::-1]], axis=1), carried_h, *weights


@accepted("rnn_lstm_with_lists", file="rnn_layers.py")
class rnn_lstm_with_lists:
    """lstm_backward answers with lists, and with db of shape (1, 4H)."""

    def lstm_backward(dh, cache):
        caches, x, Wx, Wh = cache
        dx, dWx, dWh, db = (
            np.zeros(x.shape),
            np.zeros(Wx.shape),
            np.zeros(Wh.shape),
            np.zeros((1, Wh.shape[1])),
        )
        dstate, dmemory = np.zeros(dh[:, 0].shape), np.zeros(dh[:, 0].shape)
        for t in reversed(range(dh.shape[1])):
            dx[:, t], dstate, dmemory, dWx_t, dWh_t, db_t = lstm_step_backward(
                dh[:, t] + dstate, dmemory, caches[t]
            )
            dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
        return [dx.tolist(), dstate.tolist(), dWx.tolist(), dWh.tolist(), db.tolist()]
