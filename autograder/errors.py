"""The package's errors and their exit codes.

::

    AutograderError                 1
    ├── UsageError                  2   the command was called wrongly
    ├── InfrastructureError         3   this machine could not do what was asked
    │   └── SandboxError            3   a wall could not be built, or fell
    └── CourseError                 4   the course (assignment, rubric, reference) is wrong

A submission that is wrong, late or hostile is no error: it is an
`autograder.records.outcome.Outcome`. This module imports nothing of the package.
"""

from __future__ import annotations


class AutograderError(Exception):
    """An error told in one sentence and at most one hint.

    Parameters
    ----------
    message
        One sentence: what failed, on which named thing, expected and found.
    hint
        What the reader can do about it; printed on a line of its own.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nHint: {self.hint}"


class UsageError(AutograderError):
    """The command was called with arguments that cannot be used."""

    exit_code = 2


class InfrastructureError(AutograderError):
    """The machine is at fault, not a submission and not the course.

    No score is lost or invented.
    """

    exit_code = 3


class SandboxError(InfrastructureError):
    """A sandbox could not be started, or broke while it was used."""


class CourseError(AutograderError):
    """An assignment, a rubric or a reference is wrong.

    The message names file and key or line.
    """

    exit_code = 4
