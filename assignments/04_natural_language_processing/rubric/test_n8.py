"""Chatbots: beam search, and a Transformer in Keras"""

import itertools

import numpy as np

from autograder.rubric import (
    assert_array,
    assert_avoids,
    assert_calls,
    assert_close,
    assert_trains,
    check,
    criterion,
    is_close,
    operations,
    partial,
    unseen,
)


class Language:
    """Log-probabilities of the next token for every text of up to max_len tokens, and what was asked."""

    def __init__(self, tables, bos):
        self.tables, self.bos, self.asked = tables, bos, []

    def step(self, prefix):
        """Return the log-probabilities behind a prefix; equal ones behind what is no prefix."""
        prefix = numbers(prefix) or ()
        self.asked.append(prefix)
        V = len(self.tables[0])
        # A search whose first prefix is empty leaves bos out, which is graded elsewhere.
        tokens = prefix if not self.asked[0] else prefix[1:]
        if len(tokens) >= len(self.tables) or not all(0 <= token < V for token in tokens):
            return np.full(V, -np.log(V))
        return self.tables[len(tokens)][tokens]


def numbers(tokens):
    """Return a list, tuple or array of whole numbers, as ints or as floats, as a tuple; None for anything else."""
    is_array = isinstance(tokens, np.ndarray) and tokens.ndim == 1
    is_sequence = is_array or isinstance(tokens, (list, tuple))
    is_whole = is_sequence and all(
        isinstance(token, (int, float, np.number)) and float(token).is_integer() for token in tokens
    )
    return tuple(int(token) for token in tokens) if is_whole else None


def log_softmax(x):
    """Return the logarithm of the softmax over the last axis."""
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def draw(rng, V, max_len, bos=0, spread=2.0):
    """Draw a language; its texts are equally probable if the spread is 0."""
    return Language(
        [log_softmax(spread * rng.normal(size=(V,) * (n + 1))) for n in range(max_len)], bos
    )


def likely(rng, V, bos, likely_tokens):
    """Return a language of 4 tokens in which some have given probabilities: {tokens behind bos: {token: p}}; no two texts are equally probable."""
    tables = [rng.uniform(0.8, 1.2, size=(V,) * (n + 1)) for n in range(4)]
    for tokens, shares in likely_tokens.items():
        row = tables[len(tokens)][tokens]
        others = [token for token in range(V) if token not in shares]
        row[others] *= (1 - sum(shares.values())) / row[others].sum()
        row[list(shares)] = list(shares.values())
    return Language([np.log(table / table.sum(axis=-1, keepdims=True)) for table in tables], bos)


def texts(answer):
    """Return what a beam search returned as texts and numbers."""
    is_list = isinstance(answer, (list, tuple)) and all(
        isinstance(one, (list, tuple)) and len(one) == 2 for one in answer
    )
    check(is_list, "beam_search: expected a list of (tokens, score).", kind="type")
    tokens = [numbers(one) for one, _ in answer]
    check(
        None not in tokens,
        "tokens: expected a list of token numbers in every hypothesis.",
        kind="type",
    )
    scores = [
        score.item() if isinstance(score, np.ndarray) and score.size == 1 else score
        for _, score in answer
    ]
    check(
        all(isinstance(score, (int, float, np.number)) for score in scores),
        "scores: expected a number in every hypothesis.",
        kind="type",
    )
    return tokens, [float(score) for score in scores]


def assert_beam(submission, reference, language, eos, beam_size, max_len):
    """Check texts and scores, best first, against those of the reference."""
    step = submission.callback(language.step, max_calls=2000)
    found, scores = texts(submission.beam_search(step, language.bos, eos, beam_size, max_len))
    expected = reference.beam_search(
        Language(language.tables, language.bos).step, language.bos, eos, beam_size, max_len
    )
    name = f"of a beam of {beam_size} with at most {max_len} tokens"
    check(
        len(found) == len(expected),
        f"texts {name}: got {len(found)} of them, expected {len(expected)}.",
        kind="shape",
    )
    right = [tuple(tokens) for tokens, _ in expected]
    place = next((place for place, text in enumerate(found) if text != right[place]), 0)
    check(
        found == right,
        f"texts {name}: number {place + 1} is {list(found[place])}, expected {list(right[place])}.",
    )
    assert_close(scores, [score for _, score in expected], name=f"scores {name}")


