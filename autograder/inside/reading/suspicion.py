"""Names that source rules and staff ask for.

An entry is a thing as `autograder.inside.reading.syntax.scopes` writes it;
``itertools.*`` is everything of a module, ``*.vectorize`` an attribute of that name of
anything.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

#: Iteration inside C, which no tracer counts.
C_ITERATION = frozenset(
    {
        *("map", "filter", "functools.reduce", "itertools.*"),
        *(
            "*.vectorize",
            "*.frompyfunc",
            "*.apply_along_axis",
            "*.apply_over_axes",
            "*.fromiter",
            "*.fromfunction",
        ),
        *("*.piecewise", "*.starmap", "*.imap", "*.vmap", "*.map_fn", "*.vectorized_map"),
    }
)

#: What an exercise has no use for; correct values still earn their points, and staff are told.
SUSPICIOUS = {
    **dict.fromkeys(("exec", "builtins.exec"), "exec"),
    **dict.fromkeys(("eval", "builtins.eval"), "eval"),
    **dict.fromkeys(("compile", "builtins.compile"), "compile"),
    **dict.fromkeys(
        ("__import__", "builtins.__import__", "importlib.*", "imp.*", "runpy.*", "pkgutil.*"),
        "import by name",
    ),
    **dict.fromkeys(
        (
            "marshal.*",
            "pickle.*",
            "dill.*",
            "cloudpickle.*",
            "joblib.*",
            "shelve.*",
            "types.CodeType",
        ),
        "unpacks code",
    ),
    **dict.fromkeys(
        ("zlib.*", "gzip.*", "bz2.*", "lzma.*", "zipfile.*", "tarfile.*"), "unpacks data"
    ),
    **dict.fromkeys(("base64.*", "binascii.*", "codecs.*"), "decodes data"),
    **dict.fromkeys(("globals", "delattr", "__builtins__", "builtins.*"), "changes names"),
    **dict.fromkeys(
        ("*.__globals__", "*.__code__", "*.__closure__", "*.__builtins__"), "looks inside"
    ),
    **dict.fromkeys(
        ("*.__subclasses__", "*.__bases__", "*.__mro__", "*.__reduce__", "*.__getattribute__"),
        "looks inside",
    ),
    **dict.fromkeys(
        ("sys._getframe", "sys.settrace", "sys.setprofile", "sys.modules", "sys.meta_path"),
        "looks inside",
    ),
    **dict.fromkeys(
        ("inspect.*", "gc.*", "linecache.*", "dis.*", "ctypes.*", "mmap.*"), "looks inside"
    ),
    **dict.fromkeys(("subprocess.*", "multiprocessing.*", "pty.*"), "starts processes"),
    **dict.fromkeys(
        ("os.system", "os.popen", "os.fork", "os.execv", "os.spawnv"), "starts processes"
    ),
    **dict.fromkeys(("os._exit", "os.abort"), "exits at once"),
    **dict.fromkeys(("os.kill", "os.killpg"), "ends processes"),
    **dict.fromkeys(("signal.*", "atexit.*"), "runs code at a signal or at its end"),
    **dict.fromkeys(("os.walk", "os.listdir", "os.scandir", "glob.*"), "searches the machine"),
    **dict.fromkeys(("socket.*", "urllib.*", "http.*", "requests.*", "ssl.*"), "uses the network"),
    **dict.fromkeys(
        ("numpy.testing.*", "unittest.*", "pytest.*", "autograder.*"), "meddles with testing"
    ),
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
        *(
            "range",
            "object",
            "str",
            "int",
            "zip",
            "map",
            "filter",
            "input",
            "open",
            "super",
            "round",
            "bytes",
            "chr",
        ),
        *("dict", "list", "pow", "next", "hex", "oct", "ascii"),
    )
)


def _entries(name: str) -> tuple[str, ...]:
    """Return the table entries that match a dotted name.

    The table is one of names.
    """
    parts = name.split(".")
    prefixes = (".".join(parts[:count]) for count in range(1, len(parts)))
    return (
        name,
        *(f"{prefix}.*" for prefix in prefixes),
        *([f"*.{parts[-1]}"] if len(parts) > 1 else []),
    )


def find_suspicion(things: Collection[str], word: str) -> dict[str, str]:
    """Return the suspicion about an expression, or nothing.

    A suspicion has a kind and the name of the thing.

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
                return {
                    "kind": SUSPICIOUS[entry],
                    "name": word if thing.startswith(("?", "@")) else thing,
                }
    return {}


_FLOAT_DIGITS, _INT_DIGITS = 3, 4  # a number with as many was computed somewhere
_TEXT_CHARS = 24


def is_like_an_answer(node: ast.AST) -> bool:
    """Return True for a literal that could be an answer written down.

    That is a number of many digits, numbers in a list, a number that is returned, or a long text of
    one word.
    """
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, str | bytes):
            return len(value) >= _TEXT_CHARS and len(value.split()) == 1
        return (type(value) is float and len(_digits(value)) >= _FLOAT_DIGITS) or (
            type(value) is int and len(_digits(value)) >= _INT_DIGITS
        )
    if isinstance(node, ast.List | ast.Set):
        inner = [
            part for one in node.elts if isinstance(one, ast.List | ast.Tuple) for part in one.elts
        ]
        return _are_numbers((*node.elts, *inner))
    if isinstance(node, ast.Dict):
        return _are_numbers(node.values)
    if isinstance(node, ast.Return):
        returned = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        return any(_is_number(one) and not _is_plain(one) for one in returned)
    return False


def _are_numbers(nodes: Collection[ast.AST]) -> bool:
    """Return True for several numbers, or one that is not whole."""
    numbers = [one for one in nodes if _is_number(one)]
    return len(numbers) > 1 or (bool(numbers) and not _is_whole(numbers[0]))


def _digits(value: float) -> str:
    """Return the significant digits of a number.

    Of 0.0125 they are those of 125, of 0.999 none.
    """
    text = repr(value) if isinstance(value, float) else str(value % 10**20)
    return text.partition("e")[0].replace(".", "").strip("-09")


def _is_number(node: ast.AST | None) -> bool:
    return type(_constant(node)) in (int, float)


def _is_plain(node: ast.AST | None) -> bool:
    """Return True for 0, 1 and -1.

    Functions return them for good reasons.
    """
    return _constant(node) in (0, 1)


def _is_whole(node: ast.AST) -> bool:
    value = _constant(node)
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _constant(node: ast.AST | None) -> object:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return inner.value if isinstance(inner, ast.Constant) else None
