"""What authors of a course run."""

from __future__ import annotations

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
