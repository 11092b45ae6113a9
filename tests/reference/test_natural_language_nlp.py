# ruff: noqa: N802, N803, N806 - capital letters are those of the reference
"""The second file of 04_natural_language_processing's reference against oracles that share no code with it.

Finite differences and TensorFlow's tape for word vectors; Keras for attention; the sum over every path, one by one, and
`tf.nn.ctc_loss` for CTC; every text there is for beams; Keras' additive attention and convolution for speech. Tolerances
are those of float64 sums over at most a few hundred terms of size 1: 1e-10 leaves four digits of room.
"""

import doctest
import importlib
import itertools
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "04_natural_language_processing"
TIGHT = {"rtol": 1e-10, "atol": 1e-10}


@pytest.fixture(scope="module")
def nlp():
    """Import the reference as a student's file would be, and forget it afterwards."""
    before = sys.modules.pop("nlp", None)
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("nlp")
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("nlp", None)
        sys.modules.update({} if before is None else {"nlp": before})


@pytest.fixture(scope="module")
def tf():
    """Import TensorFlow, the oracle; its own import warns of its own affairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("tensorflow")


@pytest.fixture
def rng():
    """Make a generator whose draws are the same in every run."""
    return np.random.default_rng(4)


def gradients_by_tape(tf, function, inputs, upstream=1.0):
    """Return the output of a TensorFlow function, and the gradient of <output, upstream> for each input."""
    variables = [tf.Variable(value) for value in inputs]
    with tf.GradientTape() as tape:
        out = function(*variables)
        scalar = tf.reduce_sum(out * upstream)
    return out.numpy(), [tf.convert_to_tensor(gradient).numpy() for gradient in tape.gradient(scalar, variables)]


def assert_all_close(actual, expected):
    """Compare arrays one by one, shapes included."""
    for got, want in zip(actual, expected, strict=True):
        assert np.shape(got) == np.shape(want)
        np.testing.assert_allclose(got, want, **TIGHT)


def test_reference_docstring_examples_run(nlp):
    """Every example in a docstring shows what the function really returns."""
    assert doctest.testmod(nlp).failed == 0


def test_reference_imported_alone_brings_no_framework():
    """The NumPy exercises must not wait for TensorFlow."""
    code = "import nlp, sys; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FOLDER)
    assert done.stdout == "set()\n"


# N5


class Words:
    """A data set whose next words are known."""

    def __init__(self, *indices):
        self.left = list(indices)

    def sampleTokenIdx(self):
        """Return the next word."""
        return self.left.pop(0)


def test_naive_softmax_agrees_with_tensorflow(nlp, tf, rng):
    """Loss and gradients are those of the sparse cross-entropy of the scores."""
    v, U = rng.normal(size=4), rng.normal(size=(7, 4))
    expected = gradients_by_tape(
        tf, lambda v, U: tf.nn.sparse_softmax_cross_entropy_with_logits(3, tf.linalg.matvec(U, v)), (v, U)
    )
    loss, *gradients = nlp.naiveSoftmaxLossAndGradient(v, 3, U, None)
    assert_all_close([loss, *gradients], [expected[0], *expected[1]])


def test_negative_sampling_agrees_with_tensorflow(nlp, tf, rng):
    """Loss and gradients are those of one binary cross-entropy per draw, also for words that are drawn again."""
    v, U = rng.normal(size=4), rng.normal(size=(7, 4))
    rows, labels = [2, 5, 0, 5, 5, 6], np.array([1.0, 0, 0, 0, 0, 0])

    def oracle(v, U):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels, tf.linalg.matvec(tf.gather(U, rows), v))

    terms, expected = gradients_by_tape(tf, oracle, (v, U))
    loss, *gradients = nlp.negSamplingLossAndGradient(v, 2, U, Words(5, 2, 0, 2, 5, 5, 6), 5)
    assert_all_close([loss, *gradients], [terms.sum(), *expected])


def test_word2vec_losses_of_large_scores_stay_finite(nlp):
    """Scores of 5,000 cost 5,000 nats, and nothing overflows on the way."""
    v, U = np.array([100.0, 0.0]), np.array([[-50.0, 0], [0, 0], [50.0, 0]])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        naive = nlp.naiveSoftmaxLossAndGradient(v, 0, U, None)
        negative = nlp.negSamplingLossAndGradient(v, 0, U, Words(2, 1), 2)
    np.testing.assert_allclose([naive[0], negative[0]], [10000, 10000 + np.log(2)])
    np.testing.assert_allclose(negative[1], [100, 0])


# N6


def masks(rng):
    """Return no mask, one for all sentences, and one for each, of 3 queries and 4 keys; no row is empty."""
    own = rng.random((2, 3, 4)) < 0.6
    own[:, :, 1] = True
    return [None, np.tri(3, 4, dtype=bool)[None], own]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_attention_agrees_with_keras(nlp, tf, rng, number):
    """Output and gradients are those of Keras' dot-product attention with one head."""
    mask, d = masks(rng)[number], 16  # Keras rounds 1/sqrt(d) to float32, which is exact for 1/4
    q, k, v = rng.normal(size=(2, 3, d)), rng.normal(size=(2, 4, d)), rng.normal(size=(2, 4, d))
    dout = rng.normal(size=(2, 3, d))

    def oracle(q, k, v):
        heads = [tensor[:, :, None, :] for tensor in (q, k, v)]
        own = None if mask is None else mask[:, None]
        return tf.keras.ops.dot_product_attention(*heads, mask=own)[:, :, 0]

    expected, gradients = gradients_by_tape(tf, oracle, (q, k, v), dout)
    out, _, cache = nlp.scaled_dot_product_attention(q, k, v, mask)
    assert_all_close([out, *nlp.attention_backward(dout, cache)], [expected, *gradients])


