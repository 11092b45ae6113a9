"""Alternating least squares"""

import numpy as np
import pytest

from autograder.rubric import assert_array, assert_close, check, criterion, is_close, partial

#: Users, items, length of a vector.
SIZES = ((4, 6, 2), (1, 5, 3), (7, 4, 1), (6, 12, 4))


def draw(rng, U, I, k, seen=0.5):
    """Return ratings, of which about a half were given and at least k by everyone, which these are, and vectors of the items."""
    M = rng.random((U, I)) < seen
    for row in M:
        row[rng.permutation(I)[:k]] = True
    return rng.normal(2, 1, size=(U, I)), M, rng.normal(size=(I, k))


def objective(R, M, P, Q, reg):
    """Return what each turn makes as small as it can."""
    return float(np.sum((R - P @ Q.T)[M] ** 2) + reg * (np.sum(P**2) + np.sum(Q**2)))


@pytest.mark.parametrize("case", ["with reg", "reg = 0", "without ratings"])
@criterion(
    "als_update: values",
    points=5,
    tests=["als_update"],
    hint="A third for users with ratings where there is a penalty, a third where reg = 0, and a third for users without ratings, half of it "
    "for reg = 0. A system of equations for every user, made of the items that THIS user has rated: the sum of q q^T over these, plus reg "
    "on the diagonal. Where there are no ratings, the vector is 0, and for reg = 0 nothing is to be solved.",
)
def test_r2_values(submission, reference, rng, case):
    if case == "without ratings":
        check_without_ratings(submission, rng)
        return
    for size in SIZES:
        R, M, Q = draw(rng, *size)
        if case == "reg = 0":
            M[:] = True
            Q[: size[2]] = 2 * np.eye(size[2])  # far from singular
        for reg in (0.1, 1.0, 5.0) if case == "with reg" else (0.0,):
            P = submission.als_update(R, M, Q, reg)
            assert_close(P, reference.als_update(R, M, Q, reg), name=f"P for reg = {reg}", axes="U k")


def check_without_ratings(submission, rng):
    """Check that users without ratings get zeros, and that all others get what they get without these."""
    for reg in (0.5, 0.0):
        R, M, Q = draw(rng, 5, 8, 2)
        rated = np.array([1, 2, 4])
        M[[0, 3]], M[rated, :4] = False, True
        Q[:2] = np.eye(2)
        alone = assert_array(submission.als_update(R[rated], M[rated], Q, reg), (3, 2), name="P", axes="U k")
        check(not is_close(alone, np.zeros((3, 2))), "P: every value is zero.")
        due = np.zeros((5, 2))
        due[rated] = alone
        try:
            P = submission.als_update(R, M, Q, reg)
            name = f"P for reg = {reg}, where users 0 and 3 have no ratings, and the others what they get without these"
            assert_close(P, due, name=name, axes="U k")
        except Exception as error:
            if reg:
                raise
            partial(0.5, f"Users without ratings get zeros where there is a penalty, and do not for reg = 0. {type(error).__name__}: {error}")


def is_best_for_other_weights(slope, P, reg):
    """Return True if the slope at each user's vector would be zero for a penalty of another weight, which is none or larger."""
    along = np.sum(slope * P, axis=1, keepdims=True) / np.maximum(np.sum(P * P, axis=1, keepdims=True), 1e-12)
    return bool(np.all(along <= reg + 1e-4)) and bool(np.any(P)) and is_close(slope, along * P, atol=1e-4)


@criterion(
    "als_update: the best there is",
    points=3,
    tests=["als_update"],
    hint="Users and items take turns for ten rounds, the items by als_update(R.T, M.T, P, reg): no turn may raise the sum of squared "
    "errors of the ratings that were given plus reg times all squares, and after a turn its gradient is 0. Half of the points: it is the best "
    "for another weight of the penalty.",
)
def test_r2_objective(submission, rng):
    for U, I, k, reg in ((6, 8, 2, 0.3), (12, 9, 3, 2.0)):
        R, M, Q = draw(rng, U, I, k, seen=0.4)
        lowest = np.inf
        for turn in range(10):
            P = assert_array(submission.als_update(R, M, Q, reg), (U, k), name="P", axes="U k").astype(float)
            slope = (M * (P @ Q.T - R)) @ Q + reg * P
            if not is_close(slope, np.zeros((U, k)), atol=1e-4) and is_best_for_other_weights(slope, P, reg):
                partial(0.5, "P is the best there is for another weight of the penalty.")
            # Mistakes leave a slope of the order of 1; 1e-4 is what float32 needs.
            assert_close(slope, np.zeros((U, k)), name="the gradient at P", axes="U k", atol=1e-4)
            Q = assert_array(submission.als_update(R.T, M.T, P, reg), (I, k), name="Q", axes="I k").astype(float)
            now = objective(R, M, P, Q, reg)
            check(now <= lowest + 1e-9 * max(1.0, now), f"the objective rises from {lowest:.6g} to {now:.6g} in round {turn + 1}.")
            lowest = now


@criterion(
    "als_update: holes are no ratings",
    points=2,
    tests=["als_update"],
    hint="What stands where M is False must not matter, whatever it is. Select with R[u, M[u]] and Q[M[u]]: a product with the mask does "
    "not get rid of nan, for 0 * nan is nan.",
)
def test_r2_unobserved(submission, rng):
    R, M, Q = draw(rng, 6, 9, 3)
    P = assert_array(submission.als_update(R, M, Q, 0.4), (6, 3), name="P", axes="U k")
    for filler in (rng.normal(0, 100, size=R.shape), 1e6, np.nan):
        other = submission.als_update(np.where(M, R, filler), M, Q, 0.4)
        what = "random numbers" if np.ndim(filler) else filler
        assert_close(other, P, name=f"P, where {what} stands for what was not rated", axes="U k")
