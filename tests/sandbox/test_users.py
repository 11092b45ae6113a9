"""Which users candidates run as."""

from __future__ import annotations

import os

import pytest

from autograder.sandbox.host.users import choose_users

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may change its user")
NOBODY = 65534


def test_users_of_a_whole_machine_are_the_stations_own():
    """With all numbers mapped, a station has a range of its own above everybody else's and below 2^31."""
    users = choose_users("         0          0 4294967295\n")
    assert users.first > 1_000_000
    assert users.first + users.count < 2**31
    assert users.pick(1) != users.pick(2)


def test_users_of_a_container_are_among_those_it_has():
    """With 65,536 numbers mapped, the range lies among them and leaves nobody alone."""
    users = choose_users("0 100000 65536\n")
    assert users.first > 0
    assert users.first + users.count <= NOBODY


def test_users_of_a_single_mapping_are_none():
    """With one number mapped, candidates keep the warden's."""
    assert choose_users("0 1000 1\n") is None
