"""What the long proofs of the assignments came to, from what ``autograder prove --json`` printed.

::

    autograder prove --seeds 5 --flakes 3000 --mutate --prices --json > build/proofs.json
    python benchmarks/proofs.py build/proofs.json ... [--write]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import results

Proof = dict[str, Any]
HEAD = [
    "assignment",
    "subjects",
    "seeds",
    "findings",
    "mistakes noticed",
    "equivalent",
    "flakes",
    "at most",
    "nearest bar",
    "minutes",
]

LEGEND = (
    "Subjects are the reference, the template, declared mutants and accepted variants, each under the draws of every seed. "
    "Mistakes are generated mutants, noticed by at least one criterion, of all that are not marked as equivalent. Flakes are gradings "
    "in which the reference lost a criterion that draws; with 95 % confidence at most the given share does. The nearest bar of a training lies so "
    "many standard deviations below the mean of the reference's own trainings."
)


def render(proofs: Sequence[Proof], errors: dict[str, str]) -> str:
    """A row per assignment, and what did not hold."""
    lines = [
        results.table(HEAD, [_row(one) for one in proofs]),
        LEGEND,
    ]
    wrong = [
        f"`{one['assignment']}`: {found['subject']}: {found['what']}" for one in proofs for found in one["findings"]
    ]
    wrong += [f"`{name}`: {error}" for name, error in errors.items()]
    if wrong:
        lines.append("What does not hold:\n\n" + "\n".join(f"* {one}" for one in wrong))
    runs = [one["generated"] for one in proofs if one["generated"]]
    mutants = [mutant for run in runs for mutant in run["mutants"]]
    if mutants:
        per_s = len(mutants) / sum(run["duration_s"] for run in runs)
        criteria = sum(len(mutant["tried"]) for mutant in mutants) / len(mutants)
        lines.append(f"{len(mutants):,} generated mutants, {per_s:.1f} per second, {criteria:.1f} criteria each.")
    lines.append(f"{results.describe_machine()}.")
    return "\n\n".join(lines)


def _row(proof: Proof) -> list[str]:
    far = [one["deviations"] for one in proof["calibrations"] if one["deviations"] is not None]
    return [
        f"`{proof['assignment']}`",
        str(len(proof["subjects"])),
        str(proof["seeds"]),
        str(len(proof["findings"])),
        *_mistakes(proof["generated"]),
        *_draws(proof["flakes"]),
        f"{min(far):.0f} sd" if far else "",
        f"{proof['duration_s'] / 60:.0f}",
    ]


def _mistakes(run: dict[str, Any] | None) -> tuple[str, str]:
    if run is None:
        return "", ""
    equivalent = sum(one["fate"] == "equivalent" for one in run["mutants"])
    return f"{100 * run['score']:.1f} % of {len(run['mutants']) - equivalent:,}", str(equivalent)


def _draws(flakes: dict[str, Any] | None) -> tuple[str, str]:
    if flakes is None:
        return "", ""
    return f"{flakes['lost_gradings']} of {flakes['gradings']:,}", f"{100 * flakes['bound']:.2g} %"


def read(paths: Sequence[Path]) -> tuple[list[Proof], dict[str, str]]:
    """The proofs in the order of their assignments, and what could not be tried."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    proofs = [proof for data in found for proof in data["proofs"]]
    errors = {name: error for data in found for name, error in data["errors"].items()}
    return sorted(proofs, key=lambda one: str(one["assignment"])), errors


def main(arguments: Sequence[str] | None = None) -> None:
    """Print, and write if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="what `autograder prove --json` printed")
    parser.add_argument("--write", action="store_true", help="put it into RESULTS.md")
    options = parser.parse_args(arguments)
    text = render(*read(options.files))
    print(text)
    if options.write:
        results.write_section("proofs", f"## The proofs of the assignments\n\n{text}")


if __name__ == "__main__":
    main()
