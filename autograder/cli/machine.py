"""Commands that look after the machine and its images."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from autograder.cli.program import course_option, main, walls_options
from autograder.course import find_course
from autograder.sandbox.seam import DEFAULT_IMAGE, ENGINES


@main.group()
def image() -> None:
    """Build and look after the images in which submissions run in containers."""


def _engine(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which engine."""
    command = click.option(
        "--runtime", default="", help="What starts containers (runc, crun, runsc)."
    )(command)
    return click.option(
        "--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True
    )(command)


@image.command("build")
@click.option(
    "--base",
    default="",
    help="An image with a Python.  [default: the official one of this version]",
)
@click.option("--name", default=DEFAULT_IMAGE, show_default=True)
@click.option(
    "--gpu", is_flag=True, help="With the CUDA libraries that the frameworks need: several GB more."
)
@course_option
@_engine
def image_build(course: Path, engine: str, runtime: str, **options: Any) -> None:
    """Build an image with the packages of the course, in the versions that are installed here."""
    from autograder.sandbox.engine.command import Engine
    from autograder.sandbox.engine.image import BuildRequest, build, course_packages

    packages = course_packages(find_course(course))
    built = build(Engine(engine, runtime), BuildRequest(packages, **options), click.echo)
    click.echo(f"{built.name} {built.id[:12]}: Python {built.versions['python']}")


@image.command("list")
@_engine
def image_list(engine: str, runtime: str) -> None:
    """List the grading images of this machine."""
    from autograder.sandbox.engine.command import Engine
    from autograder.sandbox.engine.image import list_images

    for one in list_images(Engine(engine, runtime)):
        packages = ", ".join(
            f"{name} {one.versions[name]}"
            for name in ("numpy", "tensorflow")
            if name in one.versions
        )
        click.echo(f"{one.name}  {one.id[:12]}  Python {one.versions['python']}, {packages}")


@image.command("prune")
@_engine
def image_prune(engine: str, runtime: str) -> None:
    """Remove what builds have left.

    These are grading images whose name a newer one has taken, and what they were made in.
    """
    from autograder.sandbox.engine.command import Engine
    from autograder.sandbox.engine.image import prune

    removed = prune(Engine(engine, runtime))
    click.echo(f"{len(removed)} removed." if removed else "Nothing to remove.")


@main.command()
@walls_options
@click.option(
    "--full",
    is_flag=True,
    help="Also run the conformance list in every sandbox that works: about a minute each.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def doctor(*, full: bool, as_json: bool, **options: Any) -> None:
    """Look at this machine for what sandboxes need.

    The command says which of them work, and what to do about the others.
    """
    from autograder.doctor.conformance import run_conformance
    from autograder.doctor.examine import ExamineRequest, examine
    from autograder.doctor.render import render_checkup, render_json

    request = ExamineRequest(**options)
    checkup = examine(request)
    columns, has_colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
    if not as_json:
        click.echo(render_checkup(checkup, width=columns, has_colour=has_colour), nl=False)
    if full:
        say = partial(click.echo, err=as_json)
        checkup = run_conformance(
            checkup, request, say, columns, has_colour=has_colour and not as_json
        )
    if as_json:
        click.echo(render_json(checkup))
    sys.exit(checkup.exit_code)
