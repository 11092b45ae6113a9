"""The examiner's end of the conversation.

It sends one request at a time, with callbacks inside. It keeps every limit and believes nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.errors import InfrastructureError
from autograder.inside.requests import Callback, Request, as_message, is_a, is_question
from autograder.records.outcome import Limits, Outcome
from autograder.remote.bounds import Cost, Meter
from autograder.remote.endings import (
    CandidateEnd,
    end_from,
    exception_from,
    is_gpu_memory,
    parse_trace,
)
from autograder.remote.lending import BoundedCallback, LoanTable, Stub
from autograder.wire import Ref, WireError
from autograder.wire.values import Kwargs, Message

if TYPE_CHECKING:
    from autograder.remote.bounds import Bounds
    from autograder.remote.link import Link

Reply = Mapping[str, Any]

# attribute of what a function of the examiner raised: what the submission was at
CALLED = "called_by_submission"
_KEPT_ORIGINALS = 1_000
_CONTROL_MODULES = ("_pytest", "pytest", "hypothesis")


class Conversation:
    """The examiner's conversation with a candidate.

    It asks the candidate, and answers its callbacks.

    Parameters
    ----------
    link
        The candidate.
    limits, bounds
        What it may use, and what it may cost the examiner.
    lent
        What of the examiner it holds.
    export
        What is sent in place of an object that is no data.
    handle_for
        Makes the object that stands for one of the candidate's, from a reference.
    """

    def __init__(  # noqa: PLR0913
        self,
        link: Link,
        limits: Limits,
        bounds: Bounds,
        lent: LoanTable,
        *,
        export: Callable[[object], object],
        handle_for: Callable[[Ref], object],
    ) -> None:
        self.link = link
        self.lent = lent
        self.ended: CandidateEnd | None = None
        self._limits = limits
        self._bounds = bounds
        self._export = export
        self._handle_for = handle_for
        self._released: set[int] = set()
        self._originals: dict[int, BaseException] = {}
        self._control: BaseException | None = None
        self._doing = "while loading"
        self._depth = 0
        self._number = 0
        self._wall_s = bounds.patience * (3.0 * limits.load_s + 5.0)
        self._meter = Meter()  # until the counts begin
        self._renew_counts()

    # what rubrics see of it -----------------------------------------------------------------------

    def ask(
        self, request: Request, doing: str = "", hear: Callable[[Reply], None] | None = None
    ) -> Reply:
        """Send a request and return the reply.

        An exception that the submission raised is raised here.

        Parameters
        ----------
        request
            What is asked.
        doing
            For messages: what the submission is at, ``during `affine_forward` ``.
        hear
            Called with the reply before what the submission raised is raised.

        Raises
        ------
        CandidateEnd
            The candidate ended, broke the protocol, or exceeded a limit.
        TypeError
            An argument cannot cross.
        """
        before = self._doing
        self._doing = doing or before
        try:
            reply = self._exchange(request)
            if hear is not None:
                hear(reply)
            if "error" in reply:
                self._raise_remote(reply["error"])
        finally:
            self._doing = before
        return reply

    def begin_running(self) -> None:
        """Apply the criterion's own limits, since loading is over."""
        self.link.loaded()
        self._wall_s = self._bounds.patience * self._limits.wall_s
        self._waited_s = 0.0

    def renew(self, limits: Limits, bounds: Bounds) -> None:
        """Begin another criterion in the same candidate."""
        self._limits = limits
        self._bounds = bounds
        self._wall_s = bounds.patience * limits.wall_s
        self._renew_counts()

    def drop(self, number: int) -> None:
        """Note that a handle is gone.

        The next message tells the candidate.
        """
        self._released.add(number)

    def keep(self, number: int) -> None:
        """Note that a handle is needed after all."""
        self._released.discard(number)

    def finish(self, end: CandidateEnd) -> NoReturn:
        """Make an end final and raise it."""
        if self.ended is None:
            self.ended = end
        raise end

    @property
    def cost(self) -> Cost:
        """The candidate's cost to the examiner in this criterion."""
        return self._meter.cost(self._received_bytes, self._answered_bytes)

    @property
    def _received_bytes(self) -> int:
        return self.link.channel.received_bytes - self._received_before

    # one exchange ---------------------------------------------------------------------------------

    def _renew_counts(self) -> None:
        self._waited_s = self._read_s = 0.0
        self._messages = self._callbacks = self._answered_bytes = 0
        self._received_before = self.link.channel.received_bytes
        self._meter = self._bounds.meter(
            self._bounds.callback_cpu_s, self._bounds.callback_memory_mib
        )

    def _exchange(self, request: Request) -> Reply:
        if self.ended is not None:
            raise self.ended.again()
        if self._control is not None:  # a callback that ended the call asks no more
            raise self._control
        if not self.link.channel.is_quiet():
            self._end_protocol("spoke before it was asked")
        self._number += 1
        number = self._number
        self._send({**as_message(request), "n": number})
        while is_question(message := self._recv()):
            self._answer_callback(message)
        if type(message.get("n")) is not int or message["n"] != number:
            self._end_protocol("sent an answer to no question")
        if not self._depth and self._control is not None:
            control, self._control = self._control, None
            raise control
        return message

    def _send(self, message: Message) -> None:
        released, self._released = self._released, set()
        message["released"] = list(released)
        began = time.monotonic()
        try:
            self.link.channel.send(
                message, export=self._export, deadline=self._deadline(began), idle=self.link.idle
            )
        except WireError as error:
            self._released |= released
            raise TypeError(f"an argument cannot cross {self._doing}: {error}") from None
        except (EOFError, OSError) as error:
            self._end_broken(error)
        finally:
            self._waited_s += time.monotonic() - began

    def _recv(self) -> Reply:
        began, cpu_began = time.monotonic(), time.process_time()
        try:
            message = self.link.channel.recv(
                resolve=self._resolve,
                readonly=True,
                deadline=self._deadline(began),
                idle=self.link.idle,
            )
        except (EOFError, OSError) as error:
            self._end_broken(error)
        except WireError as error:
            self._end_protocol(f"sent a message that cannot be read: {error}")
        except MemoryError:
            self._end_protocol("sent a message that is too large")
        finally:
            self._waited_s += time.monotonic() - began
        self._read_s = time.process_time() - cpu_began
        return self._checked(message)

    def _deadline(self, now: float) -> float:
        return now + self._wall_s - self._waited_s

    def _checked(self, message: object) -> Reply:
        self._messages += 1
        if (
            not isinstance(message, dict)
            or len(message.keys() & {"ok", "error"}) + is_question(message) != 1
            or not all(type(key) is str for key in message)
        ):
            self._end_protocol("sent something that is no answer")
        if not isinstance(message.get("error", {}), dict):
            self._end_protocol("sent something that is no answer")
        if self._messages > self._bounds.messages:
            self._end_protocol(f"sent more than {self._bounds.messages} messages")
        if self._received_bytes > self._bounds.received_bytes:
            self._end_protocol(f"sent more than {self._bounds.received_bytes // 2**20} MiB")
        if len(self.lent) > self._bounds.lent:
            self._end_protocol(f"holds more than {self._bounds.lent} objects of the grader")
        self.lent.release(message.get("released"))
        return message

    def _resolve(self, ref: Ref) -> object:
        return self._handle_for(ref) if ref.kind == "handle" else self.lent.resolve(ref)

    # callbacks ------------------------------------------------------------------------------------

    def _answer_callback(self, message: Reply) -> None:
        number, method, args, kwargs = (
            message.get(key) for key in ("id", "method", "args", "kwargs")
        )
        entry = self.lent.get(number)
        is_call = (
            isinstance(args, list)
            and isinstance(kwargs, dict)
            and all(type(key) is str for key in kwargs)
        )
        is_call = is_call and type(method) in (str, type(None)) and is_a(Callback, message)
        if not is_call or entry is None:
            self._end_protocol("sent something that is no answer")
        self._callbacks += 1
        if self._callbacks > self._bounds.callbacks:
            self._end_protocol(
                f"called functions of the grader more than {self._bounds.callbacks} times"
            )
        if self._depth:
            self._reply(
                self._call(entry, method, tuple(args), dict(kwargs)),  # type: ignore[arg-type]
            )
            return
        self._meter.begin()
        self._meter.used_s += self._read_s
        try:
            self._reply(
                self._call(entry, method, tuple(args), dict(kwargs)),  # type: ignore[arg-type]
            )
        except MemoryError:  # while an answer was written
            self._end_for_memory()
        finally:
            self._meter.end()
        if self._meter.is_over:
            self._end_for(Outcome.TIMEOUT, describe_busy(self._bounds.callback_cpu_s), "time limit")

    def _reply(self, reply: Message) -> None:
        before = self.link.channel.sent_bytes
        try:
            self._send(reply)
        except TypeError as error:  # the function returned something that cannot cross
            self._send(self._describe(error))
        self._answered_bytes += self.link.channel.sent_bytes - before
        if self._answered_bytes > self._bounds.answered_bytes:
            self._end_protocol(
                "had functions of the grader answer more than "
                f"{self._bounds.answered_bytes // 2**20} MiB"
            )

    def _call(
        self, entry: Any, method: str | None, args: tuple[Any, ...], kwargs: Kwargs
    ) -> Message:
        if self._control is not None:
            return _ended_call()
        if self._depth >= self._bounds.callback_depth:
            return {
                "error": {
                    "type": "RecursionError",
                    "text": "functions of the grader are called too deep within each other",
                    "id": 0,
                }
            }
        self._depth += 1
        try:
            if isinstance(entry, Stub) and method is not None:
                return {"ok": entry.call(method, args, kwargs)}
            if isinstance(entry, BoundedCallback) and method is None:
                return {"ok": entry(*args, **kwargs)}
            self._end_protocol("called something of the grader that cannot be called")
        except (CandidateEnd, KeyboardInterrupt, SystemExit, GeneratorExit, InfrastructureError):
            raise
        except MemoryError:
            self._end_for_memory()
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__module__.startswith(
                "autograder."
            ):
                raise  # the examiner's own ends
            return self._describe(error)  # goes back, or is raised once the call is over
        finally:
            self._depth -= 1

    def _describe(self, error: BaseException) -> Message:
        """Describe an exception of the examiner to the candidate.

        The candidate learns nothing of a failed check or of exceptions of pytest and hypothesis.
        """
        is_control = type(error).__module__.partition(".")[0] in _CONTROL_MODULES
        if is_control or isinstance(error, AssertionError) or not isinstance(error, Exception):
            self._control = error
            return _ended_call()
        number = len(self._originals) + 1
        if number <= _KEPT_ORIGINALS:
            self._originals[number] = error
        kind = next(base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins")
        is_plain_key = (
            isinstance(error, KeyError) and len(error.args) == 1 and isinstance(error.args[0], str)
        )
        # str() of a KeyError is the repr of its key
        text = error.args[0] if is_plain_key else str(error)
        return {"error": {"type": kind, "text": text[:4096], "id": number}}

    # ends -----------------------------------------------------------------------------------------

    def _raise_remote(self, record: Mapping[str, Any]) -> NoReturn:
        original = (
            self._originals.get(record.get("callback", 0))
            if type(record.get("callback", 0)) is int
            else None
        )
        if original is not None:
            vars(original)[CALLED] = self._doing
            raise original
        trace = parse_trace(record)
        if is_gpu_memory(trace):
            text = (
                "the submission ran out of GPU memory "
                f"{self._doing}{_of_gpu(self._limits.gpu_memory_mib)}"
            )
            self.finish(CandidateEnd(Outcome.MEMORY, text, kind="GPU memory", trace=trace))
        bases = record.get("bases")
        if trace.type in ("MemoryError", "ResourceExhaustedError") or (
            isinstance(bases, list)
            and any(type(base) is str and base == "MemoryError" for base in bases)
        ):
            text = (
                f"the submission ran out of memory {self._doing} ({self._limits.memory_mib} MiB "
                "are available)"
            )
            self.finish(CandidateEnd(Outcome.MEMORY, text, kind="memory limit", trace=trace))
        if trace.type == "SystemExit":
            status = record.get("exit_status", 0)
            said = f" (exit status {status})" if type(status) is int else ""
            text = f"the submission ended the process{said} {self._doing}"
            self.finish(CandidateEnd(Outcome.CRASHED, text, kind="ended the process", trace=trace))
        if type(record.get("forbidden")) is str:
            self.finish(
                CandidateEnd(Outcome.FORBIDDEN, trace.brief(), kind="forbidden import", trace=trace)
            )
        raise exception_from(record)

    def _end_broken(self, error: BaseException) -> NoReturn:
        """Raise the candidate's end, as the sandbox reports it.

        The channel is no more, or the time is over.
        """
        reasons = {TimeoutError: "wall", InterruptedError: "interrupt"}
        ending = self.link.end(
            next((limit for kind, limit in reasons.items() if isinstance(error, kind)), None)
        )
        limits = self._limits
        cpu_s = limits.load_s if self._doing == "while loading" else limits.cpu_s
        self.finish(
            end_from(
                ending, self._doing, cpu_s=cpu_s, wall_s=self._wall_s, memory_mib=limits.memory_mib
            )
        )

    def _end_protocol(self, what: str) -> NoReturn:
        self._end_for(Outcome.CRASHED, what, "protocol")

    def _end_for_memory(self) -> NoReturn:
        bound_mib = self._bounds.callback_memory_mib
        than = "there is" if math.isinf(bound_mib) else f"{bound_mib:g} MiB of"
        what = (
            f"called functions of the grader with values for which they need more than {than} "
            "memory"
        )
        self._end_for(Outcome.MEMORY, what, "memory limit")

    def _end_for(self, outcome: Outcome, what: str, kind: str) -> NoReturn:
        self.link.end()
        self.finish(CandidateEnd(outcome, f"the submission {what} ({self._doing})", kind=kind))


def describe_busy(cpu_s: float) -> str:
    """Say that callbacks took more CPU time than they may."""
    return f"kept functions of the grader busy for more than {cpu_s:g} s of CPU time"


def _of_gpu(memory_mib: int | None) -> str:
    return "" if memory_mib is None else f" ({memory_mib} MiB are available)"


def _ended_call() -> Message:
    return {"error": {"type": "RuntimeError", "text": "the grader has ended this call", "id": 0}}
