"""Uploads that are more than one file, or bytes that no editor keeps: each made by a function that tells the attack."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import io
import json
import marshal
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

PROGRAMS = Path(__file__).parent / "programs"
HONEST = (PROGRAMS / "001_honest.py").read_text()
ZEROS = """import numpy as np


def affine_forward(x, w, b):
    return np.zeros((x.shape[0], w.shape[1])), None


def softmax(z):
    return np.zeros(z.shape)
"""
_ZEROS_OF_A_BOMB = 300 << 20


def _folder(path: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _zip(path: Path, files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _code(source: str) -> bytes:
    """Bytecode whose source is never compared: PEP 552's unchecked hash."""
    return (
        importlib.util.MAGIC_NUMBER + struct.pack("<L8x", 0b01) + bytes(0) + marshal.dumps(compile(source, "x", "exec"))
    )


# 1xx ------------------------------------------------------------------------------------------------------------


def conftest_bundle(folder: Path) -> Path:
    """Ships conftest.py and every configuration file of pytest, so that whoever runs it there runs it differently."""
    hook = """import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.outcome = 'passed'
    return report
print('LEAK: ran')
"""
    settings = "[tool:pytest]\naddopts = -p no:assertion --collect-only\n"
    return _folder(
        folder / "bundle",
        {
            "submission.py": ZEROS, "conftest.py": hook, "pytest.ini": settings.replace("tool:", ""), "setup.cfg": settings,
            "tox.ini": settings, "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--collect-only'\n",
            "sitecustomize.py": "print('LEAK: ran')\n", "evil.pth": "import os; print('LEAK: ran')\n", "setup.py": "print('LEAK')",
        },
    )  # fmt: skip


def pycache_poison_bundle(folder: Path) -> Path:
    """Ships compiled files for its own module and for guessed ones: what is read and what would run differ."""
    cached = {name: _code(HONEST) for name in ("submission", "numpy", "reference", "layers")}
    tag = importlib.util.cache_from_source("x.py").rpartition("/")[2].removeprefix("x.")
    return _folder(
        folder / "bundle",
        {"submission.py": ZEROS, "submission.pyc": _code(HONEST)}
        | {f"__pycache__/{name}.{tag}": code for name, code in cached.items()},
    )


def shadow_bundle(folder: Path) -> Path:
    """Ships modules and packages with the names of what the grader imports: numpy, autograder, json, a namespace of each."""
    fake = "print('LEAK: shadowed')\nraise SystemExit(0)\n"
    names = (
        "numpy.py",
        "autograder/__init__.py",
        "autograder/wire/__init__.py",
        "json.py",
        "pytest.py",
        "hypothesis.py",
        "random.py",
    )
    return _folder(folder / "bundle", {"submission.py": HONEST, **dict.fromkeys(names, fake)})


