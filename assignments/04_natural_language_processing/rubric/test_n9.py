"""Frontier: speech synthesis, the attention of Tacotron 2"""

import numpy as np

from autograder.rubric import (
    assert_array,
    assert_avoids,
    assert_close,
    assert_stable,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

# B, T, S, H, A, C, K.
SHAPES = [
    (2, 7, 3, 4, 5, 2, 3),
    (1, 5, 2, 3, 4, 3, 1),
    (3, 4, 4, 2, 3, 1, 9),
    (2, 11, 1, 2, 6, 4, 5),
    (1, 1, 2, 2, 3, 2, 3),
]
PARTS = {"name": "context weights cumulative", "axes": "B H; B T; B T"}
LIBRARIES = [
    "*.AdditiveAttention",
    "*.Attention",
    "*.Conv1D",
    "*.conv",
    "*.conv1d",
    "*.convolution",
]


def draw(rng, shape):
    """Draw query, memory and parameters."""
    B, T, S, H, A, C, K = shape
    shapes = {"W": (S, A), "V": (H, A), "U": (C, A), "b": (A,), "v": (A,), "F": (K, C)}
    params = {name: rng.normal(size=form) for name, form in shapes.items()}
    return rng.normal(size=(B, S)), rng.normal(size=(B, T, H)), params


def spoken(rng, shape, lengths):
    """Draw cumulative weights of some steps: more than 1 in a row, 0 beyond the lengths."""
    B, T = shape[:2]
    return rng.uniform(0, 1.5, size=(B, T)) * (np.arange(T) < lengths[:, None])


def attend(submission, *arguments):
    """Return the three values of the submission."""
    return unpack(
        submission.location_sensitive_attention(*arguments),
        PARTS["name"],
        of="location_sensitive_attention",
    )


@criterion(
    "Location-sensitive attention: a step, and the next",
    points=3,
    tests=["location_sensitive_attention"],
    hint="f[j] is the sum over taps k of F[k] * cumulative[j + k - (K - 1) / 2], with zeros "
    "outside and without flipping the filter. tanh comes before v, the softmax over the "
    "characters j < length, and what is returned last includes this step's weights. Two thirds of "
    "the points: all is right but the filters, which are flipped, or what is returned last. One "
    "third: it is right where nothing pads.",
)
def test_n9_values(submission, reference, rng):
    assert_avoids(submission, functions=["location_sensitive_attention"], names=LIBRARIES)
    part_for_one_mistake(submission, reference, rng)
    for shape in SHAPES:
        query, memory, params = draw(rng, shape)
        B, T = shape[:2]
        for lengths in (np.full(B, T), np.maximum(T - 2 * np.arange(B), 1)):
            cumulative = spoken(rng, shape, lengths)
            expected = reference.location_sensitive_attention(
                query, memory, cumulative, lengths, params
            )
            assert_close(
                attend(submission, query, memory, cumulative, lengths, params),
                expected,
                **PARTS,
                inputs=(memory,),
            )

    query, memory, params = draw(rng, SHAPES[0])
    mine = theirs = np.zeros((2, 7))
    for step in range(4):  # from silence, each step with what the step before returned
        lengths, query = np.array([7, 4]), rng.normal(size=query.shape)
        _, weights, mine = reference.location_sensitive_attention(
            query, memory, mine, lengths, params
        )
        _, actual, theirs = attend(submission, query, memory, theirs, lengths, params)
        assert_close(
            (actual, theirs),
            (weights, mine),
            name=[f"{one} of step {step + 1}" for one in ("weights", "cumulative")],
            inputs=(memory,),
        )


def part_for_one_mistake(submission, reference, rng):
    """Give a part of the points if all is right but one thing."""
    query, memory, params = draw(rng, SHAPES[0])
    full, padded = np.array([7, 7]), np.array([7, 4])

    def answers(lengths, **other):
        given = query, memory, spoken(rng, SHAPES[0], lengths), lengths
        return attend(submission, *given, params), reference.location_sensitive_attention(
            *given, {**params, **other}
        )

    (actual, right), (whole, all_right) = answers(padded), answers(full)
    if is_close(actual, right, inputs=(memory,)):
        return
    if is_close(actual[:2], right[:2], inputs=(memory,)):
        partial(
            2 / 3,
            "context and weights are right; cumulative is not that of before with the weights of this step.",
        )
    if is_close(*answers(padded, F=params["F"][::-1]), inputs=(memory,)):
        partial(2 / 3, "All is right but the filters, which are flipped.")
    if is_close(whole, all_right, inputs=(memory,)):
        partial(
            1 / 3,
            "It is right where all characters of the batch count, and wrong where some are padding.",
        )


@criterion(
    "Location-sensitive attention: padding, and texts that are moved",
    points=1,
    tests=["location_sensitive_attention"],
    hint="What pads the memory counts for nothing, so an utterance does not notice in whose batch "
    "it is. And where all characters sound alike, only the location is left: move what has been "
    "spoken by two characters, and the energies move with it.",
)
def test_n9_properties(submission, rng):
    query, memory, params = draw(rng, (2, 9, 3, 4, 5, 2, 3))
    lengths = np.array([9, 5])
    cumulative = spoken(rng, (2, 9), lengths)
    context, weights, _ = attend(submission, query, memory, cumulative, lengths, params)
    weights = assert_array(weights, (2, 9), name="weights", axes="B T")
    context = assert_array(context, (2, 4), name="context", axes="B H")
    assert_close(
        weights.sum(axis=1),
        np.ones(2),
        name="sums of the weights",
        axes="B",
        inputs=(weights,),
        check_dtype=False,
    )
    assert_close(
        weights[1, 5:], np.zeros(4), name="weights of padding", inputs=(weights,), check_dtype=False
    )
    noisy = memory.copy()
    noisy[1, 5:] = 10 * rng.normal(size=(4, 4))
    again = attend(submission, query, noisy, cumulative, lengths, params)
    assert_close(
        again[:2],
        (context, weights),
        name="context weights",
        axes="B H; B T",
        inputs=(weights,),
        check_dtype=False,
    )
    alone = attend(submission, query[1:], memory[1:, :5], cumulative[1:, :5], lengths[1:], params)
    assert_close(
        alone[0],
        context[1:],
        name="context of an utterance by itself",
        axes="B H",
        inputs=(weights,),
        check_dtype=False,
    )

    query, memory, params = draw(rng, (1, 14, 2, 3, 4, 2, 5))
    memory[:] = memory[:, :1]  # every character is the same
    energies = []
    for start in (4, 6):
        cumulative = np.zeros((1, 14))
        cumulative[0, start : start + 3] = 1.0, 0.7, 0.2
        weights = assert_array(
            attend(submission, query, memory, cumulative, np.array([14]), params)[1],
            (1, 14),
            name="weights",
            axes="B T",
        )
        check(
            bool((weights > 0).all()), "weights: there are zeros among the characters of the text."
        )
        energies.append(
            np.log(weights[0] / weights[0, 0])
        )  # far from what was spoken the energy is that of silence
    check(
        bool(np.ptp(energies[0]) > 1e-4),
        "energies: they do not depend on where the attention has been.",
    )
    assert_close(
        energies[1][4:13],
        energies[0][2:11],
        name="energies after all was moved by two characters",
        inputs=(weights,),
        check_dtype=False,
    )


@criterion(
    "Location-sensitive attention: large energies",
    points=1,
    tests=["location_sensitive_attention"],
    hint="Subtract the largest energy of the utterance before exp, and mask with -inf, not by a "
    "factor after exp: the largest of all energies may be one of padding.",
)
def test_n9_stability(submission, reference, rng):
    for shape in (
        SHAPES[:4] * 6
    ):  # often: one character gets it all, and which one may be a matter of luck
        query, memory, params = draw(rng, shape)
        lengths = np.maximum(shape[1] - 1 - np.arange(shape[0]), 1)
        cumulative = spoken(rng, shape, lengths)
        given = query, memory, cumulative, lengths
        is_fair = is_close(
            attend(submission, *given, params)[1],
            reference.location_sensitive_attention(*given, params)[1],
        )
        large = {**params, "v": 1e3 * params["v"]}
        # Padding that the decoder would like best of all.
        memory = memory.copy()
        memory[np.arange(shape[1]) >= lengths[:, None]] = np.linalg.lstsq(
            params["V"].T, 50 * np.sign(params["v"]), rcond=None
        )[0]
        given = query, memory, cumulative, lengths, large
        answer = assert_stable(
            submission.location_sensitive_attention, *given, name="location_sensitive_attention"
        )
        weights = assert_array(
            unpack(answer, PARTS["name"], of="location_sensitive_attention")[1],
            shape[:2],
            name="weights",
            axes="B T",
        )
        # Energies that are wrong are wrong here as well, and paid elsewhere: then the weights must be finite and somewhere.
        expected = reference.location_sensitive_attention(*given)[1]
        assert_close(
            weights, expected if is_fair else weights, name="weights", axes="B T", inputs=(memory,)
        )
        check(
            bool(np.all(weights.max(axis=1) > 1e-3)),
            "weights: those of an utterance are all nearly zero.",
        )
        check(
            bool(np.ptp(weights[0, : lengths[0]]) > 1e-3),
            "weights: all characters get the same, though their energies are far apart.",
        )
