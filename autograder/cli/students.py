"""The commands of students."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from autograder.cli.program import INTERRUPTED, main


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

    Names an assignment, files, both or nothing: what is not named is looked for in the
    folder you are in. Nothing is sandboxed or sent anywhere. Ctrl-C ends a function
    that never returns, and the others are checked; pressed again, it stops the check.
    """
    from autograder.course.public import find_public_course
    from autograder.home.check import check_files as run
    from autograder.home.check import find_request
    from autograder.records.outcome import Outcome
    from autograder.report.terminal import render_text

    terminal = os.dup(2)  # `sys.stderr` is the submission's at times, and descriptor 2 goes nowhere
    try:
        report = run(
            find_request(find_public_course(course), words, Path()),
            partial(_tell_interrupted, terminal),
            partial(_tell_slow, terminal),
        )
    except KeyboardInterrupt:
        click.echo("Interrupted: nothing more is checked.", err=True)
        _exit(INTERRUPTED)
    click.echo(report.to_json() if as_json else render_text(report, has_colour=sys.stdout.isatty()))
    _exit(0 if all(one.outcome is Outcome.PASSED for one in report.criteria) else 1)


def _tell_interrupted(terminal: int) -> None:
    text = (
        "Interrupted: this criterion ends here, and the others are checked. Ctrl-C again stops "
        "the check."
    )
    with contextlib.suppress(OSError):
        os.write(terminal, f"{text}\n".encode())


def _tell_slow(terminal: int, load_s: float) -> None:
    if os.isatty(terminal):
        text = (
            f"Loading your files takes long. What runs for more than {load_s:g} s is left out, as "
            "where this is graded."
            " Ctrl-C stops the check."
        )
        with contextlib.suppress(OSError):
            os.write(terminal, f"{text}\n".encode())


def _exit(code: int) -> NoReturn:
    """Exit even if a function still runs in a thread.

    Such a function could not be stopped.
    """
    from autograder.home.inline import is_left_behind

    if is_left_behind():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
