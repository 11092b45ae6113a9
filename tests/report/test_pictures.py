"""The geometry of pictures."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.records.evidence import Evidence
from autograder.report.index import nice_step
from autograder.report.pictures import error_map, error_scale, exercises, histogram, value_tables
from tests.report import samples

CELL = st.none() | st.floats(0, 1e300)


def cells_of(path):
    """Give the cells that a path of runs covers, as (column, row)."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)
    return {(int(x) + step, int(y)) for x, y, length in runs for step in range(int(length))}


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_error_map_any_grid_is_covered_once(rows, cols, data):
    """Each block of the grid is drawn in exactly one level; where all have the same, there is no picture."""
    grid = data.draw(st.lists(st.lists(CELL, min_size=cols, max_size=cols), min_size=rows, max_size=rows))
    drawn = error_map(Evidence(grid=grid, tolerance=data.draw(st.none() | st.floats(1e-300, 1e300))))
    if drawn is None:
        return
    assert rows * cols > 1
    assert len(drawn.levels) > 1
    covered = [cell for level in drawn.levels for cell in cells_of(level.path)]
    assert sorted(covered) == sorted((x, y) for y in range(rows) for x in range(cols))
    assert max(drawn.width_px, drawn.height_px) <= 26 * 8


def test_error_map_levels_begin_at_the_tolerance_and_end_at_the_largest_error():
    """A block within the tolerance has the calm colour, whatever else there is."""
    drawn = error_map(Evidence(grid=[[1e-9, 1e-7, 2e-7], [1e-4, 1e-2, None]], tolerance=1e-7))
    places = {level.name: cells_of(level.path) for level in drawn.levels}
    assert places == {"l0": {(0, 0), (1, 0)}, "l1": {(2, 0)}, "l3": {(0, 1)}, "l4": {(1, 1)}, "nan": {(2, 1)}}
    assert {level.name: level.label for level in drawn.levels} == {
        "l0": "within 1e-7",
        "l1": "up to 1.8e-6",
        "l3": "up to 0.00056",
        "l4": "up to 0.01",
        "nan": "NaN or infinite",
    }


def test_error_map_marks_the_worst_block_and_nan_is_worse_than_any_error():
    """The frame stands where a person should look first."""
    assert error_map(Evidence(grid=[[1.0, 9.0], [2.0, 3.0]])).worst == (1, 0)
    assert error_map(Evidence(grid=[[1.0, 9.0], [None, None]])).worst == (0, 1)


@pytest.mark.parametrize(
    ("shape", "grid", "text"),
    [
        ((40,), [[0.1, *[1.0] * 19]] * 2, "Its 40 elements, line by line."),
        ((3,), [[0.1, 1.0, 1.0]], "Its 3 elements, from left to right."),
        ((6, 20), [[0.1, *[1.0] * 19]] * 6, "Down: 6 rows. Across: 20 columns."),
        ((2, 3, 1000), [[0.1, *[1.0] * 31]] * 6, "Down: axes 0 to 1 (6 rows). Across: axis 2 (1,000)."),
        (None, [[1.0, 2.0]], ""),
    ],
)
def test_error_map_says_what_its_sides_are(shape, grid, text):
    """A map without directions is no help."""
    assert error_map(Evidence(shape=shape, grid=grid)).axes == text


def test_error_map_of_one_colour_is_none():
    """A solid block shows nothing that the message does not say."""
    assert error_map(Evidence(grid=[[1.0, 1.0], [1.0, 1.0]], tolerance=1e-7)) is None


def values(got, expected, shape=None, off=()):
    """Lay out values that a check found, as texts by line."""
    shape = shape or (len(got),)
    return value_tables(Evidence(actual_values=got, expected_values=expected, shape=shape, off=off))


def texts(lines):
    """Give the index and the texts of each line."""
    return [(line.index, *(text for text, _ in line.cells)) for line in lines]


def test_value_tables_rows_of_a_matrix_are_lines():
    """Got and expected have the same lines, and what is off is marked in what was got."""
    tables = values([1.0, 2.0, 3.0, 5.5], [1.0, 2.0, 3.0, 4.25], (2, 2), off=[3])
    assert texts(tables.got) == [("[0]", "1", "2"), ("[1]", "3", "5.5")]
    assert texts(tables.expected) == [("[0]", "1", "2"), ("[1]", "3", "4.25")]
    assert [is_off for line in tables.got for _, is_off in line.cells] == [False, False, False, True]


@pytest.mark.parametrize(
    ("shape", "lines", "second"),
    [
        ((64,), 11, "[6]"),
        ((64, 1), 11, "[6, 0]"),
        ((4, 16), 12, "[0, 6]"),
        ((8, 8), 8, "[1]"),
        ((2, 3, 4), 6, "[0, 1]"),
    ],
)
def test_value_tables_lines_of_any_shape_are_few_and_named_by_index(shape, lines, second):
    """A line is as long as a phone can show; its name is the index of its row, or of its first value."""
    tables = values([0.5] * int(np.prod(shape)), [0.25] * int(np.prod(shape)), shape)
    assert (len(tables.got), tables.got[1].index) == (lines, second)
    assert sum(len(line.cells) for line in tables.got) == np.prod(shape)


