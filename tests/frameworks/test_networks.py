"""One small network in each framework, graded end to end: values, a gradient, a training that repeats itself."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

import pytest

from autograder.records.outcome import Outcome
from autograder.station import Station
from tests.writing import ONE, examine, write_course, write_criterion

#: By name, the function under test and the body of its criterion.
CRITERIA = {
    "values": (
        "predict",
        """
        params, x = draw(rng), rng.normal(size=(5, 3))
        assert_close(submission.predict(params, x), reference.predict(params, x), name="predictions", axes="N 1")
        """,
    ),
    "gradient": (
        "gradient",
        """
        params, x, y = draw(rng), rng.normal(size=(5, 3)), rng.normal(size=(5, 1))
        assert_close(submission.gradient(params, x, y), reference.gradient(params, x, y), name="dW1 db1 dW2 db2")
        """,
    ),
    "training": (
        "train",
        """
        x = rng.normal(size=(64, 3))
        y = np.tanh(x @ np.array([[1.0], [-2.0], [0.5]]))
        first, second = (submission.train(x, y, 20) for _ in range(2))
        check(np.array_equal(first, second), "The losses of two trainings from one seed differ.", "training")
        check(bool(first[-1] < 0.7 * first[0]), f"The loss went from {first[0]:.3g} to {first[-1]:.3g}.", "training")
        """,
    ),
    "unseeded": (
        "noise",
        """
        drawn = submission.noise()
        check(bool(np.std(drawn) > 0), "noise() draws nothing.", "statistics")
        note(" ".join(float(one).hex() for one in drawn))
        """,
    ),
}

HEAD = """
def draw(rng):
    return tuple(rng.normal(size=shape).astype(np.float32) for shape in ((3, 4), (4,), (4, 1), (1,)))
"""

JAX = """
import jax
import jax.numpy as jnp
import numpy as np

def predict(params, x):
    W1, b1, W2, b2 = params
    return jnp.tanh(jnp.asarray(x, jnp.float32) @ W1 + b1) @ W2 + b2

def loss(params, x, y):
    return jnp.mean((predict(params, x) - y) ** 2)

def gradient(params, x, y):
    return jax.grad(loss)(tuple(jnp.asarray(one) for one in params), x, y)

def train(x, y, steps):
    keys = jax.random.split(jax.random.key(0), 2)
    params = (jax.random.normal(keys[0], (3, 8)), jnp.zeros(8), jax.random.normal(keys[1], (8, 1)), jnp.zeros(1))
    step = jax.jit(jax.value_and_grad(loss))
    losses = []
    for _ in range(steps):
        value, slopes = step(params, x, y)
        params = jax.tree.map(lambda one, slope: one - 0.1 * slope, params, slopes)
        losses.append(value)
    return jnp.stack(losses)

def noise():
    return jax.random.normal(jax.random.key(1), (3,))
"""

TORCH = """
import numpy as np
import torch

def predict(params, x):
    W1, b1, W2, b2 = (torch.as_tensor(one) for one in params)
    return torch.tanh(torch.as_tensor(x, dtype=torch.float32) @ W1 + b1) @ W2 + b2

def gradient(params, x, y):
    leaves = [torch.tensor(one, requires_grad=True) for one in params]
    torch.mean((predict(leaves, x) - torch.as_tensor(y, dtype=torch.float32)) ** 2).backward()
    return tuple(one.grad for one in leaves)

def train(x, y, steps):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    x, y = (torch.as_tensor(one, dtype=torch.float32) for one in (x, y))
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.mean((net(x) - y) ** 2)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)

def noise():
    return torch.randn(3)
"""


@dataclass(frozen=True)
class Network:
    """A framework's network, and a mistake in it that costs the gradient and the training."""

    package: str
    source: str
    right: str
    wrong: str
    loses: frozenset[str]


NETWORKS = [
    pytest.param(
        Network("jax", JAX, "jax.grad(loss)(tuple", "jax.grad(lambda *a: 2 * loss(*a))(tuple", frozenset({"gradient"})),
        id="jax",
    ),
    # Its wheel brings 5 GB of CUDA, even for a machine without a GPU: `make nightly` installs it.
    pytest.param(
        Network("torch", TORCH, "        optimizer.step()\n", "", frozenset({"training"})),
        id="torch",
        marks=pytest.mark.may_skip,
    ),
]


@pytest.fixture(scope="module", params=NETWORKS)
def graded(request, tmp_path_factory):
    """A network with a station for it, behind bubblewrap where that works."""
    network = request.param
    if importlib.util.find_spec(network.package) is None:
        pytest.skip(f"{network.package} is not installed")
    rubric = "".join(
        write_criterion(name, body, tests=(function,), uses=(network.package,), timeout_s=20.0)
        for name, (function, body) in CRITERIA.items()
    )
    settings = write_course(
        tmp_path_factory.mktemp(network.package),
        network.source,
        rubric,
        head=HEAD,
        top=f'packages = ["numpy"]\nframeworks = ["{network.package}"]',
        sandbox="bubblewrap",
    )
    toml = settings.course / "assignments/small/assignment.toml"
    toml.write_text(
        toml.read_text()
        .replace("load_timeout_s = 2.0", "load_timeout_s = 20.0")
        .replace("memory_mib = 512", "memory_mib = 2048")
    )
    with Station(settings) as station:
        yield network, station


def test_network_right_earns_everything(graded):
    """Tensors cross as arrays, two trainings are the same bit by bit, and what is unseeded is seeded."""
    network, station = graded
    first, second = (examine(station, network.source + ONE) for _ in range(2))
    assert {name: record.message for name, record in first.items() if record.outcome is not Outcome.PASSED} == {}
    assert first["unseeded"].notes == second["unseeded"].notes != ()


def test_network_with_a_mistake_loses_what_it_is_about(graded):
    """The other criteria stay."""
    network, station = graded
    assert network.right in network.source
    records = examine(station, network.source.replace(network.right, network.wrong) + ONE)
    assert {name for name, record in records.items() if record.outcome is Outcome.FAILED} == network.loses


def test_network_that_is_not_written_earns_nothing(graded):
    """A stub in a module that imports the framework."""
    network, station = graded
    stub = f"import {network.package}\n\n" + "\n".join(
        f"def {name}(*arguments):\n    raise NotImplementedError\n"
        for name in ("predict", "gradient", "train", "noise")
    )
    records = examine(station, stub)
    assert [name for name, record in records.items() if record.outcome is Outcome.PASSED] == []
