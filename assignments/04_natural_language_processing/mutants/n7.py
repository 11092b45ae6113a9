"""Mistakes: Frontier: speech recognition with CTC."""

from autograder.rubric import mutant


@mutant("M04-10a", loses=["n7_values", "n7_gradient"])
def _log_prefixes(y, states, blank):
    """The blank between two equal labels may be skipped."""
    may_skip = np.zeros(len(states), dtype=bool)
    may_skip[2:] = (states[2:] != blank)
    alpha = np.full_like(y, -np.inf)
    alpha[0, :2] = y[0, :2]
    for t in range(1, len(y)):
        before = np.concatenate([[-np.inf, -np.inf], alpha[t - 1]])
        stay, step, skip = before[2:], before[1:-1], np.where(may_skip, before[:-2], -np.inf)
        alpha[t] = np.logaddexp(np.logaddexp(stay, step), skip) + y[t]
    return alpha


@mutant("M04-10b", loses=["n7_example_loss", "n7_values", "n7_gradient"])
def _log_prefixes(y, states, blank):
    """From blank to blank: a label may be skipped."""
    may_skip = np.zeros(len(states), dtype=bool)
    may_skip[2:] = (states[2:] == blank) | (states[2:] != states[:-2])
    alpha = np.full_like(y, -np.inf)
    alpha[0, :2] = y[0, :2]
    for t in range(1, len(y)):
        before = np.concatenate([[-np.inf, -np.inf], alpha[t - 1]])
        stay, step, skip = before[2:], before[1:-1], np.where(may_skip, before[:-2], -np.inf)
        alpha[t] = np.logaddexp(np.logaddexp(stay, step), skip) + y[t]
    return alpha


@mutant("M04-10c", loses=["n7_values", "n7_gradient"])
def _log_prefixes(y, states, blank):
    """A blank must stand between any two labels."""
    may_skip = np.zeros(len(states), dtype=bool)
    alpha = np.full_like(y, -np.inf)
    alpha[0, :2] = y[0, :2]
    for t in range(1, len(y)):
        before = np.concatenate([[-np.inf, -np.inf], alpha[t - 1]])
        stay, step, skip = before[2:], before[1:-1], np.where(may_skip, before[:-2], -np.inf)
        alpha[t] = np.logaddexp(np.logaddexp(stay, step), skip) + y[t]
    return alpha


