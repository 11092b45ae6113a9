"""The whole segment is computed again, its end included; at most one more activation than needed.

file: intro.py
loses:
"""


def checkpointed_vjp(fs, vjps, x, g, every):
    n, forward_calls, peak_saved = len(fs), 0, 0
    saved = {}
    current = x
    for i in range(n):
        if i % every == 0:
            saved[i] = current
        current = fs[i](current)
        forward_calls += 1
    y = current
    del current, x
    starts = sorted(saved)
    while starts:
        start = starts.pop()
        acts = [saved.pop(start)]
        stop = min(start + every, n)
        for i in range(start, stop):
            acts.append(fs[i](acts[-1]))
            forward_calls += 1
        peak_saved = max(peak_saved, len(saved) + len(acts) + 1)
        for i in range(stop - 1, start - 1, -1):
            acts.pop()
            g = vjps[i](acts[-1], g)
        del acts
    return y, g, {"peak_saved": peak_saved, "forward_calls": forward_calls, "segments": len(saved)}
