"""What authors of a course run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.assignment import find_course
from autograder.cli.program import course_option, main


@main.command()
@click.argument("assignment")
@course_option
def tape(assignment: str, course: Path) -> None:
    """Record the reference's answers for the public criteria of ASSIGNMENT, which `check` plays back."""
    from autograder.practice import tape as run

    click.echo(f"Wrote {run(find_course(course), assignment)}")


@main.command()
@click.argument("assignments", nargs=-1)
@course_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for what students get.")
@click.option(
    "--wheel",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A wheel of autograder to give them.  [default: built from the checkout]",
)
@click.option("--check", "is_check", is_flag=True, help="Change nothing; exit with 1 if a template or a tape is stale.")
def release(
    assignments: tuple[str, ...], course: Path, out: Path | None, wheel: Path | None, *, is_check: bool
) -> None:
    """Bring the templates of ASSIGNMENTS up to date, by default all of the course.

    With --out, also record their tapes and write for each a folder and a .zip of what students get: handout, template,
    public criteria, and the program that checks them at home.
    """
    from autograder.release import ReleaseRequest
    from autograder.release import release as run

    request = ReleaseRequest(find_course(course), assignments, out, wheel, is_check)
    is_fresh = run(request, click.echo, lambda text: click.echo(text, err=True))
    sys.exit(0 if is_fresh else 1)
