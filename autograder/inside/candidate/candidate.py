"""The process in which one submission runs for one criterion.

It answers one request at a time. While the submission's code runs, functions of the examiner that
were handed to it are called back, and the examiner may ask something in turn before it answers:
strictly alternating, as calls nest. Everything in this process belongs to the submission; nothing
that it says is more than a value.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from autograder.inside.candidate.objects import Proxies, find_reason, rebuild_generator, sendable
from autograder.inside.candidate.operations import OPERATIONS
from autograder.inside.candidate.state import CandidateState, Namespace
from autograder.inside.loading.failures import BUILTIN_EXCEPTIONS
from autograder.inside.loading.inert import InertAnswerError
from autograder.inside.loading.running import Place
from autograder.inside.requests import (
    AtStatement,
    Callback,
    Request,
    as_message,
    is_question,
    parse,
)
from autograder.wire import Channel, Ref, WireError
from autograder.wire.values import Kwargs, Message

if TYPE_CHECKING:
    from collections.abc import Mapping


class TurnContext(Protocol):
    """The changes around the submission's code at each turn.

    They are needed where it shares its process with the examiner.
    """

    def enter(self) -> None:
        """Begin the submission's turn, since a message has arrived."""

    def leave(self) -> None:
        """Begin the examiner's turn, since a message is about to leave."""


class CallbackError(Exception):
    """A function of the grader raised something that has no builtin type."""


