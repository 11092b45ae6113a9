"""Convolution without loops"""

import numpy as np

from autograder.rubric import assert_avoids, assert_close, assert_vectorised, criterion, partial, unpack

# (N, C, H, W), (F, HH, WW), stride, pad. Windows fit without a rest, but for those of the last list.
SQUARES = [
    ((2, 3, 4, 4), (3, 4, 4), 2, 1),
    ((4, 3, 5, 5), (2, 3, 3), 1, 1),
    ((2, 3, 6, 6), (2, 3, 3), 1, 0),
    ((3, 2, 4, 4), (4, 1, 1), 1, 0),
    ((1, 2, 6, 6), (1, 2, 2), 2, 2),
]
NOT_SQUARE = [
    ((2, 3, 5, 7), (2, 3, 3), 1, 0),
    ((1, 2, 7, 4), (3, 2, 3), 1, 1),
    ((2, 1, 9, 6), (1, 3, 2), 2, 2),
    ((2, 2, 9, 7), (2, 2, 3), 3, 1),
]
RESTS = [((2, 2, 8, 8), (2, 3, 3), 2, 1), ((2, 1, 8, 8), (2, 3, 3), 3, 1)]  # the last pixels are in no window
# Not to be used by what is tested. Keras may stand at the top of vision.py, for V7.
LIBRARIES = ["tensorflow.*", "keras.*", "*.convolve", "*.correlate", "*.polymul", "*.poly1d", "numpy.polynomial.*"]



def draw(rng, images, filters):
    """Draw x, w and b."""
    F, HH, WW = filters
    return rng.normal(size=images), rng.normal(size=(F, images[1], HH, WW)), rng.normal(size=F)


def draw_even(rng, images, filters):
    """Draw x, w and b for which the order of a window's pixels, a flipped filter and the bias do not matter."""
    x, w, b = draw(rng, images, filters)
    return x, np.broadcast_to(w[:, :1, :1, :1], w.shape).copy(), 0 * b


def convolve(submission, x, w, b, stride, pad):
    """Return the output of the submission's convolution without loops."""
    answer = submission.conv_forward_im2col(x, w, b, {"stride": stride, "pad": pad})
    return unpack(answer, "out cache", of="conv_forward_im2col")[0]


def assert_numbers(out, reference, x, w, b, stride=1, pad=1):
    """Check the numbers of a convolution in whatever order they stand: their order is v4_values'."""
    expected, _ = reference.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})
    numbers = np.array(out) if isinstance(out, (list, tuple)) else out
    if isinstance(numbers, np.ndarray) and numbers.size == expected.size:
        numbers = np.sort(numbers, axis=None)
    assert_close(numbers, np.sort(expected, axis=None), name="the numbers in out, in order of size", inputs=(x, w))


def assert_values(submission, reference, rng, cases):
    for images, filters, stride, pad in cases:
        x, w, b = draw(rng, images, filters)
        expected, _ = reference.conv_forward_naive(x, w, b, {"stride": stride, "pad": pad})
        assert_close(convolve(submission, x, w, b, stride, pad), expected, name="out", axes="N F H' W'", inputs=(x, w, b))


def judge(parts):
    """Run the parts of a criterion, each of a weight; give what the right ones are worth."""
    failures = {}
    for name, (_, part) in parts.items():
        try:
            part()
        except Exception as failure:  # noqa: BLE001  # a failed check, or what the submission raised
            failures[name] = failure
    earned = sum(weight for name, (weight, _) in parts.items() if name not in failures)
    for failure in failures.values():
        try:
            raise failure
        except Exception:
            if earned:
                partial(earned, f"Right but for {', '.join(failures)}.")
            raise


@criterion(
    "Convolution without loops: values",
    points=3,
    tests=["conv_forward_im2col"],
    hint="The numbers are those of V1, the bias included. The order of the axes is where this often goes wrong: rows that "
    "run over (n, i, j) come back as (N, H', W', F), and a transpose makes (N, F, H', W') of that; a reshape alone only looks right. Square images and filters are worth two thirds.",
)
def test_v4_values(submission, reference, rng):
    judge(
        {
            "square images and filters": (2 / 3, lambda: assert_values(submission, reference, rng, SQUARES)),
            "others": (1 / 3, lambda: assert_values(submission, reference, rng, NOT_SQUARE)),
        }
    )


@criterion(
    "Convolution without loops: a rest of pixels at the border that no window fits into",
    points=1,
    tests=["conv_forward_im2col"],
    hint="Sizes are rounded down here, too: H' = 1 + (H + 2 * pad - HH) // stride. The pixels that are left over get no row in the matrix "
    "of windows, and no image is refused for having some.",
)
def test_v4_rest(submission, reference, rng):
    for images, filters, stride, pad in RESTS:
        x, w, b = draw_even(rng, images, filters)
        assert_numbers(convolve(submission, x, w, b, stride, pad), reference, x, w, b, stride, pad)


#: What doubles, and the sizes N, C, F, H, W when it is n. Images are square: others are v4_values'.
AXES = {
    "N": lambda n: (n, 2, 2, 8, 8),
    "H and W": lambda n: (2, 2, 2, n, n),
    "C": lambda n: (2, n, 2, 8, 8),
    "F": lambda n: (2, 2, n, 8, 8),
}


@criterion(
    "Convolution without loops: the same number of Python steps for images of any size",
    points=4,
    tests=["conv_forward_im2col"],
    testimony=True,
    hint="Executed lines and turns of loops are counted while N, H and W, C or F doubles, and must not grow. A comprehension is a "
    "loop. A loop over the HH * WW pixels of the filter is fine: it does not grow. The numbers must be those of a convolution, in "
    "whatever order.",
)
def test_v4_work(submission, reference, rng):
    def work(axis, n):
        N, C, F, H, W = AXES[axis](n)
        x, w, b = draw_even(rng, (N, C, H, W), (F, 3, 3))
        observed = submission.conv_forward_im2col.under(count_work=True)
        out, _ = unpack(observed(x, w, b, {"stride": 1, "pad": 1}), "out cache", of="conv_forward_im2col")
        assert_numbers(out, reference, x, w, b)
        return observed.testimony.work

    for axis in AXES:
        assert_vectorised(lambda n, axis=axis: work(axis, n), (4, 8), name="conv_forward_im2col", axis=axis)


@criterion(
    "Convolution without loops: written by yourself",
    points=2,
    tests=["conv_forward_im2col"],
    hint="NumPy's indexing, reshape, as_strided, sliding_window_view, einsum and tensordot are all welcome. A library's "
    "convolution is not, nor is a loop in disguise: map, np.vectorize, np.apply_along_axis. The numbers must be those of a "
    "convolution, in whatever order.",
)
def test_v4_source(submission, reference, rng):
    x, w, b = draw_even(rng, (2, 2, 5, 5), (3, 3, 3))
    assert_numbers(convolve(submission, x, w, b, 1, 1), reference, x, w, b)
    modules = ["scipy", "skimage", "cv2", "numba", "torch", "jax"]
    assert_avoids(submission, functions=["conv_forward_im2col"], names=LIBRARIES, modules=modules, c_loops=True)
