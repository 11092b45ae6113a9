"""Proves assignments: what a rubric takes from whom, tried on every draw, and what of it does not hold."""

from autograder.prove.model import Finding, Proof, Subject, SubjectKind, Trial
from autograder.prove.trials import DRAWS, prove

__all__ = ["DRAWS", "Finding", "Proof", "Subject", "SubjectKind", "Trial", "prove"]
