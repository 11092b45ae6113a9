"""Small mistakes are made at every place of a reference, and what no criterion notices is shown."""

import ast
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from autograder.course import load_assignment
from autograder.errors import CourseError
from autograder.prove.mutants import Fate, GeneratedMutant, MutationRun
from autograder.prove.mutation.equivalents import find_survivors, load_equivalents
from autograder.prove.mutation.generate import generate
from autograder.prove.mutation.run import mutate
from autograder.prove.reach import annotate, find_lines
from autograder.prove.render import render_generated_text
from autograder.station import Station

FUNCTION = "import numpy as np\n\n\ndef f(x, y, eps=1e-5):\n    {}\n"


def mistakes(statement, operator, head=FUNCTION):
    """What an operator makes of a statement: the changed pieces of source."""
    source = head.format(statement)
    return [one.after.strip() for one in generate({"f.py": source}).mutations if one.operator == operator]


@pytest.mark.parametrize(
    ("operator", "statement", "expected"),
    [
        ("axis", "return x.sum(axis=0)", ["axis=-1"]),
        ("axis", "return x.sum(axis=1)", ["axis=0"]),
        ("axis", "return x.sum(axis=(0, 2))", ["axis=(2,)", "axis=(0,)"]),
        ("axis dropped", "return x.sum(axis=0, keepdims=True)", ["x.sum(keepdims=True)"]),
        ("keepdims dropped", "return x.sum(axis=0, keepdims=True)", ["x.sum(axis=0)"]),
        ("transpose", "return x @ y.T", ["x.T @ y.T", "x @ y.T.T", "y"]),
        ("sign", "return -x + y", ["-x - y", "x"]),
        ("sign", "x -= y", ["x += y"]),
        ("factor", "return x / y", ["x * y"]),
        ("function", "return np.mean(x)", ["np.sum"]),
        ("epsilon", "return np.sqrt(x + eps)", ["(np.sqrt(x) + eps)", "x"]),
        ("epsilon", "return np.sqrt(x) + eps", ["np.sqrt(x + eps)", "np.sqrt(x)"]),
        ("in place", "x = x + y", ["x += y"]),
        ("in place", "z = x + y", ["x += y; z = x"]),
        ("overwritten", "x += y", ["x = y"]),
        ("copy dropped", "return x.copy()", ["x"]),
        ("copy dropped", "return np.array(x)", ["np.asarray(x)"]),
        ("dtype", "return x.astype(np.float64)", ["x", "np.float32"]),
        ("dtype", "return np.zeros(3, dtype=x.dtype)", ["np.zeros(3)"]),
        ("call dropped", "return np.exp(x).sum()", ["np.exp(x)", "x"]),
        ("swapped", "return np.dot(x, y)", ["np.dot(y, x)"]),
        ("swapped", "return x, y", ["y, x"]),
        ("argument dropped", "return np.std(x, ddof=1)", ["np.std(x)"]),
        ("off by one", "return x[1:]", ["2:", "0:", ":"]),
        ("off by one", "return x[y]", ["y + 1", "y - 1"]),
        ("comparison", "return x < y", ["<= y", ">= y"]),
        ("logic", "return x and not y", ["x or not y", "x", "(not y)", "y"]),
        ("condition", "return x if y else 0", ["x", "0"]),
        ("key", 'return x["mode"]', ['"mode_"']),
        ("constant", "return 0.5 * x", ["1.0"]),
        ("another variable", "return eps", ["y"]),
        ("statement dropped", "x += y", ["pass"]),
    ],
)
def test_operator_makes_the_mistake(operator, statement, expected):
    """Each operator makes exactly these changes of the statement."""
    assert [one for one in mistakes(statement, operator) if one != "2e-05"] == expected


def test_generate_swaps_statements_whose_order_matters_alone():
    """Two neighbours of which one writes what the other reads are swapped, two that are strangers are not."""
    head = "def f(a):\n    b = a + 1\n    c = b + 1\n    d = 3\n    return c + d\n"
    assert mistakes("", "swapped statements", head) == ["c = b + 1 / b = a + 1"]


def test_generate_forces_conditions():
    """A case that is always taken, and one that never is."""
    assert mistakes("if x: y = 1", "condition") == ["True", "False"]


def test_generate_leaves_everything_but_functions_and_classes_alone():
    """Constants of the module, docstrings, annotations, imports, decorators and messages hold no mistakes."""
    source = (
        "import functools\n\nN = 1 + 2\n\n\n@functools.lru_cache(maxsize=3)\ndef f(x: int = 7) -> int:\n"
        '    """Return 1 + 2."""\n    raise ValueError(f"{x + 1}: not " + "this")\n'
    )
    found = [(one.operator, one.after) for one in generate({"f.py": source}).mutations]
    assert found == [("constant", "8"), ("statement dropped", "pass")]