def notebook_metadata_bundle(folder: Path) -> Path:
    """Edits what a course's notebook says of its cells: points, locks, ids twice, kinds, and no test cell at all."""
    settings = {
        "grade": True,
        "points": 1000,
        "locked": False,
        "grade_id": "a_values",
        "solution": False,
        "schema_version": 3,
    }
    cell = {"cell_type": "code", "metadata": {"nbgrader": settings}, "id": "same", "outputs": [], "execution_count": 1}
    tests = {**cell, "source": "score = 20"}
    notebook = {
        "cells": [{**cell, "source": ZEROS}, tests, {**tests, "cell_type": "markdown"}],
        "metadata": {"autograder": {"score": 20}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / "bundle.ipynb"
    path.write_text(json.dumps(notebook))
    return path


# 3xx ------------------------------------------------------------------------------------------------------------


def zip_of_zeros(folder: Path) -> Path:
    """Hundreds of megabytes of zeros in a small file."""
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("submission.py", "w") as member:
        for _ in range(_ZEROS_OF_A_BOMB >> 20):
            member.write(bytes(1 << 20))
    return path


def zip_that_lies(folder: Path) -> Path:
    """The same, and its size fields say that it is small."""
    path = zip_of_zeros(folder)
    real, small = struct.pack("<L", _ZEROS_OF_A_BOMB), struct.pack("<L", 100)
    path.write_bytes(path.read_bytes().replace(real, small))
    return path


def zip_that_overlaps(folder: Path) -> Path:
    """Thousands of entries that are one and the same stretch of bytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a0.py", bytes(200 << 10))
        first = archive.infolist()[0]
        for number in range(1, 3000):
            twin = zipfile.ZipInfo(f"a{number}.py")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset", "flag_bits"):
                setattr(twin, name, getattr(first, name))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
    path = folder / "bundle.zip"
    path.write_bytes(body.getvalue())
    return path


def zip_in_zip(folder: Path) -> Path:
    """Archives in archives in archives."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("submission.py", HONEST)
    for depth in range(6):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr(f"level{depth}.zip", inner.getvalue())
        inner = outer
    path = folder / "bundle.zip"
    path.write_bytes(inner.getvalue())
    return path


def zip_of_many(folder: Path) -> Path:
    """A hundred thousand entries."""
    return _zip(folder / "bundle.zip", {f"{number}.py": b"" for number in range(100_000)}, zipfile.ZIP_STORED)


def zip_of_links(folder: Path) -> Path:
    """Links and devices under the names of what is asked for, and names that lead out."""
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("submission.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return path


def zip_that_leads_out(folder: Path) -> Path:
    """Names that lead out of the folder they are unpacked to."""
    return _zip(
        folder / "bundle.zip",
        {"../../AUTOGRADER_THREAT_LEFTOVER.py": HONEST, "/tmp/AUTOGRADER_THREAT_LEFTOVER.py": HONEST},
    )


def tar_of_zeros(folder: Path) -> Path:
    """Hundreds of megabytes of zeros as a .tar.gz."""
    path = folder / "bundle.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file, tarfile.open(fileobj=file, mode="w|") as archive:
        member = tarfile.TarInfo("submission.py")
        member.size = _ZEROS_OF_A_BOMB

        class Zeros(io.RawIOBase):
            def read(self, size=-1):
                return bytes(size)

        archive.addfile(member, Zeros())
    return path


def _source(name: str, attack: str, text: str | bytes) -> Callable[[Path], Path]:
    """Make the function that writes a source; its docstring is the attack."""

    def make(folder: Path) -> Path:
        path = folder / "bundle.py"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    make.__name__, make.__doc__ = name, attack
    return make


minuses = _source(
    "minuses",
    "A hundred thousand unary minuses, on which a parser runs out of stack.",
    "x = " + "-" * 100_000 + "1\n" + HONEST,
)
branches = _source(
    "branches",
    "Twenty thousand branches in each other, as a syntax tree has them.",
    "x = 1\nif x == 0:\n    pass\n" + "".join(f"elif x == {i}:\n    pass\n" for i in range(20_000)) + HONEST,
)
terms = _source(
    "terms", "A sum of a hundred thousand terms, each in the next.", "x = " + "1 + " * 100_000 + "1\n" + HONEST
)
brackets = _source("brackets", "Thousands of brackets in each other.", "x = " + "[" * 5000 + "]" * 5000 + "\n" + HONEST)
digits = _source("digits", "A number of nearly a million digits.", "x = " + "9" * 900_000 + "\n" + HONEST)
nothing = _source("nothing", "NULs.", b"\0" * 100_000)
long_names = _source(
    "long_names",
    "Functions in each other, each of which mentions thousands of long names: facts of a hundred megabytes.",
    "".join(" " * depth + f"def f{depth}():\n" for depth in range(40))
    + " " * 40 + "; ".join("\xe9" * 90 + f"{number:05d}" for number in range(2500)) + "\n" + HONEST,
)  # fmt: skip


# 4xx ------------------------------------------------------------------------------------------------------------


def keras_model_lambda_bundle(folder: Path) -> Path:
    """Ships models whose loading runs code: a .keras with a Lambda layer, a .h5, a pickle, an .npy of objects."""
    payload = b"cos\nsystem\n(S'touch /tmp/AUTOGRADER_THREAT_LEFTOVER'\ntR."
    layer = {
        "class_name": "Lambda",
        "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}},
    }
    model = io.BytesIO()
    with zipfile.ZipFile(model, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}}))
    return _zip(
        folder / "bundle.zip",
        {"submission.py": HONEST, "model.keras": model.getvalue(), "model.h5": b"\x89HDF\r\n\x1a\n" + payload, "weights.pkl": payload,
         "weights.npy": b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }" + payload},
    )  # fmt: skip


