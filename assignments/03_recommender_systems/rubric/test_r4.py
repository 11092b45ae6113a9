"""Negative sampling"""

import numpy as np

from autograder.rubric import assert_array, assert_calls, assert_fraction, assert_frequencies, check, criterion


def seed_of(rng):
    """Draw a seed for a generator."""
    return int(rng.integers(10**9))


def ask(submission, positives, users, n_items, generator):
    """Return items for all users, of which none is one of theirs."""
    answer = submission.sample_negatives(positives, users, n_items, generator)
    items = assert_array(answer, (len(users),), name="items", axes="B")
    check(bool(np.all(items == np.floor(items))), "items: not all are whole numbers.", "dtype")
    items = items.astype(np.int64)
    check(bool(np.all((items >= 0) & (items < n_items))), f"items: not all are from 0 to {n_items - 1}.")
    wrong = [(int(u), int(i)) for u, i in zip(users, items, strict=True) if int(i) in positives[u]]
    check(not wrong, f"items: {len(wrong)} of {len(users)} are positive" + (", such as item {1} of user {0}.".format(*wrong[0]) if wrong else "."))
    return items


@criterion(
    "sample_negatives: every item that was not chosen is equally likely",
    points=2,
    tests=["sample_negatives"],
    hint="Going on to the next item where the first one is positive makes neighbours of positives more likely; leaving out what OTHER "
    "users have chosen makes that impossible. Each example is a draw of its own: one may come twice.",
)
def test_r4_uniform(submission, rng):
    positives = [set(), {0, 2, 3}, {1, 9, 8, 4, 5, 6}]
    users = rng.integers(3, size=20_000)
    items = ask(submission, positives, users, 10, submission.rng(seed_of(rng)))
    for user, chosen in enumerate(positives):
        own = items[users == user]
        p = np.array([0.0 if i in chosen else 1 / (10 - len(chosen)) for i in range(10)])
        assert_frequencies(np.bincount(own, minlength=10), p, name=f"items of user {user}", says="all that were not chosen are equally likely")
        pairs = own[: len(own) // 2 * 2].reshape(-1, 2)
        same = pairs[:, 0] == pairs[:, 1]
        assert_fraction(same, 1 / (10 - len(chosen)), name=f"items of user {user}", says="two in a row are equal as often as chance has it")


@criterion(
    "sample_negatives: randomness comes from rng, and ends",
    points=2,
    tests=["sample_negatives"],
    hint="Draw from the generator that is passed in and make no new one: generators in the same state give the same items, and two calls "
    "in a row other ones. Where one item of a thousand is left, it is found.",
)
def test_r4_rng(submission, rng):
    seed, users = seed_of(rng), np.array([0, 1, 2] * 20)
    positives = [{3, 5}, set(range(0, 100, 2)), set()]
    generator = submission.rng(seed)
    first, second = (ask(submission, positives, users, 100, generator) for _ in range(2))
    again = ask(submission, positives, users, 100, submission.rng(seed))
    check(np.array_equal(first, again), "items: generators in the same state give different items.")
    check(not np.array_equal(first, second), "items: two calls in a row give the same items.")

    last = int(rng.integers(1000))
    left = ask(submission, [{7}, set(range(1000)) - {last}], np.array([1, 1]), 1000, submission.rng(seed))
    check(left.tolist() == [last, last], "items: of a thousand items only one was left, and it was not returned.")


@criterion(
    "sample_negatives: at most 20 random numbers for each item, counted outside",
    points=2,
    tests=["sample_negatives"],
    hint="The message says what is wrong. Every draw must be a call of a method of rng; what is no method, such as bit_generator, is not "
    "there. If too many numbers are drawn: drawing until it fits takes as many draws as there are items where one is left, and a shuffled "
    "list of all negatives costs one number for each of them. List what is left, and draw one place of the list.",
)
def test_r4_draws(submission, rng):
    n_items, B = 300, 25
    for count, who in ((3, "chose 3 of 300 items"), (150, "chose half of 300 items"), (299, "chose 299 of 300 items")):
        positives = [{1}, set(rng.permutation(n_items)[:count].tolist())]
        drawn = np.random.default_rng(seed_of(rng))
        generator = submission.stub(drawn, max_numbers=20 * B)
        try:
            ask(submission, positives, np.ones(B, dtype=int), n_items, generator)
        except Exception:
            if not generator.is_exhausted:
                raise
        allowed = f"more than {20 * B} numbers were drawn from rng for {B} items of a user who {who}."
        check(not generator.is_exhausted, allowed, kind="work")
        assert_calls(len(generator.calls), at_least=1, name=f"rng, for a user who {who},")