def test_generate_drops_what_compiles_to_the_same():
    """Every mutant compiles to something that neither the file nor another mutant compiles to; all of them are Python."""
    source = FUNCTION.format("z = x[0] + x[-1] * 2 - 0\n    return z if z > 0 else -z")
    found = generate({"f.py": source})
    assert found.duplicates > 0
    assert (
        len({one.source for one in found.mutations})
        == len({one.key for one in found.mutations})
        == len(found.mutations)
    )
    for one in found.mutations:
        ast.parse(one.source)


def test_generate_keys_survive_moves_and_formatting():
    """Lines above, comments and spaces change no key; another statement does."""
    plain = {one.key for one in generate({"f.py": FUNCTION.format("return x + y * 2")}).mutations}
    moved = FUNCTION.replace("def f", "# more\nN = 1\n\n\ndef f").format("return x  +  y*2  # sum")
    assert {one.key for one in generate({"f.py": moved}).mutations} == plain
    other = {one.key for one in generate({"f.py": FUNCTION.format("return x + y * 3")}).mutations}
    assert plain & other == {
        one for one in plain if one.partition(":")[2].startswith(("f:constant", "f:statement")) and one in other
    }


def test_annotated_source_notes_the_statements_that_run(tmp_path):
    """Functions that are called, branches that are taken, and nothing of what is not; docstring and future stay first."""
    source = (
        '"""A module."""\nfrom __future__ import annotations\n\n\nclass A:\n    """A class."""\n\n    n = 1\n\n'
        "    def f(self, x):\n        if x:\n            return 1\n        elif x is None:\n            return 2\n"
        "        return [y for y in range(3)]\n\n    def never(self):\n        return 0\n"
    )
    path = tmp_path / "lines"
    namespace = {}
    exec(annotate({"a.py": source}, path)["a.py"], namespace)
    assert path.read_text().split("\n") == ["a.py 8", ""]
    assert namespace["A"]().f(0) == [0, 1, 2]
    assert sorted(int(line.split()[1]) for line in path.read_text().splitlines()) == [8, 10, 11, 13, 15]


def test_lines_that_a_criterion_runs_are_found(settings):
    """A criterion runs the statements of what it tests, and not those of other functions."""
    with Station(replace(settings, sandbox="plain")) as station:
        lines = find_lines(station, "seed 0")
    source = load_assignment(settings.course, settings.assignment_id).reference_sources()["submission.py"].splitlines()
    softmax = next(number for number, line in enumerate(source, 1) if line.startswith("def softmax"))
    assert all(line >= softmax for _, line in lines["s_values"])
    assert all(line < softmax for _, line in lines["a_values"])


@pytest.fixture(scope="module")
def run(settings):
    """The generated mutants of the small course, tried."""
    return mutate(settings, students=["seed 0"])


def test_mutate_kills_what_is_wrong(run):
    """Nearly everything is noticed, by a criterion that runs the line; most by the first one that is tried."""
    assert len(run.mutants) > 30
    assert run.score > 0.9
    assert run.criteria_per_mutant < 2
    for one in run.mutants:
        assert (one.fate is Fate.KILLED) == bool(one.killed_by) == (not one.diff)
        if one.killed_by:
            assert one.killed_by == one.tried[-1]
            assert one.killed_by.startswith("a_" if one.function == "affine_forward" else "s_")


def test_mutate_survivor_is_shown_with_its_change_and_who_ran_it(settings, course):
    """A line that does nothing can be changed without being noticed: diff and criteria are shown."""
    path = course / "reference/affine_softmax/submission.py"
    path.write_text(path.read_text().replace("    return x @ w + b", "    unused = 4.0\n    return x @ w + b"))
    run = mutate(replace(settings, course=course), students=["seed 0", "seed 1"], only=["affine_forward"])
    survivor = next(one for one in run.survivors if one.change == "4.0 -> 8.0")
    assert sorted(survivor.tried) == sorted(2 * survivor.ran_by)  # under the draws of both students
    assert set(survivor.ran_by) == {"a_values", "a_example", "a_safe"}
    assert "-    unused = 4.0" in survivor.diff.splitlines()
    text = list(render_generated_text(run))
    assert any("affine_forward:constant" in line and "run by" in line for line in text)
    assert "    +    unused = 8.0" in text