@criterion(
    "beam_search: texts and scores",
    points=3,
    tests=["beam_search"],
    hint="Put the continuations of ALL hypotheses into one pool, together with those that have "
    "ended, and keep the most probable. Scores are sums of log-probabilities. A beam as wide as "
    "the tree finds every text. Two thirds of the points: all is right, but of texts that are "
    "equally probable some are lost.",
)
def test_n8_beam(submission, reference, rng):
    # Token 0 looks better at first, and leads nowhere; behind 1 all is certain. 2 ends a text, 3 begins one.
    garden_path = {
        (): {0: 0.55, 1: 0.4},
        (1,): {0: 0.97},
        (1, 0): {2: 0.97},
        (0,): {0: 0.3, 1: 0.26, 2: 0.24},
    }
    for beam_size in (1, 2, 3, 5):
        assert_beam(submission, reference, likely(rng, 4, 3, garden_path), 2, beam_size, 4)
    # A text that has ended stays in the beam, and wins in the end; one that has ended is dropped by better ones.
    early = {(): {1: 0.5, 0: 0.45}, (0,): {0: 0.99}, (0, 0): {0: 0.99}, (0, 0, 0): {1: 0.99}}
    for beam_size in (1, 2, 3):
        assert_beam(submission, reference, likely(rng, 3, 2, early), 1, beam_size, 4)
    for V, max_len, eos in ((3, 4, 2), (4, 3, 0), (2, 5, 1)):
        for beam_size in (V**max_len, 1, 2, 3):
            assert_beam(
                submission, reference, draw(rng, V, max_len, bos=1), eos, beam_size, max_len
            )

    language = draw(rng, 3, 3, spread=0.0)
    found, scores = texts(
        submission.beam_search(submission.callback(language.step, max_calls=2000), 0, 1, 27, 3)
    )
    assert_close(
        scores,
        [-len(text) * np.log(3.0) for text in found],
        name="scores of equally probable tokens",
    )
    every = [text for n in (1, 2, 3) for text in itertools.product(range(3), repeat=n)]
    every = {text for text in every if 1 not in text[:-1] and (text[-1] == 1 or len(text) == 3)}
    if not is_close(len(found), len(every)) or not is_close(sorted(set(found)), sorted(every)):
        partial(
            2 / 3,
            f"Of {len(every)} texts, many of which are equally probable, {len(set(found) & every)} were found.",
        )


@criterion(
    "beam_search: the length penalty",
    points=1,
    tests=["beam_search"],
    hint="log p / len^alpha ranks the texts in the end; while the search goes on, plain "
    "log-probabilities decide who stays. So these are the texts that you find without alpha, in "
    "another order. len counts the tokens that are returned, eos included.",
)
def test_n8_penalty(submission, rng):
    # By log p the short text [1] stays and wins; by log p / len the long one wins among those that stayed.
    long = {(): {1: 0.4, 0: 0.35}, (0,): {0: 0.9}, (0, 0): {0: 0.9}, (0, 0, 0): {1: 0.9}}
    for alpha in (0.3, 1.0, 2.0):
        for beam_size in (2, 3):
            assert_ranks(submission, likely(rng, 4, 2, long), 1, beam_size, 4, alpha)
    # With a penalty on the way, [0, 0] would push [1] out of a beam of two: log(0.35 * 0.5) / 2 against log 0.4.
    pushed = {
        (): {1: 0.4, 0: 0.35},
        (0,): {0: 0.48, 3: 0.47},
        (0, 0): {0: 0.3, 3: 0.28},
        (0, 3): {0: 0.3, 3: 0.28},
    }
    assert_ranks(submission, likely(rng, 4, 2, pushed), 1, 2, 3, 1.0)
    for alpha in (0.7, 1.0):
        for beam_size in (2, 4, 81):
            assert_ranks(submission, draw(rng, 3, 4, bos=1), 2, beam_size, 4, alpha)
    # A search that finds one text, or texts of no length or score, ranks nothing.
    plain, scores = own_texts(submission, likely(rng, 4, 2, long), 1, 3, 4)
    check(
        len({len(text) for text in plain}) > 1 and len(set(scores)) > 1,
        "beam_search: all texts are alike, so there is nothing to rank.",
    )


def own_texts(submission, language, *arguments):
    """Return texts and scores that the submission finds in a language."""
    step = submission.callback(language.step, max_calls=2000)
    return texts(submission.beam_search(step, language.bos, *arguments))


def assert_ranks(submission, language, eos, beam_size, max_len, alpha):
    """Check that a penalty ranks the texts that the submission finds without one, whatever these are."""
    found, plain = own_texts(submission, language, eos, beam_size, max_len)
    ranked, scores = own_texts(submission, language, eos, beam_size, max_len, alpha)
    expected = sorted(
        (
            (score / max(len(text), 1) ** alpha, text)
            for text, score in zip(found, plain, strict=True)
        ),
        reverse=True,
    )
    name = f"of a beam of {beam_size} with at most {max_len} tokens and alpha {alpha:g}"
    check(
        ranked == [text for _, text in expected],
        f"texts {name}: got {list(map(list, ranked))[:3]}, expected {[list(one) for _, one in expected][:3]}.",
    )
    assert_close(scores, [score for score, _ in expected], name=f"scores {name}")


