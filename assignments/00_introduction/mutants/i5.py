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


@mutant("M00-15d", loses=["i5_work"])
class forward_calls_not_counted:
    """forward_calls is n, whatever was called: half of the count that the handout compares."""

    _first_checkpointed_vjp = checkpointed_vjp

    def checkpointed_vjp(fs, vjps, x, g, every):
        y, gx, cost = _first_checkpointed_vjp(fs, vjps, x, g, every)
        return y, gx, {"forward_calls": len(fs), "peak_saved": every}


@mutant("M00-15e", loses=["i5_values", "i5_work", "i5_example"])
def checkpointed_vjp(fs, vjps, x, g, every):
    """The backward sweep is missing: y alone is right."""
    y = x
    for f in fs:
        y = f(y)
    return y, g, {"forward_calls": len(fs), "peak_saved": 1}


@mutant("M00-15f", loses=["i5_work"])
def checkpointed_vjp(fs, vjps, x, g, every):
    """A list of the last segment stays alive while the next one is computed."""
    checkpoints, y = {}, x
    for i, f in enumerate(fs):
        if i % every == 0:
            checkpoints[i] = y
        y = f(y)
    calls, segments = len(fs), []
    for start in reversed(checkpoints):
        segment = [checkpoints[start]]
        for f in fs[start : start + every][:-1]:
            segment.append(f(segment[-1]))
        calls += len(segment) - 1
        segments.append(segment)
        for i in reversed(range(len(segment))):
            g = vjps[start + i](segment[i], g)
    return y, g, {"forward_calls": calls, "peak_saved": every}
