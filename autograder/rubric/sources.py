"""Rules about a submission's source: what it must not use [FORB].

The facts come from the syntax tree, read in the sandbox. A rule is about things, not about words: each name is looked
up in its scope as Python does it, imports and simple assignments are followed, and what the submission itself defines
is no library's thing, whatever it is called. What a program computes (``getattr(np, "vec" + "torize")``) no rule of
the source finds: rest few points on these, beside a check of what the function does.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from autograder.inside.loading.looking import is_within
from autograder.inside.reading.suspicion import C_ITERATION
from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted, note
from autograder.rubric.reaching import Paths, Reached

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from autograder.course.facts import ImportFact, SourceFacts


@counted
@takes(
    submission=wanted.SUBMISSION,
    names=wanted.RULES,
    modules=wanted.RULES,
    functions=wanted.RULES,
    c_loops=wanted.FLAG,
)
def assert_avoids(
    submission: Any,
    *,
    names: Collection[str] = (),
    modules: Collection[str] = (),
    functions: Sequence[str] = (),
    c_loops: bool = False,
) -> None:
    """Check that functions of the submission, and what they call of it, do not use something [FORB].

    A function leads to the functions, methods and classes that it mentions, in other files of the submission, too, and
    to the top-level statements that give a value to a name which it uses: ``vec = np.vectorize(f)`` is used by a
    function that says ``vec``. Other top-level code does not count, since students try things out in it. Without
    `functions`, or if the submission binds one of them nowhere, everything counts.

    Parameters
    ----------
    submission
        The fixture.
    names
        What must not be used:

        * ``"numpy.einsum"`` for one thing, under whatever name it was imported or assigned, and for what it has
          (``numpy.add`` finds ``np.add.reduce``);
        * ``"scipy.signal.*"`` for all of a module;
        * ``"*.solve"`` for a thing of this name of any library, and for an attribute of this name of something
          unknown, such as a parameter; unless the submission itself gives something an attribute of this name (by a
          method, or ``self.solve = ...``), which is then meant. ``"*.conv*"`` is about all names that begin so;
        * ``"map"`` for the builtin, wherever the name is not bound to something else, and for a thing of this name of
          any library; one that is no builtin, ``"affine_forward"``, also for the function or class of this name
          that the submission defines;
        * ``"Net.forward"`` for a method that the submission defines.
    modules
        Packages or modules that must not be used, with all that is in them.
    functions
        The functions (or ``Class.method``) that the rule is about; all of them by default.
    c_loops
        True to forbid iteration inside C, too: ``map``, ``filter``, ``numpy.vectorize``, ``itertools`` and the like,
        which `assert_vectorised` cannot see.

    Raises
    ------
    CheckFailed
        Of kind "source", with the function, the word, its file and line.
    CourseError
        If there is no rule.

    Examples
    --------
    ::

        assert_avoids(submission, functions=["conv_forward_im2col"], modules=["scipy"], c_loops=True)
    """
    if not names and not modules and not c_loops:
        raise refuse("assert_avoids", "one of names, modules and c_loops must be given, got none")
    facts = source_facts(submission)
    if facts is None:
        note("rules about the source were not checked here")
        return
    paths = Paths(facts)
    rules = _Rules(paths, facts.members, names, modules, c_loops=c_loops)
    code = _code(paths, facts, functions)
    for one in code:
        for use in sorted(one.piece.uses, key=lambda use: use.line):
            thing = rules.find(one.piece.file, use.thing)
            if thing is not None:
                is_plain = thing in (use.word, f"@{use.word}") or thing.startswith(("@", "?"))
                what = "which is" if is_plain else f"which is {thing} and"
                raise CheckFailed(f"{_who(one, use.line)} uses {use.word}, {what} not allowed here.", "source")
    for row in _imports(facts, code):
        if rules.is_module_forbidden(row.module):
            place = _place(row.file, row.line, row.cell)
            raise CheckFailed(f"{place} imports {row.module}, which is not allowed here.", "source")


def source_facts(submission: Any) -> SourceFacts | None:
    """Return what is known of a submission's source; None for trusted code, which nobody read."""
    facts: SourceFacts | None = submission.facts
    if not isinstance(facts, Mapping):
        return facts
    from autograder.course.facts import SourceFacts as Parsed  # noqa: PLC0415  # pydantic comes with it

    return Parsed.from_wire(facts)


