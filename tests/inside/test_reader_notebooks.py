"""Notebooks: which cells run, which become files, which are skipped, and what is no notebook."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.reading.notebook.notebooks import Notebook, read_notebook
from autograder.inside.reading.reader import read as read_upload
from autograder.inside.reading.refusal import Refusal


def notebook(*cells: str | dict[str, Any], **metadata: Any) -> bytes:
    """A notebook of format 4 with code cells of these sources."""
    rows = [cell if isinstance(cell, dict) else {"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": rows}).encode()


def read(data: bytes, *declared: str) -> Notebook:
    """What is read of a notebook."""
    return read_notebook(data, "hw.ipynb", declared or ("layers.py", "net.py"))


def refusal(data: bytes) -> str:
    """What `read_notebook` says against a file."""
    with pytest.raises(Refusal) as caught:
        read(data)
    return str(caught.value)


def test_cells_come_in_order_and_text_does_not() -> None:
    """Code cells only; a source is a text or a list of lines."""
    text = {"cell_type": "markdown", "source": "# Title"}
    lines = {"cell_type": "code", "source": ["x = 1\r\n", "y = 2"], "outputs": [], "execution_count": 7}
    found = read(notebook("a = 1", text, lines, {"cell_type": "raw", "source": "raw"}))
    assert found == Notebook(["a = 1", "x = 1\ny = 2"])


def test_format_3_has_worksheets() -> None:
    """Notebooks of before 2015."""
    cells = [
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python"},
        {"cell_type": "heading", "source": "T"},
    ]
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}, {"cells": cells[:1]}]}).encode()
    assert read(b"\xef\xbb\xbf" + data).cells == ["x = 1\ny = 2", "x = 1\ny = 2"]


def test_commands_become_inert_calls_and_are_told() -> None:
    """The student sees once for each effect which commands lack it."""
    found = read(notebook("%matplotlib inline\n!pip install a\nx = 1", "!wget b\n!wget b", "%cd c\n!ls\nx?\n%foo 1"))
    assert found.cells[0].split("\n")[2] == "x = 1"
    assert found.notes == [
        "hw.ipynb: `%matplotlib inline` would show plots in the notebook; it does nothing here.",
        "hw.ipynb: `!pip install a` would install packages; nothing is installed here.",
        "hw.ipynb: `!wget b` would fetch or unpack files; commands are not run here.",
        "hw.ipynb: `%cd c` would change the working folder; it does nothing here.",
        "hw.ipynb: `!ls` would run in a shell; commands are not run here.",
        "hw.ipynb: `x?` would show documentation; it does nothing here.",
        "hw.ipynb: `%foo 1` is not known here and does nothing.",
    ]


def test_commands_of_one_effect_share_a_note() -> None:
    """Three are named, the others counted."""
    found = read(notebook("!wget a\n!unzip b", "%pip install c\npip install d\n!apt-get x\n%time y = 1"))
    assert found.notes == [
        "hw.ipynb: `!wget a` and `!unzip b` would fetch or unpack files; commands are not run here.",
        "hw.ipynb: `%pip install c`, `pip install d` and `!apt-get x` would install packages; nothing is installed here.",
    ]


def test_command_with_foreign_characters_is_shown_safely() -> None:
    """Control characters are escaped and long commands are cut."""
    (note,) = read(notebook("!echo \x1b[31m`x` " + "y" * 99)).notes
    assert note == (
        "hw.ipynb: '!echo \\x1b[31m`x` " + "y" * 45 + "...' would run in a shell; commands are not run here."
    )


def test_magics_with_an_effect_leave_no_note() -> None:
    """They do here as they do in Jupyter."""
    cells = [
        "%%time\nx = 1",
        "%env A=1",
        "%pylab inline",
        "%run a.py",
        "%timeit f()",
        "%%capture o\nx",
        "%%writefile a.txt\nb",
    ]
    assert read(notebook(*cells)).notes == []


def test_many_cells_that_are_skipped_get_one_note() -> None:
    """The first ones are named, the others counted; what comes behind them is still told."""
    assert read(notebook("x = 1\n!ls", *["%%bash\nls"] * 4000)).notes == [
        "hw.ipynb: `%%bash` would run its cell in a shell; code cells 2, 3, 4 and 3,997 more are not run here.",
        "hw.ipynb: `!ls` would run in a shell; commands are not run here.",
    ]


def test_many_unknown_magics_get_few_notes() -> None:
    """Twenty of each kind, and how many more there are."""
    notes = read(notebook("x = 1", *[f"%m{n}\n" for n in range(99)], *[f"%%c{n}\nx" for n in range(99)])).notes
    assert len(notes) == 42
    assert notes[20] == "... and 79 more cell magics."
    assert notes[41] == "... and 79 more notes on notebook commands."


@pytest.mark.parametrize(
    "magic", ["%%time", "%%prun -l 4", "%%memit", "\n# first\n%%time", "%%time\n\n%%prun", "  %%time"]
)
def test_cell_magic_of_own_code_keeps_its_body(magic: str) -> None:
    """What runs in the notebook's namespace runs here, on the same lines."""
    (cell,) = read(notebook(f"{magic}\nx = 1\n%pwd\n")).cells
    assert cell.split("\n")[magic.count("\n") + 1 :] == ["x = 1", "get_ipython().run_line_magic('pwd', '')", ""]
    assert "%%" not in cell


