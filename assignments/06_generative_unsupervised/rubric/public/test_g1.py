"""PCA, the linear auto-encoder"""

import numpy as np

from autograder.rubric import assert_array, assert_close, criterion, unpack


@criterion(
    "pca: four points to do by hand",
    points=1,
    tests=["pca"],
    hint="The points lie around (1, 2) and vary along (1, 1): subtract their mean, and divide the squares by n - 1 = 3.",
)
def test_g1_example(submission):
    X = np.array([[3.0, 4.0], [-1.0, 0.0], [1.5, 1.5], [0.5, 2.5]])
    components, variance, mean = unpack(submission.pca(X, 2), "components explained_variance mean", of="pca")
    assert_close(mean, np.array([1.0, 2.0]), name="mean", axes="d")
    assert_close(variance, np.array([16 / 3, 1 / 3]), name="explained_variance", axes="k")
    components = assert_array(components, (2, 2), name="components", axes="k d")
    assert_close(np.abs(components), np.full((2, 2), np.sqrt(0.5)), name="absolute values of the components", axes="k d", inputs=(components,))


@criterion(
    "reconstruct: four points to do by hand",
    points=1,
    tests=["reconstruct"],
    hint="Subtract the mean, (1, 2), keep what lies along (1, 1), and add the mean again.",
)
def test_g1_example_reconstruct(submission):
    X, first = np.array([[3.0, 4.0], [-1.0, 0.0], [1.5, 1.5], [0.5, 2.5]]), np.full((1, 2), np.sqrt(0.5))
    X_hat = submission.reconstruct(X, first, np.array([1.0, 2.0]))
    assert_close(X_hat, np.array([[3.0, 4.0], [-1.0, 0.0], [1.0, 2.0], [1.0, 2.0]]), name="X_hat with the first component", axes="n d")
