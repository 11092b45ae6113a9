"""The life of one candidate as a rubric uses it.

It is started late, loaded once, and ended for good.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np

from autograder.frameworks import KERAS, MODELS, find_model_framework
from autograder.inside.requests import ApplyOperator, Call, Contains, Get, Item, LendModel, Request
from autograder.records.outcome import Limits, Outcome
from autograder.remote.bounds import Bounds, Cost
from autograder.remote.conversation import Conversation, Reply
from autograder.remote.endings import CandidateEnd, EndingView
from autograder.remote.handle import (
    Handle,
    NotAValue,
    RemoteCallable,
    describe_handle,
    learn_reason,
)
from autograder.remote.lending import LoanTable
from autograder.remote.loading import (
    LoadRequest,
    LoadResult,
    end_guarded,
    end_missing,
    end_while_loading,
    parse_loading,
)
from autograder.remote.testimony import parse_testimony
from autograder.wire import Ref, WireError
from autograder.wire.values import Kwargs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from autograder.remote.link import Link, Spawner


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """The settings by which a candidate is started and held.

    Attributes
    ----------
    provided
        Functions of the reference that take the place of the submission's.
    limits, bounds
        What the candidate may use, and what it may cost the examiner.
    frameworks
        Whether it may use the assignment's frameworks.
    kind
        Whose code it runs.
    withhold
        Objects that must never go into it.
    plain
        How the same submission loaded without any function of the reference, where that is known.
    is_later
        Whether the submission may have met hidden inputs before: what it says while it loads could
        carry one.
    objects
        What the reference answers with objects (see `asked`): of other questions, an object is no
        answer to compute with. None where that is not known.
    """

    provided: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)
    frameworks: bool = False
    kind: Literal["submission", "reference"] = "submission"
    withhold: Iterable[object] = ()
    objects: Collection[str] | None = None
    plain: LoadResult | None = None
    is_later: bool = False


class Session:
    """One candidate.

    Parameters
    ----------
    spawner
        Starts it, at the first use.
    request
        What it is to load.
    settings
        How it is started and held.

    Attributes
    ----------
    lent
        What of the examiner it holds.
    link
        The candidate, once it was started.
    last_answer
        What it answered last, in words.
    loading_output
        What it printed while it loaded.
    objects
        What it has answered with objects.
    """

    def __init__(self, spawner: Spawner, request: LoadRequest, settings: SessionSettings) -> None:
        self.request = request
        self.lent = LoanTable(settings.withhold)
        self.link: Link | None = None
        self.loading_output = ("", "")
        self.objects: set[str] = set()
        self._arrived: list[
            tuple[Handle, bool]
        ] = []  # with whether the examiner meets it for the first time
        self.last_answer = "what your function returned"
        self.listener: Callable[[str, Sequence[Any], Mapping[str, Any], Any], None] | None = None
        self._spawner = spawner
        self._settings = settings
        self._limits = settings.limits
        self._handles: weakref.WeakValueDictionary[int, Handle] = weakref.WeakValueDictionary()
        self._conversation: Conversation | None = None
        self._loading: LoadResult | None = None
        self._end: CandidateEnd | None = None
        self._is_closed = False

    @property
    def loading(self) -> LoadResult:
        """The result of loading.

        Asking for it loads the submission if that has not been done.
        """
        if self._loading is None:
            self._loading = self._load()
        return self._loading

    @property
    def is_loaded(self) -> bool:
        """True if the files were loaded as far as possible."""
        return self._loading is not None

    @property
    def has_provided(self) -> bool:
        """True if functions of the reference stand in the submission."""
        return bool(self._settings.provided)

    @property
    def ended(self) -> CandidateEnd | None:
        """The first end of the candidate, or None.

        It may be one that a test has swallowed. None means that the candidate lives.
        """
        return self._end or (None if self._conversation is None else self._conversation.ended)

    @property
    def cost(self) -> Cost:
        """The candidate's cost to the examiner in this criterion."""
        return Cost() if self._conversation is None else self._conversation.cost

    def renew(self, limits: Limits, bounds: Bounds) -> None:
        """Begin another criterion.

        It has its own limits and bounds, of which nothing is used.
        """
        self._limits, self._settings = limits, replace(self._settings, bounds=bounds)
        if self._conversation is not None:
            self._conversation.renew(limits, bounds)
        if self.link is not None:
            self.link.take_output()

    def close(self) -> EndingView | None:
        """End the candidate and return its ending.

        It is None if there was no candidate.
        """
        self._is_closed = True
        if self.link is None:
            return None
        return self.link.dismiss() if self.ended is None else self.link.end()

    def finish(self, end: CandidateEnd) -> NoReturn:
        """Make an end final and raise it."""
        self._end = self._end or end
        raise end

    def _check(self) -> None:
        if self._end is not None:
            raise self._end.again()
        if self._is_closed:
            raise CandidateEnd(Outcome.UNGRADED, "the criterion is over", kind="over")

    def _load(self) -> LoadResult:
        self._check()
        settings = self._settings
        self.link = self._spawner.spawn(frameworks=settings.frameworks, kind=settings.kind)
        conversation = Conversation(
            self.link,
            self._limits,
            settings.bounds,
            self.lent,
            export=self._export,
            handle_for=self._handle,
        )
        self._conversation = conversation
        try:
            reply = conversation.ask(self.request.as_request(settings.provided), "while loading")
        except CandidateEnd as end:
            self.finish(
                end_while_loading(end, has_provided=self.has_provided, is_later=settings.is_later)
            )
        self.loading_output = self.link.take_output()
        conversation.begin_running()
        loading = parse_loading(reply["ok"], self.request.inert, self.request.forbidden)
        return loading.guarded() if self.has_provided or settings.is_later else loading

    def end_missing(self, name: str) -> CandidateEnd:
        """Return the end for a missing name."""
        settings = self._settings
        if self.has_provided or settings.is_later:
            return end_guarded(name, settings.plain, self.request, has_provided=self.has_provided)
        return end_missing(name, self.loading, self.request)

    # requests -------------------------------------------------------------------------------------

    def ask(
        self, request: Request, doing: str = "", hear: Callable[[Reply], None] | None = None
    ) -> Reply:
        """Send a request to the candidate and return its reply."""
        __tracebackhide__ = True
        self._check()
        if self._loading is None:
            self._loading = self._load()
        assert self._conversation is not None
        what, is_inherited = asked(request), _refuse_strange(request)
        before, self._arrived = self._arrived, []
        try:
            return self._conversation.ask(request, doing, hear)
        finally:
            if self._arrived:
                self._note_objects(what, is_inherited=is_inherited)
            self._arrived = before

    def _note_objects(self, what: str | None, *, is_inherited: bool) -> None:
        """Mark the answer's objects that a rubric must not compute with."""
        if what is not None:
            self.objects.add(what)
        known = self._settings.objects
        if is_inherited or (what is not None and known is not None and what not in known):
            for handle, is_new in self._arrived:
                if is_new:
                    object.__setattr__(handle, "_autograder_strange", True)

    def call(
        self,
        called: RemoteCallable,
        address: Mapping[str, Any],
        args: Iterable[Any],
        kwargs: Mapping[str, Any],
        options: Kwargs,
    ) -> Any:
        """Call something in the candidate.

        The called object keeps the testimony.
        """
        __tracebackhide__ = True
        request = Call(
            [self._argument(value) for value in args],
            {name: self._argument(value) for name, value in kwargs.items()},
            options,
            **address,
        )

        def hear(reply: Reply) -> None:
            called.testimony = parse_testimony(reply.get("testimony"))

        answer = self.ask(request, f"during `{called.__name__}`", hear if options else None)["ok"]
        if self.listener is not None:
            self.listener(called.__name__, request.args, request.kwargs, answer)
        self.last_answer = f"what `{called.__name__}` returned ({describe_answer(answer)})"
        return answer

    def lend_model(self, model: Any) -> Any:
        """Rebuild a model in the candidate, and return its handle.

        A model that is a mapping already is one of Keras.
        """
        framework = find_model_framework(model) or KERAS.name
        request = LendModel(framework, MODELS[framework].describe(model))
        return self.ask(request, "while a model was lent")["ok"]

    def _argument(self, value: Any) -> Any:
        return value if find_model_framework(value) is None else self.lend_model(value)

    # handles --------------------------------------------------------------------------------------

    def drop(self, number: int) -> None:
        """Note that a handle is gone."""
        if self._conversation is not None:
            self._conversation.drop(number)

    def _handle(self, ref: Ref) -> Handle:
        handle = self._handles.get(ref.id)
        is_new = handle is None
        if handle is None:
            if len(self._handles) >= self._settings.bounds.handles:
                raise WireError(f"more than {self._settings.bounds.handles} handles")
            handle = self._handles[ref.id] = Handle(self, ref)
        else:
            learn_reason(handle, ref)
        self._arrived.append((handle, is_new))
        if self._conversation is not None:
            self._conversation.keep(ref.id)
        return handle

    def _export(self, obj: object) -> object:
        if isinstance(obj, Handle | RemoteCallable):
            if obj._autograder_owner is not self:  # noqa: SLF001
                raise WireError(f"{obj!r} belongs to another candidate: use .value()")
            return obj._autograder_reference()  # noqa: SLF001
        return self.lent.export(obj)


