"""What a candidate may cost in time on a machine that has other things to do."""

import os

import pytest

from autograder.remote.bounds import MAX_CROWDING, Delays, _read_times, crowding

S = 1_000_000_000


@pytest.mark.parametrize(
    ("ran_s", "waited_s", "times"), [(2.0, 0.0, 1.0), (2.0, 1.0, 1.5), (1.0, 3.0, 4.0), (0.001, 5.0, 1.0)]
)
def test_delays_are_time_waited_beside_time_run(ran_s, waited_s, times):
    """Two threads that each waited as long as they ran took twice as long; of too little, nothing is concluded."""
    halves = {name: (int(ran_s * S / 2), int(waited_s * S / 2)) for name in ("1", "2")}
    assert Delays().note(0.0, halves) == pytest.approx(times)


def test_delays_of_long_ago_do_not_count():
    """What the machine had to do before is no reason to wait now."""
    delays = Delays()
    assert delays.note(0.0, {"1": (S, 9 * S)}) == 10.0
    delays.note(20.0, {"1": (S, 9 * S)})
    assert delays.note(60.0, {"1": (2 * S, 9 * S)}) == 1.0


def test_delays_of_threads_that_ended_are_not_counted_again():
    """A number that another thread gets begins anew."""
    delays = Delays()
    delays.note(0.0, {"1": (S, 0), "2": (S, S)})
    delays.note(1.0, {"1": (S, 0)})
    assert delays.note(2.0, {"1": (S, 0), "2": (S // 2, 0)}) == pytest.approx(1 + S / (2.5 * S))


def test_crowding_is_at_least_one_and_bounded(monkeypatch):
    """One that drowns is waited for six times as long and no longer; where the kernel does not count, no longer at all."""
    monkeypatch.setattr("autograder.remote.bounds._delays", Delays())
    monkeypatch.setattr("autograder.remote.bounds._read_times", lambda: {"1": (S, 100 * S)})
    assert crowding() == MAX_CROWDING
    monkeypatch.setattr("autograder.remote.bounds._delays", Delays())
    monkeypatch.setattr("autograder.remote.bounds._read_times", dict)
    assert crowding() == 1.0


def test_crowding_is_not_moved_by_the_load_average(monkeypatch):
    """It counts what sleeps in the kernel, which parents in `vfork` do by the dozen at no cost."""
    monkeypatch.setattr(os, "getloadavg", lambda: (400.0, 400.0, 400.0))
    monkeypatch.setattr("autograder.remote.bounds._delays", Delays())
    monkeypatch.setattr("autograder.remote.bounds._read_times", lambda: {"1": (S, 0)})
    assert crowding() == 1.0


def test_delays_of_this_process_are_counted():
    """The kernel tells of each thread how long it ran; that of a test has run for a while."""
    assert sum(ran for ran, _ in _read_times().values()) > 0.01 * S