def test_mutate_that_loops_for_ever_is_killed_at_a_fraction_of_the_limit(settings, course):
    """A mutant that does not end uses a multiple of the reference's own time, not the limit of the criterion."""
    path = course / "reference/affine_softmax/submission.py"
    loop = "    turns = 1\n    while turns > 0:\n        turns -= 1\n    return x @ w + b"
    path.write_text(path.read_text().replace("    return x @ w + b", loop))
    run = mutate(replace(settings, course=course), students=["seed 0"], only=["affine_forward"])
    endless = next(one for one in run.mutants if one.change == "turns -= 1 -> turns += 1")
    assert (endless.fate, endless.outcome) == (Fate.KILLED, "timeout")


MARK = '[[equivalent]]\nmutant = "{}"\nreason = "{}"\n'


def mutant(key, fate, **more):
    """A generated mutant."""
    return GeneratedMutant(
        key=key, file="f.py", function="f", line=1, operator="sign", change="a -> b", fate=fate, **more
    )


def run_of(*mutants):
    """A run with these."""
    return MutationRun(mutants=mutants, duplicates=0, unchanged=0, duration_s=1.0, cpu_s=1.0)


def test_equivalents_count_neither_for_nor_against(settings, course):
    """The score is the share of the killed among all but those that are marked; a marked one that is killed is a finding."""
    assignment = load_assignment(course, settings.assignment_id)
    marks = [("f.py:f:sign:1", "x"), ("f.py:f:sign:2", "y"), ("f.py:f:sign:99", "z")]
    (assignment.folder / "equivalent.toml").write_text("".join(MARK.format(*one) for one in marks))
    killed = [mutant(f"f.py:f:sign:{number}", Fate.KILLED, killed_by="a_values") for number in range(2, 21)]
    run = run_of(mutant("f.py:f:sign:1", Fate.EQUIVALENT), *killed, mutant("f.py:f:sign:30", Fate.SURVIVED))
    assert run.score == 0.95
    assert [one.what for one in find_survivors(assignment, run)] == [
        "equivalent.toml marks 'f.py:f:sign:2' (a -> b), which is not equivalent: a_values notices it",
        "equivalent.toml marks 'f.py:f:sign:99', which is no generated mutant: its statement was changed, or it never was one",
    ]


def test_score_below_the_target_is_a_finding(settings, course):
    """Fewer than 95 % noticed: how many were, and how many there should be."""
    assignment = load_assignment(course, settings.assignment_id)
    (assignment.folder / "equivalent.toml").unlink()
    run = run_of(*[mutant(str(number), Fate.KILLED) for number in range(9)], mutant("x", Fate.SURVIVED))
    (finding,) = find_survivors(assignment, run)
    assert finding.what == (
        "90.0 % of the generated mutants were noticed; target: at least 95 % killed or shown equivalent (1 survived)"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[equivalent]]\nmutant = "a"\n', "line 1, `reason`: the key is missing or empty"),
        (MARK.format("a", "b") + MARK.format("a", "c"), "line 4, `mutant`: the mutant is marked twice"),
        (MARK.format("a", "b") + "why = 1\n", "line 1, `why`: unknown key"),
        ("[[equivalent\n", "not TOML"),
    ],
)
def test_equivalents_that_are_not_written_as_they_should_be_are_named(settings, course, text, expected):
    """File, line and key."""
    assignment = load_assignment(course, settings.assignment_id)
    (assignment.folder / "equivalent.toml").write_text(text)
    with pytest.raises(CourseError) as caught:
        load_equivalents(assignment)
    assert "assignments/affine_softmax/equivalent.toml" in str(caught.value)
    assert expected in str(caught.value)


def test_prove_command_shows_what_was_generated(course, tmp_path):
    """Score and cost in the summary, mutants in the JSON, a case in the XML, tables and survivors on the page."""
    page, junit = tmp_path / "proof.html", tmp_path / "proof.xml"
    command = [sys.executable, "-m", "autograder", "prove", "--mutate", "--json", "--course", str(course)]
    done = subprocess.run([*command, "--html", page, "--junit", junit], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (proof,) = json.loads(done.stdout)["proofs"]
    assert proof["generated"]["score"] > 0.9
    assert {one["fate"] for one in proof["generated"]["mutants"]} <= {"killed", "survived", "equivalent"}
    assert "small mistakes are noticed" in {one.get("name") for one in ET.parse(junit).iter("testcase")}
    shown = page.read_text()
    assert "mistakes made by rule are noticed" in shown
    assert "<code>affine_forward</code>" in shown
