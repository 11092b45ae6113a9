"""What a candidate's callbacks may cost, by what the reference's have cost."""

from autograder.remote.bounds import Cost


def test_cost_of_a_cheap_reference_allows_the_least():
    """Ten seconds and half a gibibyte are enough for slow but honest work."""
    assert Cost(3, 1, 1, 0).allowed(30.0) == Cost(10_000, 512, 512, 512)


def test_cost_of_a_dear_reference_allows_a_multiple_up_to_the_rubrics_own_time():
    """An examiner that may take a minute in all gives half of it."""
    assert Cost(2_000, 300, 200, 400).allowed(30.0) == Cost(20_000, 1200, 800, 1600)
    assert Cost(20_000, 0, 0, 0).allowed(30.0).cpu_ms == 30_000


def test_largest_cost_takes_each_part_by_itself():
    """One candidate may serve several criteria."""
    assert Cost.largest([Cost(1, 5, 0, 2), Cost(2, 3, 1, 0)]) == Cost(2, 5, 1, 2)
    assert Cost.largest([]) == Cost()
