"""An assignment's settings and folders.

The settings are the keys of ``assignment.toml``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from autograder.course.notebooks import find_reference, read_reference
from autograder.records.outcome import Limits

__all__ = [
    "Assignment",
    "AssignmentSettings",
    "CandidateScope",
    "Exercise",
    "FeedbackSettings",
    "ImportSettings",
    "LimitName",
    "LimitSettings",
]

# twice what TensorFlow 2.21 was seen to start with XLA, which Keras uses on a GPU by itself
_THREADS_PER_CORE = 4
Whole = Annotated[int, Field(strict=True, gt=0)]
Seconds = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]


#: Packages that are only for looking: they draw, display or show progress, and compute nothing that
#: is graded.
LOOKING = (
    "matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "bokeh", "altair", "plotnine",
    "holoviews", "hvplot", "bqplot", "graphviz", "pydot", "torchviz", "visualkeras", "livelossplot",
    "celluloid", "IPython", "ipywidgets", "ipympl", "jupyterthemes", "google.colab", "tqdm", "rich",
    "alive_progress", "progressbar", "fastprogress", "tensorboard", "tensorboardX", "wandb",
)  # fmt: skip


class CandidateScope(StrEnum):
    """The work that one candidate serves."""

    CRITERION = "criterion"
    SUBMISSION = "submission"


class LimitName(StrEnum):
    """A limit that may have to be a control group's.

    An assignment may require this.
    """

    CPU = "cpu"
    MEMORY = "memory"
    PIDS = "pids"
    DISK = "disk"


class Table(BaseModel):
    """A table of ``assignment.toml``.

    It is frozen, and unknown keys are errors.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


class ImportSettings(Table):
    """The imports that a submission must not use.

    Attributes
    ----------
    forbidden
        Packages whose use ends a criterion as ``forbidden``; no candidate can see their files.
    allowed
        Modules of a forbidden package that can be used all the same, such as ``scipy.special``. The
        files of that package are then there: only import statements of the submission are refused.
    inert
        Packages for looking: where one is not installed, imports of a submission get objects that
        do nothing.
    """

    allowed: tuple[Text, ...] = ()
    forbidden: tuple[Text, ...] = ()
    inert: tuple[Text, ...] = LOOKING


class LimitSettings(Table):
    """The limits of one candidate.

    A criterion may set its own ``timeout_s``.

    Attributes
    ----------
    timeout_s, load_timeout_s
        CPU time of a criterion, and of loading the submission [s].
    waiting_s
        How long a submission may wait in all its criteria without using the processor [s]; None for
        10 times as long as the reference takes, and 120 at least.
    memory_mib, disk_mib
        Memory, and bytes in each writable folder [MiB].
    pids, inodes, open_files
        Processes and threads, beside those that frameworks start for each core; files in each
        writable folder; open descriptors.
    output_kib
        What is kept of the beginning, and of the end, of each output stream, 8 at most [KiB].
    gpus
        How many GPUs a criterion that says ``gpu=True`` has: 0 or 1.
    gpu_memory_mib
        What frameworks may take of its memory; None for all [MiB].
    require
        Limits without which (kept by a control group) nothing is graded.
    """

    timeout_s: Seconds = 10.0
    load_timeout_s: Seconds = 10.0
    waiting_s: Seconds | None = None
    memory_mib: Whole = 1024
    pids: Whole = 96
    disk_mib: Whole = 64
    inodes: Whole = 4096
    open_files: Whole = 256
    output_kib: Annotated[int, Field(strict=True, gt=0, le=8)] = 8  # reports hold no more
    gpus: Annotated[int, Field(strict=True, ge=0, le=1)] = 0
    gpu_memory_mib: Whole | None = None
    require: tuple[LimitName, ...] = ()


class FeedbackSettings(Table):
    """The settings of feedback to students.

    Attributes
    ----------
    show_lines
        True if an exception in a hidden criterion is shown with the student's file and line.
    """

    show_lines: StrictBool = True


class AssignmentSettings(Table):
    """``assignment.toml``, key by key.

    Attributes
    ----------
    title
        What the assignment is called in reports.
    files
        The file names that a student hands in, in the order in which they are loaded.
    points
        What the exercises add up to.
    exercises
        Points of each exercise, by the id that its rubric files and criteria begin with.
    candidates
        One candidate per criterion, or one per submission (for notebooks that train while loading).
    aliases
        Package names under which the declared files can also be imported, such as ``cs231n``.
    support
        Public modules in ``support/``, shipped to students and importable in the candidate.
    data
        Public files in ``data/``, readable in the candidate's work folder.
    packages, preload
        Packages that a submission may count on: a machine without them grades nothing; those
        imported before it is forked.
    frameworks
        Frameworks that criteria may ask for with ``uses``.
    """

    title: Text
    files: Annotated[tuple[Text, ...], Field(min_length=1)]
    points: Whole
    exercises: Annotated[Mapping[str, Whole], Field(min_length=1)]
    candidates: CandidateScope = CandidateScope.CRITERION
    aliases: tuple[Text, ...] = ()
    support: tuple[Text, ...] = ()
    data: tuple[Text, ...] = ()
    packages: tuple[Text, ...] = ("numpy",)
    preload: tuple[Text, ...] = ()
    frameworks: tuple[Text, ...] = ()
    imports: ImportSettings = ImportSettings()
    limits: LimitSettings = LimitSettings()
    feedback: FeedbackSettings = FeedbackSettings()


