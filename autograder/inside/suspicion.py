"""Names that source rules and staff ask for.

An entry is a thing as `autograder.inside.scopes` writes it; ``itertools.*`` is everything of a module, ``*.vectorize``
an attribute of that name of anything.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

#: Iteration inside C, which no tracer counts.
C_ITERATION = frozenset(
    {
        *("map", "filter", "functools.reduce", "itertools.*"),
        *("*.vectorize", "*.frompyfunc", "*.apply_along_axis", "*.apply_over_axes", "*.fromiter", "*.fromfunction"),
        *("*.piecewise", "*.starmap", "*.imap", "*.vmap", "*.map_fn", "*.vectorized_map"),
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


def find_suspicion(things: Collection[str], word: str) -> dict[str, str]:
    """Say what is suspicious about an expression: its kind and the name of the thing, or nothing.

    Parameters
    ----------
    things
        What the expression may stand for.
    word
        How it is written.
    """
    for thing in sorted(set(things) - HARMLESS):
        for entry in _entries(thing):
            if entry in SUSPICIOUS:
                return {"kind": SUSPICIOUS[entry], "name": word if thing.startswith(("?", "@")) else thing}
    return {}


_DIGITS = 4  # a number with more of them was computed somewhere
_TEXT_CHARS = 24


def is_like_an_answer(node: ast.AST) -> bool:
    """Return True for a literal that could be an answer written down.

    That is a number of many digits, several numbers in a list, a number that is returned, or a long text of one word.
    """
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, str | bytes):
            return len(value) >= _TEXT_CHARS and len(value.split()) == 1
        return isinstance(value, int | float) and len(_digits(value)) >= _DIGITS
    if isinstance(node, ast.List | ast.Set):
        return sum(map(_is_number, node.elts)) > 1
    if isinstance(node, ast.Dict):
        return sum(map(_is_number, node.values)) > 1
    if isinstance(node, ast.Return):
        returned = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        return any(_is_number(one) and not _is_plain(one) for one in returned)
    return False


def _digits(value: float) -> str:
    """Return the digits of a number that matter: of 0.0125 those of 125."""
    text = repr(value) if isinstance(value, float) else str(value % 10**20)
    return text.partition("e")[0].replace(".", "").strip("-0")


def _is_number(node: ast.AST | None) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and type(inner.value) in (int, float)


def _is_plain(node: ast.AST | None) -> bool:
    """Return True for 0, 1 and -1, which functions return for good reasons."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and inner.value in (0, 1)