@mutant("M04-10d", loses=["n7_values", "n7_gradient", "n7_example_loss"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """Only paths that end in a blank are summed."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = alpha[-1, -1]
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-10e", loses=["n7_example_loss", "n7_values", "n7_gradient"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """Only paths that end in the last label are summed."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = alpha[-1, -2:][0]
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-10f", loses=["n7_values", "n7_gradient", "n7_example_loss"], file="nlp.py")
class begins_with_a_blank:
    """Paths must begin with a blank."""

    def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
        loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
        for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
            states = np.full(2 * L + 1, blank)
            states[1::2] = targets[b, :L]
            y = log_probs[:T, b, states]
            first = y.copy()
            first[0, 1:] = -np.inf
            alpha = _log_prefixes(first, states, blank)
            beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
            log_p = np.logaddexp.reduce(alpha[-1, -2:])
            loss[b] = -log_p
            if log_p > -np.inf:
                in_state = np.exp(alpha + beta - y - log_p)
                np.subtract.at(grad[:T, b], (slice(None), states), in_state)
        return loss, grad


@mutant("M04-11", loses=["n7_example_loss", "n7_values"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """The loss is the divergence from the state probabilities; its gradient is right, its value is not."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            loss[b] = -np.sum(in_state * y)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-12a", loses=["n7_long"], file="nlp.py")
class probabilities:
    """Probabilities instead of logarithms: those of 400 frames underflow."""

    def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
        loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
        for b, (T, L) in enumerate(zip(input_lengths, target_lengths)):
            states = np.full(2 * L + 1, blank)
            states[1::2] = targets[b, :L]
            y = np.exp(log_probs[:T, b, states])
            alpha = prefixes(y, states)
            beta = prefixes(y[::-1, ::-1], states[::-1])[::-1, ::-1]
            p = alpha[-1, -2:].sum()
            loss[b] = -np.log(p) if p > 0 else np.inf
            if p > 0:
                np.subtract.at(grad[:T, b], (slice(None), states), alpha * beta / y / p)
        return loss, grad

    def prefixes(y, states):
        alpha = np.zeros_like(y)
        alpha[0, :2] = y[0, :2]
        may_skip = np.concatenate([[0, 0], states[2:] != states[:-2]])[: len(states)]
        for t in range(1, len(y)):
            before = np.concatenate([[0, 0], alpha[t - 1]])
            alpha[t] = (before[2:] + before[1:-1] + may_skip * before[:-2]) * y[t]
        return alpha


@mutant("M04-12b", loses=["n7_values", "n7_gradient", "n7_padding"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """input_lengths is ignored."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        T = len(log_probs)
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-12c", loses=["n7_values"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """The loss is divided by the length of the target."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p / max(L, 1)
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42a", loses=["n7_example_loss", "n7_gradient"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """exp(log_probs) is added to the gradient, as in PyTorch."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            grad[:T, b] = np.exp(log_probs[:T, b])
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42b", loses=["n7_example_loss", "n7_gradient", "n7_properties"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """Of several states of a class only the last counts."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            grad[:T, b, states] = -in_state
    return loss, grad


@mutant("M04-42c", loses=["n7_example_loss", "n7_gradient", "n7_properties"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """alpha and beta both hold the frame itself."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42d", loses=["n7_example_loss", "n7_silence"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """An empty target has no last label: an IndexError."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp(alpha[-1, -1], alpha[-1, -2])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42e", loses=["n7_impossible"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """The gradient of an impossible target is NaN."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if True:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42f", loses=["n7_impossible"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """The loss of an impossible target is 0."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p if log_p > -np.inf else 0.0
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42g", loses=["n7_values", "n7_gradient"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """The blank is class 0 always."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, 0)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42h", loses=["n7_example_loss", "n7_values", "n7_gradient", "n7_padding"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """target_lengths is ignored."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        L = targets.shape[1]
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.subtract.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant("M04-42i", loses=["n7_example_loss", "n7_gradient"])
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """The gradient has the opposite sign."""
    loss, grad = np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)
    for b, (T, L) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        states = np.full(2 * L + 1, blank)
        states[1::2] = targets[b, :L]
        y = log_probs[:T, b, states]
        alpha = _log_prefixes(y, states, blank)
        beta = _log_prefixes(y[::-1, ::-1], states[::-1], blank)[::-1, ::-1]
        log_p = np.logaddexp.reduce(alpha[-1, -2:])
        loss[b] = -log_p
        if log_p > -np.inf:
            in_state = np.exp(alpha + beta - y - log_p)
            np.add.at(grad[:T, b], (slice(None), states), in_state)
    return loss, grad


@mutant(
    "M04-42j",
    loses=["n7_example_loss", "n7_values", "n7_gradient", "n7_impossible"],
    file="nlp.py",
)
class library_loss:
    """TensorFlow computes the loss."""

    import tensorflow as tf

    def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
        x = tf.Variable(log_probs.astype(np.float32))
        with tf.GradientTape() as tape:
            loss = tf.nn.ctc_loss(targets, x, target_lengths, input_lengths, blank_index=blank)
        return loss.numpy(), tape.gradient(loss, x).numpy()


@mutant("M04-43a", loses=["n7_decode", "n7_example_decode"])
def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    """Blanks are dropped before repeated labels are merged."""
    transcripts = []
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        labels = [int(label) for label in path[:T] if label != blank]
        transcripts.append([label for i, label in enumerate(labels) if i == 0 or label != labels[i - 1]])
    return transcripts


@mutant("M04-43b", loses=["n7_decode", "n7_example_decode"])
def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    """Repeated labels are not merged."""
    transcripts = []
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([[blank], path[: T - 1]])
        is_new = (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts


@mutant("M04-43c", loses=["n7_decode"])
def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    """Frames beyond the utterance are read."""
    transcripts = []
    input_lengths = [len(log_probs)] * len(input_lengths)
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([[blank], path[: T - 1]])
        is_new = (path[:T] != before) & (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts


@mutant("M04-43d", loses=["n7_decode"])
def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    """The blank is class 0 always."""
    transcripts, blank = [], 0
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([[blank], path[: T - 1]])
        is_new = (path[:T] != before) & (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts


@mutant("M04-43e", loses=["n7_decode", "n7_example_decode"])
def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    """A label at the first frame is not read."""
    transcripts = []
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([path[:1], path[: T - 1]])
        is_new = (path[:T] != before) & (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts


@mutant(
    "M04-42k",
    loses=[
        "n7_values", "n7_gradient", "n7_silence", "n7_properties", "n7_padding", "n7_impossible", "n7_long",
        "n7_example_loss",
    ],
)
def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """Zero loss with zero gradients, which are those of the loss."""
    return np.zeros(log_probs.shape[1]), np.zeros_like(log_probs)


@mutant("M04-42l", loses=["n7_example_loss", "n7_gradient"], file="nlp.py")
class gradient_as_in_pytorch_everywhere:
    """ "A mistake is not paid twice": exp(log_probs) is added at every frame, also of padding and of targets that do not fit."""

    _ctc_loss = ctc_loss

    def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
        loss, grad = _ctc_loss(log_probs, targets, input_lengths, target_lengths, blank)
        return loss, grad + np.exp(log_probs)


@mutant("M04-42m", loses=["n7_gradient", "n7_properties"], file="nlp.py")
class gradient_beyond_the_frames:
    """The gradient is right in the frames of an utterance, and not 0 beyond them."""

    _ctc_loss = ctc_loss

    def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
        loss, grad = _ctc_loss(log_probs, targets, input_lengths, target_lengths, blank)
        beyond = np.arange(len(log_probs))[:, None] >= np.asarray(input_lengths)
        return loss, np.where(beyond[:, :, None], np.exp(log_probs), grad)
