"""The form of a conformance check, and its subject."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from autograder.errors import SandboxError
from autograder.sandbox.conformance.driving import DATA, ENTRY, ENTRY_FOLDER, FAST, run_program
from autograder.sandbox.seam import SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from autograder.records.outcome import Limits
    from autograder.sandbox.conformance.driving import Run
    from autograder.sandbox.gpu.device import Device
    from autograder.sandbox.seam import Sandbox

# Two small packages beside the entry. One stands for a framework: masked for the one kind of
# candidates, imported for the other. One is forbidden to both.
FRAMEWORK, FORBIDDEN = "standin_framework", "standin_forbidden"
SETTINGS = SandboxSettings(
    frameworks=(FRAMEWORK,),
    masked=(FRAMEWORK,),
    forbidden=(FORBIDDEN,),
    data={"data/numbers.txt": DATA},
    entry=ENTRY,
    entry_folder=ENTRY_FOLDER,
)


class ConformanceError(SandboxError):
    """A sandbox fails a check of the conformance list."""


class RunProgram(Protocol):
    """`autograder.sandbox.conformance.driving.run_program`, for a sandbox that has been started."""

    def __call__(
        self,
        program: str,
        *,
        limits: Limits = FAST,
        frameworks: bool = False,
        timeout_s: float = 20.0,
    ) -> Run:
        """Run a program in a fresh candidate, then end it.

        The program runs until it hangs up or the time is over.
        """
        ...


@dataclass(frozen=True)
class CheckedSandbox:
    """A sandbox that has been started with `SETTINGS`.

    Attributes
    ----------
    run
        Runs a program in a fresh candidate.
    strengths
        Per limit, how strongly it is applied.
    device
        The GPU that candidates have.
    has_image
        Candidates use the interpreter of an image, not this one.
    sandbox
        The sandbox itself; None where it is another process's.
    """

    run: RunProgram
    strengths: Mapping[str, str]
    device: Device | None = None
    has_image: bool = False
    sandbox: Sandbox | None = None

    @property
    def own_sandbox(self) -> Sandbox:
        """The sandbox itself, which must be this process's."""
        if self.sandbox is None:
            raise ConformanceError("this is asked of a sandbox of this very process only.")
        return self.sandbox

    @property
    def is_grouped(self) -> bool:
        """True if control groups hold candidates to their memory."""
        return self.strengths["memory"] == "cgroup"


def subject_of(sandbox: Sandbox, device: Device | None = None) -> CheckedSandbox:
    """Make a subject of a sandbox started in this process."""
    run = partial(run_program, sandbox)
    return CheckedSandbox(
        run, sandbox.strengths, device, has_image=sandbox.image is not None, sandbox=sandbox
    )


@dataclass(frozen=True)
class Check:
    """One behaviour.

    Attributes
    ----------
    summary
        What a sandbox does, in a sentence.
    needs_walls
        Whether it is asked only of sandboxes with walls.
    needs_sandbox
        Whether it is asked only of a sandbox of this process, where more than one program can be
        under way.
    run
        Raises `ConformanceError` where it does not hold.
    """

    name: str
    summary: str
    needs_walls: bool
    needs_sandbox: bool
    run: Callable[[CheckedSandbox], None]


_Body = TypeVar("_Body", bound="Callable[..., None]")


class Listing:
    """Checks of one kind, in their written order."""

    def __init__(self, *, needs_walls: bool, needs_sandbox: bool = False) -> None:
        self.checks: list[Check] = []
        self._needs_walls = needs_walls
        self._needs_sandbox = needs_sandbox

    def add(self, body: _Body) -> _Body:
        """Add a function as a check.

        The function's name and the first line of its docstring are the check's.
        """
        self._add(body, body.__name__, body)
        return body

    def add_each(self, key: str, values: Sequence[Any]) -> Callable[[_Body], _Body]:
        """Add a function once for each value of an argument."""

        def add(body: _Body) -> _Body:
            for value in values:
                self._add(body, f"{body.__name__}[{value}]", partial(body, **{key: value}))
            return body

        return add

    def _add(
        self, body: Callable[..., None], name: str, run: Callable[[CheckedSandbox], None]
    ) -> None:
        summary = (body.__doc__ or "").splitlines()[0]
        self.checks.append(Check(name, summary, self._needs_walls, self._needs_sandbox, run))


def demand_equal(actual: Any, expected: Any) -> None:
    """Raise unless the actual value is the expected one."""
    if actual != expected:
        raise ConformanceError(f"expected {expected!r}, got {actual!r}.")


def demand(condition: object, message: str) -> None:
    """Raise the message unless the condition holds."""
    if not condition:
        raise ConformanceError(message)


def first_report(run: Run) -> Any:
    """Return the first report of a program."""
    demand(
        run.reports,
        f"the program reported nothing. It ended by {run.ending} and wrote:\n{run.stderr}",
    )
    return run.reports[0]


def only_report(run: Run) -> Any:
    """The one thing that a program reported, which wrote no error."""
    demand_equal(run.stderr, "")
    demand_equal(len(run.reports), 1)
    return run.reports[0]


def expect_next_is_well(subject: CheckedSandbox) -> None:
    """Raise unless a fresh candidate starts, computes and ends normally."""
    run = subject.run(
        "import os, numpy as np; report([float(np.ones(1000).sum()), "
        "len(os.listdir('/submission'))])"
    )
    demand_equal(run.reports, [[1000.0, 2]])
    demand_equal((run.ending.exit_status, run.ending.limit, run.ending.is_oom), (0, None, False))
