"""A submission as a rubric sees it: the student's names, each a value or something to call."""

from __future__ import annotations

import difflib
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from autograder.outcome import Limits, Outcome
from autograder.remote.bounds import Bounds
from autograder.remote.conversation import Conversation, Reply
from autograder.remote.ends import CandidateEnd, Ending, MissingName
from autograder.remote.handle import Handle, RemoteCallable, Testimony, Work, hold, is_probe
from autograder.remote.lending import Callback, Lent, Loan, Stub, Takes, describe_model, is_keras_model
from autograder.remote.link import Link, Spawner
from autograder.remote.raised import RemoteTrace, parse_trace
from autograder.wire import Ref, WireError

_NO_FILES: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What a candidate is to load.

    Attributes
    ----------
    files
        Source text of each declared file that was handed in; a notebook is the sequence of its code cells.
    order
        The declared files, handed in or not, in declared order.
    defines
        The declared file that should define each function and class of the reference.
    support
        Public modules of the course: name and source.
    aliases
        Packages under which the files can be imported, too: ``cs231n``, ``cs231n.classifiers``.
    forbidden
        Packages whose use is an error.
    data
        Public files to be put into the work folder.
    seed
        Seeds the candidate's global generators.
    """

    files: Mapping[str, str | Sequence[str]]
    order: Sequence[str] = ()
    defines: Mapping[str, str] = field(default_factory=dict)
    support: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    forbidden: Sequence[str] = ()
    data: Mapping[str, bytes] = field(default_factory=dict)
    seed: int = 0

    def as_message(self, provided: Mapping[str, object]) -> dict[str, Any]:
        """The request as it is sent."""
        return {
            "op": "load",
            "files": {name: text if isinstance(text, str) else list(text) for name, text in self.files.items()},
            "order": list(self.order),
            "defines": dict(self.defines),
            "support": dict(self.support),
            "aliases": list(self.aliases),
            "forbidden": list(self.forbidden),
            "data": dict(self.data),
            "seed": self.seed,
            "provided": dict(provided),
            "provided_in": {name: self.defines[name] for name in provided if name in self.defines},
        }


@dataclass(frozen=True, slots=True)
class Loading:
    """How loading went.

    Attributes
    ----------
    names
        What each name is: "callable", "class" or "value".
    defined_in
        The file each name was taken from.
    failed
        What each file that could not be loaded raised.
    cells
        File, number and exception of each notebook cell that raised.
    forbidden
        The package for which a file failed, per file.
    """

    names: Mapping[str, str]
    defined_in: Mapping[str, str]
    failed: Mapping[str, RemoteTrace]
    cells: tuple[tuple[str, int, RemoteTrace], ...]
    forbidden: Mapping[str, str]


class Submission:
    """The student's modules as one namespace. A candidate is started at the first use.

    ``submission.affine_forward(x, w, b)`` calls; a name of plain data is its value; ``submission["loan"]`` reaches a name of the
    student's that is also one of the methods here; ``"f" in submission`` asks without an end.
    """

    def __init__(  # noqa: PLR0913
        self,
        spawner: Spawner,
        load: LoadRequest,
        *,
        provided: Mapping[str, Callable[..., Any]] | None = None,
        limits: Limits | None = None,
        bounds: Bounds | None = None,
        frameworks: bool = False,
        kind: Literal["submission", "reference"] = "submission",
        facts: Any = None,
        withhold: Iterable[object] = (),
    ) -> None:
        self.facts = facts
        self._spawner = spawner
        self._load_request = load
        self._provided = dict(provided or {})
        self._limits = limits or Limits()
        self._bounds = bounds or Bounds()
        self._frameworks = frameworks
        self._kind: Literal["submission", "reference"] = kind
        self._lent = Lent(withhold)
        self._handles: weakref.WeakValueDictionary[int, Handle] = weakref.WeakValueDictionary()
        self._callables: dict[str, RemoteCallable] = {}
        self._conversation: Conversation | None = None
        self._loading: Loading | None = None
        self._end: CandidateEnd | None = None
        self._link: Link | None = None

    # names ------------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if is_probe(name):
            raise AttributeError(f"a submission has no attribute {name!r}")
        return self[name]

    def __getitem__(self, name: str) -> Any:
        __tracebackhide__ = True
        found = self._callables.get(name)
        if found is not None:
            return found
        kind = self.loading.names.get(name)
        if kind is None:
            self._raise_missing(name)
        if kind == "value":
            return self._value(name)
        self._callables[name] = RemoteCallable(self, name, {"name": name})
        return self._callables[name]

    def __contains__(self, name: object) -> bool:
        return name in self.loading.names

    def __repr__(self) -> str:
        return "<the submission>"

    def _value(self, name: str) -> Any:
        value = self.ask({"op": "get", "name": name}, f"while reading `{name}`")["ok"]
        if name in self._load_request.defines and not isinstance(value, Handle):
            self._finish(MissingName(Outcome.MISSING, f"`{name}` is no function or class (it is a {type(value).__name__})", kind="missing"))
        return value

    # what rubrics do --------------------------------------------------------------------------------------------

    def lend(self, value: Any) -> Any:
        """Copy a value into the candidate and return a handle to the copy: for arguments that a function changes."""
        if is_keras_model(value):
            return self.lend_model(value)
        return self.ask({"op": "lend", "value": value}, "while a value was lent")["ok"]

    def lend_model(self, model: Any) -> Any:
        """Rebuild a Keras model in the candidate from its configuration and weights, and return a handle.

        How it was compiled and its optimizer's variables go with it; the seed states of Dropout and the like do not.

        Raises
        ------
        TypeError
            The model uses something that is not Keras' own; the message names it.
        """
        return self.ask({"op": "lend_model", **describe_model(model)}, "while a model was lent")["ok"]

    def rng(self, seed: int | Sequence[int] | None = None) -> Any:
        """Make a `numpy.random.Generator` in the candidate and return a handle; without a seed each one is another, but the same in every run."""
        return self.ask({"op": "rng", "seed": seed if seed is None or isinstance(seed, int) else list(seed)}, "while a generator was made")["ok"]

    def loan(self, obj: object) -> Loan:
        """Make an argument, or a callback's answer, of an object that the candidate may hold but not look into."""
        return Loan(obj)

    def live_loans(self) -> int:
        """How many loans the candidate holds now; exact whenever the candidate has just called or answered."""
        return self._lent.live_loans

    def stub(self, obj: object, methods: Iterable[str]) -> Stub:
        """Make an argument of an object of which the candidate may call some methods; ``.calls`` records them."""
        return Stub(obj, methods)

    def callback(self, function: Callable[..., Any], *, max_calls: int | None = None, takes: Sequence[Takes] | None = None) -> Callback:
        """Make an argument of a function, with bounds on its calls and a declaration of what it takes; see `Callback`."""
        return Callback(function, max_calls=max_calls, takes=takes)

    def hold(self, handle: Handle) -> Any:
        """Look into an object of the candidate without copying anything out; see `autograder.remote.hold`."""
        return hold(handle)

    def assign(self, name: str, value: object) -> None:
        """Bind a name of the submission, in the module that defines it."""
        self.ask({"op": "set", "name": name, "value": value}, f"while setting `{name}`")

    def packages(self) -> frozenset[str]:
        """The packages that the candidate says it has imported: testimony."""
        names = self.ask({"op": "packages"}, "while its packages were listed")["ok"]
        return frozenset(name for name in names if type(name) is str) if isinstance(names, list) else frozenset()

    # life -------------------------------------------------------------------------------------------------------

    @property
    def loading(self) -> Loading:
        """How loading went; loads if that has not been done."""
        if self._loading is None:
            self._load()
        assert self._loading is not None
        return self._loading

    @property
    def ended(self) -> CandidateEnd | None:
        """The first end of this submission's candidate, also one that a test has swallowed; None while it lives."""
        return self._end or (None if self._conversation is None else self._conversation.ended)

    @property
    def is_started(self) -> bool:
        """Whether a candidate was started."""
        return self._link is not None

    @property
    def is_loaded(self) -> bool:
        """Whether the candidate has loaded the submission's files, as far as they can be loaded."""
        return self._loading is not None

    @property
    def output(self) -> tuple[str, str]:
        """First and last 8 KiB of standard output and standard error."""
        return ("", "") if self._link is None else self._link.output

    def withhold(self, obj: object) -> None:
        """Refuse to send an object to the candidate."""
        self._lent.withhold(obj)

    def renew(self, limits: Limits) -> None:
        """Begin another criterion with the same candidate: its own limits, nothing used of them."""
        self._limits = limits
        if self._conversation is not None:
            self._conversation.renew(limits)

    def close(self) -> Ending | None:
        """End the candidate; None if there was none."""
        self._end = self.ended or CandidateEnd(Outcome.UNGRADED, "the criterion is over", kind="over")
        return None if self._link is None else self._link.end()

    def _load(self) -> None:
        if self._end is not None:
            raise self._end.again()
        self._link = self._spawner.spawn(frameworks=self._frameworks, kind=self._kind)
        self._conversation = Conversation(self._link, self._limits, self._bounds, self._lent, export=self._export, handle_for=self._handle)
        try:
            reply = self._conversation.ask(self._load_request.as_message(self._provided), "while loading")
        except CandidateEnd as end:
            self._finish(_end_while_loading(end))
        self._loading = parse_loading(reply["ok"])
        self._conversation.begin_running()

    # for handles ------------------------------------------------------------------------------------------------

    def ask(self, request: dict[str, Any], doing: str = "") -> Reply:
        """Send a request to the candidate."""
        __tracebackhide__ = True
        if self._end is not None:
            raise self._end.again()
        if self._loading is None:
            self._load()
        assert self._conversation is not None
        return self._conversation.ask(request, doing)

    def call(self, request: dict[str, Any], doing: str, called: RemoteCallable) -> Any:
        """Call something in the candidate, and let what was called keep the testimony."""
        __tracebackhide__ = True
        request["args"] = [self._argument(value) for value in request["args"]]
        request["kwargs"] = {name: self._argument(value) for name, value in request["kwargs"].items()}
        reply = self.ask(request, doing)
        if "testimony" in reply:
            called.testimony = parse_testimony(reply["testimony"])
        return reply["ok"]

    def _argument(self, value: Any) -> Any:
        return self.lend_model(value) if is_keras_model(value) else value

    def drop(self, number: int) -> None:
        """A handle is gone."""
        if self._conversation is not None:
            self._conversation.drop(number)

    def _handle(self, ref: Ref) -> Handle:
        handle = self._handles.get(ref.id)
        if handle is None:
            if len(self._handles) >= self._bounds.handles:
                raise WireError(f"more than {self._bounds.handles} handles")
            handle = self._handles[ref.id] = Handle(self, ref)
        if self._conversation is not None:
            self._conversation.keep(ref.id)
        return handle

    def _export(self, obj: object) -> object:
        if isinstance(obj, Handle | RemoteCallable):
            if obj._autograder_owner is not self:  # noqa: SLF001
                raise WireError(f"{obj!r} belongs to another candidate: use .value()")
            return obj._autograder_reference()  # noqa: SLF001
        return self._lent.export(obj)

    # ends -------------------------------------------------------------------------------------------------------

    def _finish(self, end: CandidateEnd) -> NoReturn:
        self._end = self._end or end
        raise end

    def _raise_missing(self, name: str) -> NoReturn:
        loading, request = self.loading, self._load_request
        file = request.defines.get(name)
        if file is None and loading.failed:
            file = next(iter(loading.failed))
        if file in loading.failed:
            self._finish(_not_loaded(str(file), loading))
        what = f"{'class' if name[:1].isupper() else 'function'} `{name}`"
        if file is not None and file not in request.files:
            self._finish(MissingName(Outcome.MISSING, f"{what} not found: the file `{file}` was not handed in", kind="missing"))
        near = find_similar(name, loading.names)
        found = f" (found: `{near}`)" if near else ""
        self._finish(MissingName(Outcome.MISSING, f"{what} not found{found}", kind="missing"))


