"""The commands of a course's authors."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.cli.program import course_option, main
from autograder.cli.progress import ProgressBar
from autograder.course import find_course
from autograder.errors import UsageError


@main.command("init")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--wheel",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A wheel of autograder for the course's CI.  [default: of this one]",
)
def init_course(folder: Path, wheel: Path | None) -> None:
    """Make a course in DIR, with a small complete assignment and CI that proves it."""
    from autograder.authoring import make_course as run

    for name in run(folder, wheel):
        click.echo(f"wrote {folder / name}")
    click.echo(f"Now: cd {folder} && autograder prove", err=True)


@main.command("new")
@click.argument("assignment")
@click.option(
    "--reference",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A .py or .ipynb with marked solutions, which is copied; may be given again.  [default: a "
    "skeleton]",
)
@course_option
def new_assignment(assignment: str, reference: tuple[Path, ...], course: Path) -> None:
    """Add ASSIGNMENT to the course, from a reference with marked solutions.

    The command writes settings, rubric, mutants, handout and template. Every exercise
    has criteria that compare with the reference, where arguments could be guessed. What
    is left to an author says TODO, and `prove` names it.
    """
    from autograder.authoring import NewRequest
    from autograder.authoring import make_assignment as run

    made = run(NewRequest(find_course(course), assignment, reference))
    for name in made.files:
        click.echo(f"wrote {name}")
    for note in made.notes:
        click.echo(note, err=True)
    click.echo(f"Now: autograder prove {assignment}", err=True)


@main.command()
@click.argument("assignment")
@course_option
def tape(assignment: str, course: Path) -> None:
    """Record the reference's answers for the public criteria of ASSIGNMENT.

    `check` plays them back. A tape that would differ by rounding alone is kept.
    """
    from autograder.course import load_assignment
    from autograder.home.check import tape_assignment as run
    from autograder.home.tape import TAPE_NAME

    folder = find_course(course)
    path = load_assignment(folder, assignment).rubric / "public" / TAPE_NAME
    before = path.read_bytes() if path.is_file() else None
    run(folder, assignment)
    click.echo(f"{'Kept' if path.read_bytes() == before else 'Wrote'} {path}")


@main.command()
@click.argument("assignments", nargs=-1)
@course_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for what students get."
)
@click.option(
    "--wheel",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A wheel of autograder to give them.  [default: built from the checkout]",
)
@click.option(
    "--check",
    "is_check",
    is_flag=True,
    help="Change nothing; exit with 1 if a template or a tape is stale, with 4 if an assignment is "
    "not finished.",
)
def release(
    assignments: tuple[str, ...],
    course: Path,
    out: Path | None,
    wheel: Path | None,
    *,
    is_check: bool,
) -> None:
    """Bring the templates of ASSIGNMENTS up to date, by default all of the course.

    With --out, also record their tapes and write for each a folder and a .zip of what
    students get: handout, template, public criteria, and the program that checks them
    at home. What `grade` would refuse is not released, nor what says TODO to students.
    The Python that runs this is taken for the one that grades.
    """
    from autograder.release import ReleaseRequest
    from autograder.release import release_assignments as run

    request = ReleaseRequest(find_course(course), assignments, out, wheel, is_check)
    is_fresh = run(request, click.echo)
    sys.exit(0 if is_fresh else 1)


@main.command()
@click.argument("assignment")
@course_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("preview.html"),
    show_default=True,
    help="The page.",
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Stations side by side.  [default: one per core]"
)
def preview(assignment: str, course: Path, out: Path, jobs: int | None) -> None:
    """Show what students and staff would see of ASSIGNMENT.

    These are the reports of its reference, template, mutants and variants. One page
    holds them all. What runs is code of the course, so there is no sandbox.
    """
    from autograder.authoring.preview import find_views, render_preview_html
    from autograder.course import load_assignment
    from autograder.grading.lanes import default_jobs
    from autograder.prove import DRAWS
    from autograder.station import StationSettings

    folder = find_course(course)
    if not out.parent.is_dir():
        raise UsageError(
            f"There is no folder {str(out.parent)!r} for the page.", hint="Name another with --out."
        )
    settings = StationSettings(folder, assignment, DRAWS)
    with ProgressBar("Looking") as progress:
        views = find_views(settings, jobs=jobs or default_jobs(), say=progress.trial)
    page = render_preview_html(load_assignment(folder, assignment), views)
    out.write_text(page, encoding="utf-8")
    click.echo(f"Wrote {out} ({len(views)} solutions, {len(page.encode()) / 2**20:.1f} MiB)")
