"""Word vectors: losses of word2vec"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_consistent,
    assert_stable,
    check,
    criterion,
    has_other_direction,
    is_close,
    partial,
    unpack,
)

PARTS = "loss gradCenterVec gradOutsideVecs"
GRADIENTS = {"name": "gradCenterVec gradOutsideVecs", "axes": "d; V d"}
NAIVE, NEGATIVE = "naiveSoftmaxLossAndGradient", "negSamplingLossAndGradient"


class Words:
    """A data set that draws given words, and then the last of them over and over."""

    def __init__(self, *words):
        self.words, self.drawn = words, 0

    def sampleTokenIdx(self):
        self.drawn += 1
        return self.words[min(self.drawn, len(self.words)) - 1]


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


def naive(submission, v, o, U):
    """Return loss and gradients of the submission's softmax."""
    answer = submission.naiveSoftmaxLossAndGradient(v, o, U, submission.loan(Words(0)))
    loss, *gradients = unpack(answer, PARTS, of=NAIVE)
    return loss, tuple(gradients)


def negative(submission, v, o, U, words):
    """Return loss and gradients of the submission's negative sampling, for known draws."""
    K = len([word for word in words if word != o])
    answer = submission.negSamplingLossAndGradient(v, o, U, submission.loan(Words(*words)), K)
    loss, *gradients = unpack(answer, PARTS, of=NEGATIVE)
    return loss, tuple(gradients)


def right_naive(reference, v, o, U):
    """Return loss and gradients of the reference's softmax."""
    loss, *gradients = reference.naiveSoftmaxLossAndGradient(v, o, U, None)
    return loss, tuple(gradients)


def right_negative(reference, v, o, U, words):
    """Return loss and gradients of the reference's negative sampling."""
    K = len([word for word in words if word != o])
    loss, *gradients = reference.negSamplingLossAndGradient(v, o, U, Words(*words), K)
    return loss, tuple(gradients)



def half_for_own_loss(loss, rng, v, U, gradients):
    """Give half of the points for the gradients of the submission's own, wrong loss."""
    try:
        # A loss of words looks at each row of U in its own way: the sum of all numbers does not.
        rows = np.asarray(gradients[1], dtype=float)
        check(has_other_direction(rows, np.ones_like(rows)), "gradOutsideVecs: every value is the same.", "gradient")
        assert_consistent(loss, {"v": v, "U": U}, gradients, rng=rng, directions=2, **GRADIENTS)
    except (CheckFailed, TypeError, ValueError):  # no numbers, or not those of the own loss
        return
    partial(0.5, "These are the gradients of your own loss, but that is another one.")


@criterion(
    "word2vec, naive softmax: loss",
    points=1,
    tests=[NAIVE],
    hint="Minus the log of the softmax over ALL words: the score of the outside word, less the "
    "log of the sum of exp of all scores.",
)
def test_n5_naive_loss(submission, reference, rng):
    for V, d, o, _ in CASES:
        v, U = draw(rng, V, d)
        expected, _ = right_naive(reference, v, o, U)
        assert_close(
            naive(submission, v, o, U)[0], expected, name=f"loss for {V} words", inputs=(v, U)
        )


@criterion(
    "word2vec, negative samples: loss",
    points=2,
    tests=[NEGATIVE],
    provided=["getNegativeSamples"],
    hint="-log sigmoid(u_o . v) for the outside word and -log sigmoid(-u_k . v), with its minus, "
    "for every draw; a word that is drawn twice counts twice. Half of the points: it is right as "
    "long as no word is drawn twice.",
)
def test_n5_losses(submission, reference, rng):
    for number, (V, d, o, words) in enumerate(CASES):
        v, U = draw(rng, V, d)
        (loss, _), (expected, _) = (
            negative(submission, v, o, U, words),
            right_negative(reference, v, o, U, words),
        )
        if number == 0 and not is_close(loss, expected, inputs=(v, U)):
            once = [tuple(dict.fromkeys(one)) for one in (words, CASES[3][3])]
            if all(
                is_close(
                    negative(submission, v, o, U, one)[0],
                    right_negative(reference, v, o, U, one)[0],
                    inputs=(v, U),
                )
                for one in once
            ):
                partial(0.5, "The loss is right as long as no word is drawn twice.")
        assert_close(
            loss, expected, name=f"loss for {V} words, of which {words} are drawn", inputs=(v, U)
        )
    v, U = draw(rng, 6, 3)
    answer = submission.negSamplingLossAndGradient(v, 2, U, submission.loan(Words(4, 0, 4, 5)))
    loss, *_ = unpack(answer, PARTS, of=NEGATIVE)
    expected = reference.negSamplingLossAndGradient(v, 2, U, Words(4, 0, 4, 5))
    assert_close(loss, expected[0], name="loss without K, which is 10 then", inputs=(v, U))