def _not_loaded(file: str, loading: Loading) -> CandidateEnd:
    trace = loading.failed[file]
    if file in loading.forbidden:
        return CandidateEnd(Outcome.FORBIDDEN, f"{file} could not be loaded: {trace.brief()}", kind="forbidden import", trace=trace)
    if trace.type == "SystemExit":
        return MissingName(Outcome.NOT_LOADED, f"the submission ended the process while loading {file}", kind="not loaded", trace=trace)
    if trace.type == "MemoryError":
        return CandidateEnd(Outcome.MEMORY, f"{file} could not be loaded: it ran out of memory", kind="memory limit", trace=trace)
    return MissingName(Outcome.NOT_LOADED, f"{file} could not be loaded: {trace.brief()}", kind="not loaded", trace=trace)


def _end_while_loading(end: CandidateEnd) -> CandidateEnd:
    if end.outcome is Outcome.TIMEOUT:
        hint = "Hint: put training code under `if __name__ == '__main__':`."
        return CandidateEnd(end.outcome, f"{end.message}\n{hint}", kind=end.kind)
    if end.outcome is Outcome.CRASHED and end.kind != "protocol":
        return CandidateEnd(Outcome.NOT_LOADED, end.message, kind="not loaded")
    return end


def find_similar(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant: the same letters in another style, or a close match."""
    plain = {found.replace("_", "").casefold(): found for found in names}
    same = plain.get(name.replace("_", "").casefold())
    if same is not None:
        return same
    close = difflib.get_close_matches(name, [found for found in plain.values() if len(found) <= 80][:1000], n=1, cutoff=0.75)
    return close[0] if close else None


def parse_loading(reply: object) -> Loading:
    """Read the reply to a load request; whatever is malformed in it is left out."""
    parts = reply if isinstance(reply, dict) else {}
    names, files, failed = (_texts(parts.get(key)) for key in ("names", "defined_in", "failed"))
    records = {file: record for file, record in failed.items() if isinstance(record, dict)}
    cells = parts.get("cells")
    return Loading(
        names={name: kind for name, kind in names.items() if kind in ("callable", "class", "value")},
        defined_in={name: file for name, file in files.items() if type(file) is str},
        failed={file: parse_trace(record) for file, record in records.items()},
        cells=tuple(_parse_cells(cells)) if isinstance(cells, list) else (),
        forbidden={file: str(record["forbidden"]) for file, record in records.items() if type(record.get("forbidden")) is str},
    )


def _texts(value: object) -> dict[str, Any]:
    return {key: item for key, item in value.items() if type(key) is str} if isinstance(value, dict) else {}


def _parse_cells(cells: Sequence[Any]) -> Iterable[tuple[str, int, RemoteTrace]]:
    for cell in cells:
        if isinstance(cell, dict) and type(cell.get("file")) is str and type(cell.get("cell")) is int and isinstance(cell.get("error"), dict):
            yield cell["file"][:200], cell["cell"], parse_trace(cell["error"])


def parse_testimony(record: object) -> Testimony:
    """Read what a candidate says it saw; whatever is malformed in it is left out."""
    parts = record if isinstance(record, dict) else {}
    arguments, work, warnings = (parts.get(key) for key in ("arguments", "work", "warnings"))
    has_arguments = isinstance(arguments, list) and len(arguments) == 2 and isinstance(arguments[0], list) and isinstance(arguments[1], dict)
    is_work = isinstance(work, list) and len(work) == 2 and all(type(count) is int and count >= 0 for count in work)
    return Testimony(
        arguments=tuple(arguments[0]) if has_arguments else None,  # type: ignore[index]
        keywords=arguments[1] if has_arguments else None,  # type: ignore[index]
        work=Work(*work) if is_work else None,  # type: ignore[misc]
        warnings=tuple(text[:500] for text in warnings if type(text) is str) if isinstance(warnings, list) else (),
    )


def open_submission(spawner: Spawner, load: LoadRequest, **options: Any) -> Submission:
    """Make a submission whose candidate is started at its first use; see `Submission` for the options."""
    return Submission(spawner, load, **options)
