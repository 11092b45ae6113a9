"""The last segment is kept from the forward sweep, and not computed twice.

file: intro.py
loses:
"""


def checkpointed_vjp(fs, vjps, x, g, every):
    n = len(fs)
    last = (n - 1) // every * every
    checkpoints, tail, calls = [], [], 0
    for i, f in enumerate(fs):
        if i >= last:
            tail.append(x)
        elif i % every == 0:
            checkpoints.append(x)
        x = f(x)
        calls += 1
    y, x = x, None
    peak = len(checkpoints) + len(tail) + 1
    while True:
        while tail:
            g = vjps[last + len(tail) - 1](tail.pop(), g)
        if not checkpoints:
            return y, g, {"forward_calls": calls, "peak_saved": peak}
        last -= every
        tail = [checkpoints.pop()]
        for f in fs[last : last + every - 1]:
            tail.append(f(tail[-1]))
            calls += 1
