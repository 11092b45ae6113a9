"""M00-15c The functions after the last full segment are left out of the backward sweep.

file: intro.py
loses: i5_values, i5_example
"""


def checkpointed_vjp(fs, vjps, x, g, every):
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