def test_attention_values_of_another_width_by_loops(nlp, rng):
    """Weights and output are those of the definition, written out, where values are wider than keys."""
    q, k, v = rng.normal(size=(1, 2, 3)), rng.normal(size=(1, 4, 3)), rng.normal(size=(1, 4, 6))
    out, weights, _ = nlp.scaled_dot_product_attention(q, k, v)
    for i in range(2):
        powers = [np.exp(sum(a * b for a, b in zip(q[0, i], row, strict=True)) / np.sqrt(3)) for row in k[0]]
        expected = np.array(powers) / sum(powers)
        np.testing.assert_allclose(weights[0, i], expected, **TIGHT)
        np.testing.assert_allclose(out[0, i], sum(w * row for w, row in zip(expected, v[0], strict=True)), **TIGHT)


def test_attention_of_a_query_that_sees_nothing_is_zero(nlp, rng):
    """A row that is masked everywhere has weights, output and gradients of 0, without a warning; float32 stays."""
    q, k, v = (rng.normal(size=(1, 2, 3)).astype(np.float32) for _ in range(3))
    mask = np.array([[[True, True], [False, False]]])
    with np.errstate(all="raise"):
        out, weights, cache = nlp.scaled_dot_product_attention(q, k, v, mask)
        dq, _, _ = nlp.attention_backward(np.ones_like(out), cache)
    assert out.dtype == weights.dtype == dq.dtype == np.float32
    np.testing.assert_array_equal([out[0, 1], dq[0, 1]], np.zeros((2, 3)))
    np.testing.assert_array_equal(weights[0, 1], 0)


