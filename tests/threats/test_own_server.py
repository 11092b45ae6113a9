"""A submission that speaks the protocol itself: whatever it says, it earns nothing, and nobody else notices."""

from __future__ import annotations

import re

import pytest

from tests.threats.conftest import letters

pytestmark = pytest.mark.row("413")

# The frame of an answer is wrong: the candidate is ended at once.
BREAKS = (
    "number_is_an_array", "number_is_an_object", "number_is_a_float", "operation_is_an_array", "operation_is_an_object",
    "answer_and_error", "neither", "keys_are_numbers", "callback_it_was_never_given", "loan_it_was_never_given",
    "function_it_was_never_given", "generator", "attribute", "kind_that_is_none", "objects_beyond_number",
    "error_is_a_list", "error_with_endless_status", "keys_that_collide", "hangs_up",
)  # fmt: skip
# It is a value, though not the right one, or an exception.
WRONG = (
    "released_is_huge", "released_is_odd", "pair_of_plain_values", "pair_of_itself", "pair_without_end", "pair_of_nothing",
    "pair_of_a_table", "pair_by_steps", "pair_with_long_names", "error_that_ends_tests", "error_that_skips",
    "error_of_a_check", "error_of_the_course", "error_of_odd_parts", "error_of_great_length", "testimony_is_odd",
    "a_million_items", "sixty_lists_in_each_other", "huge_integers", "numbers_that_are_none", "text_without_end",
    "array_of_one_block", "out_of_band", "answers_ahead",
)  # fmt: skip


@pytest.mark.parametrize("mode", BREAKS)
def test_own_server_that_breaks_the_protocol_is_ended(bench, mode):
    """What is no answer ends the candidate, whose criterion crashed: its fault, and no points."""
    report = bench.grade_program("413b_own_server", MODE=mode)
    assert letters(report) == "CCCCCC"
    assert {one.kind for one in report.criteria} <= {"protocol", "crash", "ended the process"}


@pytest.mark.parametrize("mode", WRONG)
def test_own_server_that_answers_oddly_earns_nothing(bench, mode):
    """An odd answer is a wrong one: never a pass, never the rubric's fault, never another try."""
    report = bench.grade_program("413b_own_server", MODE=mode)
    assert re.fullmatch("[FRCM]{6}", letters(report)), letters(report)
