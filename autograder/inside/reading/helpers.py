"""Search for helper files.

Declared files import them, and the student handed them in beside those.

They can shadow nothing: neither a module of Python, nor a package that is installed or forbidden,
nor one that a library looks for. With such a name a library would run the student's file for its
own.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.inside.reading.filenames import as_code, case_folded, find_originals
from autograder.inside.reading.refusal import few_of, quoted

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
        *(
            "cloudpickle",
            "colorama",
            "cupy",
            "cv2",
            "cycler",
            "Cython",
            "dask",
            "datasets",
            "dill",
            "distributed",
        ),
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
        *(
            "holoviews",
            "horovod",
            "IPython",
            "ipykernel",
            "ipywidgets",
            "jax",
            "jaxlib",
            "joblib",
            "jupyter",
            "kaggle",
        ),
        *(
            "keras",
            "kubernetes",
            "lxml",
            "mako",
            "matplotlib",
            "ml_dtypes",
            "mpi4py",
            "mpl_toolkits",
            "mypy",
            "nltk",
        ),
        *(
            "notebook",
            "numba",
            "numexpr",
            "nvidia",
            "onnx",
            "onnxruntime",
            "openvino",
            "optax",
            "optree",
            "orbax",
        ),
        *(
            "pandas",
            "pexpect",
            "PIL",
            "Pillow",
            "platformdirs",
            "plotly",
            "polars",
            "portpicker",
            "psutil",
            "pyarrow",
        ),
        *(
            "pycocotools",
            "pydot",
            "pydot_ng",
            "pydotplus",
            "pygments",
            "pylab",
            "pyparsing",
            "pyspark",
            "pytest",
        ),
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
        *(
            "sklearn",
            "statsmodels",
            "sympy",
            "tables",
            "tensorboard",
            "tensorboard_plugin_profile",
            "tensorflow",
        ),
        *(
            "tensorflow_addons",
            "tensorflow_datasets",
            "tensorflow_hub",
            "tensorflow_io",
            "tensorflow_probability",
        ),
        *(
            "tensorflow_text",
            "tflite_runtime",
            "tf_keras",
            "theano",
            "threadpoolctl",
            "toolz",
            "torch",
            "torchvision",
        ),
        *(
            "torch_xla",
            "tqdm",
            "transformers",
            "tree",
            "triton",
            "ujson",
            "wandb",
            "werkzeug",
            "xarray",
            "yaml",
            "zmq",
        ),
    }
)


@dataclass
class Found:
    """Helper files.

    Attributes
    ----------
    paths
        Where each lies in the upload, by the path under which it is imported.
    packages
        Folders under whose names declared files are imported.
    notes
        What cannot be imported under its name, and why; what is imported under another one.
    refused
        Where those lie that cannot be imported: a note says so of each.
    """

    paths: dict[str, str] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


class Shelf:
    """The files of an upload that could be imported.

    Parameters
    ----------
    paths
        Python files that stand for no declared one.
    data_of
        Returns the bytes of one of them; asked for where several could be meant.
    beside
        Names of the declared files by their paths; imports are relative to their folders.
    aliases
        Package names under which the declared files are imported.
    forbidden
        Packages that the assignment does not allow.
    taken
        Names of files that copies do not stand for: those of declared files and of the course.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what decides over names
        self,
        paths: Collection[str],
        data_of: Callable[[str], bytes],
        beside: Mapping[str, str],
        aliases: Sequence[str],
        forbidden: Collection[str],
        taken: Collection[str] = (),
    ) -> None:
        self._forbidden = frozenset(forbidden)
        self._aliases = frozenset(part for alias in aliases for part in alias.split("."))
        folders = sorted({path.rpartition("/")[0] for path in beside}, key=len, reverse=True)
        self._by_module: dict[
            str, tuple[str, str]
        ] = {}  # how it is imported: its path there, and in the upload
        # by how they would be imported, in small letters
        self._copies: dict[str, list[str]] = defaultdict(list)
        self._data_of = data_of
        own = [
            *beside,
            *(f"{path.rpartition('/')[0]}/{name}" for path, name in beside.items() if "/" in path),
        ]
        self._own = {_module(name) for path in own for name in _tails(path) if "/" in name}
        for path in sorted(paths, key=lambda one: (one.count("/"), one)):
            local = next(
                (path[len(one) + 1 :] for one in folders if one and path.startswith(f"{one}/")),
                path,
            )
            for name in dict.fromkeys((local, local.rpartition("/")[2], *_tails(path))):
                if name.endswith(".py"):
                    self._by_module.setdefault(_module(name), (name, path))
                self._add_copy(name, path, taken)

    def _add_copy(self, name: str, path: str, taken: Collection[str]) -> None:
        """Remember the names of which a file may be a copy.

        The case of their letters does not matter.
        """
        folder, slash, base = name.rpartition("/")
        for original in find_originals(as_code(base)):
            if original.name.lower().endswith(".py") and original.name not in taken:
                code = folder + slash + original.name[:-3] + ".py"
                copies = self._copies[case_folded(_module(code))]
                copies += [path] if path not in copies else []

    def _copy(self, dotted: str) -> tuple[str, str] | None:
        """Return the only copy of a module.

        Of several that are the same, it is the first.
        """
        copies = self._copies.get(case_folded(dotted), [])
        if (
            len({self._data_of(path) for path in copies}) != 1
            or self.refusal(f"{dotted}.py") is not None
        ):
            return None
        return dotted.replace(".", "/") + ".py", copies[0]

    def rivals(self, row: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        """Find differing copies of a module that could be imported."""
        for dotted in self._dotted(row):
            copies = self._copies.get(case_folded(dotted), [])
            if (
                dotted not in self._by_module
                and self.refusal(f"{dotted}.py") is None
                and len({self._data_of(path) for path in copies}) > 1
            ):
                yield f"{dotted.rpartition('.')[2]}.py", copies

    def packages(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Find the folders under whose names an import means a declared file."""
        for dotted in self._dotted(row):
            if dotted in self._own and self.refusal(f"{dotted}.py") is None:
                yield dotted.rpartition(".")[0]

    def find(self, imports: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        """Find the files that some imports mean.

        Each comes with its imported name and its path.
        """
        for row in imports:
            for dotted in self._dotted(row):
                found = self._by_module.get(dotted) or self._copy(dotted)
                if found is not None:
                    yield found

    def _dotted(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Find the modules that an import may mean."""
        module, names = row["module"], row["names"]
        relative = module.startswith(".")
        parts = [part for part in module.split(".") if part]
        if parts and not relative and parts[0] in self._aliases:
            parts = [part for part in parts if part not in self._aliases] or []
            relative = True
        yield from _meanings(parts, names)

    def refusal(self, name: str) -> str | None:
        """Return the reason that a file cannot be imported, or None.

        It is about the file's name.
        """
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


def _tails(path: str) -> list[str]:
    """Return a path relative to each of its folders.

    The longest comes first.
    """
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _is_installed(root: str) -> bool:
    try:
        return importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        return True


def collect_helpers(
    shelf: Shelf, imports: Mapping[str, Sequence[Mapping[str, Any]]], facts_of: Any
) -> Found:
    """Follow imports from file to file.

    Parameters
    ----------
    imports
        Of each declared file.
    facts_of
        Reads a helper file: called with its name and its path, returns its imports, None if it
        cannot be read.
    """
    found = Found()
    waiting = [row for rows in imports.values() for row in rows]
    while waiting and len(found.paths) < MAX_HELPERS:
        row = waiting.pop()
        found.packages += [one for one in shelf.packages(row) if one not in found.packages]
        for name, rivals in shelf.rivals(row):
            note = (
                f"{few_of(rivals)} could each be {name}, so none of them is imported; hand in "
                "one of them."
            )
            found.notes += [note] if note not in found.notes else []
        for name, path in list(shelf.find([row])):
            if name in found.paths:
                continue
            why = shelf.refusal(name)
            if why is not None:
                found.refused.add(path)
                note = (
                    f"{quoted(path)} cannot be imported, since {why}; give it another name, or "
                    "move it into the file."
                )
                found.notes += [note] if note not in found.notes else []
                continue
            rows = facts_of(name, path)
            if rows is not None:
                found.paths[name] = path
                base = name.rpartition("/")[2]
                if path.rpartition("/")[2] != base:
                    found.notes.append(f"{quoted(path)} was taken as {base}.")
                waiting += rows
    return found
