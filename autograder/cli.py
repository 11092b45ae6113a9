"""The command line: parses, calls one function, prints, exits."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from autograder.assignment import find_course
from autograder.errors import AutograderError, CourseError
from autograder.report.text import terminal_text
from autograder.sandbox import DEFAULT_IMAGE, ENGINES, ISOLATIONS, SANDBOXES

INTERRUPTED = 130


class Group(click.Group):
    """Prints an error of ours once, with its hint, and exits with its code; guesses what a mistyped command meant."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AutograderError as error:
            _fail(error, debug=bool((ctx.obj or {}).get("debug")))
        except KeyboardInterrupt:
            click.echo("Interrupted: what is finished is kept; run the same command again to continue.", err=True)
            sys.exit(INTERRUPTED)


def _fail(error: AutograderError, *, debug: bool) -> NoReturn:
    if debug:
        raise error
    click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(terminal_text(error.message), err=True)
    if error.hint:
        click.secho("Hint: ", fg="cyan", nl=False, err=True)
        click.echo(terminal_text(error.hint), err=True)
    sys.exit(error.exit_code)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="warmfork-autograder", prog_name="autograder")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, *, debug: bool) -> None:
    """Grade programming assignments of a deep-learning course.

    Submissions run in a sandbox without network; the rubric and the reference never share a process with them.
    """
    ctx.obj = {"debug": debug}


_course = click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    show_default="the folder you are in, or one above it",
    help="The folder with assignments/ and reference/.",
)
_gpu = click.option(
    "--gpu",
    default="auto",
    show_default=True,
    help="For criteria that want one: auto, none, a kind (nvidia.com/gpu) or a device (nvidia.com/gpu=0).",
)
_secret = click.option(
    "--secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The course secret that all draws derive from.  [default: .autograder/secret in the course]",
)


def _walls(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where submissions run."""
    options = (
        click.option("--sandbox", type=click.Choice(SANDBOXES), default="auto", show_default=True),
        click.option("--image", default=DEFAULT_IMAGE, show_default=True, help="For docker and podman: the image."),
        click.option("--runtime", default="", help="For docker and podman: what starts containers (runc, crun)."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@click.argument("assignment")
@click.argument("submissions", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Folder for the results; continued if it holds some."
)
@_course
@click.option("--jobs", type=click.IntRange(1), help="Submissions graded side by side.  [default: one per core]")
@_walls
@_gpu
@click.option(
    "--isolation",
    type=click.Choice(ISOLATIONS),
    default=ISOLATIONS[0],
    show_default=True,
    help="What a submission has for itself: a process per criterion, or a whole sandbox too (slow).",
)
@_secret
@click.option("--latest", is_flag=True, help="Of several entries with one id, take the one that changed last.")
@click.option("--fresh", is_flag=True, help="Start over instead of continuing.")
@click.option("--json", "as_json", is_flag=True, help="Print the batch as JSON.")
def grade(assignment: str, submissions: tuple[Path, ...], out: Path, course: Path, **options: Any) -> None:
    """Grade SUBMISSIONS of ASSIGNMENT.

    A folder holds one submission per entry; an entry is a file, a folder, a .zip or a .tar.gz, and its name without
    suffix is the student's id.
    """
    from autograder.batch import default_jobs
    from autograder.grading import GradeRequest
    from autograder.grading import grade as run

    as_json = options.pop("as_json")
    jobs = options.pop("jobs") or default_jobs()
    request = GradeRequest(find_course(course), assignment, submissions, out, jobs, **options)
    with _Progress() as progress:
        result = run(request, progress.talk())
    _print_batch(result, as_json=as_json)
    sys.exit(result.exit_code)


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


@main.command()
@click.argument("assignment")
@_course
def tape(assignment: str, course: Path) -> None:
    """Record the reference's answers for the public criteria of ASSIGNMENT, which `check` plays back."""
    from autograder.practice import tape as run

    click.echo(f"Wrote {run(find_course(course), assignment)}")


@main.command()
@click.argument("assignments", nargs=-1)
@_course
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="Students whose draws are tried.")
@click.option(
    "--flakes",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Also give the reference N times other draws, where a right answer may fail by chance; 3000 prove 1 in 1,000.",
)
@click.option("--mutate", is_flag=True, help="Also make every small mistake in the reference: is each noticed?")
@click.option("--jobs", type=click.IntRange(1), help="Stations side by side.  [default: one per core]")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="File for JUnit XML, which CI reads.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="File for a page with the matrix.")
@click.option("--json", "as_json", is_flag=True, help="Print the proofs as JSON.")
def prove(assignments: tuple[str, ...], course: Path, **options: Any) -> None:
    """Prove ASSIGNMENTS, by default all of the course.

    The reference must earn full marks and the template nothing, every mutant must lose the criteria that it names and no
    other, and every criterion must be lost by one. Exits with 1 where something does not hold, and with 4 where an assignment
    could not be tried; the others are proved all the same.
    """
    from autograder.batch import default_jobs
    from autograder.prove.command import ProveRequest, find_ids
    from autograder.prove.command import prove_each as run
    from autograder.prove.page import render_proofs_html
    from autograder.prove.render import Unproved, render_junit, render_proof_text, render_proofs_json

    folder = find_course(course)
    names, jobs = find_ids(folder, assignments), options["jobs"] or default_jobs()
    request = ProveRequest(folder, names, options["seeds"], options["flakes"], jobs, mutations=options["mutate"])
    results = []
    with _Progress("Proving") as progress:
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