@dataclass(frozen=True, slots=True)
class Exercise:
    """A group of criteria that share a rubric file.

    Its title is the first line of that file's docstring.
    """

    id: str
    title: str
    points: int


@dataclass(frozen=True)
class Assignment:
    """One assignment of a course, loaded and checked by `autograder.course.load_assignment`.

    Attributes
    ----------
    id
        Name of its folders.
    course
        Absolute path of the course.
    settings
        What ``assignment.toml`` says.
    exercises
        In the order of ``assignment.toml``.
    """

    id: str
    course: Path
    settings: AssignmentSettings
    exercises: tuple[Exercise, ...] = ()

    @property
    def title(self) -> str:
        """The assignment's name in reports."""
        return self.settings.title

    @property
    def files(self) -> tuple[str, ...]:
        """The file names that a student hands in.

        They are in the order in which they are loaded.
        """
        return self.settings.files

    @property
    def points(self) -> int:
        """The sum of the exercises' points."""
        return self.settings.points

    @property
    def folder(self) -> Path:
        """The assignment's folder ``assignments/<id>``.

        It has the handout, the rubric, the mutants and the examples.
        """
        return self.course / "assignments" / self.id

    @property
    def settings_file(self) -> Path:
        """``assignments/<id>/assignment.toml``."""
        return self.folder / "assignment.toml"

    @property
    def rubric(self) -> Path:
        """``assignments/<id>/rubric``."""
        return self.folder / "rubric"

    @property
    def mutants(self) -> Path:
        """``assignments/<id>/mutants``."""
        return self.folder / "mutants"

    @property
    def accepted(self) -> Path:
        """The folder ``assignments/<id>/accepted``.

        It has other right solutions, which must not lose points.
        """
        return self.folder / "accepted"

    @property
    def reference(self) -> Path:
        """The folder of the hidden solution, ``reference/<id>``."""
        return self.course / "reference" / self.id

    @property
    def template(self) -> Path:
        """The folder that students start from, ``student_template/<id>``."""
        return self.course / "student_template" / self.id

    @property
    def support_files(self) -> tuple[Path, ...]:
        """The public modules of ``support/``."""
        return tuple(self.folder / "support" / name for name in self.settings.support)

    @property
    def data_files(self) -> tuple[Path, ...]:
        """The public files of ``data/``."""
        return tuple(self.folder / "data" / name for name in self.settings.data)

    def rubric_files(self, exercise: str) -> tuple[Path, ...]:
        """Return the rubric files of an exercise that exist.

        The hidden file comes before the public one.
        """
        name = f"test_{exercise}.py"
        return tuple(
            path for path in (self.rubric / name, self.rubric / "public" / name) if path.is_file()
        )

    def relative(self, path: Path) -> str:
        """Return `path` as messages show it.

        It is relative to the course, with slashes.
        """
        return path.relative_to(self.course).as_posix()

    def limits(self, timeout_s: float | None = None) -> Limits:
        """Return the limits of one candidate.

        `timeout_s` [s] is a criterion's own.

        Frameworks start threads for each core of the machine, whatever they are told: TensorFlow
        two, 306 in all on 128 cores, where a model is compiled. They are no submission's, so that
        there is room for them beside its own.
        """
        ours = self.settings.limits
        return Limits(
            cpu_s=ours.timeout_s if timeout_s is None else timeout_s,
            load_s=ours.load_timeout_s,
            memory_mib=ours.memory_mib,
            pids=ours.pids,
            framework_threads=_THREADS_PER_CORE * (os.cpu_count() or 1)
            if self.settings.frameworks
            else 0,
            disk_mib=ours.disk_mib,
            inodes=ours.inodes,
            open_files=ours.open_files,
            output_kib=ours.output_kib,
            gpu_memory_mib=ours.gpu_memory_mib,
        )

    def reference_sources(self) -> dict[str, str]:
        """Return the reference's source by declared file.

        The files are in the order in which they are loaded.
        """
        return {
            name: read_reference(path, self.relative(path))
            for name, path in self.reference_files().items()
        }

    def reference_files(self) -> dict[str, Path]:
        """Return the reference's path by declared file.

        A notebook may stand for a ``.py``.
        """
        return {name: find_reference(self.reference, name) for name in self.files}

    def template_sources(self) -> dict[str, str]:
        """Return the template's source by declared file.

        The files are in the order in which they are loaded.
        """
        return {name: (self.template / name).read_text(encoding="utf-8") for name in self.files}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all files that scores depend on.

        These are settings, rubric, reference, support and data.
        """
        account = hashlib.sha256()
        for path in self._graded_by():
            for part in (self.relative(path).encode(), path.read_bytes()):
                account.update(len(part).to_bytes(8, "little") + part)
        return account.hexdigest()

    def _graded_by(self) -> Iterator[Path]:
        yield self.settings_file
        for root in (self.rubric, self.folder / "support", self.folder / "data", self.reference):
            yield from (
                path
                for path in sorted(root.rglob("*"))
                if path.is_file() and not _is_debris(path, root)
            )


def _is_debris(path: Path, root: Path) -> bool:
    """Return True if a tool left `path` behind.

    Such a path is hidden or compiled.
    """
    parts = path.relative_to(root).parts
    return (
        any(part.startswith(".") or part == "__pycache__" for part in parts)
        or path.suffix == ".pyc"
    )
