"""M05-10: the runs do not write down the norm of x0.

file: theory.py
loses: o4_example_runs, o4_gd, o4_heavy_ball
"""


_run_gd, _run_heavy_ball = run_gd, run_heavy_ball


def run_gd(A, x0, n, lr):
    return _run_gd(A, x0, n, lr)[1:]


def run_heavy_ball(A, x0, n, lr, momentum):
    return _run_heavy_ball(A, x0, n, lr, momentum)[1:]
