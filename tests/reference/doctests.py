"""Runs the examples of a template with somebody's functions, and prints what fails as JSON.

Called as ``python doctests.py TEMPLATE SPELLING FOLDER...``: each folder holds files of the template's names.
A spelling changes the types of all answers, as other right functions would have them.
"""

import contextlib
import copy
import doctest
import functools
import importlib
import io
import json
import sys
import types
from pathlib import Path

import numpy as np


def as_numpy(value):
    """Numbers of NumPy, as `np.mean` returns them."""
    known = {float: np.float64, int: np.int64, bool: np.bool_}
    return known[type(value)](value) if type(value) in known else value


def as_python(value):
    """Numbers of Python, as `.item()` returns them."""
    return value.item() if isinstance(value, np.generic) else value


def with_negative_zeros(value):
    """Zeros of the other sign, as ``-(x * 0)`` returns them."""
    if isinstance(value, (float, np.floating)):
        return type(value)(-0.0) if value == 0 else value
    if type(value) is np.ndarray and value.dtype.kind == "f":
        return np.where(value == 0, -0.0, value).astype(value.dtype)
    return value


def in_single_precision(value):
    """Float32, which is accepted for float64."""
    if type(value) is np.ndarray and value.dtype == np.float64:
        return value.astype(np.float32)
    return np.float32(value) if isinstance(value, float) else value


def as_array(value):
    """Arrays without an axis for numbers."""
    return np.array(value) if type(value) is float else value


SPELLINGS = {
    "as it is": lambda value: value,
    "numpy": as_numpy,
    "python": as_python,
    "zeros": with_negative_zeros,
    "single": in_single_precision,
    "array": as_array,
}


def spelled(value, spell):
    """Return an answer and its parts in another spelling."""
    if type(value) in (tuple, list):
        return type(value)(spelled(part, spell) for part in value)
    if type(value) is dict:
        return {key: spelled(part, spell) for key, part in value.items()}
    return spell(value)


def wrapped(function, spell):
    """Return a function whose answers are spelled in another way."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        with contextlib.redirect_stdout(io.StringIO()):  # what a function prints is no part of its answer
            return spelled(function(*args, **kwargs), spell)

    return call


def load(folder, names):
    """Import the files of a folder afresh."""
    for name in names:
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        return {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(folder))


def main():
    """Print what failed, by folder."""
    sys.dont_write_bytecode = True
    template, spelling, *folders = sys.argv[1:]
    spell = SPELLINGS[spelling]
    names = sorted(path.stem for path in Path(template).glob("*.py"))
    examples = {name: doctest.DocTestFinder().find(module) for name, module in load(template, names).items()}
    failed = {}
    for folder in folders:
        told = io.StringIO()
        for name, module in load(folder, names).items():
            own = {key: value for key, value in vars(module).items() if isinstance(value, types.FunctionType)}
            functions = {key: wrapped(value, spell) for key, value in own.items() if value.__module__ == name}
            for one in examples[name]:
                test = copy.copy(one)
                test.globs = vars(module) | functions
                doctest.DocTestRunner(verbose=False).run(test, out=told.write, clear_globs=False)
        if told.getvalue():
            failed[folder] = told.getvalue()
    sys.stdout.write("\n" + json.dumps(failed))


if __name__ == "__main__":
    main()
