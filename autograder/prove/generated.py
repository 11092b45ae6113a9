"""What became of generated mutants, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.prove.mutation.model import GeneratedMutant, MutationRun
from autograder.report.text import terminal_text
from autograder.report.words import count_text


def render_generated_text(run: MutationRun) -> Iterator[str]:
    """How many were noticed, at what cost, and each that was not, with its change and the criteria that ran it."""
    counted = len(run.mutants) - len(run.equivalents)
    killed = counted - len(run.survivors)
    marked = f"{len(run.equivalents)} more are equivalent" if run.equivalents else "none is marked as equivalent"
    yield f"{'generated':<10} {f'{100 * run.score:.1f} %':>9}  of mistakes made by rule are noticed ({killed} of {counted}; {marked})"
    per_mutant = f"{run.criteria_per_mutant:.2f} criteria and {1000 * run.cpu_s / max(1, len(run.mutants)):.0f} ms of CPU time a mutant"
    yield f"{'':<10} {f'{run.mutants_per_s:.1f} /s':>9}  were tried: {per_mutant}"
    if run.survivors:
        yield f"{count_text(len(run.survivors), 'mistake')} that no criterion noticed:"
        for one in run.survivors:
            yield from map(terminal_text, _survivor(one))


def _survivor(one: GeneratedMutant) -> Iterator[str]:
    ran_by = f"run by {', '.join(one.ran_by)}" if one.ran_by else "no criterion runs it"
    yield f"  {one.key}  line {one.line}; {ran_by}"
    yield from (f"    {line}" for line in one.diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---"))