@pytest.mark.parametrize(("T", "d"), [(1, 2), (9, 6), (50, 8)])
def test_positional_encoding_is_powers_of_a_rotation(nlp, T, d):
    """Two neighbouring columns are a hand that turns by the same angle with every position."""
    encoding = nlp.positional_encoding(T, d)
    hands = encoding[:, 1::2] + 1j * encoding[:, 0::2]
    turn = np.exp(1j * np.array([10000 ** (-2 * i / d) for i in range(d // 2)]))
    np.testing.assert_allclose(hands, turn ** np.arange(T)[:, None], **TIGHT)


# N7


def read(path, blank):
    """Read a path: merge what repeats, drop blanks."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def summed_paths(log_probs, target, blank):
    """Return the log-probability of a target, path by path, for one utterance, float[T, C]."""
    T, C = log_probs.shape
    paths = [path for path in itertools.product(range(C), repeat=T) if read(path, blank) == tuple(target)]
    scores = [sum(log_probs[t, c] for t, c in enumerate(path)) for path in paths]
    return np.log(np.sum(np.exp(scores))) if scores else -np.inf


def log_softmax(x):
    """Return the logarithm of the softmax over the last axis."""
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


# Frames, target, blank, of 3 classes.
UTTERANCES = [
    (5, [1, 2], 0),
    (5, [1, 1], 0),
    (3, [1, 1], 0),  # the only path has the blank between them
    (4, [], 0),
    (3, [2, 1, 2], 0),  # as many labels as frames
    (6, [0, 1, 1], 2),
    (4, [2, 2], 1),
    (1, [1], 0),
    (1, [], 0),
]


@pytest.mark.parametrize(("T", "target", "blank"), UTTERANCES)
def test_ctc_loss_is_the_sum_over_all_paths(nlp, rng, T, target, blank):
    """The loss is that of every path, one by one, and its gradient that of differences."""
    log_probs = log_softmax(rng.normal(size=(T, 1, 3)))
    arguments = np.array([[*target, 0]]), np.array([T]), np.array([len(target)]), blank
    loss, grad = nlp.ctc_loss(log_probs, *arguments)
    np.testing.assert_allclose(loss, [-summed_paths(log_probs[:, 0], target, blank)], **TIGHT)
    for place in np.ndindex(log_probs.shape):
        step = np.zeros_like(log_probs)
        step[place] = 1e-5
        up, down = (nlp.ctc_loss(log_probs + sign * step, *arguments)[0][0] for sign in (1, -1))
        np.testing.assert_allclose(grad[place], (up - down) / 2e-5, atol=1e-8)


@pytest.mark.parametrize(("T", "target"), [(1, [1, 2]), (2, [1, 1]), (3, [1, 1, 2])])
def test_ctc_loss_of_too_few_frames_is_infinite(nlp, rng, T, target):
    """A target that no path can be read as costs infinitely much, and its gradient is 0."""
    loss, grad = nlp.ctc_loss(log_softmax(rng.normal(size=(T, 1, 3))), np.array([target]), [T], [len(target)])
    assert loss[0] == np.inf
    assert not grad.any()


@pytest.mark.filterwarnings("ignore")
def test_ctc_loss_of_a_batch_agrees_with_tensorflow(nlp, tf, rng):
    """Losses and gradients are TensorFlow's, behind a log-softmax; it works in float32."""
    logits = rng.normal(size=(40, 3, 6))
    frames, labels = np.array([40, 31, 12]), np.array([9, 0, 4])
    targets = rng.integers(1, 6, size=(3, 9))
    targets[0, 3:6] = 2

    def oracle(logits):
        return tf.nn.ctc_loss(targets, logits, labels, frames, logits_time_major=True, blank_index=0)

    expected, (gradient,) = gradients_by_tape(tf, oracle, (logits.astype(np.float32),))
    loss, grad = nlp.ctc_loss(log_softmax(logits), targets, frames, labels)
    behind = grad - np.exp(log_softmax(logits)) * grad.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(behind, gradient, atol=1e-5)


def test_ctc_loss_of_a_long_utterance_is_that_of_uniform_paths(nlp):
    """Of 400 frames and equal classes, p is the number of paths over C^T; their number is a binomial coefficient."""
    T, L, C = 400, 60, 5
    target = np.arange(L) % 4 + 1  # no label stands beside itself
    loss, grad = nlp.ctc_loss(np.full((T, 1, C), -np.log(C)), target[None], [T], [L])
    np.testing.assert_allclose(loss[0], T * np.log(C) - log_binomial(T + L, 2 * L), rtol=1e-12)
    np.testing.assert_allclose(grad.sum(axis=2), -1, **TIGHT)


def log_binomial(n, k):
    """Return log(n over k)."""
    return np.sum(np.log(np.arange(n - k + 1, n + 1))) - np.sum(np.log(np.arange(1, k + 1)))


@pytest.mark.parametrize("blank", [0, 2])
def test_ctc_greedy_decode_reads_the_best_path(nlp, rng, blank):
    """Each transcript is the reading of the best class of every frame, up to the length of the utterance."""
    log_probs, frames = rng.normal(size=(12, 5, 3)), np.array([12, 1, 5, 7, 12])
    expected = [list(read(log_probs[:T, b].argmax(axis=1), blank)) for b, T in enumerate(frames)]
    assert nlp.ctc_greedy_decode(log_probs, frames, blank) == expected


# N8


def language(rng, vocab):
    """Return a step function whose log-probabilities depend on the whole prefix, and the table behind it."""
    table = {}

    def step(prefix):
        return table.setdefault(tuple(prefix), log_softmax(2 * rng.normal(size=vocab)))

    return step


def every_text(step, bos, eos, vocab, max_len):
    """Return all texts that end, or are as long as may be, with their log-probabilities."""
    texts = {}
    for length in range(1, max_len + 1):
        for tokens in itertools.product(range(vocab), repeat=length):
            ends_early = eos in tokens[:-1]
            if not ends_early and (tokens[-1] == eos or length == max_len):
                texts[tokens] = sum(step([bos, *tokens[:i]])[token] for i, token in enumerate(tokens))
    return texts


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_beam_search_as_wide_as_the_tree_finds_every_text(nlp, rng, alpha):
    """A beam of V^max_len is an exhaustive search, ranked by the penalised score."""
    step = language(rng, 3)
    texts = every_text(step, 1, 2, 3, 4)
    found = nlp.beam_search(step, 1, 2, 81, 4, alpha)
    expected = sorted(((log_p / len(tokens) ** alpha, tokens) for tokens, log_p in texts.items()), reverse=True)
    assert [tuple(tokens) for tokens, _ in found] == [tokens for _, tokens in expected]
    np.testing.assert_allclose([score for _, score in found], [score for score, _ in expected], **TIGHT)


def test_beam_search_of_width_one_is_greedy(nlp, rng):
    """One hypothesis takes the best token each time, until the end."""
    for _ in range(20):
        step, tokens = language(rng, 4), []
        while len(tokens) < 6 and tokens[-1:] != [3]:
            tokens.append(int(np.argmax(step([0, *tokens]))))
        assert nlp.beam_search(step, 0, 3, 1, 6)[0][0] == tokens


def test_build_reverser_has_logits_attention_and_an_addition(nlp, tf):
    """The model maps tokens to logits and is compiled; what it learns is tried when the assignment is proved."""
    model = nlp.build_reverser(7, 5, 16)
    assert model(np.zeros((2, 5), dtype=int)).shape == (2, 5, 7)
    kinds = {type(layer).__name__ for layer in model.layers}
    assert {"MultiHeadAttention", "Add"} <= kinds
    assert model.compiled


# N9


def speech(rng, B=2, T=9, S=3, H=4, A=5, C=2, K=3):
    """Return the arguments of one step of location-sensitive attention."""
    shapes = {"W": (S, A), "V": (H, A), "U": (C, A), "b": (A,), "v": (A,), "F": (K, C)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    cumulative = rng.dirichlet(np.ones(T), size=B)
    return rng.normal(size=(B, S)), rng.normal(size=(B, T, H)), cumulative, np.full(B, T), params


@pytest.mark.parametrize("taps", [1, 3, 7, 31])
def test_location_sensitive_attention_agrees_with_keras(nlp, tf, rng, taps):
    """It is Keras' additive attention with the features of Keras' convolution in the keys."""
    query, memory, cumulative, lengths, params = speech(rng, K=taps)
    convolution = tf.keras.layers.Conv1D(2, taps, padding="same", use_bias=False, dtype="float64")
    convolution.build((None, None, 1))
    convolution.set_weights([params["F"][:, None, :]])
    features = convolution(cumulative[:, :, None]).numpy()
    attention = tf.keras.layers.AdditiveAttention(use_scale=True, dtype="float64")
    keys = memory @ params["V"] + features @ params["U"] + params["b"]
    attention.build([(2, 1, 5), (2, 9, 4), (2, 9, 5)])
    attention.set_weights([params["v"]])
    expected, weights = attention([(query @ params["W"])[:, None], memory, keys], return_attention_scores=True)
    actual = nlp.location_sensitive_attention(query, memory, cumulative, lengths, params)
    assert_all_close(actual, [expected[:, 0].numpy(), weights[:, 0].numpy(), cumulative + weights[:, 0].numpy()])


def test_location_sensitive_attention_padding_does_not_count(nlp, rng):
    """An utterance in a longer batch is attended to as by itself."""
    query, memory, cumulative, _, params = speech(rng)
    lengths = np.array([9, 5])
    cumulative[1, 5:] = 0
    together = nlp.location_sensitive_attention(query, memory, cumulative, lengths, params)
    alone = nlp.location_sensitive_attention(query[1:], memory[1:, :5], cumulative[1:, :5], [5], params)
    assert_all_close([together[0][1:], together[1][1:, :5]], alone[:2])
    np.testing.assert_array_equal(together[1][1, 5:], 0)
