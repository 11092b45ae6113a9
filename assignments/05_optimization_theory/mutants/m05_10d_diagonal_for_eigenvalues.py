"""M05-10: optimal_gd and optimal_heavy_ball read the diagonal of A as its eigenvalues.

file: theory.py
loses: o4_example_optimal, o4_optimal_gd, o4_optimal_heavy_ball
"""


_gd, _hb = optimal_gd, optimal_heavy_ball


def optimal_gd(A):
    return _gd(np.diag(np.diag(A)))


def optimal_heavy_ball(A):
    return _hb(np.diag(np.diag(A)))
