"""Matching of an upload's files to the declared files.

It reports the files that it left out.

A declared name wins over its copies (``layers (1).py``), those win over a notebook of that name,
and a file that was worked on, of whatever name, wins over the template and over a file that binds
nothing of what is asked for. Two that are equally good are a question to the student, never a
guess, unless the newest is asked for (``--latest``): then a copy may win over the declared name,
too.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.inside.reading.bindings import StudentWork
from autograder.inside.reading.filenames import (
    as_code,
    case_folded,
    find_originals,
    is_notebook,
    split_name,
)
from autograder.inside.reading.refusal import Refusal, few_of, quoted
from autograder.inside.reading.syntax.definitions import find_defined_names


@dataclass
class Selection:
    """The chosen files of an upload.

    Attributes
    ----------
    chosen
        Path by declared name.
    whole
        A notebook that stands for every declared file.
    covered
        Declared names whose functions a file holds that was taken as another one.
    notes
        What was left out or renamed, as sentences.
    unused
        Paths that stand for nothing, by what is said of them.
    renamed
        Declared names under which no file was handed in, though a copy of it was.
    held
        By names that are asked for and that no chosen file binds, but as the template does: a file
        without use that defines them.
    """

    chosen: dict[str, str] = field(default_factory=dict)
    whole: str | None = None
    covered: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    unused: dict[str, set[str]] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)

    def unused_notes(self, helpers: Collection[str]) -> list[str]:
        """Return notes of the files that were not used.

        Files that others import were used.
        """
        left = {what: sorted(paths.difference(helpers)) for what, paths in self.unused.items()}
        return [f"{what}: {few_of(paths)}." for what, paths in left.items() if paths]


def fingerprint(source: bytes) -> bytes:
    """Digest a source without regard to an editor's blanks.

    Line ends, empty lines and blanks at the ends of lines make no difference.
    """
    lines = (
        line.rstrip() for line in source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    )
    return hashlib.sha256(b"\n".join(filter(None, lines))).digest()


@dataclass(frozen=True, slots=True)
class WantedFiles:
    """The files and names that an assignment asks for.

    Attributes
    ----------
    declared
        File names, in the order in which they are loaded.
    support
        File names that the course ships itself; students' copies of them are not used.
    template
        The template of each declared file.
    asked
        The declared file that should define each function and class that is graded, empty where
        that is not known.
    aliases, forbidden
        Packages under which the files are imported, too, and those that are not allowed.
    """

    declared: Sequence[str]
    support: Collection[str] = ()
    template: Mapping[str, bytes] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    forbidden: Collection[str] = ()


def select(
    files: Mapping[str, bytes], wanted: WantedFiles, times: Mapping[str, float] | None = None
) -> Selection:
    """Choose among an upload's files.

    Parameters
    ----------
    files
        Sources and notebooks by path.
    times
        When each was changed last; with it the newest of several is taken.

    Raises
    ------
    Refusal
        No file fits, or several files fit equally well.
    """
    return _Choice(files, wanted, times).selection


class _Choice:
    """Chooses among the files of one upload."""

    def __init__(
        self, files: Mapping[str, bytes], wanted: WantedFiles, times: Mapping[str, float] | None
    ) -> None:
        self._files = files
        self._wanted = wanted
        self._times = times
        self._originals = {path: find_originals(as_code(_base(path))) for path in files}
        self._notebooks = find_notebooks(files)
        self._work = StudentWork(
            files, self._notebooks, wanted.declared, wanted.template, wanted.asked
        )
        as_given = {fingerprint(data) for data in wanted.template.values()}
        self._same_bytes = {path for path, data in files.items() if fingerprint(data) in as_given}
        self._told: set[str] = set()
        self.selection = Selection()
        self._choose()

    def _choose(self) -> None:
        found = {name: self._find_declared(name) for name in self._wanted.declared}
        chosen = {name: path for name, path in found.items() if path is not None}
        stand_ins = self._find_stand_ins(chosen)
        if stand_ins and (chosen or self._are_needed(stand_ins)):
            self._take_stand_ins(chosen, stand_ins)
        elif not chosen:
            self._choose_by_kind(list(self._files))
        else:
            self._take(chosen)
        self._note_unused()

    def _take(self, chosen: Mapping[str, str]) -> None:
        selection = self.selection
        selection.chosen = dict(chosen)
        selection.notes += [
            f"{quoted(path)} was taken as {name}." for name, path in chosen.items() if path != name
        ]
        selection.renamed += [
            name
            for name, path in chosen.items()
            if _base(path) != name and self._is_copy(path, name)
        ]

    def _note_unused(self) -> None:
        selection = self.selection
        taken = {*selection.chosen.values(), selection.whole}
        unused = {*self._files} - taken - self._told
        untouched = {path for path in unused if self._is_untouched(path)}
        selection.unused = {"Unchanged, so not used": untouched, "Not used": unused - untouched}
        done = frozenset[str]().union(
            *(self._work.bound(path) for path in taken if path is not None)
        )
        idle = sorted({*self._files} - taken, key=lambda path: (path.count("/"), path))
        for path in idle:
            if not self._is_support(path):
                selection.held = (
                    dict.fromkeys(self._work.defined(path) - done, path) | selection.held
                )

    def _tell(self, found: Collection[str], why: str, taken: str) -> None:
        """Note the file that was taken of several."""
        self.selection.notes.append(
            f"Of {few_of(list(found))} the {why} was taken: {quoted(taken)}."
        )
        self._told.update(found)

    # work -----------------------------------------------------------------------------------------

    def _is_untouched(self, path: str) -> bool:
        """Return True for the template as it was handed out.

        It may be a notebook, too.
        """
        return path in self._same_bytes or (
            self._work.is_known and self._work.is_as_handed_out(path)
        )

    def _is_work(self, path: str) -> bool:
        """Return True for a file that may have been worked on."""
        if path in self._same_bytes:
            return False
        return not self._work.is_known or self._work.is_there(path)

    def _find_stand_ins(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Find work under other names for declared files.

        The declared file holds no work or is missing.
        """
        worked_on = {name: path for name, path in chosen.items() if self._is_work(path)}
        done = frozenset[str]().union(*(self._work.bound(path) for path in worked_on.values()))
        found: dict[str, str] = {}
        for name in self._wanted.declared:
            missed = self._work.asked_of(name) - done
            if name not in worked_on and missed:
                candidates = self._candidates(name, missed, worked_on)
                best = self._best(candidates)
                if len(best) > 1 and not worked_on and len(self._wanted.declared) == 1:
                    self._only(best, name)  # refuses, unless the newest is to be taken
                elif len(best) > 1 and self._times is None:
                    what = (
                        f"{few_of(best)} could each be {name}, so none of them was taken; hand "
                        "in one of them"
                    )
                    self.selection.notes.append(f"{what}.")
                if best and (len(best) == 1 or self._times is not None):
                    found[name] = self._only(best, name)
        return found

    def _are_needed(self, stand_ins: Mapping[str, str]) -> bool:
        """Return False where one file is the only work.

        It needs no note.
        """
        paths = {*stand_ins.values()}
        return len(self._wanted.declared) > 1 and (len(paths) > 1 or not paths <= self._notebooks)

    def _candidates(
        self, name: str, missed: Collection[str], worked_on: Mapping[str, str]
    ) -> list[str]:
        """Find files that define some names under an undeclared name.

        By their own name, they stand for no declared file.
        """
        others = [one for one in self._wanted.declared if one != name]
        return [
            path
            for path in self._files
            if path not in worked_on.values()
            and path not in self._same_bytes
            and not self._is_support(path)
            and not any(self._is_fitting(path, one) for one in others)
            and self._work.defined(path).intersection(missed)
        ]

    def _best(self, candidates: list[str]) -> list[str]:
        """Drop candidates that another one surpasses, and second ones that are alike."""
        if len(candidates) > 1 and not self._work.is_known:
            return self._without_checkpoints(candidates)
        if len(candidates) > 1:
            bound = {path: self._work.bound(path) for path in candidates}
            candidates = [
                one for one in candidates if not any(bound[one] < bound[two] for two in candidates)
            ]
            candidates = self._without_checkpoints(candidates)
        if len(candidates) > 1 and self._work.are_alike(candidates):
            return [
                min(candidates, key=lambda path: (path in self._notebooks, path.count("/"), path))
            ]
        return candidates

    def _take_stand_ins(self, chosen: dict[str, str], stand_ins: Mapping[str, str]) -> None:
        """Take each file once.

        It stands for the first of its declared files.
        """
        by_path: dict[str, list[str]] = defaultdict(list)
        for name, path in stand_ins.items():
            by_path[path].append(name)
        idle = {name: chosen.pop(name) for name in stand_ins if name in chosen}
        self._take(chosen)
        for path, names in by_path.items():
            self._note_stand_in(path, names, [idle[name] for name in names if name in idle])
            if path in self._notebooks and names == list(self._wanted.declared):
                self.selection.whole = path
            else:
                self.selection.chosen[names[0]] = path
                self.selection.covered += names[1:]
        order = self._wanted.declared
        self.selection.chosen = {
            name: self.selection.chosen[name] for name in order if name in self.selection.chosen
        }

    def _note_stand_in(self, path: str, names: Sequence[str], idle: Sequence[str]) -> None:
        why = "it defines what is asked for there"
        if idle:
            verb = "is" if len(idle) == 1 else "are"
            untouched = all(map(self._is_untouched, idle))
            state = "unchanged" if untouched else "without anything that is asked for"
            why = f"{few_of(idle)} {verb} {state}"
        self.selection.notes.append(
            f"{quoted(path)} was taken as {' and '.join(names)}, since {why}."
        )
        self._told.update(idle)

    # names ----------------------------------------------------------------------------------------

    def _find_declared(self, name: str) -> str | None:
        """Return the best file for a declared name.

        The template as it was handed out is taken only where nothing else fits.
        """
        named = [path for path in self._files if _base(path) == name]
        copies = [path for path in self._files if path not in named and self._is_copy(path, name)]
        fitting = [named, copies] if self._times is None else [named + copies]
        fitting.append([path for path in self._files if self._is_notebook_of(path, name)])
        worked_on = [[path for path in found if self._is_work(path)] for found in fitting]
        touched = [[path for path in found if not self._is_untouched(path)] for found in fitting]
        best = next(filter(None, (*worked_on, *touched, *fitting)), None)
        if best is None:
            return None
        taken = self._only(best, name)
        others = [path for path in copies + fitting[-1] if self._is_rival(path, taken)]
        if taken in named and others and not self._told.intersection(others):
            self._tell([taken, *others], "one with the declared name", taken)
        return taken

    def _is_rival(self, path: str, taken: str) -> bool:
        """Return True for work that differs from the taken file's."""
        if path == taken or not self._is_work(path) or self._files[path] == self._files[taken]:
            return False
        return path not in self._notebooks or not (
            self._work.is_known and self._work.are_alike([path, taken])
        )

    def _is_copy(self, path: str, name: str) -> bool:
        return _base(path) not in self._wanted.declared and self._number(path, name) is not None

    def _number(self, path: str, name: str) -> int | None:
        """Return the number of a copy of a file, or None."""
        return next(
            (
                one.number
                for one in self._originals[path]
                if case_folded(one.name) == case_folded(name)
            ),
            None,
        )

    def _is_support(self, path: str) -> bool:
        """Return True for a copy of a course file.

        The copy may have a copy's name.
        """
        return any(one.name in self._wanted.support for one in self._originals[path])

    def _is_fitting(self, path: str, name: str) -> bool:
        """Return True for a file that fits a declared name."""
        return _base(path) == name or self._is_copy(path, name) or self._is_notebook_of(path, name)

    def _is_notebook_of(self, path: str, name: str) -> bool:
        wanted = case_folded(name.removesuffix(".py"))
        return path in self._notebooks and any(
            case_folded(split_name(one.name)[0]) == wanted for one in self._originals[path]
        )

    # several --------------------------------------------------------------------------------------

    def _only(self, found: Sequence[str], name: str) -> str:
        """Take the only candidate, or the newest on request.

        Equal copies are one candidate.
        """
        files = self._files
        best = min(found, key=lambda path: (path.count("/"), path))
        if all(files[path] == files[best] for path in found):
            return best
        newest = self._newest(found)
        if newest is None:
            raise Refusal(f"{few_of(found)} could each be {name}; {self._what_to_do(found)}")
        self._tell(found, "newest", newest)
        return newest

    def _what_to_do(self, found: Sequence[str]) -> str:
        """Return the remedy for several possible files.

        Several versions need another remedy than work that is split over several files.
        """
        bound = [self._work.bound(path) for path in found] if self._work.is_known else []
        is_split = len({*bound}) > 1 and not any(one == frozenset().union(*bound) for one in bound)
        return (
            "put your work together in one of them and hand in that"
            if is_split
            else "hand in one of them"
        )

    def _newest(self, found: Sequence[str]) -> str | None:
        """Return the file that was changed last, or None.

        Of several such files, it is the copy with the largest number.
        """
        if self._times is None:
            return None
        ages = {path: (self._times.get(path, 0.0), self._copy_number(path)) for path in found}
        newest = max(ages.values())
        last = [path for path in found if ages[path] == newest]
        return last[0] if all(self._files[path] == self._files[last[0]] for path in last) else None

    def _copy_number(self, path: str) -> int:
        return max((one.number for one in self._originals[path]), default=0)

    def _choose_by_kind(self, files: Sequence[str]) -> None:
        declared = self._wanted.declared
        fitting = [path for path in files if path in self._notebooks or len(declared) == 1]
        candidates = self._without_bystanders(
            [path for path in fitting if not self._is_support(path)]
        )
        if not candidates:
            wanted = " or ".join(declared)
            found = (
                f"found {few_of(list(self._files))}"
                if self._files
                else "found no .py or .ipynb file"
            )
            raise Refusal(f"{wanted} was not handed in: {found}")
        path = self._only(candidates, " and ".join(declared))
        if path in self._notebooks:
            self.selection.whole = path
        else:
            self.selection.chosen[declared[0]] = path
        if len(files) > 1 or "/" in path or not path.lower().endswith((".py", ".ipynb")):
            self.selection.notes.append(f"{quoted(path)} was taken as {' and '.join(declared)}.")

    def _without_bystanders(self, candidates: list[str]) -> list[str]:
        """Drop bystanders where any other file is there.

        A bystander defines no asked name, or is one of Jupyter's checkpoints.
        """
        asked = {name.partition(".")[0] for name in self._wanted.asked}
        if len(candidates) > 1 and asked:
            defining = [
                path for path in candidates if find_defined_names(self._files[path]) & asked
            ]
            candidates = defining or candidates
        worked_on = [path for path in candidates if self._is_work(path)]
        return self._best(worked_on or candidates)

    @staticmethod
    def _without_checkpoints(candidates: list[str]) -> list[str]:
        return [
            path for path in candidates if not split_name(path)[0].endswith("-checkpoint")
        ] or candidates


def find_notebooks(files: Mapping[str, bytes]) -> set[str]:
    """Find the notebooks among files, under any names."""
    return {path for path, data in files.items() if is_notebook(path) or is_notebooks_content(data)}


def is_notebooks_content(data: bytes) -> bool:
    """Return True for a notebook under any name."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"nbformat"' in data


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def find_for(paths: Collection[str], name: str) -> str | None:
    """Find the file that would stand for a declared name.

    It has that name, or is a copy or a notebook of it.
    """
    wanted = {case_folded(name), case_folded(name.removesuffix(".py") + ".ipynb")}
    fitting = [
        path
        for path in paths
        if any(case_folded(one.name) in wanted for one in find_originals(as_code(_base(path))))
    ]
    return min(fitting, key=lambda path: (_base(path) != name, path.count("/"), path), default=None)
