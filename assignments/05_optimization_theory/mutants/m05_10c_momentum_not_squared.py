"""M05-10: the momentum of the heavy ball is the rate itself.

file: theory.py
loses: o4_example_optimal, o4_optimal_heavy_ball
"""


_optimal = optimal_heavy_ball


def optimal_heavy_ball(A):
    best = _optimal(A)
    return best | {"momentum": best["rate"]}
