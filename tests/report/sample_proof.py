"""A proof for the samples: one that holds nothing back, from mutants and trainings to what could not be tried."""

from __future__ import annotations

from autograder.prove.model import Finding, Flakes, Proof, ProvedCriterion, Spread, Subject, SubjectKind, Trial
from autograder.prove.mutants import Fate, GeneratedMutant, MutationRun
from autograder.prove.render import Unproved
from autograder.records.outcome import Outcome
from tests.report.sample_rubric import SPECS

_DIFF = "--- layers.py\n+++ layers.py\n-    return x @ w + b\n+    return x @ w - b\n"
_LOSES = ("b1_backward_values", "b1_gradient")


def results() -> list[Proof | Unproved]:
    """Give a proof with everything that its page can show, and an assignment that could not be tried."""
    return [proof(), Unproved("02_broken", "rubric/test_a.py, line 1: invalid syntax")]


def proof() -> Proof:
    """Make a proof with a mutant that loses too little."""
    subjects = (
        Subject(name="reference", kind=SubjectKind.REFERENCE),
        Subject(name="template", kind=SubjectKind.TEMPLATE, loses=tuple(spec.id for _, _, spec in SPECS)),
        Subject(name="m01_db_is_a_row", kind=SubjectKind.MUTANT, mistake="db has shape (1, M).", loses=_LOSES),
        Subject(name="m02_sign", kind=SubjectKind.MUTANT, mistake="The sign of dx is wrong.", loses=_LOSES),
        Subject(name="a01_einsum", kind=SubjectKind.ACCEPTED, mistake="Written with einsum."),
    )
    return Proof(
        assignment="01_backpropagation",
        title="Backpropagation",
        digest="sha256:9f2c41d07a5be813",
        grader_version="0.1.0",
        seeds=1,
        criteria=tuple(
            ProvedCriterion(
                id=spec.id,
                exercise=exercise,
                title=spec.title,
                points=spec.points,
                limit_s=10,
                reference_s=0.02,
                limit_mib=1024,
                reference_mib=3.5,
            )
            for exercise, _, spec in SPECS
        ),
        subjects=subjects,
        trials=tuple(_trial(one) for one in subjects),
        findings=(Finding(subject="m02_sign", seed="seed 0", what="keeps b1_gradient, which it must lose"),),
        flakes=Flakes(criteria=("b7_training",), gradings=3000, lost={}, lost_gradings=0, bound=0.001),
        spreads=(
            Spread(
                criterion="b7_training",
                bar=0.9,
                scores={"reference": (0.97, 0.98), "m03_an_output_layer_that_is_never_trained_at_all": (0.41, 0.5)},
            ),
        ),
        generated=MutationRun(
            mutants=(_mutant(Fate.KILLED), _mutant(Fate.SURVIVED), _mutant(Fate.EQUIVALENT)),
            duplicates=1,
            unchanged=1,
            duration_s=2.0,
            cpu_s=1.5,
        ),
        duration_s=12.0,
    )


def _trial(subject: Subject) -> Trial:
    kept = "b1_gradient" if subject.name == "m02_sign" else ""
    lost = {name: Outcome.FAILED for name in subject.loses if name != kept}
    return Trial(
        subject=subject.name,
        seed="seed 0",
        outcomes={spec.id: lost.get(spec.id, Outcome.PASSED) for _, _, spec in SPECS},
    )


def _mutant(fate: Fate) -> GeneratedMutant:
    return GeneratedMutant(
        key=f"affine_forward:{fate}",
        file="layers.py",
        function="affine_forward",
        line=12,
        operator="arithmetic",
        change="+ -> -",
        fate=fate,
        ran_by=("b1_forward_values",) if fate is Fate.SURVIVED else (),
        diff=_DIFF,
        reason="The bias of this layer is always zero." if fate is Fate.EQUIVALENT else "",
    )
