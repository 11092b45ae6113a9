"""Grading, and looking at one criterion again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from autograder.cli.program import course_option, gpu_option, main, secret_option, walls_options
from autograder.cli.progress import ProgressBar
from autograder.course import find_course
from autograder.records.criterion import Data
from autograder.records.text import terminal_text
from autograder.sandbox.seam import ISOLATIONS


@main.command()
@click.argument("assignment")
@click.argument("submissions", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder for the results; continued if it holds some.",
)
@course_option
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Submissions graded side by side.  [default: one per core]",
)
@walls_options
@gpu_option
@click.option(
    "--isolation",
    type=click.Choice(ISOLATIONS),
    default=ISOLATIONS[0],
    show_default=True,
    help="What a submission has for itself: a process per criterion, or a whole sandbox too "
    "(slow).",
)
@secret_option
@click.option(
    "--latest",
    is_flag=True,
    help="Of several uploads of one student, or files in one, take the newest.",
)
@click.option("--fresh", is_flag=True, help="Start over instead of continuing.")
@click.option("--json", "as_json", is_flag=True, help="Print the batch as JSON.")
def grade(
    assignment: str, submissions: tuple[Path, ...], out: Path, course: Path, **options: Any
) -> None:
    """Grade SUBMISSIONS of ASSIGNMENT.

    A folder holds one submission per entry; an entry is a file, a folder, a .zip or a
    .tar.gz, and its name without suffix is the student's id.
    """
    from autograder.grading.lanes import default_jobs
    from autograder.grading.run import GradeRequest
    from autograder.grading.run import grade_batch as run

    as_json = options.pop("as_json")
    jobs = options.pop("jobs") or default_jobs()
    request = GradeRequest(find_course(course), assignment, submissions, out, jobs, **options)
    with ProgressBar() as progress:
        result = run(request, progress.listener())
    _print_batch(result, as_json=as_json)
    sys.exit(result.exit_code)


def _print_batch(result: Any, *, as_json: bool) -> None:
    from autograder.report.table import render_batch_json
    from autograder.report.terminal import render_batch_text

    if as_json:
        click.echo(render_batch_json(result.batch))
        return
    click.echo(render_batch_text(result.batch, has_colour=sys.stdout.isatty()))
    click.echo(f"Report: {result.index}", err=False)


@main.command()
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("student")
@click.argument("criterion")
@click.option(
    "--values",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the values, as .npz files.",
)
@course_option
@secret_option
@walls_options
@gpu_option
def replay(
    out: Path, student: str, criterion: str, course: Path, secret_file: Path | None, **options: Any
) -> None:
    """Run CRITERION of STUDENT once more, with the same inputs, from the results in OUT.

    Shows every call with its inputs and answer, and every comparison with the expected
    value and the difference.
    """
    from autograder.grading.replay import replay_criterion as run
    from autograder.grading.run import SECRET_FILE

    folder = find_course(course)
    shown = run(
        out,
        student,
        criterion,
        course=folder,
        secret_file=secret_file or folder / SECRET_FILE,
        **options,
    )
    _print_replay(shown, options["values"])


def _print_replay(shown: Any, values: Path | None) -> None:
    record = shown.record
    click.secho(f"{shown.graded.title} ({record.id}), {shown.student}", bold=True)
    for number, step in enumerate(record.trace, 1):
        _print_step(number, step)
    again = "as it was graded" if shown.agrees else f"it was graded {shown.graded.outcome}"
    click.secho(f"{record.outcome}, {again}", bold=True)
    if record.message:
        click.echo(f"  {terminal_text(record.message)}")
    if values is not None:
        click.echo(f"Values: {values}")


def _print_step(number: int, step: Data) -> None:
    if step["step"] == "call":
        click.echo(
            f"{number:4}  {terminal_text(step['name'])}({terminal_text(', '.join(step['inputs']))})"
        )
        click.echo(f"        answer      {terminal_text(step['answer'])}")
        return
    click.echo(f"{number:4}  compare {terminal_text(step['name'])}")
    for key in ("answer", "expected", "difference"):
        if key in step:
            click.echo(f"        {key:<11} {terminal_text(step[key])}")
