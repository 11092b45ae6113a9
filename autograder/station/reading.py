"""Reading of an upload in the sandbox.

A candidate that has loaded nothing reads it. The station checks the answer.
"""

from __future__ import annotations

import os
import re
import select
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from autograder.course import Assignment
from autograder.course.facts import Reading, SourceFacts, parse_reading
from autograder.examiner.context import Sources
from autograder.inside.reading.filenames import join_drop_notes
from autograder.inside.requests import Read, as_message
from autograder.remote.loading import LeftOut
from autograder.sandbox.seam import Candidate, Sandbox
from autograder.uploads.read import Content
from autograder.wire import Channel, WireError

READ_CPU_S = 20.0
READ_WALL_S = 60.0
# as JSON up to six times that, which still fits into one message to an exam
MAX_ANSWER_BYTES = 5 * 2**20
MAX_CODE_BYTES = 8 * 2**20
WATCH_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class ReadSubmission:
    """The reader's result for an upload.

    Attributes
    ----------
    reading
        The reader's answer, checked.
    raw_facts
        The facts as they came over the wire, as an output keeps them.
    code
        The files compiled by the reader, for candidates alone: opaque bytes here.
    left_out
        Statements that are not run, since loading ended in them.
    """

    reading: Reading
    raw_facts: Mapping[str, Any] = field(default_factory=dict)
    code: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """The reasons that the submission is rejected."""
        return self.reading.problems

    def as_json(self) -> dict[str, Any]:
        """Return the parts that an output keeps.

        They are everything but the compiled files.
        """
        return {
            "files": dict(self.reading.files),
            "failed": dict(self.reading.failed),
            "facts": dict(self.raw_facts),
            "titles": dict(self.reading.titles),
            "helpers": dict(self.reading.helpers),
            "packages": list(self.reading.packages),
            "left_out": [asdict(one) for one in self.left_out],
        }

    def sources(self) -> Sources:
        """Return the parts that an exam needs.

        The compiled files are among them.
        """
        reading = self.reading
        return Sources(
            reading.files,
            reading.facts,
            reading.failed,
            self.code,
            reading.titles,
            reading.helpers,
            self.left_out,
            reading.packages,
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReadSubmission:
        """Rebuild a submission from the parts that an output keeps."""
        files = {
            name: text if isinstance(text, str) else tuple(text)
            for name, text in data["files"].items()
        }
        facts = SourceFacts.from_wire(data["facts"])
        reading = Reading(
            files=files,
            failed=data["failed"],
            facts=facts,
            titles=data.get("titles", {}),
            helpers=data.get("helpers", {}),
            packages=tuple(data.get("packages", ())),
        )
        left_out = tuple(LeftOut(**one) for one in data.get("left_out", ()))
        return cls(reading, data["facts"], left_out=left_out)


class Reader:
    """The reader of one assignment's uploads.

    Each upload is read by a candidate of its own.

    Parameters
    ----------
    sandbox
        Started; makes the candidates.
    assignment
        Says which files are due.
    asked
        Names of the functions and classes that are graded.
    """

    def __init__(
        self, sandbox: Sandbox, assignment: Assignment, asked: Collection[str] = ()
    ) -> None:
        self._sandbox = sandbox
        self._assignment = assignment
        names = sorted({name.partition(".")[0] for name in asked})
        self._asked = {name: _home(name, assignment) for name in names}
        self._template = {
            name: text.encode() for name, text in assignment.template_sources().items()
        }
        self._limits = replace(assignment.limits(), cpu_s=READ_CPU_S, load_s=READ_CPU_S)
        self._waiting: tuple[Candidate, socket.socket] | None = None

    def prepare(self) -> None:
        """Begin to make the candidate for the next upload.

        This does not wait for it.
        """
        if self._waiting is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            # a descriptor is all that is wanted
            with open(os.devnull, "wb") as nowhere, theirs:  # noqa: PTH123
                out, channel = nowhere.fileno(), theirs.fileno()
                try:
                    candidate = self._sandbox.prepare(
                        frameworks=False,
                        limits=self._limits,
                        channel=channel,
                        stdout=out,
                        stderr=out,
                    )
                except BaseException:
                    ours.close()
                    raise
            self._waiting = candidate, ours

    def close(self) -> None:
        """Give up a candidate that waits.

        The sandbox ends it.
        """
        if self._waiting is not None:
            self._waiting[1].close()
            self._waiting = None

    def read(self, content: Content) -> ReadSubmission:
        """Turn the bytes of an upload into sources and facts.

        Raises
        ------
        SandboxError
            The sandbox failed. The upload is not at fault.
        """
        if content.problem is not None:
            return ReadSubmission(Reading(problems=(content.problem,), notes=content.notes))
        settings = self._assignment.settings
        request = Read(
            files=dict(content.files),
            declared=list(self._assignment.files),
            support=list(settings.support),
            template=self._template,
            aliases=list(settings.aliases),
            forbidden=list(settings.imports.forbidden),
            asked=self._asked,
            times=None if content.times is None else dict(content.times),
        )
        answer = self._ask(request)
        if answer is None:
            problem = "The submission could not be read within the limits on time, memory and size."
            return ReadSubmission(Reading(problems=(problem,), notes=content.notes))
        reading = parse_reading(answer, self._assignment.files)
        raw = answer["ok"]["facts"] if isinstance(answer, dict) and not reading.problems else {}
        notes = join_drop_notes((*content.notes, *reading.notes))
        return ReadSubmission(replace(reading, notes=notes), raw, _parse_code(answer, reading))

    def _ask(self, request: Read) -> Any:
        """Return the candidate's answer, or None without one."""
        self.prepare()
        assert self._waiting is not None
        (candidate, ours), self._waiting = self._waiting, None
        with ours:
            self._sandbox.hand_over(candidate)
            channel = Channel(ours)
            try:
                deadline = time.monotonic() + READ_WALL_S
                channel.send(as_message(request), deadline=deadline)
                answer = self._wait(channel, candidate, deadline)
            except (EOFError, TimeoutError, WireError, OSError):
                return None
            finally:
                candidate.dismiss()
        return None if channel.received_bytes > MAX_ANSWER_BYTES else answer

    def _wait(self, channel: Channel, candidate: Candidate, deadline: float) -> object:
        """Wait for the answer in slices, while the sandbox watches.

        The sandbox watches limits that nothing else keeps.
        """
        while not select.select([channel.fileno()], [], [], WATCH_INTERVAL_S)[0]:
            if time.monotonic() > deadline:
                raise TimeoutError
            self._sandbox.watch()
            if candidate.cpu_s() > READ_CPU_S:
                raise TimeoutError
        return channel.recv(deadline=deadline)


def _home(name: str, assignment: Assignment) -> str:
    """Find the declared file in which the reference defines a name.

    It is empty if no file defines the name.
    """
    definition = re.compile(rf"^(?:async +)?(?:def|class) +{re.escape(name)}\b", re.MULTILINE)
    return next(
        (file for file, text in assignment.reference_sources().items() if definition.search(text)),
        "",
    )


def _parse_code(answer: Any, reading: Reading) -> dict[str, list[bytes]]:
    """Return the compiled files, if they are plausible.

    Candidates compile the missing ones.
    """
    found = answer.get("code") if isinstance(answer, dict) else None
    code = (
        {
            name: found[name]
            for name in (*reading.files, *reading.helpers)
            if _is_code(found.get(name))
        }
        if isinstance(found, dict)
        else {}
    )
    return (
        code if sum(len(cell) for cells in code.values() for cell in cells) < MAX_CODE_BYTES else {}
    )


def _is_code(cells: Any) -> bool:
    return isinstance(cells, list) and all(type(cell) is bytes for cell in cells)
