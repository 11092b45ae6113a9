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


@accepted("penalty_as_written")
class penalty_as_written:
    """The handout's formulas as they stand; eps made a column by reshape; arrays of one number."""

    def cycle_loss(x, y, G, F, lam=10.0):
        return np.array([lam * (np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y)))])

    def gradient_penalty(critic_grad_fn, xr, xf, eps):
        e = np.reshape(eps, (-1, 1))
        g = critic_grad_fn(e * xr + (1 - e) * xf)
        return np.mean((np.sqrt(np.sum(np.square(g), axis=-1, keepdims=True)) - 1) ** 2, keepdims=True)
