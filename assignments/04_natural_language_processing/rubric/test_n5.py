"""Word vectors: losses of word2vec"""

import numpy as np

from autograder.rubric import CheckFailed, assert_close, assert_consistent, assert_gradient, assert_stable, criterion, is_close, partial, unpack

PARTS = "loss gradCenterVec gradOutsideVecs"
GRADIENTS = {"name": "gradCenterVec gradOutsideVecs", "axes": "d; V d"}


class Words:
    """A data set that draws given words, over and over."""

    def __init__(self, *words):
        self.words, self.drawn = words, 0

    def sampleTokenIdx(self):
        self.drawn += 1
        return self.words[(self.drawn - 1) % len(self.words)]


# V, d, outside word, words that are drawn. Twice the same, all the same, none twice; and the outside word, which is drawn again.
CASES = [
    (6, 3, 2, (4, 0, 4, 5)),
    (5, 4, 0, (3, 3, 3)),
    (9, 2, 8, (0, 1, 2, 3, 4)),
    (3, 5, 1, (1, 2, 1, 0, 2, 2, 2)),
    (4, 1, 3, (0,)),
]


def draw(rng, V, d):
    """Draw a center word and all outside words."""
    return rng.normal(size=d), rng.normal(size=(V, d))


def both(submission, v, o, U, words):
    """Return what the submission makes of a softmax, and of negative samples, as (name, loss, gradients)."""
    K = len([word for word in words if word != o])
    data = submission.loan(Words(*words))
    naive = submission.naiveSoftmaxLossAndGradient(v, o, U, data)
    negative = submission.negSamplingLossAndGradient(v, o, U, data, K)
    for name, answer in (("naiveSoftmaxLossAndGradient", naive), ("negSamplingLossAndGradient", negative)):
        loss, *gradients = unpack(answer, PARTS, of=name)
        yield name.removesuffix("LossAndGradient"), loss, tuple(gradients)


def right(reference, v, o, U, words):
    """Return the answers of the reference."""
    K = len([word for word in words if word != o])
    return reference.naiveSoftmaxLossAndGradient(v, o, U, None), reference.negSamplingLossAndGradient(v, o, U, Words(*words), K)


@criterion(
    "word2vec: both losses",
    points=3,
    tests=["naiveSoftmaxLossAndGradient", "negSamplingLossAndGradient"],
    provided=["getNegativeSamples"],
    hint="Naive: minus the log of the softmax over ALL words. Negative samples: -log sigmoid(u_o . v) for the outside word and "
    "-log sigmoid(-u_k . v), with its minus, for every draw; a word that is drawn twice counts twice.",
)
def test_n5_losses(submission, reference, rng):
    for V, d, o, words in CASES:
        v, U = draw(rng, V, d)
        answers = both(submission, v, o, U, words)
        for (name, loss, _), expected in zip(answers, right(reference, v, o, U, words), strict=True):
            assert_close(loss, expected[0], name=f"loss of {name} for {V} words, of which {words} are drawn", inputs=(v, U))
    v, U = draw(rng, 6, 3)
    answer = submission.negSamplingLossAndGradient(v, 2, U, submission.loan(Words(4, 0, 4, 5)))
    loss, *_ = unpack(answer, PARTS, of="negSamplingLossAndGradient")
    expected = reference.negSamplingLossAndGradient(v, 2, U, Words(4, 0, 4, 5))
    assert_close(loss, expected[0], name="loss of negSampling without K, which is 10 then", inputs=(v, U))


@criterion(
    "word2vec: gradients",
    points=4,
    tests=["naiveSoftmaxLossAndGradient", "negSamplingLossAndGradient"],
    provided=["getNegativeSamples"],
    hint="gradOutsideVecs has a row for every word: 0 for those that were not drawn, and the sum over its draws for one that came "
    "several times. `grad[indices] += rows` adds only one of them; np.add.at, or a loop, adds all.",
)
def test_n5_gradients(submission, reference, rng):
    for number, (V, d, o, words) in enumerate(CASES):
        v, U = draw(rng, V, d)
        answers = list(both(submission, v, o, U, words))
        expected = right(reference, v, o, U, words)
        if number == 0 and not is_close([one[2] for one in answers], [tuple(one[1:]) for one in expected], inputs=(v,)):
            half_for_own_gradient(submission, rng, v, o, U, words)
        for (name, _, gradients), (_, *true) in zip(answers, expected, strict=True):
            names = [f"{one} of {name}" for one in ("gradCenterVec", "gradOutsideVecs")]
            assert_close(gradients, tuple(true), name=names, axes="d; V d", inputs=(v, U))
    v, U = draw(rng, 6, 3)

    def loss(v, U):
        return reference.negSamplingLossAndGradient(v, 2, U, Words(4, 0, 4, 5), 4)[0]

    *_, (_, _, gradients) = both(submission, v, 2, U, (4, 0, 4, 5))
    assert_gradient(loss, {"v": v, "U": U}, gradients, rng=rng, **GRADIENTS)


def half_for_own_gradient(submission, rng, v, o, U, words):
    """Give half of the points if both gradients are those of the submission's own losses, one of which is wrong."""
    for i, (_, _, gradients) in enumerate(both(submission, v, o, U, words)):

        def own_loss(v, U, i=i):
            return list(both(submission, v, o, U, words))[i][1]

        try:
            assert_consistent(own_loss, {"v": v, "U": U}, gradients, rng=rng, directions=2, **GRADIENTS)
        except CheckFailed:
            return
    partial(0.5, "These are the gradients of your own losses, but one of the losses is wrong.")


@criterion(
    "word2vec: scores far from zero",
    points=2,
    tests=["naiveSoftmaxLossAndGradient", "negSamplingLossAndGradient"],
    provided=["getNegativeSamples"],
    hint="log(softmax(z)) and log(sigmoid(z)) are -inf as soon as the probability underflows: z - max(z) - log(sum(exp(z - max(z)))), "
    "and np.logaddexp(0, -z), do not take the detour.",
)
def test_n5_stability(submission, reference, rng):
    for scale in (30.0, 1e3, 1e5):
        for o in (0, 1, 3):
            v, U = np.array([1.0, -0.5]), scale * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.1], [0.6, -0.8]])
            v = v + rng.uniform(-0.1, 0.1, size=2)
            words = [word for word in (0, 1, 1, 2, 3) if word != o]
            K = len(words)
            data = submission.loan(Words(*words))
            naive = assert_stable(submission.naiveSoftmaxLossAndGradient, v, o, U, data, name="naiveSoftmax")
            negative = assert_stable(submission.negSamplingLossAndGradient, v, o, U, data, K, name="negSampling")
            for name, answer, expected in zip(("naiveSoftmax", "negSampling"), (naive, negative), right(reference, v, o, U, words), strict=True):
                loss, *_ = unpack(answer, PARTS, of=f"{name}LossAndGradient")
                room = {"atol": 1e-6} if expected[0] < 1e-6 else {}  # so small a loss is 0 in float32
                assert_close(loss, expected[0], name=f"loss of {name} for scores up to {scale:g}", **room, inputs=(v, U))
