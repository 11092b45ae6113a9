"""Facts about sources: what functions use, digests that ignore formatting, and what staff should look at."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from autograder.course.facts import DefinitionFacts, SourceFacts
from autograder.inside.reading.refusal import Refusal
from autograder.inside.reading.syntax.facts import collect_facts, file_facts
from autograder.rubric.sources import Paths

HERE = Path(__file__).parent / "facts"


def facts(*cells: str) -> SourceFacts:
    """Facts about one file, or about the cells of a notebook."""
    return SourceFacts.from_wire({"layers.py": file_facts(cells, "layers.py", is_notebook=len(cells) > 1)})


def function(source: str, name: str = "f") -> DefinitionFacts:
    """Facts about one definition."""
    found = facts(source).find(name)
    assert found is not None
    return found


def things(source: str, name: str = "f") -> set[str]:
    """What one definition mentions, by itself."""
    return {use.thing for use in function(source, name).uses}


# what functions use -----------------------------------------------------------------------------------------


def test_definitions_are_named_as_python_names_them() -> None:
    """Functions, methods, inner functions, with their lines."""
    found = facts((HERE / "definitions.txt").read_text())
    assert [(one.qualname, one.is_class, one.line) for one in found.definitions] == [
        ("f", False, 4),
        ("f.<locals>.inner", False, 5),
        ("Net", True, 11),
        ("Net.loss", False, 14),
        ("Net.Inner", True, 18),
        ("Net.Inner.m", False, 19),
        ("slow", False, 23),
        ("conditional", False, 29),
    ]


def test_function_has_the_loops_of_its_inner_functions() -> None:
    """They count for the outer one, not for the module; what an inner one mentions is told of it alone."""
    found = facts(
        "import numpy as np\ndef f(x):\n    def g():\n        for i in x: np.sum([j for j in x])\n    return g\n"
    )
    outer, inner = found.find("f"), found.find("f.<locals>.g")
    assert (outer.loops, outer.comprehensions) == (inner.loops, inner.comprehensions) == (1, 1)
    assert ({use.thing for use in outer.uses}, {use.thing for use in inner.uses}) == (set(), {"numpy.sum"})
    assert inner.parent == outer.number
    assert found.modules[0].loops == 0


def test_class_uses_what_its_methods_use() -> None:
    """A rule about a class is a rule about its methods."""
    assert function("class f:\n    def m(self):\n        while self.x: pass\n").loops == 1


@pytest.mark.parametrize(
    ("source", "thing"),
    [
        ("import numpy as np\ndef f(): np.linalg.inv(1)", "numpy.linalg.inv"),
        ("import numpy.linalg as la\ndef f(): la.inv(1)", "numpy.linalg.inv"),
        ("import numpy.linalg\ndef f(): numpy.linalg.inv(1)", "numpy.linalg.inv"),
        ("from numpy.linalg import inv as i\ndef f(): i(1)", "numpy.linalg.inv"),
        ("from numpy import linalg\ndef f(): linalg.inv(1)", "numpy.linalg.inv"),
        ("import numpy as np\nla = np.linalg\nv = la\ndef f(): v.inv(1)", "numpy.linalg.inv"),
        ("def f():\n    import numpy as np\n    np.linalg.inv(1)", "numpy.linalg.inv"),
        ("import numpy as np\ndef f(): getattr(np.linalg, 'inv')(1)", "numpy.linalg.inv"),
        ("from . import linalg\ndef f(): linalg.inv(1)", ".linalg.inv"),
        ("from .linalg import inv\ndef f(): inv(1)", ".linalg.inv"),
        ("import numpy as np\na, la = 1, np.linalg\ndef f(): la.inv(1)", "numpy.linalg.inv"),
        ("import numpy as np\nla: object = np.linalg\ndef f(): la.inv(1)", "numpy.linalg.inv"),
        ("la = __import__('numpy').linalg\ndef f(): la.inv(1)", "numpy.linalg.inv"),
        ("import importlib\ndef f(): importlib.import_module('numpy.linalg').inv(1)", "numpy.linalg.inv"),
        ("import numpy as np\ndef f(): (la := np.linalg).inv(1)", "numpy.linalg.inv"),
        ("import numpy as np\ndef f(v=np.linalg.inv): v(1)", "numpy.linalg.inv"),
        ("import numpy as np\nclass f:\n    v = np.linalg.inv", "numpy.linalg.inv"),
        ("import numpy as np\ndef g():\n    global la\n    la = np.linalg\ndef f(): la.inv(1)", "numpy.linalg.inv"),
        ("try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np\ndef f(): np.dot", "numpy.dot"),
        ("from numpy import *\nfrom keras.ops import *\ndef f(): return convolve(1)", "numpy.convolve"),
        ("from keras.ops import *\ndef f(): return conv(1)", "keras.ops.conv"),
        ("def f(x): x().y.z", "?.y.z"),
        ("def f(x): x.y[0].z", "?.z"),
        ("a = b\nb = a\ndef f(): a.x", "@a"),
        ("def g(): ...\ndef f(): return g()", "@g"),
        ("class Net:\n    def g(self): ...\ndef f(): return Net().g()", "@Net.g"),
        ("class Net:\n    def g(self): ...\nnet = Net()\ndef f(): return net.g()", "@Net.g"),
        ("class Net:\n    def g(self): ...\nclass Deep(Net): ...\ndef f(): return Deep().g()", "@Net.g"),
        ("from builtins import map\ndef f(): return map", "builtins.map"),
        ("def f(): return [map for x in map(1)]", "map"),
        ("def f(): return map(1)\ndef g(): map = 3", "map"),
        ("class A:\n    map = 1\n    def f(self): return map(1)\nf = A.f\ndef f(): return map", "map"),
    ],
)
def test_things_are_looked_up_as_python_does(source: str, thing: str) -> None:
    """A rule that forbids a function finds it under every name."""
    assert thing in things(source)


@pytest.mark.parametrize(
    "body",
    [
        "def f(map): return map(1)",
        "def f(*map): return map(1)",
        "def f(*, map=1): return map(1)",
        "def f():\n    map = 3\n    return map(1)",
        "def f(x):\n    for map in x: return map(1)",
        "def f(x):\n    with x as map: return map(1)",
        "def f(x):\n    try: ...\n    except E as map: return map(1)",
        "def f(x):\n    import mine as map\n    return map(1)",
        "def f(x):\n    def map(x): return x\n    return map(1)",
        "def f(x):\n    class map: ...\n    return map(1)",
        "def f(x):\n    match x:\n        case [map]: return map(1)",
        "def f(x):\n    match x:\n        case [1, *map]: return map(1)",
        "def f(x):\n    match x:\n        case {1: 2, **map}: return map(1)",
        "def f(x):\n    match x:\n        case 1 | 2 as map: return map(1)",
        "def f(x):\n    if (map := x): return map(1)",
        "def f(x):\n    [map := y for y in x]\n    return map(1)",
        "def f(x):\n    map: int\n    return map(1)",
        "def f(x):\n    map += 1",
        "def f(x):\n    del map",
        "def f(x): return [map(1) for map in x]",
        "def f(x): return {map: 1 for y in x for map in y}",
        "def f(x): return (lambda map: map(1))(x)",
        "def f(map):\n    def g():\n        nonlocal map\n        map = 3\n    return map(1)",
        "def f(x): return 'map(1)', f'map {x}'",
        "def f(x: map) -> map: ...",
        "def f(x):\n    y: map = 3",
        "def map(x): ...\ndef f(x): return map(1)",
        "map = 3\ndef f(x): return map(1)",
        "def g():\n    global map\n    map = 3\nmap = 2\ndef f(x): return map(1)",
    ],
)
def test_name_that_is_bound_there_is_no_builtin(body: str) -> None:
    """Parameters, locals, patterns, own functions: as Python sees them, and no text or annotation."""
    assert not {"map", "builtins.map"} & things(body)


def test_name_that_was_bound_again_is_the_later_thing() -> None:
    """A function runs after the module: what a name was before does not count."""
    again = "from numpy import convolve\n{}\ndef f(x): return convolve(x)\n"
    assert "numpy.convolve" in things(again.format(""))
    assert "numpy.convolve" in things(again.format("if 0:\n    def convolve(x): ..."))
    assert things(again.format("def convolve(x): ...")) == {"@convolve"}


def test_statement_that_gives_a_value_stands_for_itself() -> None:
    """Other top-level code is told together, the main block too."""
    found = facts("vec = g(1)\nvec[0] = h\nprint(k(vec))\nif __name__ == '__main__':\n    vec = m()\n")
    assert [(sorted(one.binds), sorted(use.word for use in one.uses)) for one in found.modules] == [
        ([], ["__name__", "m"]),
        (["vec"], ["g"]),
        (["vec"], ["h", "vec"]),
        ([], ["k", "print", "vec"]),
    ]


def test_names_are_every_identifier_and_attribute() -> None:
    """What a chain is made of, decorators, defaults and annotations included; text is no name."""
    found = function("@dec.orate\ndef f(x: ann, y=default):\n    'text'\n    return x.a[y.b(c=z)].d\n")
    assert found.names == {"dec", "orate", "ann", "default", "x", "a", "y", "b", "z", "d"}


def test_imports_say_where_they_stand() -> None:
    """At the top level, in a function, by name, by a computed name."""
    source = (HERE / "imports.txt").read_text()
    assert [(one.module, one.names, one.line, one.function) for one in facts(source).imports] == [
        ("numpy", (), 1, ""),
        ("os.path", (), 1, ""),
        ("..layers", ("*",), 2, ""),
        ("torch", (), 6, "f"),
        ("keras", (), 7, "f"),
        ("jax", (), 8, "f"),
        ("?", (), 9, "f"),
    ]
    assert "torch" in facts(source).imported_modules()


def test_reach_follows_helpers_and_methods() -> None:
    """A helper of a helper counts; what is not mentioned does not."""
    found = facts((HERE / "helpers.txt").read_text())
    assert [one.piece.qualname for one in Paths(found).reach("f")] == ["f", "_helper", "Net", "Net._step", "deep"]
    assert Paths(found).reach("nothing") == ()


def test_find_takes_the_last_definition() -> None:
    """As Python does, over cells too."""
    assert facts("def f(): return 1", "x = 1", "def f(): return 2").find("f").cell == 3


def test_cells_count_their_own_lines() -> None:
    """A place in a notebook is a cell and a line."""
    found = facts("x = 1", "\nimport torch\ndef f(): exec('')")
    assert [(one.line, one.cell) for one in (*found.imports, *found.flags, found.find("f"))] == [(2, 2), (3, 2), (3, 2)]


# digests ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "def f(x, y=1):\n    return x+y",
        "def f(x, y=1):\n    '''Doc.'''\n    return x + y  # comment",
        "def f(x: int, y: float = 1) -> int:\n    # comment\n\n    return (x + y)",
        'def f(\n    x,\n    y = 1,\n):\n    """Doc."""\n    return x \\\n        + y',
        "def f(x, y=1):\n    x: int\n    return x + y",
    ],
)
def test_digest_ignores_comments_docstrings_annotations_and_formatting(other: str) -> None:
    """A function that was only reformatted was not attempted."""
    assert function(other).digest == function("def f(x, y=1):\n    return x + y").digest


@pytest.mark.parametrize(
    "other",
    [
        "def f(x, z=1):\n    return x + z",
        "def f(x, y=2):\n    return x + y",
        "def f(x, y=1.0):\n    return x + y",
        "def f(x, y=True):\n    return x + y",
        "def f(x, y='1'):\n    return x + y",
        "def f(x, y=1):\n    return y + x",
        "def f(x, y=1):\n    return x - y",
        "def f(x, *, y=1):\n    return x + y",
        "@d\ndef f(x, y=1):\n    return x + y",
        "def f(x, y=1):\n    pass\n    return x + y",
        "def f(x, y=1):\n    return x + y\n    def g(): pass",
        "async def f(x, y=1):\n    return x + y",
    ],
)
def test_digest_changes_with_the_code(other: str) -> None:
    """Any change of the tree is an attempt."""
    assert function(other).digest != function("def f(x, y=1):\n    return x + y").digest


def test_digest_of_annotated_assignment_is_that_of_the_assignment() -> None:
    """Annotations are not code."""
    assert function("def f():\n    x: int = 3").digest == function("def f():\n    x = 3").digest


def test_digest_of_outer_changes_with_inner() -> None:
    """Inner definitions are part of the outer one."""
    source = "class f:\n    def m(self):\n        def g(): return {}\n"
    assert function(source.format(1)).digest != function(source.format(2)).digest


def test_untouched_template_is_recognised() -> None:
    """Function by function and for a whole class."""
    source = (
        "def f(x):\n    raise NotImplementedError\nclass Net:\n    def loss(self):\n        raise NotImplementedError\n"
    )
    template = facts(source)
    mine = facts(source.replace("def f(x):\n    raise NotImplementedError", "def f(x):\n    # TODO\n    return x"))
    assert not mine.is_untouched("f", template)
    assert mine.is_untouched("Net", template)
    assert mine.is_untouched("Net.loss", template)
    assert not mine.is_untouched("g", template)


@pytest.mark.parametrize("module", ["ast", "dataclasses", "textwrap"])
def test_digest_of_real_source_survives_reformatting(module: str) -> None:
    """Unparsed and parsed again, every definition keeps its digest."""
    source = Path(__import__(module).__file__).read_text(encoding="utf-8")
    again = ast.unparse(ast.parse(source))
    assert [one.digest for one in facts(source).definitions] == [one.digest for one in facts(again).definitions]


# what staff should look at ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kind", "name"),
    [
        ("exec(s)", "exec", "exec"),
        ("eval(s)", "eval", "eval"),
        ("from builtins import exec as e\ne(s)", "exec", "builtins.exec"),
        ("import marshal\nmarshal.loads(s)", "unpacks code", "marshal.loads"),
        ("from zlib import decompress\ndecompress(s)", "unpacks data", "zlib.decompress"),
        ("import base64 as b\nb.b64decode(s)", "decodes data", "base64.b64decode"),
        ("import importlib\nimportlib.import_module('x')", "import by name", "importlib.import_module"),
        ("__import__('x')", "import by name", "__import__"),
        ("f.__globals__", "looks inside", "f.__globals__"),
        ("().__class__.__subclasses__()", "looks inside", ".__class__.__subclasses__"),
        ("import sys\nsys._getframe(1)", "looks inside", "sys._getframe"),
        ("import numpy as np\nnp.testing.assert_allclose = g", "meddles with testing", "numpy.testing.assert_allclose"),
        ("import os\nos.system('x')", "starts processes", "os.system"),
        ("import os\nos._exit(0)", "exits at once", "os._exit"),
        ("import os\nos.kill(1, 9)", "ends processes", "os.kill"),
        ("import atexit\natexit.register(f)", "runs code at a signal or at its end", "atexit.register"),
        ("import keras\nkeras.applications.VGG16()", "uses ready-made models", "keras.applications.VGG16"),
        ("import socket\nsocket.socket()", "uses the network", "socket.socket"),
    ],
)
def test_suspicious_name_is_flagged_with_its_place(source: str, kind: str, name: str) -> None:
    """Staff see what it is and where."""
    flags = [(flag.kind, flag.name, flag.line) for flag in facts(source).flags]
    assert (kind, name, source.count("\n") + 1) in flags


@pytest.mark.parametrize(
    "source", ["x = re.compile('a')", "model.compile(loss=l)", "socket = 3", "import os\nos.environ['A'] = 'b'"]
)
def test_ordinary_name_is_not_flagged(source: str) -> None:
    """Honest work should not look suspicious."""
    assert facts(source).flags == ()


def test_large_literals_are_found() -> None:
    """Where a payload or a table of answers would hide; a docstring is none."""
    source = f"'''{'d' * 3000}'''\na = '{'x' * 3000}'\nb = {'9' * 400}\nc = [{'1,' * 600}]\nd = b'{'y' * 3000}'\n"
    assert [(one.kind, one.size, one.line) for one in facts(source).literals] == [
        ("text", 3000, 2),
        ("number", (10**400 - 1).bit_length(), 3),
        ("container", 600, 4),
        ("bytes", 3000, 5),
    ]


# hostile sources --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "def f(): pass\n" * 5_001,
        "a;" * 400_000,
        "".join(" " * n + f"def f{n}():\n" for n in range(90)) + " " * 90 + ";".join(f"a{n}" for n in range(20_000)),
    ],
    ids=["definitions", "tokens", "names"],
)
def test_source_that_says_too_much_is_refused(source: str) -> None:
    """Before it fills the memory or the wire."""
    with pytest.raises(Refusal):
        file_facts([source], "layers.py")


@pytest.mark.parametrize(
    "source",
    [
        "a" + ".b" * 900,
        "x = " + "a" * 100_000,
        "".join(f"a{n} = a{n + 1}\n" for n in range(20_000)),
        "".join(f"a = b{n}\n" for n in range(20_000)) + "a.x",
        "import a\n" * 20_000,
        "exec(a)\n" * 20_000,
        "'" + "x" * 900_000 + "'",
        "x = 0x" + "f" * 900_000,
        "x = '\\ud800'",
        "".join(f"class A{n}(A{n - 1}, A{n - 2}, A{n - 3}):\n    pass\n" for n in range(1_000)) + "A999.x\n" * 1_000,
        "a = " + ".".join("b" * 90 for _ in range(15)) + "\n" + "".join(f"a.c{n}\n" for n in range(2_000)),
        "".join(f"a{n} = a{n + 1}\na{n} = a{n + 2}\na{n} = a{n + 3}\n" for n in range(5_000)),
        "x = " + "lambda: " * 80 + "map",
        "global x\nx = 1\ndef f():\n    nonlocal x\n    x = 1\nclass A(A): x = x\nA.x.x.x",
        "x = " + "getattr(" * 80 + "a" + ", 'b')" * 80,
    ],
    ids=range(15),
)
def test_strange_source_has_bounded_facts(source: str) -> None:
    """Long chains, long names, many aliases, many remarks: what is kept has a limit."""
    found = facts(source)
    assert all(len(name) <= 4_000 for one in found.modules for name in one.names | {use.thing for use in one.uses})
    assert max(len(found.imports), len(found.flags), len(found.literals)) <= 500


def test_facts_of_several_files_are_kept_apart() -> None:
    """By name, in their order; a notebook's cells are numbered."""
    found = SourceFacts.from_wire(collect_facts({"a.py": "def f(): pass", "b.py": ["def g(): pass", "def h(): pass"]}))
    assert [(one.file, one.qualname, one.cell) for one in found.definitions] == [
        ("a.py", "f", 0),
        ("b.py", "g", 1),
        ("b.py", "h", 2),
    ]


