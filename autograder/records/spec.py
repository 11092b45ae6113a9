"""The definition of a criterion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CriterionSpec:
    """The definition of a criterion, as its rubric has it.

    Attributes
    ----------
    id
        The name of the function without ``test_``: stable for years, since grades refer to it.
    title
        What a student reads.
    points
        A whole number of at least 1; the cases of a parametrised test share them.
    tests
        Functions and classes of the submission under test.
    provided
        Functions of the submission that are the reference's here, so that one mistake
        is not paid twice.
    after
        Criteria that must have earned full marks, else this one is skipped.
    uses
        Frameworks that the submission needs here.
    timeout_s
        CPU time of the candidate [s]; None for the limit of the assignment.
    gpu
        Whether the submission has a GPU here; float32 is then compared as TF32.
    statistical
        Whether a right answer may fail it, however rarely: said where no
        `assert_fraction` and the like says it by itself.
    testimony
        Whether the verdict rests on what the candidate says of itself alone.
    hint
        Names the likely mistake, in a sentence or more.
    """

    id: str
    title: str
    points: int
    tests: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    timeout_s: float | None = None
    gpu: bool = False
    statistical: bool = False
    testimony: bool = False
    hint: str = ""
