"""Whole notebooks, read and loaded: what Jupyter would define is defined, and nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.inside.loading.load import Loader
from autograder.inside.reading.reader import read
from autograder.inside.reading.source_files import source_file

IMPORT = "import numpy as np"
FUNCTION = "def f(x):\n    return np.sum(x)"


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder into which notebooks write."""
    monkeypatch.chdir(tmp_path)


def load(*cells: str | dict[str, Any], **helpers: str) -> tuple[dict[str, Any], list[str]]:
    """The names of a notebook that was handed in with helper files, and its losses."""
    rows = [cell if isinstance(cell, dict) else {"cell_type": "code", "source": cell} for cell in cells]
    upload = {f"{name}.py": text.encode() for name, text in helpers.items()}
    upload["hw.ipynb"] = json.dumps({"nbformat": 4, "cells": rows}).encode()
    found = read(upload, ["hw.py"])
    assert found["problems"] == []
    files = [source_file(name, content, title="hw.ipynb") for name, content in found["files"].items()]
    files += [source_file(name, text, is_helper=True) for name, text in found["helpers"].items()]
    loader = Loader(files)
    try:
        loader.load()
        return dict(loader.modules["hw"].__dict__), [loss.text for loss in loader.ledger.losses]
    finally:
        loader.unload()


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.split("\n"))


def _prompted(code: str) -> str:
    return "\n".join(("... " if line.startswith(" ") else ">>> ") + line for line in code.split("\n"))


@pytest.mark.parametrize(
    "cells",
    [
        [_indented(IMPORT), _indented(FUNCTION)],
        [_prompted(IMPORT), _prompted(FUNCTION)],
        [f"In [1]: {IMPORT}", "In [2]: def f(x):\n   ...:     return np.sum(x)"],
        ["from __future__ import annotations", IMPORT, FUNCTION.replace("x)", "x: Absent)", 1)],
        [f"%%time\n%%capture out\n{IMPORT}\nprint('a')", f"assert out.stdout == 'a\\n'\n{FUNCTION}"],
        [IMPORT, "n = 3", "%%timeit\nn = 9", f"%%timeit\n{FUNCTION}", "assert n == 3"],
        [f"pip install numpy\n{IMPORT}", "matplotlib inline", "ls", FUNCTION],
        [f"%time {IMPORT}", FUNCTION, "%timeit -n 10 f(np.ones(3))\n%prun -s cumtime f(2)\nr = %timeit -o f(1)\nr.best"],
        [f"{IMPORT}\n%load_ext autoreload\n!nvidia-smi\nfiles = !ls\nnp.sum?", FUNCTION],
        [IMPORT, "np.arange(3)", "x = _ + 1", f"assert list(x) == [1, 2, 3]\n{FUNCTION}"],
        [f"%env STEPS=3\n{IMPORT}\nimport os", f"assert os.environ['STEPS'] == '3'\n{FUNCTION}"],
        [f"if 'google.colab' in str(get_ipython()):\n    !pip install x\nelse:\n    {IMPORT}", FUNCTION],
        [f"try:\n    %tensorflow_version 2.x\nexcept Exception:\n    pass\n{IMPORT}", f"if __name__ == '__main__':\n{_indented(FUNCTION)}"],
        [IMPORT, "%%bash\nls -l", "%%html\n<b>", "%md\n# *a*", "%%foo\nx", f"{FUNCTION}\n;"],
        [f"import asyncio\n{IMPORT}", f"await asyncio.sleep(0)\n{FUNCTION}"],
        ["%%writefile tools.py\nimport numpy\nnp = numpy", "from tools import np", FUNCTION],
        [IMPORT, {"cell_type": "code", "source": "select 1", "metadata": {"vscode": {"languageId": "sql"}}}, FUNCTION],
    ],
    ids=range(17),
)  # fmt: skip
def test_notebook_defines_what_jupyter_defines(
    cells: list[str | dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way of writing that IPython takes, and nothing is lost."""
    monkeypatch.setenv("STEPS", "0")
    names, losses = load(*cells)
    assert losses == []
    assert names["f"]([1, 2]) == 3


@pytest.mark.parametrize("line", ["%run tools", "%run -i tools.py", "get_ipython().magic('run tools.py')"])
def test_notebook_that_runs_a_helper_file_has_its_names(line: str) -> None:
    """The file was handed in beside it."""
    names, losses = load(line, FUNCTION, tools=IMPORT)
    assert (losses, names["f"]([1, 2])) == ([], 3)


def test_notebook_that_runs_a_missing_file_names_the_command() -> None:
    """As its student wrote it."""
    assert load(f"%run gone.py\n{IMPORT}", FUNCTION)[1] == ["%run gone.py"]
