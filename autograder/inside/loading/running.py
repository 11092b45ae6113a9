"""Execution of a submission's statements, one after the other.

A failed statement costs no other.

Jupyter goes on after a cell that failed, and a file of functions is no different: what it defines
is graded.
"""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import TYPE_CHECKING, Any

from autograder.inside.loading.failures import describe_in_one_line, own_attribute, traceback_of
from autograder.inside.loading.losses import Loss, UnreadFile, classify_failure
from autograder.inside.loading.shell import Names
from autograder.inside.reading.syntax.statements import (
    decorator_names,
    default_names,
    defined_names,
    future_flags,
    lightened,
    names_within,
    unwrapped,
    without_import,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Mapping
    from types import CodeType, TracebackType

    from autograder.inside.loading.failures import Record
    from autograder.inside.loading.losses import Ledger
    from autograder.inside.reading.source_files import SourceFile
    from autograder.inside.reading.syntax.statements import Statement

Place = tuple[str, int, int]  # file as declared, cell from 1, statement from 0
_ABSENT = object()
MAX_IMPORTS_WITHIN = 20  # of one class or `if`, each of which costs another run of it


class Runner:
    """The runner of files.

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
        What ended loading, and how, by the place of a statement in which it did: such a statement
        is not run.
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
            The file is a script that cannot be compiled.
        UnreadFile
            The file could not be read.
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
        why, kind, subject = classify_failure(record, "")
        line = record["frames"][-1]["line"] if record["frames"] else 0
        loss = Loss(file.name, file.shown, line, why=why, kind=kind, subject=subject, record=record)
        self._ledger.add_file(file.module, loss)

    # one statement --------------------------------------------------------------------------------

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
        # SystemExit and the like are kept as what they are
        except BaseException as error:  # noqa: BLE001
            left = self._go_on_without_imports(file, place, statement, namespace, error)
            if left is not None and not self._try_again(file, place, statement, namespace, left):
                self._lose(file, place, statement, namespace, before, left)
                return
        else:
            self._lighten_within(file, place, statement, namespace)
        finally:
            self._leave()
        self._note_names(file, place, statement, namespace)

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

    def _note_names(
        self, file: SourceFile, place: Place, statement: Statement, namespace: Names
    ) -> None:
        if statement.names:
            self._ledger.found(
                file.module, tuple(name for name in statement.names if name in namespace)
            )
            where = _where(file, place[1], statement.line)
            for name in statement.names:
                self._defined[file.module, name] = where

    def _add_only(
        self, file: SourceFile, place: Place, statement: Statement, namespace: Names
    ) -> None:
        """Run a statement below an exit, and replace no name.

        Python would not have come here.
        """
        before = dict(namespace)
        try:
            self._execute(statement.code, namespace)
        finally:
            changed = [
                name for name, value in before.items() if namespace.get(name, _ABSENT) is not value
            ]
            for name in changed:
                namespace[name] = before[name]
        exit_ = self._ledger.losses[self._exits[file.module]]
        for name in changed:
            if name in statement.names and (first := self._defined.get((file.module, name))):
                self._ledger.note(
                    f"`{name}` is defined again below `{exit_.text}` ({exit_.place}, line "
                    f"{exit_.line}), where Python"
                    f" stops: {first} counts, {_where(file, place[1], statement.line)} does not."
                )

    def _try_again(
        self,
        file: SourceFile,
        place: Place,
        statement: Statement,
        namespace: Names,
        error: BaseException,
    ) -> bool:
        """Retry a definition whose annotations or decorators lack names."""
        is_forbidden = own_attribute(error, "grader_forbidden") is not None
        if file.module in self._exits or not (issubclass(type(error), NameError) or is_forbidden):
            return False
        if not statement.is_definition:
            return not is_forbidden and self._bind_unwrapped(file, place, statement, namespace)
        where = _where(file, place[1], statement.line)
        source, name = file.cells[place[1] - 1], file.cell_name(place[1])
        decorators = self._absent_decorators(file, place, statement, namespace)
        used = default_names(source, name, statement.line)
        default = tuple(one for one in used if self._ledger.find(file.module, one) is not None)
        tries: list[tuple[list[str], tuple[str, ...]]] = [([], ())]
        if not is_forbidden:
            tries += [
                one for one in ((decorators, ()), ([], default), (decorators, default)) if any(one)
            ]
        for drop, absent in tries:
            code = lightened(source, name, statement.line, statement.code.co_flags, {*drop}, absent)
            if code is None:
                return False
            if not self._succeeds(code, namespace):  # the first error is the one to tell
                continue
            what = f"`{statement.names[0]}` ({where})"
            if drop or absent:
                lost = f"its decorator `@{drop[0]}`" if drop else f"its default `{absent[0]}`"
                self._note_without(file.module, what, lost, (*drop, *absent)[0])
            else:
                said = describe_in_one_line(self._describe(error)).partition(" (")[0]
                self._ledger.note(f"{what} was loaded without its annotations: {said}.")
            return True
        return False

    def _absent_decorators(
        self, file: SourceFile, place: Place, statement: Statement, namespace: Names
    ) -> list[str]:
        found = decorator_names(file.cells[place[1] - 1], file.cell_name(place[1]), statement.line)
        return [one for one in found if self._is_absent(file.module, one, namespace)]

    def _lighten_within(
        self, file: SourceFile, place: Place, statement: Statement, namespace: Names
    ) -> None:
        """Redefine a function without missing decorators inside it.

        Its inner functions have decorators of a package that is not there.
        """
        if not statement.is_definition or file.module in self._exits or not self._ledger.losses:
            return
        if not any(
            self._is_absent(file.module, one, namespace) for one in names_within(statement.code)
        ):
            return
        drop = self._absent_decorators(file, place, statement, namespace)
        source, name = file.cells[place[1] - 1], file.cell_name(place[1])
        code = (
            lightened(source, name, statement.line, statement.code.co_flags, {*drop})
            if drop
            else None
        )
        if code is not None and self._succeeds(code, namespace):
            where = _where(file, place[1], statement.line)
            self._note_without(
                file.module,
                f"`{statement.names[0]}` ({where})",
                f"its decorator `@{drop[0]}`",
                drop[0],
            )

    def _bind_unwrapped(
        self, file: SourceFile, place: Place, statement: Statement, namespace: Names
    ) -> bool:
        """Bind a name to a function without its missing wrapper.

        A package that is not there would have wrapped it.
        """
        source, name = file.cells[place[1] - 1], file.cell_name(place[1])
        flags = future_flags([statement])
        found = unwrapped(
            source,
            name,
            statement.line,
            flags,
            lambda one: self._is_absent(file.module, one, namespace),
        )
        if found is None:
            return False
        code, missing, function = found
        if function and type(namespace.get(function)) is not FunctionType:
            return False
        if not self._succeeds(code, namespace):
            return False
        where = _where(file, place[1], statement.line)
        what = f"`{', '.join(statement.names)}` ({where})"
        self._note_without(file.module, what, f"its wrapper `{missing}`", missing)
        return True

    def _go_on_without_imports(
        self,
        file: SourceFile,
        place: Place,
        statement: Statement,
        namespace: Names,
        error: BaseException,
    ) -> BaseException | None:
        """Run a class or an ``if`` without its missing imports.

        Returns the error that is left, or None.
        """
        source, name = file.cells[place[1] - 1], file.cell_name(place[1])
        gone: list[int] = []
        while (
            type(error) is ModuleNotFoundError
            and not statement.is_import
            and file.module not in self._exits
            and own_attribute(error, "grader_forbidden") is None
            and len(gone) < MAX_IMPORTS_WITHIN
        ):
            gone.append(_line_in(error, name))
            found = without_import(source, name, statement.line, future_flags([statement]), gone)
            if found is None:
                break
            record = self._describe(error)
            why, kind, subject = classify_failure(record, found.text, self._own)
            loss = self._loss(file, place, statement, why, kind, subject)
            loss.text, loss.line, loss.record = found.text, found.line, record
            loss.root = self._ledger.cause_of(error, file.module)
            loss.names = tuple(one for one in found.names if one not in namespace)
            self._enter_loss(file, loss, {})
            try:
                self._execute(found.code, namespace)
            except self._through:
                raise
            except BaseException as next_error:  # noqa: BLE001  # as for the statement itself
                error = next_error
            else:
                return None
        return error

    def _succeeds(self, code: CodeType, namespace: Names) -> bool:
        try:
            self._execute(code, namespace)
        except self._through:
            raise
        except BaseException:  # noqa: BLE001  # what there was before it stays
            return False
        return True

    def _note_without(self, module: str, what: str, lost: str, name: str) -> None:
        number = self._ledger.find(module, name)
        why = "" if number is None else f": {self._ledger.explain(number)}"
        self._ledger.note(f"{what} was loaded without {lost}{why}.")

    def _is_absent(self, module: str, name: str, namespace: Names) -> bool:
        if name in namespace or name in self._builtins:
            return False
        number = self._ledger.find(module, name)
        return number is not None and self._ledger.losses[number].kind == "package"

    # losing ---------------------------------------------------------------------------------------

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
        why, kind, subject = classify_failure(record, statement.text, self._own)
        loss = self._loss(file, place, statement, why, kind, subject)
        loss.record, loss.root = record, root
        bound = [
            name
            for name in statement.names
            if namespace.get(name, _ABSENT) is not before.get(name, _ABSENT)
        ]
        loss.names = tuple(name for name in statement.names if name not in bound)
        self._enter_loss(file, loss, before)
        if file.module not in self._exits and _is_exit(error, statement, file.cell_name(place[1])):
            self._exits[file.module] = len(self._ledger.losses) - 1

    def _leave_out(
        self, file: SourceFile, place: Place, statement: Statement, namespace: Names
    ) -> None:
        subject, why = self._left_out[place]
        loss = self._loss(file, place, statement, why, "limit", subject)
        before = {name: namespace[name] for name in statement.names if name in namespace}
        self._enter_loss(file, loss, before)

    def _loss(  # noqa: PLR0913, PLR0917
        self,
        file: SourceFile,
        place: Place,
        statement: Statement,
        why: str,
        kind: str,
        subject: str,
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
        defined = {
            name: self._defined.get((file.module, name)) for name in loss.names if name in before
        }
        loss.kept = {name: where for name, where in defined.items() if where is not None}
        self._ledger.add(file.module, loss)

    def _lose_cell(self, file: SourceFile, number: int, error: SyntaxError) -> None:
        record = self._describe(error)
        why, kind, subject = classify_failure(record, "")
        line = record["frames"][-1]["line"] if record["frames"] else 0
        names = defined_names(file.cells[number - 1])
        loss = Loss(file.name, file.cell_name(number), line, "", names, why, kind, subject, record)
        self._ledger.add(file.module, loss)


def _where(file: SourceFile, cell: int, line: int) -> str:
    return f"{file.cell_name(cell)}, line {line}" if file.is_notebook else f"line {line}"


def _line_in(error: BaseException, name: str) -> int:
    """Return the line of a source on which an exception arose.

    It is the innermost such line, or 0 if the exception arose elsewhere.
    """
    line, trace = 0, traceback_of(error)
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == name else line
        trace = trace.tb_next
    return line


def _is_exit(error: BaseException, statement: Statement, name: str) -> bool:
    """Return True if the author wanted Python to end here.

    That is an exit, or a ``raise`` of the module's own.
    """
    if issubclass(type(error), SystemExit):  # isinstance would ask a hostile __class__
        return True
    trace: TracebackType | None = traceback_of(error)
    while trace is not None and trace.tb_frame.f_code.co_filename != name:
        trace = trace.tb_next
    return trace is not None and trace.tb_next is None and trace.tb_lineno in statement.raises


def _prune_all(namespace: Names) -> None:
    """Remove lost names from ``__all__``.

    Then ``from layers import *`` gives the rest.
    """
    names = namespace.get("__all__")
    if isinstance(names, list | tuple):
        namespace["__all__"] = [
            name for name in names if type(name) is not str or name in namespace
        ]
