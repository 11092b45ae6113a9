"""A submission as a rubric sees it.

It has the student's names, each a value or something to call.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograder.frameworks import find_model_framework
from autograder.inside.requests import Get, Lend, Packages, Rng, Set
from autograder.records.outcome import Limits, Outcome
from autograder.remote.bounds import Bounds, Cost
from autograder.remote.endings import CandidateEnd, EndingView, MissingName
from autograder.remote.handle import Handle, RemoteCallable, hold, is_probe
from autograder.remote.lending import (
    GENERATOR_METHODS,
    BoundedCallback,
    GeneratorStub,
    Loan,
    Stub,
    Takes,
)
from autograder.remote.loading import LoadRequest, LoadResult
from autograder.remote.session import Session, SessionSettings

if TYPE_CHECKING:
    from autograder.remote.link import Spawner


class Submission:
    """The student's modules as one namespace.

    A candidate is started at the first use.

    ``submission.affine_forward(x, w, b)`` calls; a name of plain data is its value;
    ``submission["loan"]`` reaches a name of the student's that is also one of the methods here;
    ``"f" in submission`` asks without an end.

    Parameters
    ----------
    spawner
        Starts the candidate.
    load
        What it is to load.
    provided
        Functions of the reference that take the place of the submission's, by callback.
    limits, bounds
        What the candidate may use, and what it may cost the examiner.
    frameworks
        Whether it may use the assignment's frameworks.
    kind
        Whose code it runs.
    facts
        What the reader found in the source, for source rules.
    withhold
        Objects that must never go into the candidate, such as the criterion's own generator.
    plain
        How it loaded in a candidate without functions of the reference, where that is known.
    is_later
        Whether it may have met hidden inputs in candidates before this one.
    objects
        What the reference answers with objects, as `answered_objects` said of it; None where that
        is not known.
    """

    def __init__(  # noqa: PLR0913  # what there is to say of a candidate
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
        objects: Collection[str] | None = None,
        plain: LoadResult | None = None,
        is_later: bool = False,
    ) -> None:
        settings = SessionSettings(
            provided or {},
            limits or Limits(),
            bounds or Bounds(),
            frameworks,
            kind,
            withhold,
            objects,
            plain,
            is_later,
        )
        self.facts = facts
        self._session = Session(spawner, load, settings)
        self._callables: dict[str, RemoteCallable] = {}

    # names ----------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if is_probe(name):
            raise AttributeError(f"a submission has no attribute {name!r}")
        return self[name]

    def __getitem__(self, name: str) -> Any:
        __tracebackhide__ = True
        found = self._callables.get(name)
        if found is not None:
            return found
        session = self._session
        kind = session.loading.names.get(name)
        if kind is None:
            session.finish(session.end_missing(name))
        if kind == "value":
            return self._value(name)
        self._callables[name] = RemoteCallable(session, name, {"name": name})
        return self._callables[name]

    def __contains__(self, name: object) -> bool:
        return name in self.loading.names

    def end_missing(self, name: str) -> CandidateEnd:
        """Return the end for a use of a missing name."""
        return self._session.end_missing(name)

    def __repr__(self) -> str:
        return "<the submission>"

    def _value(self, name: str) -> Any:
        value = self._session.ask(Get(name), f"while reading `{name}`")["ok"]
        if name in self._session.request.defines and not isinstance(value, Handle):
            text = f"`{name}` is no function or class (it is of type {type(value).__name__})"
            self._session.finish(MissingName(Outcome.MISSING, text, kind="missing"))
        return value

    # what rubrics do ------------------------------------------------------------------------------

    def lend(self, value: Any) -> Any:
        """Copy a value into the candidate and return its handle.

        It is for arguments that a function changes.
        """
        if find_model_framework(value) is not None:
            return self.lend_model(value)
        return self._session.ask(Lend(value), "while a value was lent")["ok"]

    def lend_model(self, model: Any) -> Any:
        """Rebuild a Keras model in the candidate, and return its handle.

        It is rebuilt from its configuration and weights.

        How it was compiled and its optimizer's variables go with it; the seed states of Dropout and
        the like do not.

        Raises
        ------
        TypeError
            The model uses something that is not Keras' own. The message names it.
        """
        return self._session.lend_model(model)

    def rng(self, seed: int | Sequence[int] | None = None) -> Any:
        """Make a `numpy.random.Generator` in the candidate and return a handle.

        Without a seed each one is another, and the same in every run.
        """
        given = list(seed) if isinstance(seed, Sequence) else seed
        return self._session.ask(Rng(given), "while a generator was made")["ok"]

    def loan(self, obj: object) -> Loan:
        """Make an argument of an object that the candidate may hold.

        The candidate may not look into it. It can be a callback's answer, too.
        """
        return Loan(obj)

    def live_loans(self) -> int:
        """Return the number of loans that the candidate holds.

        It is exact whenever the candidate has just called or answered.
        """
        return self._session.lent.live_loans

    def stub(
        self, obj: object, methods: Iterable[str] | None = None, *, max_numbers: int | None = None
    ) -> Stub:
        """Make an argument of an object with some callable methods.

        The candidate may call them. ``.calls`` records the calls.

        Of a `numpy.random.Generator` these are all by default, and each takes what NumPy's takes;
        see `autograder.remote.lending.GeneratorStub`.
        """
        if isinstance(obj, np.random.Generator):
            return GeneratorStub(
                obj, GENERATOR_METHODS if methods is None else methods, max_numbers=max_numbers
            )
        if methods is None or max_numbers is not None:
            raise TypeError(
                "stub: `methods` must be given, and `max_numbers` is for random generators"
            )
        return Stub(obj, methods)

    def callback(
        self,
        function: Callable[..., Any],
        *,
        max_calls: int | None = None,
        takes: Sequence[Takes] | None = None,
    ) -> BoundedCallback:
        """Make an argument of a function with bounds on its calls.

        A declaration tells the arguments that it takes.
        """
        return BoundedCallback(function, max_calls=max_calls, takes=takes)

    def hold(self, handle: Handle) -> Any:
        """Look into an object of the candidate without copying.

        See `autograder.remote.hold`.
        """
        return hold(handle)

    def assign(self, name: str, value: object) -> None:
        """Bind a name of the submission in its module.

        That is the module that defines it or should do so.
        """
        self._callables.pop(name, None)
        self._session.ask(Set(name, value), f"while setting `{name}`")

    def packages(self) -> frozenset[str]:
        """Return the packages that the candidate claims to have imported.

        That is testimony.
        """
        names = self._session.ask(Packages(), "while its packages were listed")["ok"]
        return (
            frozenset(name for name in names if type(name) is str)
            if isinstance(names, list)
            else frozenset()
        )

    # life -----------------------------------------------------------------------------------------

    @property
    def loading(self) -> LoadResult:
        """The result of loading.

        Asking for it loads the submission if that has not been done.
        """
        return self._session.loading

    @property
    def is_loaded(self) -> bool:
        """True if the candidate has loaded the submission's files.

        They are loaded as far as they can be.
        """
        return self._session.is_loaded

    def listen(
        self, listener: Callable[[str, Sequence[Any], Mapping[str, Any], Any], None]
    ) -> None:
        """Have each answered call told to a listener.

        The listener gets name, arguments, keywords and answer.
        """
        self._session.listener = listener

    @property
    def is_started(self) -> bool:
        """True if a candidate was started."""
        return self._session.link is not None

    @property
    def ended(self) -> CandidateEnd | None:
        """The first end of this submission's candidate, or None.

        It may be one that a test has swallowed. None means that the candidate lives.
        """
        return self._session.ended

    @property
    def last_answer(self) -> str:
        """The submission's last answer, in words.

        An example is "what `affine_forward` returned (a tuple of 2)".
        """
        return self._session.last_answer

    @property
    def answered_objects(self) -> Collection[str]:
        """The calls that gave objects which stay in the candidate.

        They are names of functions, ``.attributes`` and operators.
        """
        return self._session.objects

    @property
    def output(self) -> tuple[str, str]:
        """First and last 8 KiB of standard output and standard error."""
        return ("", "") if self._session.link is None else self._session.link.output

    @property
    def loading_output(self) -> tuple[str, str]:
        """The output of loading, which `output` leaves out.

        Its form is the same.
        """
        return self._session.loading_output

    @property
    def handed_in(self) -> Collection[str]:
        """The declared files that were handed in."""
        return {*self._session.request.files, *self._session.request.unread}

    @property
    def helpers(self) -> Collection[str]:
        """Files beside the declared ones that these import."""
        return self._session.request.helpers.keys()

    @property
    def asked_for(self) -> Mapping[str, str]:
        """The reference's functions and classes, each with its declared file."""
        return self._session.request.defines

    @property
    def has_provided(self) -> bool:
        """True if functions of the reference stand in it."""
        return self._session.has_provided

    def withhold(self, obj: object) -> None:
        """Refuse to send an object to the candidate."""
        self._session.lent.withhold(obj)

    @property
    def cost(self) -> Cost:
        """The submission's cost to the examiner in this criterion."""
        return self._session.cost

    def renew(self, limits: Limits, bounds: Bounds) -> None:
        """Begin another criterion with the same candidate.

        It has its own limits and bounds, of which nothing is used.
        """
        self._session.renew(limits, bounds)

    def close(self) -> EndingView | None:
        """End the candidate and return its ending.

        It is None if there was no candidate.
        """
        return self._session.close()


def open_submission(spawner: Spawner, load: LoadRequest, **options: Any) -> Submission:
    """Make a submission whose candidate starts at its first use.

    See `Submission` for the options.
    """
    return Submission(spawner, load, **options)
