"""New courses and new assignments for authors."""

from autograder.authoring.init import make_course
from autograder.authoring.new import NewRequest, make_assignment

__all__ = ["NewRequest", "make_assignment", "make_course"]
