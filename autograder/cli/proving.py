"""Proving assignments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from autograder.cli.program import course_option, main
from autograder.cli.progress import ProgressBar
from autograder.course import find_course
from autograder.errors import CourseError


@main.command()
@click.argument("assignments", nargs=-1)
@course_option
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Students whose draws are tried.",
)
@click.option(
    "--flakes",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Also give the reference N times other draws, where a right answer may fail by chance; "
    "3000 prove 1 in 1,000.",
)
@click.option(
    "--mutate",
    is_flag=True,
    help="Also make every small mistake in the reference: is each noticed?",
)
@click.option(
    "--prices",
    is_flag=True,
    help="With --mutate: also see all that each small mistake costs, which takes long.",
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Stations side by side.  [default: one per core]"
)
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for JUnit XML, which CI reads.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for a page with the matrix.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the proofs as JSON.")
def prove(assignments: tuple[str, ...], course: Path, **options: Any) -> None:
    """Prove ASSIGNMENTS, by default all of the course.

    The reference must earn full marks and the template nothing, every mutant must lose
    the criteria that it names and no other, and every criterion must be lost by one.
    Exits with 1 where something does not hold, and with 4 where an assignment could not
    be tried; the others are proved all the same.
    """
    from autograder.grading.lanes import default_jobs
    from autograder.prove.command import ProveRequest, find_ids
    from autograder.prove.command import prove_each as run
    from autograder.prove.page import render_proofs_html
    from autograder.prove.render import (
        Unproved,
        render_junit,
        render_proof_text,
        render_proofs_json,
    )

    folder = find_course(course)
    names, jobs = find_ids(folder, assignments), options["jobs"] or default_jobs()
    if options["prices"] and not options["mutate"]:
        raise click.UsageError("--prices tells what small mistakes cost, so it needs --mutate.")
    request = ProveRequest(
        folder,
        names,
        options["seeds"],
        options["flakes"],
        jobs,
        mutations=options["mutate"],
        prices=options["prices"],
    )
    results = []
    with ProgressBar("Proving") as progress:
        for result in run(request, progress.trial):
            results.append(result)
            progress.end()
            if not options["as_json"]:
                click.echo(render_proof_text(result, has_colour=sys.stdout.isatty()), nl=False)
    if options["as_json"]:
        click.echo(render_proofs_json(results))
    for path, render in ((options["junit"], render_junit), (options["html"], render_proofs_html)):
        if path is not None:
            path.write_text(render(results), encoding="utf-8")
    if any(isinstance(one, Unproved) for one in results):
        sys.exit(CourseError.exit_code)
    sys.exit(0 if not any(one.findings for one in results) else 1)
