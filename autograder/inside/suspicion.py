"""Names that source rules and staff ask for.

An entry is a dotted name with imports followed; ``itertools.*`` is everything of a module, ``*.vectorize`` an attribute
of that name of anything.
"""

from __future__ import annotations

from collections.abc import Collection

#: Iteration inside C, which no tracer counts.
C_ITERATION = frozenset(
    {
        *("map", "filter", "reduce", "functools.reduce", "itertools.*", "builtins.map", "builtins.filter"),
        *("*.vectorize", "*.frompyfunc", "*.apply_along_axis", "*.apply_over_axes", "*.fromiter", "*.fromfunction"),
        *("*.piecewise", "*.starmap", "*.accumulate", "*.imap", "*.vmap", "*.map_fn", "*.vectorized_map"),
    }
)

#: What an exercise has no use for; correct values still earn their points, and staff are told.
SUSPICIOUS = {
    **dict.fromkeys(("exec", "builtins.exec"), "exec"),
    **dict.fromkeys(("eval", "builtins.eval"), "eval"),
    **dict.fromkeys(("compile", "builtins.compile"), "compile"),
    **dict.fromkeys(
        ("__import__", "builtins.__import__", "importlib.*", "imp.*", "runpy.*", "pkgutil.*"), "import by name"
    ),
    **dict.fromkeys(
        ("marshal.*", "pickle.*", "dill.*", "cloudpickle.*", "joblib.*", "shelve.*", "types.CodeType"), "unpacks code"
    ),
    **dict.fromkeys(("zlib.*", "gzip.*", "bz2.*", "lzma.*", "zipfile.*", "tarfile.*"), "unpacks data"),
    **dict.fromkeys(("base64.*", "binascii.*", "codecs.*"), "decodes data"),
    **dict.fromkeys(("globals", "delattr", "__builtins__", "builtins.*"), "changes names"),
    **dict.fromkeys(("*.__globals__", "*.__code__", "*.__closure__", "*.__builtins__"), "looks inside"),
    **dict.fromkeys(
        ("*.__subclasses__", "*.__bases__", "*.__mro__", "*.__reduce__", "*.__getattribute__"), "looks inside"
    ),
    **dict.fromkeys(
        ("sys._getframe", "sys.settrace", "sys.setprofile", "sys.modules", "sys.meta_path"), "looks inside"
    ),
    **dict.fromkeys(("inspect.*", "gc.*", "linecache.*", "dis.*", "ctypes.*", "mmap.*"), "looks inside"),
    **dict.fromkeys(("subprocess.*", "multiprocessing.*", "pty.*"), "starts processes"),
    **dict.fromkeys(("os.system", "os.popen", "os.fork", "os.execv", "os.spawnv"), "starts processes"),
    **dict.fromkeys(("os._exit", "os.abort"), "exits at once"),
    **dict.fromkeys(("os.kill", "os.killpg"), "ends processes"),
    **dict.fromkeys(("signal.*", "atexit.*"), "runs code at a signal or at its end"),
    **dict.fromkeys(("os.walk", "os.listdir", "os.scandir", "glob.*"), "searches the machine"),
    **dict.fromkeys(("socket.*", "urllib.*", "http.*", "requests.*", "ssl.*"), "uses the network"),
    **dict.fromkeys(("numpy.testing.*", "unittest.*", "pytest.*", "autograder.*"), "meddles with testing"),
    **dict.fromkeys(
        (
            "*.applications",
            "keras.applications.*",
            "tensorflow.keras.applications.*",
            "torchvision.*",
            "*.load_model",
            "*.from_pretrained",
            "sklearn.*",
        ),
        "uses ready-made models",
    ),
}


#: `from builtins import range`: what files that are to run under Python 2 and 3 begin with.
HARMLESS = frozenset(
    f"builtins.{name}"
    for name in (
        *("range", "object", "str", "int", "zip", "map", "filter", "input", "open", "super", "round", "bytes", "chr"),
        *("dict", "list", "pow", "next", "hex", "oct", "ascii"),
    )
)


def _entries(name: str) -> tuple[str, ...]:
    """The entries of a table of names that speak of a dotted name."""
    parts = name.split(".")
    prefixes = (".".join(parts[:count]) for count in range(1, len(parts)))
    return (name, *(f"{prefix}.*" for prefix in prefixes), *([f"*.{parts[-1]}"] if len(parts) > 1 else []))


def find_suspicion(names: Collection[str]) -> dict[str, str]:
    """Say what is suspicious about a name in any of its meanings: its kind and that meaning, or nothing."""
    for name in sorted(set(names) - HARMLESS):
        for entry in _entries(name):
            if entry in SUSPICIOUS:
                return {"kind": SUSPICIOUS[entry], "name": name}
    return {}


def is_c_iteration(name: str, calls: Collection[str]) -> bool:
    """Whether a name iterates inside C; a plain name such as ``filter`` does if it is called."""
    return any(entry in C_ITERATION for entry in _entries(name)) and ("." in name or name in calls)
