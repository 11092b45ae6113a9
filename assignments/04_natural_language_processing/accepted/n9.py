"""Other right answers: Frontier: speech synthesis, the attention of Tacotron 2."""

from autograder.rubric import accepted


@accepted("nlp_location_by_products")
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """The convolution as a product with a band matrix; the mask as -1e30; the memory weighed by
    einsum; params read one by one.
    """
    F = params["F"]
    K, T = F.shape[0], memory.shape[1]
    band = np.zeros((T, T, F.shape[1]))
    for k in range(K):
        offset = k - K // 2
        band += np.eye(T, k=offset)[:, :, None] * F[k]
    f = np.einsum("jtc,bt->bjc", band, cumulative)
    a = np.einsum("bs,sa->ba", query, params["W"])[:, np.newaxis]
    a = (
        a
        + np.einsum("bth,ha->bta", memory, params["V"])
        + np.einsum("btc,ca->bta", f, params["U"])
        + params["b"]
    )
    e = (np.tanh(a) * params["v"]).sum(axis=-1)
    mask = np.arange(T)[None] < np.array(lengths).reshape(-1, 1)
    e = np.where(mask, e, -1e30)
    w = np.exp(e - np.max(e, axis=-1)[:, None])
    w = w / np.sum(w, axis=-1)[:, None]
    return np.einsum("bt,bth->bh", w, memory), w, cumulative + w


@accepted("nlp_location_by_convolving")
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """np.convolve with turned filters, utterance by utterance; float32 inside, lists come back."""
    params = {name: np.asarray(value, dtype=np.float32) for name, value in params.items()}
    context, weights = [], []
    for s, h, c, n in zip(query, memory, cumulative, lengths):
        n, K = int(n), len(params["F"])
        padded = np.pad(c, K // 2)
        f = np.stack(
            [np.convolve(padded, taps[::-1], mode="valid") for taps in params["F"].T], axis=1
        )
        e = np.tanh(s @ params["W"] + h @ params["V"] + f @ params["U"] + params["b"]) @ params["v"]
        w = np.exp(e[:n] - max(e[:n]))
        w = np.append(w / w.sum(), np.zeros(len(h) - n))
        context.append((w @ h).tolist())
        weights.append(w.tolist())
    return context, weights, (np.array(weights) + cumulative).tolist()
