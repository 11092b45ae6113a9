"""Syntax of newer Pythons, found by a scanner that any Python can run."""

import ast
import sys

import pytest

from autograder.inside.reading.syntax.facts import file_facts
from autograder.inside.reading.syntax.newer_syntax import (
    describe_newer_syntax,
    describe_older_syntax,
    explain_syntax_error,
    find_newer_syntax,
    graded_by,
)

RUNNING = "{}.{}".format(*sys.version_info)
F_STRING = "this f-string needs Python 3.12 or newer (line 1)"
NEWER = {
    'f"{a["b"]}"': F_STRING,
    "f'{a['b']}'": F_STRING,
    'F"{a["b"]}"': F_STRING,
    'rf"{a["b"]}"': F_STRING,
    'f"""{a["""b"""]}"""': F_STRING,
    "f\"{'\\n'.join(x)}\"": F_STRING,
    'f"{x # why\n}"': F_STRING,
    'f"{\nx}"': F_STRING,
    'f"{f"{x}"}"': F_STRING,
    "f'{f\"{d['a']}\"}'": F_STRING,
    'x = [\n  1,\n  f"{a["b"]}",\n]': "this f-string needs Python 3.12 or newer (line 3)",
    "def f[T](x): pass": "a list of type parameters needs Python 3.12 or newer (line 1)",
    "async def f[T](): pass": "a list of type parameters needs Python 3.12 or newer (line 1)",
    "class A:\n  class B[T]: pass": "a list of type parameters needs Python 3.12 or newer (line 2)",
    "type X = int": "a `type` statement needs Python 3.12 or newer (line 1)",
    "type X[T] = list[T]": "a `type` statement needs Python 3.12 or newer (line 1)",
    "def f[T = int](x): pass": "a default of a type parameter needs Python 3.13 or newer (line 1)",
    "try: pass\nexcept A, B:\n  pass": "`except A, B:` without parentheses needs Python 3.14 or newer (line 2)",
    "try: pass\nexcept* A, B:\n  pass": "`except A, B:` without parentheses needs Python 3.14 or newer (line 2)",
    "t'{x}'": "a t-string needs Python 3.14 or newer (line 1)",
}
OLD = [
    "f\"{a['b']}\"",
    'f"{x:{w}}"',
    'f"""{d["a"]}"""',
    'f"{x!r}"',
    'f"{x!=y}"',
    'f"{{x}}" + "["',
    'f"\\N{BULLET} {x}"',
    'rf"\\d{x}"',
    "f'{x:%H:%M}'",
    "f'{x:\\n}'",
    "f'{(lambda x: 1)(2)}'",
    "f'{d[1:2]}'",
    "f'''{\nx\n}'''",
    "x = 'type X = int'",
    "type(x) == 3",
    "type = 4",
    "# def f[T]",
    '"""\ntype X = int\ndef f[T](): pass\n"""',
    "b'{'",
    "rb'\\''",
    "try: pass\nexcept (A, B):\n  pass",
    "type\nX = 3",
]


def is_python(source):
    """Whether the running Python can parse a source."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("source", NEWER)
def test_newer_syntax_is_named_with_its_version_and_line(source):
    """What Python 3.11 refuses is found, also by a Python that cannot parse it."""
    assert describe_newer_syntax(source, (3, 11)) == NEWER[source]


@pytest.mark.parametrize("source", NEWER)
def test_newer_syntax_agrees_with_the_running_python(source):
    """The running Python parses exactly what is not newer than it."""
    assert is_python(source) == (find_newer_syntax(source, sys.version_info[:2]) is None)


@pytest.mark.parametrize("source", OLD)
def test_newer_syntax_of_what_python_3_11_reads_is_none(source):
    """Nothing is claimed of what every version reads."""
    assert is_python(source)
    assert find_newer_syntax(source, (3, 11)) is None


@pytest.mark.parametrize(
    "source", ["print('", 'f"{x', "def f(:\n", "f'{x'", "'''", "f'{'", "}", "\x00", "f'{x:{'", "f'" * 100]
)
def test_newer_syntax_of_what_is_no_python_is_none(source):
    """A plain mistake is blamed on no version."""
    assert find_newer_syntax(source, (3, 11)) is None


def test_newer_syntax_of_a_version_that_has_it_is_none():
    """The grader's version decides, and the first place that it refuses is told."""
    source = 'f"{a["b"]}"\ndef f[T = int](x): pass\n'
    assert describe_newer_syntax(source, (3, 12)) == NEWER["def f[T = int](x): pass"].replace("line 1", "line 2")
    assert find_newer_syntax(source, (3, 13)) is None


