"""Proofs for a terminal, for programs and for CI.

These are pure functions from models to text.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.prove.model import (
    Finding,
    Proof,
    ProvedCriterion,
    Subject,
    SubjectKind,
    lost_by_mutants,
)
from autograder.prove.mutants import GeneratedMutant, MutationRun
from autograder.records.text import log_line, terminal_text
from autograder.report.words import count_text

_GREEN, _RED, _QUIET = "32", "31", "90"
_SHARED = {
    "mutants": "every criterion can be lost",
    "limits": "the reference is far from every limit",
    "trees": "the trees agree",
    "flakes": "right answers do not fail by chance",
    "order": "neither the order of submissions nor that of criteria matters",
    "generated": "small mistakes are noticed",
    "home": "what grade gives, check gives",
    "prices": "one mistake costs its own points",
    "counts": "the number of checks does not follow from answers",
}


@dataclass(frozen=True, slots=True)
class Unproved:
    """An assignment that could not be tried at all.

    Attributes
    ----------
    error
        Why, with file and line where they are known.
    """

    assignment: str
    error: str
    findings: tuple[Finding, ...] = ()


Result = Proof | Unproved


def render_proof_text(result: Result, *, has_colour: bool = False) -> str:
    """Render the proof of one assignment as a few lines.

    The statements that do not hold stand below.
    """

    def paint(code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if has_colour else text

    if isinstance(result, Unproved):
        return f"{paint(_RED, chr(0xD7))} {result.assignment}\n    {terminal_text(result.error)}\n"
    mark = paint(_GREEN, "\u2713") if result.is_proved else paint(_RED, "\u00d7")
    points = sum(one.points for one in result.criteria)
    draws = count_text(result.seeds, "seed")
    head = f"{mark} {result.assignment}  {terminal_text(result.title)}"
    about = (
        f"{count_text(len(result.criteria), 'criterion', 'criteria')}, {points} points, "
        f"{draws}, {result.duration_s:.0f} s"
    )
    lines = [f"{head}  {paint(_QUIET, about)}", *(f"    {line}" for line in _summary(result))]
    if result.generated is not None:
        lines += [f"    {line}" for line in render_generated_text(result.generated)]
    if result.findings:
        lines += [
            paint(
                _RED, f"    {count_text(len(result.findings), 'thing does', 'things do')} not hold:"
            )
        ]
        lines += [f"      {log_line(str(one))}" for one in result.findings]
    return "\n".join(lines) + "\n"


def _summary(proof: Proof) -> Iterator[str]:
    wrong = {finding.subject for finding in proof.findings}
    for kind, promise in (
        (SubjectKind.REFERENCE, "earns full marks"),
        (SubjectKind.TEMPLATE, "earns nothing, and is told that it was not attempted"),
        (SubjectKind.MUTANT, "lose exactly what they must"),
        (SubjectKind.ACCEPTED, "keep full marks"),
    ):
        names = [one.name for one in proof.subjects if one.kind is kind]
        if names:
            good = sum(name not in wrong for name in names)
            what = {"mutant": "mutants", "accepted": "variants"}.get(kind, str(kind))
            yield f"{what:<10} {f'{good} of {len(names)}':>9}  {promise}"
    lost = lost_by_mutants(proof.subjects)
    criteria = proof.criteria
    yield (
        f"{'criteria':<10} {f'{sum(one.id in lost for one in criteria)} of {len(criteria)}':>9}  "
        "can be lost"
    )
    yield from _budget(criteria)
    if proof.checked_at_home:
        told = [one.what for one in proof.findings if one.subject == "home"]
        good = sum(
            not any(what.startswith(f"{name}: ") for what in told) for name in proof.checked_at_home
        )
        yield (
            f"{'home':<10} {f'{good} of {len(proof.checked_at_home)}':>9}  get from `check` what "
            "they get here"
        )
    if proof.flakes is not None:
        share = f"{100 * proof.flakes.bound:.2g} %"
        tried = f"it lost {proof.flakes.lost_gradings} of {proof.flakes.gradings:,}"
        yield (
            f"{'flakes':<10} {share:>9}  of a right answer's gradings at most lose "
            f"{_listed(proof.flakes.criteria)} by chance ({tried})"
        )
    for one in proof.calibrations:
        far = "all the same" if one.deviations is None else f"{one.deviations:.0f} sd"
        where = f"mean {abs(one.mean):.4g}, bar {abs(one.bar):g}, {len(one.scores)} runs"
        yield (
            f"{'training':<10} {far:>9}  above the bar is what the reference comes to "
            f"({one.criterion}: {where})"
        )


def _budget(criteria: Sequence[ProvedCriterion]) -> Iterator[str]:
    """Yield the reference's largest shares of the limits."""
    slowest = max(criteria, key=lambda one: one.reference_s / one.limit_s, default=None)
    if slowest is not None:
        share = f"{100 * slowest.reference_s / slowest.limit_s:.0f} %"
        yield (
            f"{'limits':<10} {share:>9}  of its CPU time is the most that the reference needs "
            f"({slowest.id})"
        )
    largest = max(
        (one for one in criteria if one.reference_mib is not None), key=memory_share, default=None
    )
    if largest is not None:
        share = f"{100 * memory_share(largest):.0f} %"
        yield (
            f"{'':<10} {share:>9}  of its memory ({largest.id}: {largest.reference_mib:.0f} of "
            f"{largest.limit_mib} MiB)"
        )


