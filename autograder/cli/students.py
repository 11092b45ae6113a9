"""What students run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.cli.program import main


@main.command()
@click.argument("words", nargs=-1, metavar="[ASSIGNMENT] [FILE]...")
@click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="The folder that you got from the course.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(words: tuple[str, ...], course: Path, *, as_json: bool) -> None:
    """Check your work at home against the public criteria.

    Names an assignment, files, both or nothing: what is not named is looked for in the folder you are in. Nothing is
    sandboxed or sent anywhere. Ctrl-C ends a function that never returns.
    """
    from autograder.assignment.public import find_public_course
    from autograder.outcome import Outcome
    from autograder.practice import check as run
    from autograder.practice import find_request
    from autograder.report.terminal import render_text

    report = run(find_request(find_public_course(course), words, Path()))
    click.echo(report.to_json() if as_json else render_text(report, has_colour=sys.stdout.isatty()))
    sys.exit(0 if all(one.outcome is Outcome.PASSED for one in report.criteria) else 1)
