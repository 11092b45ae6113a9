"""New courses and new assignments for authors."""

from autograder.authoring.init import init_course
from autograder.authoring.new import NewRequest, new_assignment

__all__ = ["NewRequest", "init_course", "new_assignment"]
