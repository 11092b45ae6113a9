"""Other right answers: Frontier: image translation, cycle consistency."""

from autograder.rubric import accepted


@accepted("translation_by_loops")
class translation_by_loops:
    """cycles and penalties example by example, the critic asked for one row at a time."""

    from builtins import range

    def cycle_loss(x, y, G, F, lam=10.0):
        there, back = F(G(x)), G(F(y))
        return lam * np.abs(there - x).sum() / x.size + lam * np.abs(back - y).sum() / y.size

    def gradient_penalty(critic_grad_fn, xr, xf, eps):
        total = 0
        for i in range(len(xr)):
            x = xf[i : i + 1] + eps[i] * (xr[i : i + 1] - xf[i : i + 1])
            total += (np.sqrt((critic_grad_fn(x) ** 2).sum()) - 1) ** 2
        return total / len(xr)
