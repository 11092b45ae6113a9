"""Frontier: diffusion, the way into noise"""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion, unpack

# Two steps that each keep 64 % of the variance: sqrt(alpha-bar) is 0.8, then 0.64.
SCHED = {"betas": np.array([0.36, 0.36]), "alphas": np.array([0.64, 0.64]), "alphas_cumprod": np.array([0.64, 0.4096])}


@pytest.mark.parametrize("name", ["make_schedule", "q_sample"])
@criterion(
    "make_schedule and q_sample: two steps to do by hand",
    points=2,
    tests=["make_schedule", "q_sample"],
    hint="With betas of 0.36 a step multiplies by 0.8 and adds 0.6 times the noise. The first row is at step 0, the second at step 1.",
)
def test_g4_example_in(submission, name):
    if name == "make_schedule":
        assert_close(submission.make_schedule(2, 0.36, 0.36), SCHED, name="sched")
        assert_close(submission.make_schedule(3, 0.1, 0.3), {"betas": np.array([0.1, 0.2, 0.3])}, name="sched")
        return
    x0, noise, t = np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0, 1])
    second = np.sqrt(1 - 0.4096)
    x_t = np.array([[1.4, -0.6], [0.64 + second, -second]])
    assert_close(submission.q_sample(x0, t, noise, SCHED), x_t, name="x_t", axes="N d")


@pytest.mark.parametrize("name", ["predict_start_from_noise", "predict_noise_from_start", "q_posterior"])
@criterion(
    "predict_start_from_noise, predict_noise_from_start and q_posterior: an example to do by hand",
    points=2,
    tests=["predict_start_from_noise", "predict_noise_from_start", "q_posterior"],
    hint="x_t = 0.8 x0 + 0.6 noise at step 0, whatever of the two is asked for. At step 0 the posterior is x0 itself, with a "
    "standard deviation of 0.",
)
def test_g4_example_back(submission, name):
    x_t, t = np.array([[1.4, -0.6]]), np.array([0])
    x0, noise = np.array([[1.0, 0.0]]), np.array([[1.0, -1.0]])
    if name == "predict_start_from_noise":
        assert_close(submission.predict_start_from_noise(x_t, t, noise, SCHED), x0, name="x0", axes="N d")
    elif name == "predict_noise_from_start":
        assert_close(submission.predict_noise_from_start(x_t, t, x0, SCHED), noise, name="noise", axes="N d")
    else:
        answer = unpack(submission.q_posterior(np.ones((2, 2)), np.zeros((2, 2)), np.array([0, 1]), SCHED), "mean std", of="q_posterior")
        weight, std = 0.8 * 0.36 / (1 - 0.4096), np.sqrt(0.36 * 0.36 / (1 - 0.4096))
        due = (np.array([[1.0, 1.0], [weight, weight]]), np.array([[0.0], [std]]))
        assert_close(answer, due, name="mean std", axes="N d; N 1")