@criterion(
    "word2vec, naive softmax: gradients",
    points=2,
    tests=[NAIVE],
    hint="The scores get p - y: the softmax, less 1 at the outside word. gradCenterVec is U^T (p "
    "- y), and row w of gradOutsideVecs is (p - y) of w times v. Half of the points: one of the "
    "two is right, or these are the gradients of your own loss, which is another one.",
)
def test_n5_naive_gradients(submission, reference, rng):
    answers = []
    for number, (V, d, o, _) in enumerate(CASES):
        v, U = draw(rng, V, d)
        (_, gradients), (_, expected) = naive(submission, v, o, U), right_naive(reference, v, o, U)
        if number == 0 and not is_close(gradients, expected, inputs=(v, U)):
            half_for_own_loss(lambda v, U, o=o: naive(submission, v, o, U)[0], rng, v, U, gradients)
        answers.append((gradients, expected, (v, U)))
    half_for_one(answers)
    for gradients, expected, inputs in answers:
        assert_close(gradients, expected, **GRADIENTS, inputs=inputs)


def half_for_one(answers):
    """Give half of the points if one of the two gradients is right everywhere, and the other is not."""
    right = [
        all(is_close(actual[i], due[i], inputs=inputs) for actual, due, inputs in answers) for i in (0, 1)
    ]
    if right[0] != right[1]:
        partial(0.5, f"{GRADIENTS['name'].split()[right.index(True)]} is right, and the other is not.")


@criterion(
    "word2vec, negative samples: gradients",
    points=2,
    tests=[NEGATIVE],
    provided=["getNegativeSamples"],
    hint="gradOutsideVecs has a row for every word: 0 for those that were not drawn, and the sum "
    "over its draws for one that came several times. `grad[indices] += rows` adds only one of "
    "them; np.add.at, or a loop, adds all. Half of the points: one of the two is right, or these "
    "are the gradients of your own loss, which is another one, or they are right as long as no "
    "word is drawn twice.",
)
def test_n5_gradients(submission, reference, rng):
    answers = []
    for number, (V, d, o, words) in enumerate(CASES):
        v, U = draw(rng, V, d)
        (_, gradients), (_, expected) = (
            negative(submission, v, o, U, words),
            right_negative(reference, v, o, U, words),
        )
        if number == 0 and not is_close(gradients, expected, inputs=(v, U)):
            once = [tuple(dict.fromkeys(one)) for one in (words, CASES[3][3])]
            if all(
                is_close(
                    negative(submission, v, o, U, one)[1],
                    right_negative(reference, v, o, U, one)[1],
                    inputs=(v, U),
                )
                for one in once
            ):
                partial(0.5, "The gradients are right as long as no word is drawn twice.")
            half_for_own_loss(
                lambda v, U, o=o, words=words: negative(submission, v, o, U, words)[0],
                rng,
                v,
                U,
                gradients,
            )
        answers.append((gradients, expected, (v, U)))
    half_for_one(answers)
    for gradients, expected, inputs in answers:
        assert_close(gradients, expected, **GRADIENTS, inputs=inputs)


# Scores far from zero, of both signs, and the outside word at the top, at the bottom and between.
FAR = [(scale, o) for scale in (30.0, 1e3, 1e5) for o in (0, 1, 3)]


