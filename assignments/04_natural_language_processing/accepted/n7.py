"""Other right answers: Frontier: speech recognition with CTC."""

from autograder.rubric import accepted


@accepted("nlp_ctc_with_lists", file="nlp.py")
class nlp_ctc_with_lists:
    """Loss and gradient are lists of numbers, transcripts arrays and tuples of whole floats."""

    def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
        T, B, C = log_probs.shape
        losses, grads = [], []
        for b in range(B):
            frames, labels = (
                int(input_lengths[b]),
                [int(one) for one in targets[b][: target_lengths[b]]],
            )
            loss, grad = one_utterance(log_probs[:frames, b], labels, blank)
            losses.append(loss)
            grads.append(np.vstack([grad, np.zeros((T - frames, C))]))
        return losses, np.stack(grads, axis=1).tolist()

    def one_utterance(y, labels, blank):
        T, C = y.shape
        z = [blank]
        for label in labels:
            z += [label, blank]
        S = len(z)
        a, b = np.full((T, S), -np.inf), np.full((T, S), -np.inf)
        a[0, : min(2, S)] = y[0, z[:2]]
        b[T - 1, max(S - 2, 0) :] = y[T - 1, z[-2:]] if S > 1 else y[T - 1, z]
        for t in range(1, T):
            for s in range(S):
                ways = [a[t - 1, s]] + [a[t - 1, s - 1]] * (s > 0)
                if s > 1 and z[s] != blank and z[s] != z[s - 2]:
                    ways.append(a[t - 1, s - 2])
                a[t, s] = np.logaddexp.reduce(ways) + y[t, z[s]]
        for t in range(T - 2, -1, -1):
            for s in range(S):
                ways = [b[t + 1, s]] + [b[t + 1, s + 1] if s + 1 < S else -np.inf]
                if s + 2 < S and z[s] != blank and z[s] != z[s + 2]:
                    ways.append(b[t + 1, s + 2])
                b[t, s] = np.logaddexp.reduce(ways) + y[t, z[s]]
        log_p = np.logaddexp.reduce(a[T - 1, max(S - 2, 0) :])
        grad = np.zeros((T, C))
        if log_p == -np.inf:
            return float("inf"), grad
        for s in range(S):
            grad[:, z[s]] -= np.exp(a[:, s] + b[:, s] - y[:, z[s]] - log_p)
        return float(-log_p), grad

    def ctc_greedy_decode(log_probs, input_lengths, blank=0):
        found = []
        for b, T in enumerate(input_lengths):
            best = log_probs[:T, b].argmax(axis=1)
            keep = np.insert(best[1:] != best[:-1], 0, True) & (best != blank)
            found.append(best[keep].astype(float) if b % 2 else tuple(best[keep]))
        return tuple(found)


@accepted("nlp_ctc_of_all_utterances")
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """All utterances at once, frame by frame; the gradient comes back through the recursion, as backpropagation does."""
    T, B, C = log_probs.shape
    frames, labels = np.asarray(input_lengths), np.asarray(target_lengths)
    S = 2 * int(labels.max()) + 1
    z = np.full((B, S), blank)
    z[:, 1::2] = np.where(np.arange(S // 2) < labels[:, None], targets[:, : S // 2], blank)
    exists = np.arange(S) <= 2 * labels[:, None]
    skips = np.zeros((B, S), dtype=bool)
    skips[:, 2:] = (z[:, 2:] != blank) & (z[:, 2:] != z[:, :-2])
    y = np.take_along_axis(log_probs, np.broadcast_to(z, (T, B, S)), axis=2)
    y = np.where(exists, y, -np.inf)
    alphas = [np.where(np.arange(S) < 2, y[0], -np.inf)]
    for t in range(1, T):
        padded = np.pad(alphas[-1], ((0, 0), (2, 0)), constant_values=-np.inf)
        ways = np.stack([padded[:, 2:], padded[:, 1:-1], np.where(skips, padded[:, :-2], -np.inf)])
        new = np.logaddexp.reduce(ways) + y[t]
        alphas.append(np.where((t < frames)[:, None], new, alphas[-1]))
    ends = np.arange(S)[None] >= np.maximum(2 * labels - 1, 0)[:, None]
    last = np.where(exists & ends, alphas[-1], -np.inf)
    log_p = np.logaddexp.reduce(last, axis=1)
    is_possible = log_p > -np.inf
    safe = np.where(is_possible, log_p, 0)
    d = np.where(
        is_possible[:, None], np.exp(last - safe[:, None]), 0
    )  # how much of p goes on from a state
    grad = np.zeros((T, B, C))
    for t in range(T - 1, -1, -1):
        active = (t < frames)[:, None]
        for b in range(B):
            np.add.at(grad[t, b], z[b], np.where(active[b], -d[b], 0))
        if t:
            padded = np.pad(alphas[t - 1], ((0, 0), (2, 0)), constant_values=-np.inf)
            ways = np.stack(
                [padded[:, 2:], padded[:, 1:-1], np.where(skips, padded[:, :-2], -np.inf)]
            )
            total = np.logaddexp.reduce(ways)
            share = np.exp(ways - np.where(np.isneginf(total), 0, total)) * d
            before = share[0].copy()
            before[:, :-1] += share[1][:, 1:]
            before[:, :-2] += share[2][:, 2:]
            d = np.where(active, before, d)
    return -log_p, grad
