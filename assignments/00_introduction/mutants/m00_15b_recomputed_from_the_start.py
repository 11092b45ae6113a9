"""M00-15b Every activation is computed again from x: little memory, but quadratic work.

file: intro.py
loses: i5_work
"""


def checkpointed_vjp(fs, vjps, x, g, every):
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
