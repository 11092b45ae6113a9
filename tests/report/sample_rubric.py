"""The rubric of the samples: a backpropagation assignment of eight exercises, 29 criteria and 100 points."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """A criterion as the rubric states it."""

    id: str
    title: str
    points: int
    hint: str
    public: bool = False


EXERCISES: dict[str, tuple[str, list[Spec]]] = {
    "b1": (
        "Affine layer",
        [
            Spec(
                "b1_forward_values",
                "Affine layer: forward pass",
                4,
                "Reshape x to (N, D) before the product: x may have any number of axes after the first.",
                public=True,
            ),
            Spec(
                "b1_backward_values",
                "Affine layer: backward pass",
                5,
                "dx has the shape of x, not of the flattened x; db is the sum of dout over the rows, shape (M,).",
            ),
            Spec(
                "b1_gradient",
                "Affine layer: gradient fits your own forward pass",
                2,
                "If the forward pass is right and this is not, check which factor of the product you transpose.",
            ),
            Spec(
                "b1_safe",
                "Affine layer: inputs stay as they are",
                1,
                "Never write into x, w, b or dout: the caller still needs them.",
            ),
        ],
    ),
    "b2": (
        "ReLU",
        [
            Spec(
                "b2_values",
                "ReLU: values and gradient",
                4,
                "The gradient passes where the input was positive, and is zero elsewhere.",
                public=True,
            ),
            Spec(
                "b2_safe",
                "ReLU: inputs stay as they are",
                2,
                "`dout[x <= 0] = 0` changes the caller's array. Multiply by a mask instead.",
            ),
            Spec(
                "b2_gradient",
                "ReLU: gradient fits your own forward pass",
                2,
                "Compare the cache with what backward reads.",
            ),
        ],
    ),
    "b3": (
        "Softmax loss",
        [
            Spec(
                "b3_values",
                "Softmax loss: loss and gradient",
                5,
                "Both loss and gradient are means over the N rows: one division by N each.",
                public=True,
            ),
            Spec(
                "b3_properties",
                "Softmax loss: rows of the gradient sum to zero",
                3,
                "Softmax does not change when a constant is added to a row, so no row of the gradient may have a sum.",
            ),
            Spec(
                "b3_stable",
                "Softmax loss: logits of 10,000",
                3,
                "Subtract each row's maximum before np.exp: exp(710) is already infinite in float64.",
            ),
            Spec(
                "b3_safe",
                "Softmax loss: inputs stay as they are",
                1,
                "`probs = x` is no copy; `dx[range(N), y] -= 1` then changes x.",
            ),
        ],
    ),
    "b4": (
        "Batch normalisation",
        [
            Spec(
                "b4_train_values",
                "Batch norm: output in train mode",
                5,
                "eps stands inside the root: sqrt(var + eps).",
                public=True,
            ),
            Spec(
                "b4_running",
                "Batch norm: running statistics",
                3,
                "running = momentum * running + (1 - momentum) * batch, biased variance, shape (D,), in train mode only.",
            ),
            Spec(
                "b4_test_values",
                "Batch norm: output in test mode",
                3,
                "Test mode uses the running statistics, and eps as well.",
            ),
            Spec(
                "b4_gradient",
                "Batch norm: backward pass",
                6,
                "x reaches the output on three paths: directly, through the mean and through the variance. Add all three.",
            ),
            Spec(
                "b4_properties",
                "Batch norm: invariances",
                3,
                "Scaling x by a positive factor must not change the output.",
            ),
        ],
    ),
    "b5": (
        "Layer normalisation",
        [
            Spec("b5_values", "Layer norm: output", 4, "Statistics are per row: axis 1, keepdims=True.", public=True),
            Spec(
                "b5_gradient",
                "Layer norm: backward pass",
                6,
                "dgamma and dbeta are summed over rows; the rest is per row.",
            ),
            Spec(
                "b5_properties",
                "Layer norm: rows are independent",
                2,
                "Changing one row must leave all other rows alone.",
            ),
        ],
    ),
    "b6": (
        "Inverted dropout",
        [
            Spec(
                "b6_statistics",
                "Dropout: fraction kept and expectation",
                5,
                "p is the probability to KEEP an entry, and kept entries are divided by p in train mode.",
            ),
            Spec(
                "b6_values",
                "Dropout: test mode and backward pass",
                3,
                "Backward multiplies by the mask of the forward pass.",
                public=True,
            ),
            Spec("b6_safe", "Dropout: seed and dtype", 2, "With a seed in dropout_param two calls give the same mask."),
        ],
    ),
    "b7": (
        "Two-layer network",
        [
            Spec(
                "b7_values",
                "Two-layer net: scores and loss",
                5,
                "The penalty is 0.5 * reg * sum(W * W), without biases.",
                public=True,
            ),
            Spec(
                "b7_gradient",
                "Two-layer net: gradients of all parameters",
                5,
                "With the factor 0.5 in the loss, the penalty adds reg * W to the gradient: neither 2 * reg * W nor nothing.",
            ),
            Spec(
                "b7_training",
                "Two-layer net: learns a three-arm spiral",
                3,
                "If the loss stays at log(3), look at the initial scale.",
            ),
            Spec(
                "b7_interface",
                "Two-layer net: scores without labels",
                1,
                "With y=None, return the scores and nothing else.",
            ),
        ],
    ),
    "b8": (
        "Differentiating through a simulator",
        [
            Spec("b8_values", "Spring: trajectory", 3, "Leapfrog is half kick, drift, half kick.", public=True),
            Spec(
                "b8_gradient", "Spring: adjoint", 6, "Walk the steps backwards; k collects a contribution at each kick."
            ),
            Spec(
                "b8_properties",
                "Spring: energy and time reversal",
                3,
                "Halving dt must cut the energy drift to a quarter.",
            ),
        ],
    ),
}
SPECS = [(exercise, title, spec) for exercise, (title, specs) in EXERCISES.items() for spec in specs]
