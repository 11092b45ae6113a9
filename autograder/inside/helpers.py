"""Finds the files that declared ones import and that were handed in beside them: helper files.

They can shadow nothing: neither a module of Python, nor a package that is installed or forbidden, nor one that a library looks
for. With such a name a library would run the student's file for its own.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.inside.refusal import shown

MAX_HELPERS = 100

#: Packages that NumPy, TensorFlow, Keras and what these bring import where they are there.
OPTIONAL_PACKAGES = frozenset(
    {
        *(
            "accelerate",
            "apex",
            "atheris",
            "attr",
            "bs4",
            "cachetools",
            "cffi",
            "chainer",
            "charset_normalizer",
            "click",
        ),
        *("cloudpickle", "colorama", "cupy", "cv2", "cycler", "Cython", "dask", "datasets", "dill", "distributed"),
        *(
            "dot_parser",
            "etils",
            "execnet",
            "flax",
            "fsspec",
            "gcsfs",
            "google",
            "graphviz",
            "grain",
            "h5netcdf",
            "h5py",
        ),
        *("holoviews", "horovod", "IPython", "ipykernel", "ipywidgets", "jax", "jaxlib", "joblib", "jupyter", "kaggle"),
        *("keras", "kubernetes", "lxml", "mako", "matplotlib", "ml_dtypes", "mpi4py", "mpl_toolkits", "mypy", "nltk"),
        *("notebook", "numba", "numexpr", "nvidia", "onnx", "onnxruntime", "openvino", "optax", "optree", "orbax"),
        *("pandas", "pexpect", "PIL", "Pillow", "platformdirs", "plotly", "polars", "portpicker", "psutil", "pyarrow"),
        *("pycocotools", "pydot", "pydot_ng", "pydotplus", "pygments", "pylab", "pyparsing", "pyspark", "pytest"),
        *(
            "pytz",
            "redis",
            "regex",
            "requests",
            "rich",
            "scipy",
            "seaborn",
            "sentencepiece",
            "setuptools",
            "simplejson",
        ),
        *("sklearn", "statsmodels", "sympy", "tables", "tensorboard", "tensorboard_plugin_profile", "tensorflow"),
        *("tensorflow_addons", "tensorflow_datasets", "tensorflow_hub", "tensorflow_io", "tensorflow_probability"),
        *("tensorflow_text", "tflite_runtime", "tf_keras", "theano", "threadpoolctl", "toolz", "torch", "torchvision"),
        *("torch_xla", "tqdm", "transformers", "tree", "triton", "ujson", "wandb", "werkzeug", "xarray", "yaml", "zmq"),
    }
)


@dataclass
class Found:
    """Helper files.

    Attributes
    ----------
    paths
        Where each lies in the upload, by the path under which it is imported.
    notes
        What cannot be imported under its name, and why.
    """

    paths: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Shelf:
    """The files of an upload that could be imported.

    Parameters
    ----------
    paths
        Python files that stand for no declared one.
    beside
        Paths of the declared files; imports are relative to their folders.
    aliases
        Package names under which the declared files are imported.
    forbidden
        Packages that the assignment does not allow.
    """

    def __init__(
        self, paths: Iterable[str], beside: Collection[str], aliases: Sequence[str], forbidden: Collection[str]
    ) -> None:
        self._forbidden = frozenset(forbidden)
        self._aliases = frozenset(part for alias in aliases for part in alias.split("."))
        folders = sorted({path.rpartition("/")[0] for path in beside}, key=len, reverse=True)
        self._by_module: dict[str, tuple[str, str]] = {}  # how it is imported: its path there, and in the upload
        for path in sorted(paths, key=lambda one: (one.count("/"), one)):
            local = next((path[len(one) + 1 :] for one in folders if one and path.startswith(f"{one}/")), path)
            for name in dict.fromkeys((local, local.rpartition("/")[2])):
                self._by_module.setdefault(_module(name), (name, path))

    def find(self, imports: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        """Find the files that some imports mean: each as it is imported, and where it lies."""
        for row in imports:
            module, names = row["module"], row["names"]
            relative = module.startswith(".")
            parts = [part for part in module.split(".") if part]
            if parts and not relative and parts[0] in self._aliases:
                parts = [part for part in parts if part not in self._aliases] or []
                relative = True
            for dotted in _meanings(parts, names):
                if dotted in self._by_module:
                    yield self._by_module[dotted]

    def refusal(self, name: str) -> str | None:
        """Say why a file cannot be imported under its name, None if it can."""
        root = _module(name).partition(".")[0]
        if root in sys.stdlib_module_names or root in sys.builtin_module_names:
            return f"`{root}` is a module of Python"
        if root in self._forbidden:
            return f"this assignment does not allow `{root}`"
        if root in OPTIONAL_PACKAGES or _is_installed(root):
            return f"`{root}` is the name of a package"
        return None


def _meanings(parts: Sequence[str], names: Iterable[str]) -> Iterator[str]:
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])
    prefix = ".".join(parts)
    for name in names:
        yield f"{prefix}.{name}" if prefix else name


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _is_installed(root: str) -> bool:
    try:
        return importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        return True


def collect(shelf: Shelf, imports: Mapping[str, Sequence[Mapping[str, Any]]], facts_of: Any) -> Found:
    """Follow imports from file to file.

    Parameters
    ----------
    imports
        Of each declared file.
    facts_of
        Reads a helper file: called with its name and its path, returns its imports, None if it cannot be read.
    """
    found = Found()
    waiting = [row for rows in imports.values() for row in rows]
    while waiting and len(found.paths) < MAX_HELPERS:
        for name, path in list(shelf.find([waiting.pop()])):
            if path in found.paths.values():
                continue
            why = shelf.refusal(name)
            if why is not None:
                note = f"{shown(path)} cannot be imported, since {why}; give it another name, or move it into the file."
                found.notes += [note] if note not in found.notes else []
                continue
            rows = facts_of(name, path)
            if rows is not None:
                found.paths[name] = path
                waiting += rows
    return found