def _code(paths: Paths, facts: SourceFacts, functions: Sequence[str]) -> Sequence[Reached]:
    """Return what a rule looks at."""
    if not functions or not all(map(paths.is_known, functions)):
        return [Reached(piece, "") for piece in (*facts.definitions, *facts.modules)]
    return paths.reach(*functions)


def _imports(facts: SourceFacts, code: Sequence[Reached]) -> Iterator[ImportFact]:
    """Yield the imports inside the functions that a rule looks at."""
    inside = {(one.piece.file, one.piece.qualname) for one in code if one.piece.qualname}
    yield from (one for one in facts.imports if (one.file, one.function) in inside)


class _Rules:
    """What is forbidden."""

    def __init__(
        self,
        paths: Paths,
        members: Collection[str],
        names: Collection[str],
        modules: Collection[str],
        *,
        c_loops: bool,
    ) -> None:
        self._paths = paths
        self._members = members
        self._names = [_canonical(name) for name in names]
        self._modules = [_canonical(module) for module in modules]
        self._loops = sorted(C_ITERATION) if c_loops else []

    def find(self, file: str, thing: str) -> str | None:
        """Return what a thing is if it is forbidden."""
        for home, meaning in self._paths.meanings(file, thing):
            if self._is_forbidden(home, meaning):
                return meaning
        return None

    def is_module_forbidden(self, module: str) -> bool:
        """Return True for a module in one of the forbidden ones."""
        return any(is_within(_canonical(module), one) for one in self._modules)

    def _is_forbidden(self, home: str, thing: str) -> bool:
        rules = (*self._names, *self._loops)
        if thing.startswith("@"):
            return any(_is_own(home, thing[1:], rule) for rule in self._names)
        if thing.startswith("?"):
            unknown = [name for name in thing.split(".")[1:] if name not in self._members]
            return any(rule.startswith("*.") and _is_among(unknown, rule) for rule in rules)
        name = _canonical(thing)
        return self.is_module_forbidden(name) or any(_is_foreign(name, rule) for rule in rules)


def _is_own(file: str, name: str, rule: str) -> bool:
    """Return True if a rule is about what the submission itself defines."""
    module = file.removesuffix(".py").rpartition("/")[2]
    return (rule == name and not hasattr(builtins, name)) or ("." in rule and is_within(f"{module}.{name}", rule))


def _is_foreign(name: str, rule: str) -> bool:
    """Return True if a rule is about a thing that was imported, or about a builtin."""
    first, *rest = name.split(".")
    if rule.startswith("*."):
        return _is_among(rest, rule)
    if rule.endswith(".*"):
        return name.startswith(rule[:-1])
    return is_within(name, rule) if "." in rule else rule in (first, *rest)


def _is_among(names: Collection[str], rule: str) -> bool:
    """Return True if a rule such as ``*.conv`` or ``*.conv*`` is about one of several names."""
    return any(fnmatchcase(name, rule[2:]) for name in names)


def _canonical(name: str) -> str:
    """Return one name for what is there under several."""
    for other, due in (("builtins.", ""), ("tensorflow.keras.", "keras."), ("tf_keras.", "keras.")):
        if name.startswith(other):
            return due + name.removeprefix(other)
    return "keras" if name in ("tensorflow.keras", "tf_keras") else name


def _who(one: Reached, line: int) -> str:
    piece = one.piece
    place = _place(piece.file, line, piece.cell)
    if not piece.qualname:
        who = f"The top level of {place}"
    else:
        outer, _, last = piece.qualname.rpartition(".<locals>.")
        who = f"{last}, inside {outer} ({place})," if outer else f"{last} ({place})"
    is_other = one.root and one.root.partition(".")[0] not in {piece.qualname.partition(".")[0], *piece.binds}
    return f"{who.removesuffix(',')}, which {one.root} needs," if is_other else who


def _place(file: str, line: int, cell: int) -> str:
    return f"{file}, cell {cell}, line {line}" if cell else f"{file}, line {line}"