class CandidateServer:
    """One end of the conversation.

    Parameters
    ----------
    channel
        Leads to the examiner.
    folder
        The work folder; the submission's files are written there if ``writes_files``.
    turn
        Entered and left at every turn; None in a process of its own.
    through
        Exceptions that end the candidate and are not the submission's.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        folder: Path,
        writes_files: bool = True,
        turn: TurnContext | None = None,
        through: tuple[type[BaseException], ...] = (),
    ) -> None:
        self.state = CandidateState(
            folder, writes_files=writes_files, through=through, tell=self._tell_place
        )
        self._channel = channel
        self._turn = turn
        self._through = through
        self._proxies = Proxies(self._ask)
        # a candidate is killed, and flushes nothing then
        self._streams = (sys.stdout, sys.stderr) if turn is None else ()
        self._talking = threading.RLock()
        self._running = 0

    def serve(self) -> None:
        """Answer requests until the examiner hangs up."""
        while True:
            try:
                self._answer(self._recv())
            except EOFError:
                return

    # talking --------------------------------------------------------------------------------------

    def _recv(self) -> Message:
        message: Message = self._channel.recv(resolve=self._resolve)  # type: ignore[assignment]
        if self._turn is not None:
            self._turn.enter()
        self.state.handles.release(message.pop("released", ()))
        return message

    def _send(self, message: Message) -> None:
        message["released"] = released = self._proxies.take_released()
        for stream in self._streams:
            with contextlib.suppress(Exception):  # closed, or replaced by something odd
                stream.flush()
        if self._turn is not None:
            self._turn.leave()
        try:
            self._channel.send(message, export=self.export)
        except BaseException:
            self._proxies.give_back(released)
            if self._turn is not None:
                self._turn.enter()
            raise

    def _answer(self, request: Message) -> None:
        self._running += 1
        number, asked = request.pop("n", None), _asked(request)
        reply = self._perform(request, asked)
        with self._talking:  # a thread of the submission may be in the middle of a callback
            self._running -= 1
            self._reply(reply, number, asked)

    def _reply(self, reply: Message, number: object, asked: str) -> None:
        """Send a reply, or its sendable parts.

        Encoding may meet anything that a submission made.
        """
        try:
            self._send({**reply, "n": number})
        except self._through:
            raise
        except BaseException as error:  # noqa: BLE001
            failure = self._describe(error, asked)
            is_inert = isinstance(error, InertAnswerError)
        else:
            return
        try:
            self._send({**({"error": failure} if is_inert else self._repaired(reply)), "n": number})
        except self._through:
            raise
        # the channel is gone, then this raises; or not even the parts can be sent
        except BaseException:  # noqa: BLE001
            self._send({"error": failure, "n": number})

    def _repaired(self, reply: Message) -> Message:
        parts = {
            key: sendable(reply[key], self.export, self.state.handles)
            for key in reply.keys() & {"ok", "testimony"}
        }
        return {**reply, **parts}

    def _describe(self, error: BaseException, asked: str) -> Message:
        failure = self.state.describe(error)
        return (
            {**failure, "text": f"{asked} {failure['text']}"}
            if type(error) is InertAnswerError
            else failure
        )

    def _perform(self, request: Message, asked: str) -> Message:
        try:
            return self._operate(parse(request))
        except self._through:
            raise
        except BaseException as error:  # noqa: BLE001  # SystemExit and the like are told, too
            return {"error": self._describe(error, asked)}

    def _operate(self, request: Request) -> Message:
        return OPERATIONS[type(request)](self.state, request)

    def _ask(self, ref: Ref, method: str | None, args: tuple[Any, ...], kwargs: Kwargs) -> Any:
        """Call a function of the examiner and wait for its answer.

        Meanwhile, answer the examiner's questions.
        """
        with self._talking:
            if not self._running:
                raise RuntimeError(
                    "a function of the grader can be called only while the grader waits for this "
                    "submission"
                )
            try:
                self._send(as_message(Callback(ref.id, method, list(args), kwargs)))
            except WireError as error:
                raise TypeError(
                    f"an argument of {ref.type_name or 'a function of the grader'} cannot be sent: "
                    f"{error}"
                ) from None
            message = self._recv()
            while is_question(message):
                self._answer(message)
                message = self._recv()
        if "error" in message:
            raise _callback_error(message["error"])
        return message["ok"]

    # references -----------------------------------------------------------------------------------

    def export(self, obj: object) -> object:
        """Return the stand-in for an object that the wire lacks."""
        return self._proxies.reference_to(obj) or self.state.handles.refer(
            obj, why=find_reason(obj)
        )

    def _resolve(self, ref: Ref) -> object:
        if ref.kind == "handle":
            return self.state.handles.get(ref.id)
        if ref.kind == "generator":
            return rebuild_generator(ref.info)
        if ref.kind == "attribute":
            return _attribute(self.state.namespace, *ref.info)
        return self._proxies.stand_in(ref)

    def _tell_place(self, place: Place) -> None:
        """Tell the examiner the next statement's place.

        The examiner does not answer.
        """
        self._channel.send(as_message(AtStatement(list(place))))


def _asked(request: Message) -> str:
    """Return the beginning of a sentence about the answer to a request."""
    name = request.get("method") or request.get("name")
    if type(name) is not str or "operands" in request:
        return "This is"
    return f"`{name}` {'returned' if 'args' in request else 'is'}"


def _attribute(namespace: Namespace, target: object, name: str) -> object:
    """Return a name of the submission, or an object's attribute.

    None stands for a missing one, since it is as wrong an argument as any.
    """
    try:
        return namespace.lookup(name) if target is None else getattr(target, name)
    except Exception:  # noqa: BLE001  # a message must not break in its middle
        return None


def _callback_error(record: Mapping[str, Any]) -> BaseException:
    kind = BUILTIN_EXCEPTIONS.get(record["type"], CallbackError)
    error = kind(record["text"]) if issubclass(kind, Exception) else CallbackError(record["text"])
    vars(error)["grader_callback"] = record["id"]
    return error


def serve(channel_fd: int) -> None:
    """Be the candidate until the examiner hangs up.

    It is at one end of a channel. The current folder is the work folder.
    """
    channel = Channel(socket.socket(fileno=channel_fd))
    try:
        # the folder as the warden named it
        CandidateServer(channel, folder=Path(os.getcwd())).serve()  # noqa: PTH109
    except (BrokenPipeError, ConnectionResetError, WireError):
        # the examiner is gone, or this process was made unable to speak: the other end sees the end
        return
