"""Mistakes: Gradient checkpointing."""

from autograder.rubric import mutant


@mutant("M00-15a", loses=["i5_work"])
def checkpointed_vjp(fs, vjps, x, g, every):
    """Every activation is kept: plain backpropagation, whatever the spacing."""
    activations = [x]
    for f in fs:
        activations.append(f(activations[-1]))
    y = activations.pop()
    for vjp, activation in zip(reversed(vjps), reversed(activations)):
        g = vjp(activation, g)
    return y, g, {"forward_calls": len(fs), "peak_saved": every}


@mutant("M00-15b", loses=["i5_work"])
def checkpointed_vjp(fs, vjps, x, g, every):
    """Every activation is computed again from x: little memory, but quadratic work."""
    calls = 0
    y = x
    for f in fs:
        y = f(y)
        calls += 1
    for i in reversed(range(len(fs))):
        activation = x
        for f in fs[:i]:
            activation = f(activation)
            calls += 1
        g = vjps[i](activation, g)
    return y, g, {"forward_calls": calls, "peak_saved": 2}


@mutant("M00-15c", loses=["i5_values", "i5_example"])
def checkpointed_vjp(fs, vjps, x, g, every):
    """The functions after the last full segment are left out of the backward sweep."""
    y, checkpoints = x, []
    for i, f in enumerate(fs):
        if i % every == 0:
            checkpoints.append(y)
        y = f(y)
    calls = len(fs)
    for s in reversed(range(len(fs) // every)):
        segment = [checkpoints[s]]
        for f in fs[s * every : (s + 1) * every - 1]:
            segment.append(f(segment[-1]))
            calls += 1
        for j in reversed(range(every)):
            g = vjps[s * every + j](segment[j], g)
    return y, g, {"forward_calls": calls, "peak_saved": len(checkpoints) + every}
