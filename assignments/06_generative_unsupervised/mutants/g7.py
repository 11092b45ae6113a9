"""Mistakes: Frontier: image translation, cycle consistency."""

from autograder.rubric import mutant


@mutant("M06-11a", loses=["g7_example", "g7_cycle"])
def cycle_loss(x, y, G, F, lam=10.0):
    """Both ways begin with the wrong translator."""
    return float(lam * (np.mean(np.abs(G(F(x)) - x)) + np.mean(np.abs(F(G(y)) - y))))


@mutant("M06-11b", loses=["g7_penalty"])
def gradient_penalty(critic_grad_fn, xr, xf, eps):
    """One place for the whole batch."""
    x_hat = eps[0] * xr + (1 - eps[0]) * xf
    return float(np.mean((np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1) ** 2))


@mutant("M06-11c", loses=["g7_penalty"])
def gradient_penalty(critic_grad_fn, xr, xf, eps):
    """eps has no second axis, which fails, or goes along the features."""
    x_hat = eps * xr + (1 - eps) * xf
    return float(np.mean((np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1) ** 2))


@mutant("M06-11d", loses=["g7_penalty"])
def gradient_penalty(critic_grad_fn, xr, xf, eps):
    """eps weighs the fake examples."""
    x_hat = eps[:, None] * xf + (1 - eps[:, None]) * xr
    return float(np.mean((np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1) ** 2))


@mutant("M06-11e", loses=["g7_example", "g7_penalty"])
def gradient_penalty(critic_grad_fn, xr, xf, eps):
    """One norm, of the gradients of the whole batch."""
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    return float((np.linalg.norm(critic_grad_fn(x_hat)) - 1) ** 2)


@mutant("M06-11f", loses=["g7_penalty"])
def gradient_penalty(critic_grad_fn, xr, xf, eps):
    """Only slopes above 1 are punished."""
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    return float(np.mean(np.maximum(np.linalg.norm(critic_grad_fn(x_hat), axis=1) - 1, 0) ** 2))


@mutant("M06-11g", loses=["g7_example", "g7_penalty"])
def gradient_penalty(critic_grad_fn, xr, xf, eps):
    """The square of the norm is compared with 1."""
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    return float(np.mean((np.sum(critic_grad_fn(x_hat) ** 2, axis=1) - 1) ** 2))


@mutant("M06-11h", loses=["g7_example", "g7_cycle"])
def cycle_loss(x, y, G, F, lam=10.0):
    """Only horses go there and back."""
    return float(lam * np.mean(np.abs(F(G(x)) - x)))


@mutant("M06-11i", loses=["g7_example", "g7_cycle"])
def cycle_loss(x, y, G, F, lam=10.0):
    """squares instead of absolute values."""
    return float(lam * (np.mean((F(G(x)) - x) ** 2) + np.mean((G(F(y)) - y) ** 2)))


@mutant("M06-11j", loses=["g7_example", "g7_cycle"])
def cycle_loss(x, y, G, F, lam=10.0):
    """distances are summed over the features."""
    return float(lam * (np.mean(np.sum(np.abs(F(G(x)) - x), axis=1)) + np.mean(np.sum(np.abs(G(F(y)) - y), axis=1))))


@mutant("M06-11k", loses=["g7_example", "g7_cycle"])
def cycle_loss(x, y, G, F, lam=10.0):
    """lam weighs only one of the two."""
    return float(lam * np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y)))


@mutant("M06-11l", loses=["g7_example", "g7_cycle"])
def cycle_loss(x, y, G, F, lam=10.0):
    """lam is not used."""
    return float(np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y)))


@mutant("M06-11m", loses=["g7_cycle"])
def cycle_loss(x, y, G, F, lam=1.0):
    """lam is 1 where it is not given."""
    return float(lam * (np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))))