def asked(request: Request) -> str | None:
    """Return a word for the value that a request asks.

    It is None if the answer is an object by its nature.
    """
    match request:
        case Call() if not request.options.get("keep"):
            return request.method or request.name or "()"
        case Get(keep=False):
            return f".{request.name}"
        case ApplyOperator(keep=False):
            return request.name
        case Item(keep=False):
            return "[]"
    return None


def _refuse_strange(request: Request) -> bool:
    """Refuse to compute with an object in place of a value.

    Returns True if the request reads a part of such an object.
    """
    operands = (
        request.operands
        if isinstance(request, ApplyOperator)
        else [getattr(request, "target", None)]
    )
    handles = [one for one in operands if isinstance(one, Handle)]
    strange = next((one for one in handles if one._autograder_strange), None)  # noqa: SLF001
    if strange is not None and isinstance(request, Call | ApplyOperator | Contains):
        raise NotAValue(f"{describe_handle(strange)} came where a value is due")
    return strange is not None


def describe_answer(value: object) -> str:
    """Describe a value in a few words.

    They are its kind and size, never its contents.
    """
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, Handle):
        return describe_handle(value)
    if isinstance(value, tuple | list | dict):
        kind = next(kind for kind in (tuple, list, dict) if isinstance(value, kind))
        return f"a {kind.__name__} of {len(value)}"
    return f"a value of type {type(value).__name__}"
