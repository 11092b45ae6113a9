"""Threats to what goes both ways: provided functions, callbacks, loans, training, and rubrics of plain asserts."""

from __future__ import annotations

import re

import pytest

from tests.threats.conftest import letters

# In the order g_example (public) g_text g_rows g_pair, c_example (public) c_loss c_gradient c_large c_counted c_relay,
# t_example (public) t_history t_held. `c_loss` and `c_gradient` provide `predict`.
EXPECTED = {
    "001_honest": "PPPP PPPPPP PPP",
    "451_callback_flood": "PPPP P[TC]PPPP PPP",
    "451b_callback_after_the_end": "PPPP PPPPPP PPP",
    "453_callback_hostile_arguments": "PPPP PPFRRP RRR",
    "455_look_into_loans": "PPPP PPPPPC PPP",
    "457_plain_asserts": "FFFF PPPPPP PPP",
    "459_too_few_values": "PPFF PPPPPP FFF",
    "459b_wrong_number_of_values": "FFFF FFFFFF FFF",
    "465_costly_callback": "PPPP PTTPPP PPP",
    "465b_callback_of_gigabytes": "PPPP PM[CT]PPP PPP",
    "605_numerical_gradient": "PPPP PPPTFP PPP",
    "605b_numerical_gradient_at_once": "PPPP PPP[MR]PP PPP",
    "609_trains_on_test": "PPPP PPPPPP PPP",
    "615_fake_history": "PPPP PPPPPP PFF",
}


@pytest.mark.parametrize("program", EXPECTED)
def test_threat_both_ways_comes_to_what_is_expected(two_ways, program):
    """The outcome of every criterion is as expected; nothing of the grader is seen, lost or spent for others."""
    found = letters(two_ways.grade_program(program))
    assert re.fullmatch(EXPECTED[program].replace(" ", ""), found), found


def test_threat_too_few_values_are_counted(two_ways):
    """A loop over an answer that is too short checks less than the reference's own run did, which is no pass."""
    report = two_ways.grade_program("459_too_few_values")
    said = {one.id: one.message for one in report.criteria}
    assert said["g_rows"] == "Your function returned fewer values than expected."


def test_threat_hostile_arguments_are_never_the_rubrics_fault(two_ways):
    """What the reference raises on a submission's arguments costs the submission, not its grade."""
    report = two_ways.grade_program("453_callback_hostile_arguments")
    assert {one.fault for one in report.criteria if one.fault} == {"submission"}
