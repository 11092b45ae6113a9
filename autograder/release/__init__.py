"""The files that students get of an assignment.

They have everything to read, write and check, and nothing that is hidden.
"""

from autograder.release.command import ReleaseRequest, release_assignments

__all__ = ["ReleaseRequest", "release_assignments"]
