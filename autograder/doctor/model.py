"""Findings as data.

They are rendered for a terminal, or written as JSON.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from autograder.errors import InfrastructureError

SCHEMA_VERSION = 1


class FindingStatus(StrEnum):
    """The weight of a finding."""

    OK = "ok"
    NOTE = "note"  # grading works, or works with less
    PROBLEM = "problem"  # something that is there does not work


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MachineFinding(_Model):
    """One thing that was looked at.

    Attributes
    ----------
    name
        What was looked at.
    summary
        What was found, in a sentence.
    remedy
        A line to paste, or what to do; None where nothing is to be done.
    """

    name: str
    status: FindingStatus
    summary: str
    remedy: str | None = None


class SandboxFinding(_Model):
    """A sandbox that was started and asked for a candidate.

    Attributes
    ----------
    works
        A candidate ran in it.
    reason, remedy
        Why none did, and what to do.
    strengths
        Per limit, how strongly it would be applied.
    image
        The image of its candidates, with digest; None where they use this interpreter.
    seconds
        How long it took to start, and to make and end a candidate [s].
    """

    name: str
    works: bool
    reason: str = ""
    remedy: str | None = None
    strengths: dict[str, str] = {}
    image: str | None = None
    seconds: float = 0.0


class ConformanceFinding(_Model):
    """One check of the conformance list, run in one sandbox.

    Attributes
    ----------
    failure
        None where it held, or does not as it is known.
    difference
        Why it does not hold, where that is known of this kind of sandbox.
    """

    sandbox: str
    name: str
    summary: str
    failure: str | None
    difference: str | None = None
    seconds: float


class Checkup(_Model):
    """All findings on a machine.

    Attributes
    ----------
    auto
        The sandbox that ``--sandbox auto`` takes; None where none works.
    why
        Why that one, in a sentence; empty where one was named and ``auto`` not asked for.
    conformance
        What the conformance list found; None where it was not run.
    """

    schema_version: int = SCHEMA_VERSION
    version: str
    findings: list[MachineFinding]
    sandboxes: list[SandboxFinding]
    auto: str | None
    why: str
    conformance: list[ConformanceFinding] | None = None

    @property
    def exit_code(self) -> int:
        """The exit code, 0 if a sandbox works.

        It is 3 otherwise, and if a sandbox failed a check of the conformance list, where that was
        run.
        """
        has_failed = any(one.failure is not None for one in self.conformance or ())
        return (
            0
            if any(one.works for one in self.sandboxes) and not has_failed
            else InfrastructureError.exit_code
        )
