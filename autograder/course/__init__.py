"""The course, its assignments and their parts.

The parts are settings, exercises, criteria and mutants.
"""

from autograder.course.criteria import CriterionInfo, check_criteria, check_points, check_rubric
from autograder.course.load import find_assignments, find_course, load_assignment, load_settings
from autograder.course.model import (
    Assignment,
    AssignmentSettings,
    CandidateScope,
    Exercise,
    LimitName,
)
from autograder.course.mutants import (
    Mutant,
    apply_mutant,
    check_mutants,
    load_accepted,
    load_mutants,
)
from autograder.course.names import map_defined_names

__all__ = [
    "Assignment",
    "AssignmentSettings",
    "CandidateScope",
    "CriterionInfo",
    "Exercise",
    "LimitName",
    "Mutant",
    "apply_mutant",
    "check_criteria",
    "check_mutants",
    "check_points",
    "check_rubric",
    "find_assignments",
    "find_course",
    "load_accepted",
    "load_assignment",
    "load_mutants",
    "load_settings",
    "map_defined_names",
]