def shipped_weights(folder: Path) -> Path:
    """Ships weights that were trained elsewhere beside its source, and loads them."""
    weights = io.BytesIO()
    np.savez(weights, w=np.ones(3))
    source = f"import numpy as np\nWEIGHTS = np.load('weights.npz')['w']\n{HONEST}"
    return _folder(folder / "bundle", {"submission.py": source, "weights.npz": weights.getvalue()})


def weights_in_the_source(folder: Path) -> Path:
    """Carries its weights in its source, as a text of a hundred thousand characters."""
    numbers = base64.b64encode(np.random.default_rng(0).bytes(75_000)).decode()
    path = folder / "bundle.py"
    path.write_text(f"import base64\nWEIGHTS = base64.b64decode('{numbers}')\n{HONEST}")
    return path


# 5xx ------------------------------------------------------------------------------------------------------------


byte_order_mark = _source(
    "byte_order_mark", "Honest: the mark that Windows' Notepad writes.", b"\xef\xbb\xbf" + HONEST.encode()
)
latin1_with_cookie = _source(
    "latin1_with_cookie",
    "Honest: Latin-1, and says so.",
    b"# -*- coding: latin-1 -*-\n" + HONEST.replace('"""Honest', '"""M\xe4dchen').encode("latin-1"),
)
windows_line_ends = _source("windows_line_ends", "Honest: line ends of Windows.", HONEST.replace("\n", "\r\n"))
utf16 = _source("utf16", "Honest: UTF-16, as PowerShell writes it.", HONEST.encode("utf-16"))
latin1_without_cookie = _source(
    "latin1_without_cookie",
    "Honest: Latin-1 in a text, without saying so.",
    HONEST.encode() + b"\n\nNAME = 'M\xfcller'\n",
)


def nested_folder(folder: Path) -> Path:
    """Honest: the file lies in a folder, among what a Mac adds."""
    return _zip(
        folder / "bundle.zip",
        {
            "my work/hand in/submission.py": HONEST,
            "__MACOSX/my work/._submission.py": b"\0\5\x16\7",
            "my work/.DS_Store": b"\0",
        },
    )


def copy_of_a_copy(folder: Path) -> Path:
    """Honest: the browser has renamed the file."""
    return _folder(folder / "bundle", {"submission (1).py": HONEST})


def text_file(folder: Path) -> Path:
    """Honest: Windows has hidden the real suffix."""
    return _folder(folder / "bundle", {"submission.py.txt": HONEST})


def other_case(folder: Path) -> Path:
    """Honest: capitals where there are none."""
    return _folder(folder / "bundle", {"Submission.PY": HONEST})


def two_candidates(folder: Path) -> Path:
    """Two different files that could both be it."""
    return _folder(folder / "bundle", {"one/submission.py": HONEST, "two/submission.py": ZEROS})


def rar_as_zip(folder: Path) -> Path:
    """Another kind of archive under a name of this one."""
    path = folder / "bundle.zip"
    path.write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(100))
    return path


def empty_zip(folder: Path) -> Path:
    """An archive with nothing in it."""
    return _zip(folder / "bundle.zip", {})


def encrypted_zip(folder: Path) -> Path:
    """An archive that wants a password."""
    path = _zip(folder / "bundle.zip", {"submission.py": HONEST}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def pipe(folder: Path) -> Path:
    """A pipe where a file is due: to open it is to wait for ever."""
    path = folder / "bundle" / "submission.py"
    path.parent.mkdir()
    os.mkfifo(path)
    return path.parent


def endless_link(folder: Path) -> Path:
    """A link to a device without end where a file is due, and one to a secret."""
    path = folder / "bundle" / "submission.py"
    path.parent.mkdir()
    path.symlink_to("/dev/zero")
    (path.parent / "layers.py").symlink_to("/etc/shadow")
    return path.parent
