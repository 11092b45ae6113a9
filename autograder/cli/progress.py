"""The progress of a batch or a proof."""

from __future__ import annotations

import time
from typing import Any, Self

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.records.text import log_line, terminal_text

_SILENCE_S = 30.0  # after which a proof says how far it is where there is no bar


class ProgressBar:
    """A progress bar on stderr, which is talk.

    It has an estimate on a terminal. Elsewhere, it prints a line per submission or now and then.
    """

    def __init__(self, verb: str = "Grading") -> None:
        self._verb = verb
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._task: Any = None
        self._total = self._done = 0
        self._spoke_at = time.monotonic()

    def listener(self) -> Any:
        """Return the callbacks for a run's messages."""
        from autograder.grading.run import RunListener

        return RunListener(note=self._note, plan=self._plan, row=self._row)

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
        """Note a trial of a proof.

        Statements that do not hold are printed at the end.
        """
        if done == 1:
            self.end()
            self._plan(total)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, description=name)
        elif time.monotonic() >= self._spoke_at + _SILENCE_S:
            self._spoke_at = time.monotonic()
            click.echo(f"{self._verb}: {done} of {total}", err=True)

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
            click.echo(f"[{self._done}/{self._total}] {log_line(row.student)}: {score}", err=True)