@pytest.mark.parametrize(
    ("magic", "first"),
    [
        ("%%capture out", "get_ipython().enter_cell_magic('capture', 'out')"),
        ("%%timeit -n 10 x = 3", "get_ipython().enter_cell_magic('timeit', '-n 10'); x = 3"),
    ],
)
def test_cell_magic_that_changes_names_or_output_frames_its_body(magic: str, first: str) -> None:
    """The body keeps its lines, and the shell is told of its end."""
    assert read(notebook(f"{magic}\ny = x")).cells == [f"{first}\ny = x\nget_ipython().leave_cell_magic()"]


@pytest.mark.parametrize(
    ("magic", "effect"),
    [
        ("bash", "run its cell in a shell"),
        ("html", "show its cell as a page"),
        ("javascript", "run its cell in the browser"),
        ("python3", "run its code in another process, whose names do not reach the notebook"),
        ("script", "hand its cell to a program"),
        ("!", "run its cell in a shell"),
    ],
)
def test_other_cell_magic_is_skipped_and_told(magic: str, effect: str) -> None:
    """A cell of another language is no Python; numbers of later cells stay."""
    note = f"hw.ipynb: `%%{magic}` would {effect}; code cell 2 is not run here."
    assert read(notebook("x = 1", f"%%{magic}\nls", "y = 2")) == Notebook(["x = 1", "", "y = 2"], notes=[note])


def test_unknown_cell_magic_is_skipped_and_told_what_to_do() -> None:
    """Without its extension Jupyter would not run the cell either."""
    assert read(notebook("x = 1", "%%foo a\nx = 2", "%%foo\nx = 3")).notes == [
        "hw.ipynb: `%%foo` is not known here; code cells 2 and 3 are not run. Without that line the code would run."
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "    x = 1\n    y = 2",
        "\n\n  x = 1\n  y = 2",
        ">>> x = 1\n>>> y = 2",
        "In [3]: x = 1\n   ...: y = 2",
        "[ins] In [3]: x = 1\n         ...: y = 2",
        "    >>> x = 1\n    >>> y = 2",
    ],
)
def test_indentation_and_prompts_are_removed(cell: str) -> None:
    """As IPython does with what is pasted."""
    assert read(notebook(cell)).cells[0].split() == ["x", "=", "1", "y", "=", "2"]
    assert read(notebook(cell)).cells[0].count("\n") == cell.count("\n")


def test_prompts_with_continued_lines_and_docstrings_are_removed_where_they_are_prompts() -> None:
    """A prompt inside a text stays."""
    pasted = '>>> def f():\n...     """\n...     >>> f()\n...     """\n...\n>>> f()'
    assert read(notebook(pasted)).cells == ['def f():\n    """\n    >>> f()\n    """\n\nf()']
    own = 'def f():\n    """\n    >>> f()\n    ... 1\n    """\n    ...\n'
    assert read(notebook(own)).cells == [own]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("ls", "(ls) if 'ls' in globals() else get_ipython().run_line_magic('ls', '')"),
        ("run (3)", "(run (3)) if 'run' in globals() else get_ipython().run_line_magic('run', '(3)')"),
        ("ls -l\n", "(ls -l) if 'ls' in globals() else get_ipython().run_line_magic('ls', '-l')\n"),
        ("cd ~/x", "get_ipython().run_line_magic('cd', '~/x')"),
        ("time = 3", "time = 3"),
        ("ls.x = 3", "ls.x = 3"),
        ("exit", "exit"),
    ],
)
def test_magic_without_percent_sign_alone_in_its_cell_stands_behind_a_variable(cell: str, code: str) -> None:
    """IPython looks for a variable first."""
    assert read(notebook(cell)).cells == [code]