def test_value_tables_digits_are_enough_to_tell_values_apart():
    """Two values that differ in the seventh digit are not shown as the same."""
    tables = values([0.1234567, 0.5], [0.1234568, 0.5], off=[0])
    assert texts(tables.got) == [("[0]", "0.1234567", "0.5")]
    assert texts(tables.expected) == [("[0]", "0.1234568", "0.5")]


def test_value_tables_small_values_share_a_power_of_ten():
    """Small numbers are as short as others."""
    tables = values([0.00012345, -0.002], [0.0001, 0.0], off=[0, 1])
    assert (tables.factor, texts(tables.got)) == ("1e-3", [("[0]", "0.1234", "-2")])


def test_value_tables_values_at_the_edge_of_floats_are_laid_out():
    """The smallest numbers have a power of ten that is no float itself."""
    tables = values([5e-324, 0.0], [0.0, 0.0], off=[0])
    assert (tables.factor, texts(tables.got)) == ("1e-324", [("[0]", "4.941", "0")])


def test_value_tables_words_and_integers_stay_as_they_are():
    """Labels, truth values, complex numbers and what is no number are not rounded."""
    words = ["123456", "True", "nan", "(1+2j)", "None"]
    assert texts(values(words, words).got) == [("[0]", *words)]


@given(
    st.lists(st.floats() | st.integers() | st.text(max_size=9) | st.complex_numbers(), min_size=1, max_size=64),
    st.data(),
)
def test_value_tables_any_values_are_laid_out(got, data):
    """Whatever a submission returned, each value has its place."""
    expected = data.draw(st.lists(st.floats(), min_size=len(got), max_size=len(got)))
    off = data.draw(st.lists(st.integers(0, 99), max_size=9))
    tables = values(got, expected, off=off)
    assert sum(len(line.cells) for line in tables.got) == len(got)
    assert [line.index for line in tables.got] == [line.index for line in tables.expected]


def test_evidence_of_more_than_64_values_lists_none():
    """A report stays small, whatever a rubric compares."""
    assert Evidence(actual_values=[0.5] * 65, expected_values=[0.5] * 65).actual_values == ()


def test_error_scale_places_tolerance_and_error_on_one_logarithmic_ruler():
    """One decade is the same length everywhere, and the factor is said in words."""
    scale = error_scale(Evidence(tolerance=1e-7, max_abs=1e-3))
    decade = scale.tolerance  # the ruler begins one decade below the tolerance
    assert scale.error == pytest.approx(5 * decade, abs=0.1)
    assert scale.text == "The largest error is about 10^4 times the tolerance."


@given(st.floats(), st.floats())
def test_error_scale_any_numbers_are_a_ruler_or_none(tolerance, error):
    """Numbers at the edge of what a float can hold, as a hostile answer may have, draw something sensible."""
    scale = error_scale(Evidence(tolerance=tolerance, max_abs=error))
    assert scale is None or 0 <= scale.tolerance <= scale.error <= 100


@pytest.mark.parametrize(("tolerance", "error"), [(None, 1.0), (0.0, 1.0), (1e-7, None), (1e-7, 1e-8), (1e-7, 0.0)])
def test_error_scale_without_a_finite_error_beyond_a_tolerance_is_none(tolerance, error):
    """There is no ruler where there is nothing to measure."""
    assert error_scale(Evidence(tolerance=tolerance, max_abs=error)) is None


def test_exercises_group_criteria_in_order_with_bars_as_long_as_their_points():
    """The exercise with most points has the full width, and its segments follow without gaps."""
    groups = exercises(samples.half_done().criteria)
    assert [group.id for group in groups] == ["b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8"]
    largest = next(group for group in groups if group.id == "b4")
    assert [segment.x for segment in largest.segments] == [0, 25, 40, 55, 85]
    assert [segment.won for segment in largest.segments] == [0, pytest.approx(33.33), 100, 0, 100]
    assert sum(segment.width for segment in groups[1].segments) == pytest.approx(40)  # 8 of 20 points


@given(st.lists(st.floats(0, 100), max_size=200))
def test_histogram_any_scores_are_counted_once(scores):
    """Every submission stands in one bar; the full score in the last."""
    bins = histogram(scores, 100.0)
    assert sum(item.count for item in bins) == len(scores)
    assert bins[-1].count == int(np.sum(np.array(scores) >= 95)) if scores else bins[-1].count == 0


@given(st.integers(0, 10**6))
def test_nice_step_any_axis_has_few_lines(highest):
    """An axis has at most four parts of a round length."""
    step = nice_step(highest)
    assert step * 4 >= highest
    assert str(step).rstrip("0") in ("1", "2", "5")
