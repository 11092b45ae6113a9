"""Runs the statements of a submission's files, one after the other; one that fails costs no other.

Jupyter goes on after a cell that failed, and a file of functions is no different: what it defines is graded.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from autograder.inside.failures import brief, own_attribute, traceback_of
from autograder.inside.losses import Loss, UnreadFile, reason_of
from autograder.inside.statements import default_names, defined_names, first_names, lightened

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Mapping
    from types import TracebackType

    from autograder.inside.failures import Record
    from autograder.inside.losses import Ledger
    from autograder.inside.sources import SourceFile
    from autograder.inside.statements import Statement

Place = tuple[str, int, int]  # file as declared, cell from 1, statement from 0
Names = dict[str, Any]
_ABSENT = object()


class Runner:
    """Runs files.

    Parameters
    ----------
    ledger
        Takes what is lost.
    builtins
        What every statement finds, whatever the one before it did to them.
    describe
        Tells an exception.
    through
        Exceptions that end the candidate itself.
    own
        Packages that the assignment's own files are imported from.
    left_out
        What ended loading, and how, by the place of a statement in which it did: such a statement is not run.
    tell
        Called with the place of each statement before it runs.
    """

    def __init__(  # noqa: PLR0913
        self,
        ledger: Ledger,
        builtins: Names,
        *,
        describe: Callable[[BaseException], Record],
        through: tuple[type[BaseException], ...],
        own: Collection[str],
        left_out: Mapping[Place, tuple[str, str]],
        tell: Callable[[Place], None] | None,
    ) -> None:
        self._ledger = ledger
        self._builtins = builtins
        self._describe = describe
        self._through = through
        self._own = own
        self._left_out = left_out
        self._tell = tell
        self._places: list[Place] = []  # of the statements that import one another
        self._defined: dict[tuple[str, str], str] = {}  # where, by module and name
        self._exits: dict[str, int] = {}  # the loss below which a module's names are not replaced
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, file: SourceFile, namespace: Names) -> None:
        """Run a file in its module's namespace.

        Raises
        ------
        SyntaxError
            It is a script that cannot be compiled.
        UnreadFile
            It could not be read.
        """
        if file.unread:
            raise UnreadFile(file.unread.rstrip("."))
        lost_before = len(self._ledger.losses)
        for number, statements in enumerate(file.statements(), start=1):
            if isinstance(statements, SyntaxError):
                if not file.is_notebook:
                    raise statements
                self._lose_cell(file, number, statements)
                continue
            for index, statement in enumerate(statements):
                self._step(file, (file.name, number, index), statement, namespace)
        if len(self._ledger.losses) > lost_before:
            _prune_all(namespace)

    def close(self) -> None:
        """Give up the event loop."""
        if self._loop is not None:
            self._loop.close()

    def lose_file(self, file: SourceFile, record: Record) -> None:
        """Enter a file of which nothing was loaded."""
        why, kind, subject = reason_of(record, "")
        line = record["frames"][-1]["line"] if record["frames"] else 0
        loss = Loss(file.name, file.shown, line, why=why, kind=kind, subject=subject, record=record)
        self._ledger.add_file(file.module, loss)

    # one statement ----------------------------------------------------------------------------------------------

    def _step(self, file: SourceFile, place: Place, statement: Statement, namespace: Names) -> None:
        if place in self._left_out:
            self._leave_out(file, place, statement, namespace)
            return
        namespace["__builtins__"] = self._builtins
        before = {name: namespace[name] for name in statement.names if name in namespace}
        self._enter(place)
        try:
            if file.module in self._exits:
                self._add_only(file, place, statement, namespace)
            else:
                self._execute(statement.code, namespace)
        except self._through:
            raise
        except BaseException as error:  # noqa: BLE001  # SystemExit and the like are kept as what they are
            if not self._try_again(file, place, statement, namespace, error):
                self._lose(file, place, statement, namespace, before, error)
                return
        finally:
            self._leave()
        self._note_names(file, place, statement)

    def _enter(self, place: Place) -> None:
        self._places.append(place)
        if self._tell is not None:
            self._tell(place)

    def _leave(self) -> None:
        self._places.pop()
        if self._tell is not None and self._places:
            self._tell(self._places[-1])  # the statement that imported this file goes on

    def _execute(self, code: Any, namespace: Names) -> None:
        result = eval(code, namespace)  # noqa: S307  # the submission: this is the sandbox
        if code.co_flags & inspect.CO_COROUTINE:
            import asyncio  # noqa: PLC0415  # 20 ms that hardly any submission needs

            self._loop = self._loop or asyncio.new_event_loop()
            self._loop.run_until_complete(result)

    def _note_names(self, file: SourceFile, place: Place, statement: Statement) -> None:
        if statement.names:
            self._ledger.found(file.module, statement.names)
            where = _where(file, place[1], statement.line)
            for name in statement.names:
                self._defined[file.module, name] = where

    def _add_only(self, file: SourceFile, place: Place, statement: Statement, namespace: Names) -> None:
        """Run a statement below an exit: Python would not have come here, so no name is replaced."""
        before = dict(namespace)
        try:
            self._execute(statement.code, namespace)
        finally:
            changed = [name for name, value in before.items() if namespace.get(name, _ABSENT) is not value]
            for name in changed:
                namespace[name] = before[name]
        exit_ = self._ledger.losses[self._exits[file.module]]
        for name in changed:
            if name in statement.names and (first := self._defined.get((file.module, name))):
                self._ledger.note(
                    f"`{name}` is defined again below `{exit_.text}` ({exit_.place}, line {exit_.line}), where Python"
                    f" stops: {first} counts, {_where(file, place[1], statement.line)} does not."
                )

    def _try_again(
        self, file: SourceFile, place: Place, statement: Statement, namespace: Names, error: BaseException
    ) -> bool:
        """Define a function or class whose annotations or decorators name what is not there."""
        if not statement.is_definition or file.module in self._exits:
            return False
        is_forbidden = own_attribute(error, "grader_forbidden") is not None
        if not (issubclass(type(error), NameError) or is_forbidden):
            return False
        where = _where(file, place[1], statement.line)
        source, name = file.cells[place[1] - 1], file.cell_name(place[1])
        decorators = [one for one in first_names(source, name, statement.line) if self._is_absent(file.module, one)]
        used = default_names(source, name, statement.line)
        default = tuple(one for one in used if self._ledger.find(file.module, one) is not None)
        tries: list[tuple[list[str], tuple[str, ...]]] = [([], ())]
        if not is_forbidden:
            tries += [one for one in ((decorators, ()), ([], default), (decorators, default)) if any(one)]
        for drop, absent in tries:
            code = lightened(source, name, statement.line, statement.code.co_flags, drop, absent)
            if code is None:
                return False
            try:
                self._execute(code, namespace)
            except self._through:
                raise
            except BaseException:  # noqa: BLE001, S112  # the first error is the one to tell
                continue
            what = f"`{statement.names[0]}` ({where})"
            lost = f"decorator `@{drop[0]}`" if drop else f"default `{absent[0]}`" if absent else ""
            name = (*drop, *absent, "")[0]
            self._ledger.note(self._lightened_note(file.module, what, error, lost, name))
            return True
        return False

    def _is_absent(self, module: str, name: str) -> bool:
        number = self._ledger.find(module, name)
        return number is not None and self._ledger.losses[number].kind == "package"

    def _lightened_note(self, module: str, what: str, error: BaseException, lost: str, name: str) -> str:
        if not name:
            return f"{what} was loaded without its annotations: {brief(self._describe(error)).partition(' (')[0]}."
        number = self._ledger.find(module, name)
        why = "" if number is None else f": {self._ledger.explain(number)}"
        return f"{what} was loaded without its {lost}{why}."

    # losing -----------------------------------------------------------------------------------------------------

    def _lose(  # noqa: PLR0913, PLR0917  # what there is to say of a loss
        self,
        file: SourceFile,
        place: Place,
        statement: Statement,
        namespace: Names,
        before: Names,
        error: BaseException,
    ) -> None:
        record = self._describe(error)
        root = self._ledger.cause_of(error, file.module)
        why, kind, subject = reason_of(record, statement.text, self._own)
        loss = self._loss(file, place, statement, why, kind, subject)
        loss.record, loss.root = record, root
        bound = [name for name in statement.names if namespace.get(name, _ABSENT) is not before.get(name, _ABSENT)]
        loss.names = tuple(name for name in statement.names if name not in bound)
        self._enter_loss(file, loss, before)
        if file.module not in self._exits and _is_exit(error, statement, file.cell_name(place[1])):
            self._exits[file.module] = len(self._ledger.losses) - 1

    def _leave_out(self, file: SourceFile, place: Place, statement: Statement, namespace: Names) -> None:
        subject, why = self._left_out[place]
        loss = self._loss(file, place, statement, why, "limit", subject)
        before = {name: namespace[name] for name in statement.names if name in namespace}
        self._enter_loss(file, loss, before)

    def _loss(  # noqa: PLR0913, PLR0917
        self, file: SourceFile, place: Place, statement: Statement, why: str, kind: str, subject: str
    ) -> Loss:
        return Loss(
            file=file.name,
            place=file.cell_name(place[1]),
            line=statement.line,
            text=statement.text,
            names=statement.names,
            why=why,
            kind=kind,
            subject=subject,
        )

    def _enter_loss(self, file: SourceFile, loss: Loss, before: Names) -> None:
        defined = {name: self._defined.get((file.module, name)) for name in loss.names if name in before}
        loss.kept = {name: where for name, where in defined.items() if where is not None}
        self._ledger.add(file.module, loss)

    def _lose_cell(self, file: SourceFile, number: int, error: SyntaxError) -> None:
        record = self._describe(error)
        why, kind, subject = reason_of(record, "")
        line = record["frames"][-1]["line"] if record["frames"] else 0
        names = defined_names(file.cells[number - 1])
        loss = Loss(file.name, file.cell_name(number), line, "", names, why, kind, subject, record)
        self._ledger.add(file.module, loss)


def _where(file: SourceFile, cell: int, line: int) -> str:
    return f"{file.cell_name(cell)}, line {line}" if file.is_notebook else f"line {line}"


def _is_exit(error: BaseException, statement: Statement, name: str) -> bool:
    """Return True if Python would have ended here because the author wanted it to: an exit, or a ``raise`` of the module's own."""
    if issubclass(type(error), SystemExit):  # isinstance would ask a hostile __class__
        return True
    trace: TracebackType | None = traceback_of(error)
    while trace is not None and trace.tb_frame.f_code.co_filename != name:
        trace = trace.tb_next
    return trace is not None and trace.tb_next is None and trace.tb_lineno in statement.raises


def _prune_all(namespace: Names) -> None:
    """Take from ``__all__`` what was lost, so that ``from layers import *`` gives the rest."""
    names = namespace.get("__all__")
    if isinstance(names, list | tuple):
        namespace["__all__"] = [name for name in names if type(name) is not str or name in namespace]