@main.group()
def image() -> None:
    """Build and look after the images in which submissions run in containers."""


def _engine(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which engine."""
    command = click.option("--runtime", default="", help="What starts containers (runc, crun).")(command)
    return click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True)(command)


@image.command("build")
@click.option("--base", default="", help="An image with a Python.  [default: the official one of this version]")
@click.option("--name", default=DEFAULT_IMAGE, show_default=True)
@_course
@_engine
def image_build(course: Path, engine: str, runtime: str, **options: Any) -> None:
    """Build an image with the packages of the course, in the versions that are installed here."""
    from autograder.image import BuildRequest, build, course_packages
    from autograder.sandbox.engine import Engine

    packages = course_packages(find_course(course))
    built = build(Engine(engine, runtime), BuildRequest(packages, **options), click.echo)
    click.echo(f"{built.name} {built.id[:12]}: Python {built.versions['python']}")


@image.command("list")
@_engine
def image_list(engine: str, runtime: str) -> None:
    """List the grading images of this machine."""
    from autograder.image import list_images
    from autograder.sandbox.engine import Engine

    for one in list_images(Engine(engine, runtime)):
        packages = ", ".join(f"{name} {one.versions[name]}" for name in ("numpy", "tensorflow") if name in one.versions)
        click.echo(f"{one.name}  {one.id[:12]}  Python {one.versions['python']}, {packages}")


@image.command("prune")
@_engine
def image_prune(engine: str, runtime: str) -> None:
    """Remove grading images whose name a newer build has taken."""
    from autograder.image import prune
    from autograder.sandbox.engine import Engine

    removed = prune(Engine(engine, runtime))
    click.echo(f"{len(removed)} removed." if removed else "Nothing to remove.")


@main.command()
@_walls
@click.option(
    "--full", is_flag=True, help="Also run the conformance list in every sandbox that works: about a minute each."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def doctor(*, full: bool, as_json: bool, **options: Any) -> None:
    """Look at this machine: what sandboxes need, which of them work, and what to do about the others."""
    from autograder.doctor.conformance import run_conformance
    from autograder.doctor.examine import ExamineRequest, examine
    from autograder.doctor.render import render_json, render_text

    request = ExamineRequest(**options)
    checkup = examine(request)
    columns, has_colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
    if not as_json:
        click.echo(render_text(checkup, width=columns, has_colour=has_colour), nl=False)
    if full:
        say = partial(click.echo, err=as_json)
        checkup = run_conformance(checkup, request, say, columns, has_colour=has_colour and not as_json)
    if as_json:
        click.echo(render_json(checkup))
    sys.exit(checkup.exit_code)


@main.command()
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("student")
@click.argument("criterion")
@click.option(
    "--values", type=click.Path(path_type=Path, file_okay=False), help="Folder for the values, as .npz files."
)
@_course
@_secret
@_walls
@_gpu
def replay(out: Path, student: str, criterion: str, course: Path, secret_file: Path | None, **options: Any) -> None:
    """Run CRITERION of STUDENT once more, with the same inputs, from the results in OUT.

    Shows every call with its inputs and answer, and every comparison with the expected value and the difference.
    """
    from autograder.grading import SECRET_FILE
    from autograder.replay import replay as run

    folder = find_course(course)
    shown = run(out, student, criterion, course=folder, secret_file=secret_file or folder / SECRET_FILE, **options)
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


def _print_step(number: int, step: dict[str, Any]) -> None:
    if step["step"] == "call":
        click.echo(f"{number:4}  {terminal_text(step['name'])}({terminal_text(', '.join(step['inputs']))})")
        click.echo(f"        answer      {terminal_text(step['answer'])}")
        return
    click.echo(f"{number:4}  compare {terminal_text(step['name'])}")
    for key in ("answer", "expected", "difference"):
        if key in step:
            click.echo(f"        {key:<11} {terminal_text(step[key])}")


def _print_batch(result: Any, *, as_json: bool) -> None:
    from autograder.report.table import render_batch_json
    from autograder.report.terminal import render_batch_text

    if as_json:
        click.echo(render_batch_json(result.batch))
        return
    click.echo(render_batch_text(result.batch, has_colour=sys.stdout.isatty()))
    click.echo(f"Report: {result.index}", err=False)


class _Progress:
    """A bar with an estimate on a terminal, a line per submission elsewhere; on stderr, which is talk."""

    def __init__(self, verb: str = "Grading") -> None:
        self._verb = verb
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._task: Any = None
        self._total = self._done = 0

    def talk(self) -> Any:
        """What a run talks through."""
        from autograder.grading import Talk

        return Talk(note=self._note, plan=self._plan, row=self._row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def trial(self, done: int, total: int, name: str) -> None:
        """Note a trial of a proof; on a terminal alone, since what does not hold is said at the end."""
        if done == 1:
            self.end()
            self._plan(total)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, description=name)

    def _note(self, text: str) -> None:
        self._console.print(terminal_text(text), style="yellow", markup=False, highlight=False)

    def _plan(self, total: int) -> None:
        self._total = total
        if not self._console.is_terminal or total == 0:
            return
        columns = (
            TextColumn(self._verb),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._task = self._bar.add_task(self._verb, total=total)
        self._bar.start()

    def _row(self, row: Any) -> None:
        self._done += 1
        if self._bar is not None:
            self._bar.advance(self._task)
        else:
            score = f"{row.score:g} of {row.max_score:g}" if row.has_score else str(row.status)
            click.echo(f"[{self._done}/{self._total}] {terminal_text(row.student)}: {score}", err=True)