def memory_share(criterion: ProvedCriterion) -> float:
    """The share of its memory that the reference needed."""
    return (criterion.reference_mib or 0.0) / criterion.limit_mib


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)


def render_proofs_json(results: Sequence[Result]) -> str:
    """Render everything for programs."""
    data = {
        "schema_version": 1,
        "is_proved": all(isinstance(one, Proof) and one.is_proved for one in results),
        "proofs": [one.model_dump(mode="json") for one in results if isinstance(one, Proof)],
        "errors": {one.assignment: one.error for one in results if isinstance(one, Unproved)},
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def render_junit(results: Iterable[Result]) -> str:
    """Render proofs as JUnit XML for CI.

    An assignment is a suite. A subject with a seed is a case, and so is each check that concerns
    all subjects.
    """
    root = ET.Element("testsuites", name="autograder prove")
    for result in results:
        root.append(_suite(result))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(result: Result) -> ET.Element:
    suite = ET.Element("testsuite", name=result.assignment)
    if isinstance(result, Unproved):
        ET.SubElement(
            _case(suite, result.assignment, "can be tried", 0.0),
            "error",
            message=_clean(result.error),
        )
        suite.attrib |= {"tests": "1", "errors": "1", "failures": "0", "skipped": "0", "time": "0"}
        return suite
    kinds: Mapping[str, Subject] = {one.name: one for one in result.subjects}
    for trial in result.trials:
        group = f"{result.assignment}.{kinds[trial.subject].kind}"
        case = _case(suite, group, f"{trial.subject} ({trial.seed})", sum(trial.cpu_s.values()))
        _fail(case, trial.findings)
    for subject, promise in _SHARED.items():
        _fail(
            _case(suite, result.assignment, promise, 0.0),
            [one for one in result.findings if one.subject == subject],
        )
    suite.attrib |= {
        "tests": str(len(suite)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": "0",
        "skipped": "0",
        "time": f"{result.duration_s:.3f}",
    }
    return suite


def _case(suite: ET.Element, group: str, name: str, taken_s: float) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=group, name=name, time=f"{taken_s:.3f}")


def _fail(case: ET.Element, findings: Sequence[Finding]) -> None:
    if findings:
        failure = ET.SubElement(case, "failure", message=_clean(findings[0].what))
        failure.text = "\n".join(_clean(one.what) for one in findings)


def _clean(text: str) -> str:
    """Replace the control characters that XML must not have."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text
    )


def render_generated_text(run: MutationRun) -> Iterator[str]:
    """Yield lines on the generated mutants.

    They say how many were noticed and at what cost. Each that was not follows, with its change and
    the criteria that ran it.
    """
    counted = len(run.mutants) - len(run.equivalents)
    killed = counted - len(run.survivors)
    marked = (
        f"{len(run.equivalents)} more are equivalent"
        if run.equivalents
        else "none is marked as equivalent"
    )
    yield (
        f"{'generated':<10} {f'{100 * run.score:.1f} %':>9}  of mistakes made by rule are "
        f"noticed ({killed} of {counted}; {marked})"
    )
    per_mutant = (
        f"{run.criteria_per_mutant:.2f} criteria and "
        f"{1000 * run.cpu_s / max(1, len(run.mutants)):.0f} ms of CPU time a mutant"
    )
    yield f"{'':<10} {f'{run.mutants_per_s:.1f} /s':>9}  were tried: {per_mutant}"
    if run.survivors:
        yield f"{count_text(len(run.survivors), 'mistake')} that no criterion noticed:"
        for one in run.survivors:
            yield from map(terminal_text, _survivor(one))


def _survivor(one: GeneratedMutant) -> Iterator[str]:
    ran_by = f"run by {', '.join(one.ran_by)}" if one.ran_by else "no criterion runs it"
    yield f"  {one.key}  line {one.line}; {ran_by}"
    yield from (
        f"    {line}"
        for line in one.diff.splitlines()
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    )