def draw_far(rng, scale):
    """Draw a center word, and outside words whose scores are as large as this."""
    v, U = (
        np.array([1.0, -0.5]),
        scale * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.1], [0.6, -0.8]]),
    )
    return v + rng.uniform(-0.1, 0.1, size=2), U


def check_words(losses):
    """Check that a loss, whatever it is, is not the same for all outside words."""
    found = [assert_array(one, (), name="loss") for one in losses]
    check(bool(np.ptp(found) > 0), "loss: it does not depend on the outside word.")


def assert_far(losses, expected, is_fair):
    """Check losses of large scores: finite where small scores have wrong ones, which is paid elsewhere, and right elsewhere."""
    for (scale, o), loss, right in zip(FAR, losses, expected, strict=True):
        name = f"loss for scores up to {scale:g}"
        loss = assert_array(loss, (), name=name)
        room = {"atol": 1e-6} if right < 1e-6 else {}  # one that is very small is 0 in float32
        assert_close(loss, right if is_fair[o] else loss, name=name, **room)
    check(bool(np.ptp(np.array(losses, dtype=float)) > 0), "loss: it does not depend on the scores.")


@criterion(
    "word2vec, naive softmax: scores far from zero",
    points=1,
    tests=[NAIVE],
    hint="log(softmax(z)) is -inf as soon as the probability underflows, and too small a loss if "
    "that is cut off, or has a small number added; z - max(z) - log(sum(exp(z - max(z)))) does not "
    "take the detour. A loss that is wrong for small scores has only to stay finite.",
)
def test_n5_naive_stability(submission, reference, rng):
    losses, expected, is_fair = [], [], {}
    for o in (0, 1, 3):  # those of FAR
        v, U = draw_far(rng, 1.0)
        due = right_naive(reference, v, o, U)[0]
        is_fair[o] = is_close(naive(submission, v, o, U)[0], due, inputs=(v, U))
    v, U = draw_far(rng, 1.0)
    check_words([naive(submission, v, o, U)[0] for o in (0, 1, 3)])
    for scale, o in FAR:
        v, U = draw_far(rng, scale)
        answer = assert_stable(
            submission.naiveSoftmaxLossAndGradient,
            v,
            o,
            U,
            submission.loan(Words(0)),
            name="naiveSoftmax",
        )
        losses.append(unpack(answer, PARTS, of=NAIVE)[0])
        expected.append(right_naive(reference, v, o, U)[0])
    assert_far(losses, expected, is_fair)


@criterion(
    "word2vec, negative samples: scores far from zero",
    points=1,
    tests=[NEGATIVE],
    provided=["getNegativeSamples"],
    hint="log(sigmoid(z)) is -inf as soon as the probability underflows, and too small a loss if "
    "that is cut off, or has a small number added; np.logaddexp(0, -z), which is -log(sigmoid(z)), "
    "does not take the detour. The probabilities in the gradients may overflow as well: exp(-z) of "
    "a score of -1,000 is too large for a float64. A loss that is wrong for small scores has only "
    "to stay finite.",
)
def test_n5_stability(submission, reference, rng):
    losses, expected, is_fair = [], [], {}
    # No word twice: that is another criterion's affair.
    drawn = {o: tuple(word for word in (0, 2, 1, 3) if word != o) for _, o in FAR}
    for o, words in drawn.items():
        v, U = draw_far(rng, 1.0)
        due = right_negative(reference, v, o, U, words)[0]
        is_fair[o] = is_close(negative(submission, v, o, U, words)[0], due, inputs=(v, U))
    v, U = draw_far(rng, 1.0)
    # Two negative words alone: with three, all of the words are the same ones each time.
    check_words([negative(submission, v, o, U, words[:2])[0] for o, words in drawn.items()])
    for scale, o in FAR:
        v, U = draw_far(rng, scale)
        words = drawn[o]
        data = submission.loan(Words(*words))
        answer = assert_stable(
            submission.negSamplingLossAndGradient, v, o, U, data, len(words), name="negSampling"
        )
        losses.append(unpack(answer, PARTS, of=NEGATIVE)[0])
        expected.append(right_negative(reference, v, o, U, words)[0])
    assert_far(losses, expected, is_fair)
