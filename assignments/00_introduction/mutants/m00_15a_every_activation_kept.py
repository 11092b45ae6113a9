"""M00-15a Every activation is kept: plain backpropagation, whatever the spacing.

file: intro.py
loses: i5_work
"""


def checkpointed_vjp(fs, vjps, x, g, every):
    activations = [x]
    for f in fs:
        activations.append(f(activations[-1]))
    y = activations.pop()
    for vjp, activation in zip(reversed(vjps), reversed(activations)):
        g = vjp(activation, g)
    return y, g, {"forward_calls": len(fs), "peak_saved": every}
