"""Proofs of assignments.

A proof tries on every draw what a rubric takes from each solution, and finds the statements that do
not hold.
"""

from autograder.prove.model import Finding, Proof, Subject, SubjectKind, Trial
from autograder.prove.trials import DRAWS, prove_assignment

__all__ = ["DRAWS", "Finding", "Proof", "Subject", "SubjectKind", "Trial", "prove_assignment"]
