"""The program's calls, failures and shared options."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from autograder.errors import AutograderError
from autograder.records.text import terminal_text
from autograder.sandbox.open import SANDBOXES
from autograder.sandbox.seam import DEFAULT_IMAGE

INTERRUPTED = 130


class CommandGroup(click.Group):
    """A group of commands that prints our errors.

    It prints an error once, with its hint, and exits with its code. It guesses which command a
    mistyped one meant.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AutograderError as error:
            _fail(error, debug=bool((ctx.obj or {}).get("debug")))
        except KeyboardInterrupt:
            click.echo(
                "Interrupted: what is finished is kept; run the same command again to continue.",
                err=True,
            )
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


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="warmfork-autograder", prog_name="autograder")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, *, debug: bool) -> None:
    """Grade programming assignments of a deep-learning course.

    Submissions run in a sandbox without network; the rubric and the reference never
    share a process with them.
    """
    ctx.obj = {"debug": debug}


course_option = click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    show_default="the folder you are in, or one above it",
    help="The folder with assignments/ and reference/.",
)
gpu_option = click.option(
    "--gpu",
    default="auto",
    show_default=True,
    help="For criteria that want one: auto, none, a kind (nvidia.com/gpu) or a device "
    "(nvidia.com/gpu=0).",
)
secret_option = click.option(
    "--secret-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The course secret that all draws derive from.  [default: .autograder/secret in the "
    "course]",
)


def walls_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where submissions run."""
    options = (
        click.option("--sandbox", type=click.Choice(SANDBOXES), default="auto", show_default=True),
        click.option(
            "--image",
            default=DEFAULT_IMAGE,
            show_default=True,
            help="For docker and podman: the image.",
        ),
        click.option(
            "--runtime",
            default="",
            help="For docker and podman: what starts containers (runc, crun, runsc).",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
