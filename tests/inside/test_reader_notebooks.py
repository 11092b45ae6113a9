"""Notebooks: which cells run, which become files, which are skipped, and what is no notebook."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.notebooks import Notebook, read_notebook
from autograder.inside.refusal import Refusal


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
    """The student sees which commands did nothing here."""
    found = read(notebook("%matplotlib inline\n!pip install a\nx = 1", "!wget b\n!wget b", "%cd c"))
    assert found.cells[0].split("\n")[2] == "x = 1"
    assert found.notes == [
        "hw.ipynb: notebook commands do nothing here: '%matplotlib inline', '!pip install a', '!wget b' and 1 more."
    ]


def test_many_cells_that_are_skipped_get_few_notes() -> None:
    """The first ones are named, the others counted; what comes behind them is still told."""
    notes = read(notebook("x = 1\n!ls", *["%%bash\nls"] * 4000)).notes
    assert len(notes) == 22
    assert notes[19:] == [
        "Code cell 21 was skipped: '%%bash'.",
        "... and 3,980 more cells were skipped.",
        "hw.ipynb: notebook commands do nothing here: '!ls'.",
    ]


@pytest.mark.parametrize(
    "magic", ["%%time", "%%capture out", "%%timeit -n 10", "%%prun -l 4", "%%memit", "\n# first\n%%time"]
)
def test_cell_magic_of_own_code_keeps_its_body(magic: str) -> None:
    """What runs in the notebook's namespace runs here, on the same lines."""
    (cell,) = read(notebook(f"{magic}\nx = 1\n%pwd\n")).cells
    assert cell.split("\n")[magic.count("\n") + 1 :] == ["x = 1", "get_ipython().run_line_magic('pwd', '')", ""]
    assert "%%" not in cell


@pytest.mark.parametrize(
    "magic", ["%%bash", "%%html", "%%javascript", "%%python3", "%%writefile other.py", "%%script false"]
)
def test_other_cell_magic_is_skipped_and_told(magic: str) -> None:
    """A cell of another language is no Python; numbers of later cells stay."""
    found = read(notebook("x = 1", f"{magic}\nls", "y = 2"))
    assert found == Notebook(["x = 1", "", "y = 2"], notes=[f"Code cell 2 was skipped: '{magic}'."])


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
        (b"", "hw.ipynb is no notebook, or a damaged one: line 1 is not JSON"),
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
    ids=range(20),
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
