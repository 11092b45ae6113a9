"""M05-12: propagate_variance returns the variance, which takes the mean away that relu has.

file: theory.py
loses: o6_example_propagate, o6_propagate
"""


def propagate_variance(depth, width, mode, act, n, seed):
    activation = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[act]
    rng = np.random.default_rng(seed)
    h, out = rng.standard_normal((n, width)), []
    for _ in range(depth):
        h = activation(h @ init_weights(width, width, mode, rng))
        out.append(np.var(h))
    return np.array(out)
