"""The usual effects of magics and shell commands.

A command that has no effect here gets a note.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from autograder.inside.reading.refusal import few, quoted

MAX_SHOWN = 60
MAX_LISTED = 3

_RUNS_CODE = ("capture", "debug", "lprun", "memit", "mprun", "prun", "time", "timeit")
_WRAPS_CODE = (
    "black", "cache", "flake8", "ipytest", "manim", "memray_flamegraph", "mypy", "notify", "opts",
    "output", "pycodestyle", "pyinstrument", "run_pytest", "scalene", "snakeviz", "typecheck",
    "wandb", "wurlitzer",
)  # fmt: skip

#: Cell magics whose body runs in the notebook's namespace, as it does here.
BODY_MAGICS = frozenset({*_RUNS_CODE, *_WRAPS_CODE})

#: Magics that do here as they do in a notebook.
EFFECTIVE_MAGICS = frozenset(
    {"env", "pwd", "pylab", "run", "set_env", "time", "timeit", "who_ls", "writefile", "file"}
)

_ELSEWHERE = "run its code in another process, whose names do not reach the notebook"
_SHELL = "run its cell in a shell"

_LINE_EFFECTS: Mapping[str, str] = {
    "aimport": "say which modules are loaded again after a change",
    "alias": "name a shell command",
    "alias_magic": "give a magic a second name",
    "autoawait": "set how the notebook awaits",
    "autocall": "let functions be called without parentheses",
    "automagic": "let magics be written without a percent sign",
    "autoreload": "load modules again when their files change",
    "autosave": "set how often the notebook is saved",
    "bigquery": "ask a database",
    "bookmark": "remember a folder",
    "cat": "show a file",
    "cd": "change the working folder",
    "clear": "clear the screen",
    "code_wrap": "wrap the code of later cells",
    "colors": "set the colours of messages",
    "conda": "install packages",
    "config": "set an option of the notebook",
    "connect_info": "show how to connect to the kernel",
    "cp": "copy files",
    "debug": "open the debugger after an error",
    "dhist": "list the folders that were visited",
    "dirs": "list folders",
    "doctest_mode": "show prompts as doctest does",
    "edit": "open an editor",
    "gui": "connect a window system",
    "history": "list earlier cells",
    "killbgscripts": "end scripts in the background",
    "lab_black": "format the code of cells",
    "ldir": "list folders",
    "less": "show a file",
    "load": "put the text of a file into its cell",
    "load_ext": "load an extension of the notebook",
    "loadpy": "put the text of a file into its cell",
    "logoff": "stop logging cells",
    "logon": "log cells",
    "logstart": "log cells",
    "logstate": "show how cells are logged",
    "logstop": "stop logging cells",
    "ls": "list files",
    "lsmagic": "list magics",
    "macro": "name a group of cells",
    "mamba": "install packages",
    "man": "show a manual page",
    "matplotlib": "show plots in the notebook",
    "micromamba": "install packages",
    "mkdir": "make a folder",
    "more": "show a file",
    "mv": "move files",
    "nb_black": "format the code of cells",
    "notebook": "save the session as a notebook",
    "page": "show a value",
    "pastebin": "publish code",
    "pdb": "open the debugger at errors",
    "pdef": "show documentation",
    "pdoc": "show documentation",
    "pfile": "show source code",
    "pinfo": "show documentation",
    "pinfo2": "show documentation",
    "pip": "install packages",
    "popd": "change the working folder",
    "pprint": "set how values are shown",
    "precision": "set how numbers are shown",
    "psearch": "search for names",
    "psource": "show source code",
    "pushd": "change the working folder",
    "pycat": "show a file",
    "qtconsole": "open a console",
    "quickref": "show help",
    "recall": "repeat earlier code",
    "rehashx": "name all shell commands",
    "reload_ext": "load an extension of the notebook",
    "rerun": "repeat earlier code",
    "reset": "delete all names",
    "reset_selective": "delete names",
    "rm": "delete files",
    "rmdir": "delete folders",
    "save": "write cells to a file",
    "sc": "run a shell command",
    "sql": "ask a database",
    "store": "keep or restore values of another notebook",
    "sx": "run a shell command",
    "system": "run a shell command",
    "tb": "show the last error",
    "tensorboard": "show TensorBoard",
    "tensorflow_version": "choose TensorFlow's version",
    "unalias": "forget the name of a shell command",
    "unload_ext": "unload an extension of the notebook",
    "uv": "install packages",
    "wandb": "show Weights & Biases",
    "watermark": "show versions",
    "who": "list names",
    "whos": "list names",
    "xdel": "delete a name",
    "xmode": "set how errors are shown",
}  # fmt: skip

#: Line magics and aliases that a line may name without a percent sign.
BARE_MAGICS = frozenset(
    {*_LINE_EFFECTS, *EFFECTIVE_MAGICS, *_RUNS_CODE}
    - {"bigquery", "capture", "file", "wandb", "writefile"}
)

_CELL_EFFECTS: Mapping[str, str] = {
    "!": _SHELL,
    "R": "run its cell in R",
    "bash": _SHELL,
    "bigquery": "ask a database",
    "cmd": _SHELL,
    "cu": "compile its cell for a GPU",
    "cuda": "compile its cell for a GPU",
    "cython": "compile its cell with Cython",
    "file": "write its cell to a file",
    "fs": "work on a cluster's files",
    "html": "show its cell as a page",
    "javascript": "run its cell in the browser",
    "js": "run its cell in the browser",
    "julia": "run its cell in Julia",
    "latex": "show its cell as a formula",
    "markdown": "show its cell as text",
    "md": "show its cell as text",
    "octave": "run its cell in Octave",
    "perl": "run its cell in Perl",
    "pypy": _ELSEWHERE,
    "python": _ELSEWHERE,
    "python2": _ELSEWHERE,
    "python3": _ELSEWHERE,
    "r": "run its cell in R",
    "ruby": "run its cell in Ruby",
    "scala": "run its cell in Scala",
    "script": "hand its cell to a program",
    "sh": _SHELL,
    "shell": _SHELL,
    "skip": "skip its cell",
    "spark": "run its cell on a cluster",
    "sql": "ask a database",
    "svg": "show its cell as a picture",
    "sx": _SHELL,
    "system": _SHELL,
    "writefile": "write its cell to a file",
}

_INSTALL = ("install packages", "nothing is installed here")
_FETCH = ("fetch or unpack files", "commands are not run here")
_COMMAND = ("run in a shell", "commands are not run here")
_PROGRAMS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("apt", "apt-get", "brew", "conda", "mamba", "npm", "pip", "pip3", "poetry", "uv"), _INSTALL
    ),
    **dict.fromkeys(
        ("curl", "gdown", "git", "gunzip", "kaggle", "tar", "unrar", "unzip", "wget"), _FETCH
    ),
}
_MORE_NOTES = "notes on notebook commands"
_HAS_NO_EFFECT = re.compile(
    r"[^\n]+?: [^\n]+? (?:would [^\n]+; (?:it does nothing here|they do nothing here|commands are "
    r"not run here"
    r"|nothing is installed here)|is not known here and does nothing)\."
    rf"|\.\.\. and [\d,]+ more {_MORE_NOTES}\."
)
_PROGRAM = re.compile(r"!{1,2}\s*(?:sudo\s+)?(?:\S*python[\d.]*\s+-m\s+)?(?P<name>[\w.+-]+)")
_MAGIC = re.compile(r"%{0,2}\s*(?P<name>[^\s%?]+)")


def effect_notes(commands: Iterable[str], name: str) -> list[str]:
    """Return a note for each effect, on the commands that lack it.

    Parameters
    ----------
    commands
        Line magics, shell commands and questions as they were written.
    name
        The notebook or script, as messages call it.
    """
    groups: dict[tuple[str, str], dict[str, None]] = {}
    for command in commands:
        groups.setdefault(_effect(command), {})[_written(command)] = None
    notes = [_note(name, list(written), *group) for group, written in groups.items()]
    return few(notes, _MORE_NOTES)


def is_effect_note(note: str) -> bool:
    """Return True if a note reports a command without effect."""
    return _HAS_NO_EFFECT.fullmatch(note) is not None


def skipped_notes(cells: Mapping[str, Sequence[int]], name: str) -> list[str]:
    """Return a note for each cell magic, on the cells it skips.

    Parameters
    ----------
    cells
        The numbers of the cells by cell magic.
    name
        The notebook, as messages call it.
    """
    return few(
        [_skipped_note(magic, numbers, name) for magic, numbers in cells.items()], "cell magics"
    )


def name_cells(numbers: Sequence[int]) -> str:
    """Name code cells by their numbers."""
    if len(numbers) == 1:
        return f"code cell {numbers[0]}"
    first = ", ".join(
        map(str, numbers[:-1] if len(numbers) <= MAX_LISTED else numbers[:MAX_LISTED])
    )
    last = str(numbers[-1]) if len(numbers) <= MAX_LISTED else f"{len(numbers) - MAX_LISTED:,} more"
    return f"code cells {first} and {last}"


def _skipped_note(magic: str, numbers: Sequence[int], name: str) -> str:
    verb = "is" if len(numbers) == 1 else "are"
    effect = _CELL_EFFECTS.get(magic.lstrip("%"))
    shown_magic = _written(magic)
    if effect is None:
        return (
            f"{name}: {shown_magic} is not known here; {name_cells(numbers)} {verb} not run. "
            f"Without that line the code would run."
        )
    return f"{name}: {shown_magic} would {effect}; {name_cells(numbers)} {verb} not run here."


def _effect(command: str) -> tuple[str, str]:
    """Return a command's usual effect and its effect here.

    Of an unknown magic, the first is empty and the second is its name.
    """
    if command.startswith("!"):
        program = _PROGRAM.match(command)
        return _PROGRAMS.get(program["name"], _COMMAND) if program else _COMMAND
    if command.startswith("?") or command.rstrip(" \t;").endswith("?"):
        return ("show documentation", "it does nothing here")
    magic = _MAGIC.match(command)
    effects = _CELL_EFFECTS if command.startswith("%%") else _LINE_EFFECTS
    known = effects.get(magic["name"], "") if magic else ""
    if known == _INSTALL[0]:
        return _INSTALL
    return (known, "it does nothing here") if known else ("", magic["name"] if magic else "")


def _note(name: str, written: Collection[str], effect: str, here: str) -> str:
    listed = list(written)[:MAX_LISTED]
    more = len(written) - len(listed)
    if more:
        text = f"{', '.join(listed)} and {more:,} more"
    else:
        text = " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
    if not effect:
        return f"{name}: {listed[0]} is not known here and does nothing."
    return (
        f"{name}: {text} would {effect}; "
        f"{here if len(written) == 1 else here.replace('it does', 'they do')}."
    )


def _written(command: str) -> str:
    """Quote a command as written, on one short line."""
    line = " ".join(command.split("\n", 1)[0].split())
    text = line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}..."
    return f"`{quoted(text)[1:-1]}`" if "`" not in text else quoted(text)
