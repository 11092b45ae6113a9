"""Reports such as a course gets: the 29 criteria of a backpropagation assignment, graded for students of many kinds."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder.records.evidence import Evidence
from autograder.records.outcome import CauseKind, Fault, Outcome, Status, Strength
from autograder.records.report import (
    AssignmentRecord,
    Cause,
    Criterion,
    Environment,
    ExceptionRecord,
    Frame,
    LimitRecord,
    Output,
    Report,
    SubmissionRecord,
    SubmittedFile,
    earned_points,
    status_of,
)
from autograder.uploads.names import safe_name
from tests.report.sample_evidence import border, evidence, waves
from tests.report.sample_rubric import SPECS, Spec

STARTED_UTC = datetime(2026, 10, 2, 14, 3, 20, tzinfo=UTC)
SECRET_FINGERPRINT = "sha256:5d1c0f8e21a4"
ASSIGNMENT = AssignmentRecord(
    id="01_backpropagation", title="Backpropagation", digest="sha256:9f2c41d07a5be813", max_points=100
)


@dataclass
class Fate:
    """What becomes of one criterion; anything not stated is as for a criterion that passed."""

    outcome: Outcome = Outcome.PASSED
    fraction: float | None = None
    fault: Fault | None = None
    more: dict[str, Any] = field(default_factory=dict)


def criterion(exercise: str, exercise_title: str, spec: Spec, fate: Fate | None = None) -> Criterion:
    """Make a criterion of the sample assignment."""
    fate = fate or Fate()
    fraction = fate.fraction if fate.fraction is not None else float(fate.outcome is Outcome.PASSED)
    fault = fate.fault
    if fault is None and fate.outcome is not Outcome.PASSED:
        fault = Fault.SUBMISSION
    given = {
        "duration_s": 0.0078,
        "cpu_s": 0.0031,
        "peak_memory_mib": 41.5,
        "checks": 6,
        "cases": 1,
        "cases_passed": int(fraction == 1.0),
        **fate.more,
    }
    return Criterion(
        id=spec.id,
        exercise=exercise,
        exercise_title=exercise_title,
        title=spec.title,
        points=earned_points(spec.points, fraction),
        max_points=spec.points,
        outcome=fate.outcome,
        fault=fault,
        public=spec.public,
        hint=spec.hint,
        **given,
    )


def environment() -> Environment:
    """Describe the machine of the samples."""
    return Environment(
        sandbox="bubblewrap 0.8.0",
        python="3.12.4",
        numpy="2.4.1",
        platform="Linux 6.18 x86_64",
        threads=2,
        limits={
            "cpu": LimitRecord(value=10, unit="s", strength=Strength.CGROUP),
            "memory": LimitRecord(value=1024, unit="MiB", strength=Strength.CGROUP),
            "pids": LimitRecord(value=96, unit="processes", strength=Strength.CGROUP),
            "disk": LimitRecord(value=64, unit="MiB", strength=Strength.NAMESPACE),
            "inodes": LimitRecord(value=4096, unit="files", strength=Strength.NAMESPACE),
            "open_files": LimitRecord(value=256, unit="files", strength=Strength.RLIMIT),
            "wall": LimitRecord(value=35, unit="s", strength=Strength.WATCHED),
        },
    )


def report(student: str = "ada.lovelace", fates: dict[str, Fate] | None = None, **more: Any) -> Report:
    """Make a report of the sample assignment; criteria that ``fates`` does not name have passed."""
    fates = fates or {}
    criteria = tuple(criterion(exercise, title, spec, fates.get(spec.id)) for exercise, title, spec in SPECS)
    given: dict[str, Any] = {
        "criteria": criteria,
        "status": status_of(item.outcome for item in criteria),
        "environment": environment(),
        "seed": SECRET_FINGERPRINT,
        "grader_version": "0.1.0",
        "started_utc": STARTED_UTC,
        "duration_s": 0.241,
    } | more
    return Report(assignment=ASSIGNMENT, submission=submission(student), **given)


def submission(student: str) -> SubmissionRecord:
    """List the files of the sample assignment as one student handed them in."""
    return SubmissionRecord(
        student=student,
        id=safe_name(student),
        digest="sha256:77ab0c31d2f09e44",
        files=(SubmittedFile(name="layers.py"), SubmittedFile(name="net.py")),
        received_utc=STARTED_UTC - timedelta(days=1, hours=3),
    )


def half_done() -> Report:
    """Make the report of a student with one bug of every sort."""
    fates = {
        "b1_backward_values": Fate(
            Outcome.FAILED,
            more={
                "kind": "shape",
                "message": "dx: expected shape (N, d1, d2) = (6, 4, 5), got (6, 20).",
                "evidence": Evidence.model_validate(
                    {
                        "name": "dx",
                        "shape": (6, 20),
                        "dtype": "float64",
                        "expected_shape": (6, 4, 5),
                        "expected_dtype": "float64",
                    }
                ),
            },
        ),
        "b2_safe": Fate(
            Outcome.FAILED,
            more={
                "kind": "changed its input",
                "message": "relu_backward changed its argument dout: 31 of 60 elements are different.",
            },
        ),
        "b3_values": Fate(
            more={"notes": ("dx is float32 where float64 was given: accepted, compared with tolerance 1e-4.",)}
        ),
        "b3_stable": Fate(
            Outcome.FAILED,
            more={
                "kind": "NaN",
                "message": "loss: expected a finite number, got nan.\nRuntimeWarning: overflow encountered in exp",
                "evidence": Evidence.model_validate(
                    {
                        "name": "loss",
                        "shape": (),
                        "actual": float("nan"),
                        "expected": 9999.306853,
                        "mismatched": 1,
                        "total": 1,
                    }
                ),
            },
        ),
        "b4_train_values": Fate(
            Outcome.FAILED,
            more={
                "kind": "wrong values",
                "message": "out: 1,392 of 4,096 elements are off, by up to 0.0681 absolute and 0.418 relative, at [63, 43]:\n"
                "expected -0.1156, got -0.1837 (float64, tolerance 1e-07).",
                "evidence": evidence("out", waves(64, 64)),
                "output": Output(stdout="mean [0.02 -0.11 0.4]\nvar  [1.01 0.98 1.07]\n", stderr=""),
            },
        ),
        "b4_running": Fate(
            Outcome.PARTIAL,
            fraction=1 / 3,
            more={
                "kind": "wrong values",
                "message": "1 of 3 cases passed. running_var after 3 calls: unbiased variance (divided by N - 1).",
                "cases": 3,
                "cases_passed": 1,
            },
        ),
        "b4_gradient": Fate(
            Outcome.FAILED,
            more={
                "kind": "gradient",
                "message": "dx: 2,048 of 2,048 elements are off, the worst is no number, at [16, 0].",
                "evidence": evidence("dx", border(32, 64)),
            },
        ),
        "b5_gradient": Fate(
            Outcome.RAISED,
            more={
                "kind": "ValueError",
                "message": "ValueError: operands could not be broadcast together with shapes (5,7) (5,)",
                "exception": ExceptionRecord(
                    type="ValueError",
                    text="operands could not be broadcast together with shapes (5,7) (5,)",
                    frames=(
                        Frame(
                            file="layers.py",
                            line=211,
                            function="layernorm_backward",
                            source="dxhat = _scale(dout, gamma)",
                            is_tested=True,
                        ),
                        Frame(file="layers.py", line=64, function="_scale", source="return dout * gamma.sum(axis=1)"),
                    ),
                ),
            },
        ),
        "b5_properties": Fate(Outcome.SKIPPED, more={"message": "Skipped: it needs full marks on b5_gradient."}),
        "b6_statistics": Fate(
            Outcome.FAILED,
            more={
                "kind": "statistics",
                "message": "fraction kept: expected 0.2 within 0.012 (6 sigma), got 0.801: p is read as the probability to drop.",
            },
        ),
        "b7_training": Fate(
            Outcome.TIMEOUT, more={"message": "Used more than 10 s of CPU time.", "duration_s": 10.21, "cpu_s": 10.0}
        ),
        "b7_interface": Fate(
            Outcome.MISSING, more={"message": "method `loss` of `TwoLayerNet` not found (found: `Loss`)."}
        ),
        "b8_gradient": Fate(Outcome.NOT_ATTEMPTED, more={"message": "simulate_spring_grad is as in the template."}),
        "b8_properties": Fate(Outcome.NOT_ATTEMPTED, more={"message": "simulate_spring_grad is as in the template."}),
    }
    return report(
        "grace.hopper",
        fates,
        stdout="loading layers\n",
        notes=(
            "net.py was taken from net.ipynb: 14 code cells.",
            "net.py, cell 9: NameError: name 'plt' is not defined.",
        ),
        duration_s=10.9,
    )


def needs_another_try() -> Report:
    """Make the report of a submission that the machine and the rubric let down."""
    fates = {
        "b7_training": Fate(
            Outcome.UNGRADED,
            fault=Fault.INFRASTRUCTURE,
            more={"message": "The sandbox ended: no space left on device."},
        ),
        "b8_gradient": Fate(
            Outcome.UNGRADED,
            fault=Fault.RUBRIC,
            more={"message": "ZeroDivisionError in rubric/test_b8.py, line 41, with the reference as well."},
        ),
    }
    return report("Zoë Åkesson", fates, attempts=2, flags=("Tried to open /proc/1/mem.",))


def not_loaded() -> Report:
    """Make the report of a syntax error in one of two files."""
    trace = ExceptionRecord(
        type="SyntaxError",
        text="'(' was never closed",
        frames=(Frame(file="net.py", line=31, function="", source="scores = (hidden @ self.params['W2']"),),
    )
    fates = {
        spec.id: Fate(
            Outcome.NOT_LOADED,
            more={
                "message": "net.py, line 31: SyntaxError: '(' was never closed",
                "exception": trace,
                "kind": "syntax error",
            },
        )
        for exercise, _, spec in SPECS
        if exercise == "b7"
    }
    return report("王小明", fates)


def rejected(student: str = "sam-o'brien") -> Report:
    """Make the report of an upload that could not be read."""
    return report(
        student,
        criteria=(),
        status=Status.REJECTED,
        problems=("submission.zip: entry '../../layers.py' leaves the folder.", "layers.py: missing."),
        duration_s=0.01,
    )


HOSTILE = (
    '=HYPERLINK("http://127.0.0.1/","x")\x1b]8;;http://127.0.0.1/\x07</script><script>alert(1)</script>'
    "<img src=x onerror=alert(2)>{{ 7*7 }}\u202e\x00\x9b31m\ud800&amp;'\"`\r\n@SUM(A1)\t-1+1|%0a\u2028]]>"
)


def hostile() -> Report:
    """Make a report in which each text that a submission can choose attacks whoever reads it."""
    trace = ExceptionRecord(
        type=HOSTILE,
        text=HOSTILE,
        frames=(Frame(file=HOSTILE, line=3, function=HOSTILE, source=HOSTILE),),
        builtin=HOSTILE,
    )
    more = {
        "message": HOSTILE,
        "kind": HOSTILE,
        "notes": (HOSTILE,),
        "output": Output(stdout=HOSTILE, stderr=HOSTILE),
        "exception": trace,
        "evidence": Evidence.model_validate(
            {
                "name": HOSTILE,
                "actual": HOSTILE,
                "expected": HOSTILE,
                "dtype": HOSTILE,
                "grid_rows": HOSTILE,
                "grid": [[1.0, None]],
            }
            | {HOSTILE: HOSTILE}
        ),
    }
    fates = {spec.id: Fate(Outcome.RAISED, more=more) for _, _, spec in SPECS}
    return report(
        HOSTILE,
        fates,
        stdout=HOSTILE,
        stderr=HOSTILE,
        notes=(HOSTILE,),
        flags=(HOSTILE,),
    )


def course(students: int, seed: int = 0) -> list[Report]:
    """Make a batch with the spread of marks of a real course, from nearly all right to nearly nothing."""
    rng = random.Random(seed)
    return [_member(number, rng) for number in range(students)]


def _member(number: int, rng: random.Random) -> Report:
    skill = rng.betavariate(4.0, 1.6)
    if number % 41 == 40:
        return rejected(f"student{number:04d}")
    fates = {}
    for place, (_, _, spec) in enumerate(SPECS):
        if rng.random() > skill + 0.25 * (1 - place / len(SPECS)):
            fates[spec.id] = _mishap(rng)
    if number % 53 == 52:
        fates["b7_training"] = Fate(
            Outcome.UNGRADED, fault=Fault.INFRASTRUCTURE, more={"message": "The sandbox ended."}
        )
    return report(f"student{number:04d}", fates)


def _mishap(rng: random.Random) -> Fate:
    outcomes = [
        Outcome.FAILED,
        Outcome.RAISED,
        Outcome.NOT_ATTEMPTED,
        Outcome.PARTIAL,
        Outcome.TIMEOUT,
        Outcome.MISSING,
    ]
    (outcome,) = rng.choices(outcomes, weights=[10, 3, 3, 2, 1, 1])
    return Fate(
        outcome,
        fraction=0.5 if outcome is Outcome.PARTIAL else None,
        more={"message": "Wrong.", "kind": "wrong values"},
    )


def six_lost() -> Report:
    """Load the report of real work: 46 criteria of the flagship course, six of them lost."""
    path = Path(__file__).with_name("data") / "six_lost.json"
    return Report.model_validate_json(path.read_text(encoding="utf-8"))


def with_evidence(evidence: dict[str, Any]) -> Report:
    """Make a report of one criterion that was lost with some evidence."""
    more = {"message": "dx is wrong.", "kind": "wrong values", "evidence": Evidence.model_validate(evidence)}
    return report("ada.lovelace", {"b1_backward_values": Fate(Outcome.FAILED, more=more)})


def unloaded() -> Report:
    """Make the report of a submission of which nothing was loaded, for one reason."""
    reason = "`import torch` failed in layers.py, line 1: torch is not installed where this is graded."
    fates = {
        spec.id: Fate(Outcome.NOT_LOADED, more={"message": reason, "kind": "not loaded"})
        if exercise != "b7"
        else Fate(Outcome.MISSING, more={"message": f"TwoLayerNet was not defined: {reason}"})
        for exercise, _, spec in SPECS
    }
    return report(
        "maria.mitchell",
        fates,
        reasons=(reason,),
        causes=(Cause(kind=CauseKind.PACKAGE, subject="torch"),),
    )


def troubled_course(students: int = 50) -> list[Report]:
    """Make a batch in which many share what kept their work from being loaded whole."""
    members = [item for item in course(students) if item.criteria]
    for place, member in enumerate(members):
        if causes := _causes_of(place):
            members[place] = member.model_copy(update={"causes": causes})
    return members


def _causes_of(place: int) -> tuple[Cause, ...]:
    found = []
    if place < 20:
        found.append(Cause(kind=CauseKind.PACKAGE, subject="torch" if place < 14 else "cupy"))
    if 10 <= place < 30:
        found.append(Cause(kind=CauseKind.INERT, subject="matplotlib" if place < 24 else "google.colab"))
    if 30 <= place < 33:
        found.append(Cause(kind=CauseKind.LIMIT, subject="time"))
    if 33 <= place < 37:
        found.append(Cause(kind=CauseKind.RAISED, subject="NameError: name 'plt' is not defined"))
    if 37 <= place < 39:
        found.append(Cause(kind=CauseKind.UNREAD, subject="a web page"))
    if 35 <= place < 47:
        found.append(Cause(kind=CauseKind.RENAMED, subject="layers.py"))
    if place == 47:
        found.append(Cause(kind=CauseKind.FORBIDDEN, subject="tensorflow"))
    return tuple(found)
