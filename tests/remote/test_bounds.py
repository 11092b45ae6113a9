"""What a candidate may cost in time on a machine that has other things to do."""

import os

import pytest

from autograder.remote.bounds import crowding


@pytest.mark.parametrize(("load", "times"), [(0.0, 1.0), (2.0, 1.0), (6.0, 3.0), (11.0, 5.5), (400.0, 6.0)])
def test_crowding_is_waiting_processes_per_core_within_bounds(monkeypatch, load, times):
    """An idle machine is waited for no shorter, one that drowns six times as long and no longer."""
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert crowding() == times