@pytest.mark.parametrize(
    "cell", ["%md\n# Title of *it*", "%sh\nls -l /tmp", "%sql\nselect 1 from x", "%scala\nval x = 1"]
)
def test_language_of_a_databricks_cell_keeps_it_from_running(cell: str) -> None:
    """One percent sign stands for the whole cell there."""
    found = read(notebook("x = 1", cell))
    assert found.cells == ["x = 1", ""]
    assert "code cell 2 is not run here" in found.notes[0]


def test_language_magic_above_python_is_one_line() -> None:
    """`%sql` of an extension, and Databricks' `%python`."""
    assert read(notebook("%sql select 1\nx = 1", "%python\ny = 2")).cells == [
        "get_ipython().run_line_magic('sql', 'select 1')\nx = 1",
        "\ny = 2",
    ]


@pytest.mark.parametrize(
    "mark",
    [
        {"metadata": {"vscode": {"languageId": "sql"}}},
        {"metadata": {"polyglot_notebook": {"kernelName": "sql"}}},
        {"metadata": {"dotnet_interactive": {"language": "sql"}}},
        {"language": "sql"},
    ],
)
def test_cell_that_an_editor_marks_as_another_language_is_not_run(mark: dict[str, Any]) -> None:
    """The note names the language; Python's own mark changes nothing."""
    found = read(notebook("x = 1", {"cell_type": "code", "source": "select 1", **mark}))
    assert found == Notebook(["x = 1", ""], notes=["hw.ipynb: code cell 2 is not run: marked as 'sql'."])
    python = {
        "cell_type": "code",
        "source": "y = 1",
        "language": "python",
        "metadata": {"vscode": {"languageId": "python"}},
    }
    assert read(notebook(python)).cells == ["y = 1"]


def test_main_block_of_a_notebook_runs() -> None:
    """In Jupyter a notebook is `__main__`; a text that looks like such a block stays."""
    block = "if __name__ == '__main__':\n    n = 3"
    assert read(notebook(block)).cells == ["if '__main__' == '__main__':\n    n = 3"]
    assert read(notebook(f'x = """\n{block}\n"""')).cells == [f'x = """\n{block}\n"""']


def test_tag_keeps_a_cell_from_running_unless_it_defines() -> None:
    """What a tool skips may train for hours; a definition costs nothing and may be what was asked for."""
    tagged = {"cell_type": "code", "metadata": {"tags": ["skip-execution"]}}
    found = read(notebook("x = 1", {**tagged, "source": "train()"}, {**tagged, "source": "def f():\n    pass"}))
    assert found.cells == ["x = 1", "", "def f():\n    pass"]
    assert found.notes == ["hw.ipynb: code cell 2 is not run: tagged 'skip-execution'."]


def test_other_python_file_that_a_cell_writes_is_written_and_known() -> None:
    """Later cells may read or import it."""
    found = read(notebook("%%writefile helpers.py\nx = 1", "%%writefile -a helpers.py\ny = 2", "%%writefile a.txt\nz"))
    assert found.helpers == {"helpers.py": "x = 1\ny = 2\n"}
    assert found.cells[2] == "get_ipython().run_cell_magic('writefile', 'a.txt', 'z\\n')\n"
    assert found.notes == []


@pytest.mark.parametrize("target", ["layers.py", "cs231n/layers.py", "'layers.py'", "./layers.py"])
def test_writefile_of_declared_file_becomes_that_file(target: str) -> None:
    """Its body is not run as a cell."""
    found = read(notebook("x = 1", f"%%writefile {target}\ndef f():\n    pass"))
    assert found == Notebook(["x = 1", ""], {"layers.py": "def f():\n    pass\n"})


