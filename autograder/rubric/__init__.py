"""The marker `criterion` and the checks that rubrics are written with.

There is one good check for each thing that can be wrong. A rubric is ordinary pytest
with the fixtures ``submission``, ``reference`` and ``rng``. Every ``assert_*`` function
and `check` counts as one check; `CheckFailed` says what is wrong in words that a
student learns from.
"""

from autograder.records.spec import CriterionSpec
from autograder.rubric.answers import assert_array, unpack
from autograder.rubric.checks import CheckFailed, Partial, check, note, partial
from autograder.rubric.comparing.close import (
    assert_close,
    assert_form,
    count_close,
    has_other_direction,
    is_close,
    is_multiple,
    partial_for_close,
)
from autograder.rubric.criterion import accepted, criterion, mutant, spec_of
from autograder.rubric.gradients import assert_consistent, assert_gradient, directional_derivative
from autograder.rubric.models import (
    Operation,
    assert_activation,
    assert_frozen,
    assert_layers,
    assert_loss_agrees,
    assert_parameters,
    count_parameters,
    folded,
    operations,
    unseen,
    weights_of,
)
from autograder.rubric.rates import assert_between, assert_order, assert_rate, assert_trains
from autograder.rubric.safety import assert_finite, assert_stable, assert_unchanged
from autograder.rubric.sources import assert_avoids
from autograder.rubric.statistics import (
    KnownGenerator,
    assert_fraction,
    assert_frequencies,
    assert_mean,
    assert_variance,
)
from autograder.rubric.work import assert_calls, assert_linear, assert_vectorised, work_of

__all__ = [
    "CheckFailed",
    "CriterionSpec",
    "KnownGenerator",
    "Operation",
    "Partial",
    "accepted",
    "assert_activation",
    "assert_array",
    "assert_avoids",
    "assert_between",
    "assert_calls",
    "assert_close",
    "assert_consistent",
    "assert_finite",
    "assert_form",
    "assert_fraction",
    "assert_frequencies",
    "assert_frozen",
    "assert_gradient",
    "assert_layers",
    "assert_linear",
    "assert_loss_agrees",
    "assert_mean",
    "assert_order",
    "assert_parameters",
    "assert_rate",
    "assert_stable",
    "assert_trains",
    "assert_unchanged",
    "assert_variance",
    "assert_vectorised",
    "check",
    "count_close",
    "count_parameters",
    "criterion",
    "directional_derivative",
    "folded",
    "has_other_direction",
    "is_close",
    "is_multiple",
    "mutant",
    "note",
    "operations",
    "partial",
    "partial_for_close",
    "spec_of",
    "unpack",
    "unseen",
    "weights_of",
    "work_of",
]