OLDER = {
    "try: pass\nexcept Exception, e: pass": (
        "`except Exception, e:` is Python 2 (line 2)",
        "write `except Exception as e:`",
    ),
    "try: pass\nexcept (A, b.C), err:\n  pass": (
        "`except (A, b.C), err:` is Python 2 (line 2)",
        "write `except (A, b.C) as err:`",
    ),
    "try: pass\nexcept A, E:\n  print 'x'": ("`except A, E:` is Python 2 (line 2)", "write `except A as E:`"),
    "print 'x' % 3": ("`print` without parentheses is Python 2 (line 1)", "write `print(...)`"),
    "if x:\n  print x": ("`print` without parentheses is Python 2 (line 2)", "write `print(...)`"),
    "print >>sys.stderr, 'x'": ("`print` without parentheses is Python 2 (line 1)", "write `print(...)`"),
    "raise ValueError, 'x'": ("`raise ValueError, ...` is Python 2 (line 1)", "write `raise ValueError(...)`"),
    "exec 'a = 1'": ("`exec` without parentheses is Python 2 (line 1)", "write `exec(...)`"),
    "x = `3`": ("an expression in backticks is Python 2 (line 1)", "write `repr(...)`"),
    "y = 3 <> 4": ("the operator `<>` is Python 2 (line 1)", "write `!=`"),
}


@pytest.mark.parametrize("source", OLDER)
def test_syntax_of_python_2_is_called_that_and_no_newer_python(source):
    """A handler with a small letter is old, and everything else that Python 2 alone reads makes the file so."""
    what, remedy = OLDER[source]
    assert describe_older_syntax(source) == (what, remedy)
    assert explain_syntax_error("invalid syntax", source) == (
        f"invalid syntax: {what}, and grading runs Python {RUNNING}: {remedy}"
    )


@pytest.mark.parametrize(
    "source",
    [
        *OLD,
        *NEWER,
        "print (x)",
        "print\nx",
        "print if x else y",
        "print >> f",
        "# print 'x'",
        '"""\nprint 3\n"""',
        "x = '`<>'",
    ],
)
def test_syntax_of_python_3_is_not_called_python_2(source):
    """Neither what every version reads nor what a newer one does."""
    assert describe_older_syntax(source) is None


@pytest.mark.parametrize("unit", ["print ", "except a, b", "except (a, ", "raise a.", "`", "<>"])
def test_syntax_of_python_2_in_a_long_source_is_found_in_time(unit):
    """Every scan is linear (the suite's own time limit is the guard)."""
    for text in (unit, f"{unit}\n"):
        describe_older_syntax(text * (2**20 // len(text)))


@pytest.mark.parametrize("unit", ["f'{x['a']}'\n", "def f[=", "except a,", "f'{", "type X[", "type X = 1\n", "'", "\\"])
def test_newer_syntax_of_a_long_source_ends(unit):
    """Every scan is linear: a megabyte of anything is read (the suite's own time limit is the guard)."""
    find_newer_syntax(unit * (2**20 // len(unit)), (3, 13))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads the f-strings of 3.12")
@pytest.mark.may_skip
def test_reader_syntax_error_of_a_newer_python_says_which_one_grades():
    """The reader's row of a syntax error names the likely reason."""
    (error,) = file_facts(['x = 1\nprint(f"{x["a"]}")\n'], "a.py")["errors"]
    assert error["message"].endswith(
        ": this f-string needs Python 3.12 or newer (line 2), and grading runs Python 3.11:"
        " use other quotes inside the braces"
    )


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ('f"{a["b"]}"', "use other quotes inside the braces"),
        ('x = f"""{a["""b"""]}"""', "use other quotes inside the braces"),
        ("f\"{'\\n'.join(x)}\"", ""),
        ('f"{a["b"]} {c["\\n"]}"', ""),
        ("type X = int", ""),
    ],
)
def test_newer_syntax_has_a_remedy_where_other_quotes_are_enough(source, remedy):
    """Quotes are named only where nothing else is in the way."""
    found = find_newer_syntax(source, (3, 11))
    assert found is not None
    assert found.remedy == remedy


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads t-strings")
@pytest.mark.may_skip
@pytest.mark.parametrize(
    ("version", "said"),
    [
        (sys.version_info[:2], f"grading runs Python {RUNNING}"),
        ((3, 99), f"this is Python {RUNNING} while grading runs Python 3.99"),
        (None, f"this is Python {RUNNING}"),
    ],
)
def test_syntax_error_at_home_names_the_python_that_grades(version, said):
    """A student's Python is not taken for the grader's."""
    source = "t'{x}'\n"
    with graded_by(version):
        message = explain_syntax_error("invalid syntax", source)
    assert message == f"invalid syntax: a t-string needs Python 3.14 or newer (line 1), and {said}"