@pytest.mark.parametrize("option", ["-a", "--append"])
def test_writefile_again_replaces_or_appends(option: str) -> None:
    """Later cells win, unless they append."""
    cells = ["%%writefile net.py\na = 0", "%%file net.py\na = 1\n\n", f"%%writefile {option} net.py\nb = 2"]
    assert read(notebook(*cells)).written == {"net.py": "a = 1\nb = 2\n"}


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "python3", "language": "python"}},
        {"kernelspec": {"name": "conda-env-dl-py"}},
        {"kernelspec": {"name": "irrigation"}},
        {"language_info": {"name": "ipython"}},
        {"kernelspec": None, "language_info": 3},
    ],
)
def test_kernel_of_python_or_unknown_is_accepted(metadata: dict[str, Any]) -> None:
    """Only a kernel that says another language is refused."""
    assert read(notebook("x = 1", **metadata)).cells == ["x = 1"]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"language_info": {"name": "R"}, "kernelspec": {"name": "python3"}}, "R"),
        ({"kernelspec": {"name": "julia-1.9", "language": "julia"}}, "julia"),
        ({"kernelspec": {"name": "ir"}}, "ir"),
        ({"kernelspec": {"name": "julia-1.10"}}, "julia-1.10"),
    ],
)
def test_kernel_of_another_language_is_refused(metadata: dict[str, Any], language: str) -> None:
    """The student is told which language the notebook says it is for."""
    assert refusal(notebook("x <- 1", **metadata)) == f"hw.ipynb is a notebook for {language!r}, not for Python"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "hw.ipynb is no notebook, or a damaged one: line 1 is not JSON"),
        (b"", "hw.ipynb is empty; save your work and hand in the file again"),
        (b"\xef\xbb\xbf \n", "hw.ipynb is empty; save your work and hand in the file again"),
        (notebook("x").decode().encode("utf-16"), "hw.ipynb is UTF-16, not UTF-8; save it as UTF-8"),
        (notebook("x").decode().encode("utf-16-le"), "hw.ipynb is UTF-16, not UTF-8; save it as UTF-8"),
        (
            b'{"cells": [\n<<<<<<< HEAD\n],\n=======\n]\n>>>>>>> main\n}',
            (
                "hw.ipynb, line 2: '<<<<<<< HEAD' is left from an unfinished merge in Git;"
                " take one of the two versions of the notebook and hand in that"
            ),
        ),
        (notebook("x")[:-9], "hw.ipynb is no notebook, or a damaged one: line 1 is not JSON"),
        (b'{"cells":\n[\n}', "hw.ipynb is no notebook, or a damaged one: line 3 is not JSON"),
        (b'"\xff"', "hw.ipynb is no notebook: it is not UTF-8 (byte 1)"),
        (b"[" * 100_000, "hw.ipynb is no notebook: its JSON is too complex"),
        (b"9" * 5_000, "hw.ipynb is no notebook: its JSON is too complex"),
        (b"[]", "hw.ipynb is no notebook: it has no cells"),
        (b'{"nbformat": 4}', "hw.ipynb is no notebook: it has no cells"),
        (b'{"cells": 3}', "hw.ipynb is a damaged notebook: its cells are no list"),
        (b'{"cells": [3]}', "hw.ipynb is a damaged notebook: a cell is no object"),
        (b'{"worksheets": [3]}', "hw.ipynb holds no code"),
        (
            notebook({"cell_type": "code", "source": 3}),
            "hw.ipynb is a damaged notebook: the source of a cell is no text",
        ),
        (
            notebook({"cell_type": "code", "source": [1]}),
            "hw.ipynb is a damaged notebook: the source of a cell is no text",
        ),
        (notebook("x = '\ud800'"), "hw.ipynb is a damaged notebook: the source of a cell is no text"),
        (notebook(), "hw.ipynb holds no code"),
        (notebook("  ", "%%bash\nls"), "hw.ipynb holds no code"),
        (notebook(*["x"] * 5_001), "hw.ipynb holds too much code; at most 1 MiB in 5,000 cells are read"),
        (notebook("x" * (1 << 20) + "y"), "hw.ipynb holds too much code; at most 1 MiB in 5,000 cells are read"),
        (notebook("!x\n" * 60_000), "hw.ipynb holds too much code; at most 1 MiB in 5,000 cells are read"),
    ],
    ids=range(24),
)
def test_file_that_is_no_notebook_says_why(data: bytes, text: str) -> None:
    """Damaged, empty, or too much."""
    assert refusal(data) == text


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["cells", "worksheets", "metadata", "source", "input", "cell_type", "kernelspec", "name", "language_info"]), inner))  # fmt: skip


@settings(deadline=None)
@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50))
def test_any_json_is_a_notebook_or_a_refusal(data: bytes) -> None:
    """Nothing else is raised, whatever the JSON looks like."""
    try:
        found = read(data)
    except Refusal:
        return
    assert all(isinstance(cell, str) for cell in found.cells)


@pytest.mark.parametrize(
    ("cell", "files"),
    [
        ("%%writefile tools.py\na = 2", {}),
        ("x = 1", {"tools.py": b"a = 2\n"}),
    ],
)
@pytest.mark.parametrize(
    "use", ["from tools import a", "%run tools.py", "%run -i './tools'", "get_ipython().magic('run tools.py')"]
)
def test_file_that_a_notebook_imports_or_runs_comes_with_it(cell: str, files: dict[str, bytes], use: str) -> None:
    """Handed in beside the notebook, or written by one of its cells."""
    found = read_upload({"hw.ipynb": notebook(cell, use), **files}, ["hw.py"])
    assert (found["helpers"], found["problems"]) == ({"tools.py": "a = 2\n"}, [])
    assert not any("tools.py" in note for note in found["notes"])