@criterion(
    "beam_search: what the language model is asked",
    points=1,
    tests=["beam_search"],
    hint="step_fn costs a network's forward pass: ask it once for each hypothesis that has not "
    "ended, with bos in front, so at most beam_size times per token. When all have ended, the "
    "search has.",
)
def test_n8_work(submission, rng):
    for V, max_len, eos, beam_size in ((4, 5, 3, 3), (3, 6, 2, 1), (5, 4, 0, 6), (4, 2, 3, 2)):
        language = draw(rng, V, max_len, bos=1)
        submission.beam_search(
            submission.callback(language.step, max_calls=4 * beam_size * max_len + 10),
            1,
            eos,
            beam_size,
            max_len,
        )
        assert_calls(len(language.asked), at_least=1, at_most=beam_size * max_len, name="step_fn")
        wrong = [
            list(one)
            for one in language.asked
            if one[:1] != (1,) or len(one) > max_len or eos in one[1:]
        ]
        check(
            not wrong,
            f"step_fn was asked about {wrong[:1]}, with bos 1, eos {eos} and at most {max_len} tokens.",
        )
    certain = likely(rng, 3, 0, {(): {1: 0.999}})
    submission.beam_search(submission.callback(certain.step, max_calls=200), 0, 1, 1, 4)
    assert_calls(len(certain.asked), exactly=1, name="step_fn, whose first text ends at once,")


# The Transformer

KERAS = {"uses": ("keras",), "timeout_s": 20}
ATTENTION = (
    "MultiHeadAttention",
    "GroupedQueryAttention",
    "Attention",
    "AdditiveAttention",
    "DotProductAttention",
    "Softmax",
)


def is_attention(operation):
    """Return True for attention, or the softmax of one that is built of parts."""
    return operation.kind in ATTENTION or (
        operation.kind == "Activation" and operation.config.get("activation") == "softmax"
    )


def sources(graph, names):
    """Return the names of operations and of all that they are made from."""
    inputs = {operation.name: operation.inputs for operation in graph}
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(inputs.get(name, ()))
    return found


def is_residual(addition, graph):
    """Return True if an addition joins two paths, and only one has attention."""
    paths = [sources(graph, [name]) for name in set(addition.inputs)]
    if addition.kind != "Add" or len(paths) < 2:
        return False
    on_one_path = set.union(*paths) - set.intersection(*paths)
    inside = tuple(f"{name}/" for name in on_one_path)  # a block may be a model of its own
    return any(
        is_attention(one) for one in graph if one.name in on_one_path or one.name.startswith(inside)
    )


@criterion(
    "build_reverser: attention, and a path around it",
    points=1,
    tests=["build_reverser"],
    testimony=True,
    hint="Attention is a layer of Keras, or a softmax of products of your own. h + attention(h, "
    "h) is the connection: an addition, with layers.Add() or a plus, of a path that goes through "
    "attention and one that does not. How much one token counts in an output must depend on the "
    "others.",
    **KERAS,
)
def test_n8_architecture(submission, rng):
    model = submission.build_reverser(9, 6, 16)
    graph = operations(model)
    check(
        any(is_attention(one) for one in graph),
        f"the model has no layer of attention.{unseen(graph)}",
        "model",
    )
    found = any(is_residual(operation, graph) for operation in graph)
    check(
        found,
        f"the model has no addition that joins attention with a path around it.{unseen(graph)}",
        "model",
    )
    check_weighs(model, rng)


def check_weighs(model, rng):
    """Check that tokens are weighed by each other: the outputs are no sum of what each token adds by itself."""
    draw_near_the_start(model, rng)
    one = rng.permutation(9)[:6]
    # Two tokens change, together and each by itself; at the other places nothing does.
    tokens = np.stack([one, one, one, one])
    tokens[1, 1], tokens[2, 4] = (one[1] + 1) % 9, (one[4] + 1) % 9
    tokens[3, [1, 4]] = tokens[1, 1], tokens[2, 4]
    try:
        answers = np.asarray(model.predict_on_batch(tokens), dtype=float)
        rest = (answers[3] - answers[1] - answers[2] + answers[0])[[0, 2, 3, 5]]
        weighs = bool(np.abs(rest).max() > 1e-5 * np.abs(answers).max())
    except Exception:  # it takes no such sequences, or answers with other shapes, which is paid elsewhere
        weighs = True
    check(
        weighs,
        "the outputs are sums of what each token adds by itself: attention weighs tokens by each other.",
        "model",
    )