@pytest.mark.parametrize("name", ["range", "object", "zip"])
def test_facts_builtins_of_two_pythons_are_not_flagged(name):
    """`from builtins import range` stands at the top of half of all real submissions."""
    assert file_facts([f"from builtins import {name}\nprint({name})\n"], "layers.py", is_notebook=False)["flags"] == []


def shapes(source: str) -> set[int]:
    """The shapes of a source's statements."""
    return set(collect_facts({"a.py": source})["a.py"]["shapes"])


WRITTEN = """
def f(x, w):
    \"\"\"Text.\"\"\"
    total = np.sum(x * w, axis=0) / x.shape[0]
    for i in range(len(x)):
        total[i] = total[i] * 2 + np.mean(x[i])
    raise ValueError("no " + str(total))
"""
RENAMED = """
def g(a, b):
    # mine
    s = np.sum(a * b, axis=0) / a.shape[0]
    if UNUSED == 43:
        return None
    for k in range(len(a)):
        s[k] = s[k] * 2 + np.mean(a[k])
    raise ValueError("yes" + str(s))
"""


def test_shapes_survive_renaming_comments_texts_and_dead_code() -> None:
    """Every statement of the original has its shape in the copy."""
    assert shapes(WRITTEN)
    assert shapes(WRITTEN) <= shapes(RENAMED)


def test_shapes_of_other_computations_differ() -> None:
    """Another axis, number or function is another statement."""
    for before, after in (("axis=0", "axis=1"), ("* 2", "* 3"), ("np.sum", "np.max")):
        assert not shapes(WRITTEN) <= shapes(WRITTEN.replace(before, after))