def draw_near_the_start(model, rng):
    """Move the weights a little, so that nowhere they are zero: some layers begin with weights of 0."""
    model.set_weights(
        [
            weight + rng.normal(0, 0.1, size=np.shape(weight)).astype(np.float32)
            for weight in model.get_weights()
        ]
    )


@criterion(
    "build_reverser: every output sees every token, and knows where it stands",
    points=1,
    tests=["build_reverser"],
    hint="A causal mask hides what comes later, which the first output needs most of all. And "
    "attention alone knows no order: shuffle the input, and without positions the output is just "
    "shuffled, too.",
    **KERAS,
)
def test_n8_positions(submission, rng):
    model = submission.build_reverser(9, 6, 16)
    tokens = np.array([rng.permutation(9)[:6] for _ in range(4)])
    draw_near_the_start(model, rng)
    before = assert_array(
        model.predict_on_batch(tokens), (4, 6, 9), name="the outputs", axes="B T vocab"
    )
    size = float(np.abs(before).max())
    for place in range(6):
        changed = tokens.copy()
        changed[:, place] = (changed[:, place] + 1) % 9
        after = assert_array(
            model.predict_on_batch(changed), (4, 6, 9), name="the outputs", axes="B T vocab"
        )
        moved = np.abs(after - before).max(axis=(0, 2))
        blind = [int(t) for t in np.flatnonzero(moved < 1e-6 * size)]
        check(
            not blind,
            f"the outputs at {blind} do not depend on the token at {place}: positions count from 0.",
            "model",
        )
    order = np.array([1, 2, 3, 4, 5, 0])
    shuffled = assert_array(
        model.predict_on_batch(tokens[:, order]), (4, 6, 9), name="the outputs", axes="B T vocab"
    )
    differs = np.abs(shuffled - before[:, order]).max() > 1e-5 * size
    check(
        differs,
        "shuffled tokens give outputs that are shuffled in the same way: the model does not know positions.",
        "model",
    )


BAR = 0.9


@criterion(
    "build_reverser: it learns to write backwards",
    points=2,
    tests=["build_reverser"],
    testimony=True,
    hint="The first output is the last token, so every position must see every other, and know "
    "where it is. With Adam and a learning rate of 0.005 some hundred batches are enough; train "
    "it yourself on random sequences, and look which positions are wrong. Are your positions "
    "learned? Embedding(T, d)(ops.arange(T)) is computed once, while the model is built: it is a "
    "constant, and so small that it hardly says anything. What is learned must be made from the "
    "model's input, or by a layer that holds the weights.",
    uses=("keras",),
    timeout_s=40,
)
def test_n8_training(submission, reference, rng):
    def accuracy(_seed):
        model = submission.build_reverser(8, 8)
        # A model that was not compiled has no loss, which costs points elsewhere: it gets one for logits.
        is_compiled = model.compiled is True
        loss = (
            model.loss
            if is_compiled
            else submission.lend_model(reference.build_reverser(2, 2, 4)).loss
        )
        model.compile(optimizer="adam", loss=loss)
        model.optimizer.learning_rate = 5e-3
        x, held_out = rng.integers(0, 8, size=(1504, 8)), rng.integers(0, 8, size=(400, 8))
        before = assert_array(
            model.predict_on_batch(held_out), (400, 8, 8), name="the outputs", axes="B T vocab"
        )
        share = float(np.mean(np.argmax(before, axis=-1) == held_out[:, ::-1]))
        check(
            share < 0.5,
            "the model writes backwards before it was trained: it is to be learned.",
            "training",
        )
        at_first, scores = model.get_weights(), [0.0]
        while max(scores) < 0.99 and len(scores) <= 8:
            for batch in np.split(rng.permutation(1504), 47):
                model.train_on_batch(x[batch], x[batch, ::-1])
            answers = np.argmax(model.predict_on_batch(held_out), axis=-1)
            scores.append(float(np.mean(answers == held_out[:, ::-1])))
        model.set_weights(at_first)
        again = np.argmax(model.predict_on_batch(held_out), axis=-1)
        check(
            float(np.mean(again == held_out[:, ::-1])) < 0.5,
            "with the weights of the start the model still writes backwards: what it learns must be in its weights.",
            "training",
        )
        return max(scores)

    # Measured, 29 seeds: the reference 0.99 or more after at most 3 epochs; with a causal mask 0.55 to 0.57, without positions
    # 0.33 to 0.36 after 8. Training ends as soon as it is good enough. One of two runs is enough.
    assert_trains(accuracy, bar=BAR, seeds=(0, 1), must_reach=1)
