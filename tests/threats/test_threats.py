"""Each threat that is one file, run in the real sandbox: its outcome, and nothing else."""

from __future__ import annotations

import ast
import re

import pytest

from tests.threats.catalogue import THREATS
from tests.threats.conftest import PROGRAMS, letters

HAVE_NO_DOCSTRING = {"501_syntax_error", "531_windows_paths", "533_python2_source", "541_magics_in_py"}  # no Python


@pytest.mark.parametrize("threat", THREATS, ids=str)
def test_threat_program_comes_to_what_is_expected(bench, threat):
    """The outcome of every criterion is as the catalogue says; grader, canaries, host and neighbour are as before."""
    report = bench.grade_program(threat.program, **threat.tokens)
    is_other = bench.is_in_gvisor and threat.in_gvisor
    pattern, messages = (threat.in_gvisor, {}) if is_other else (threat.outcomes, threat.messages)
    assert re.fullmatch(pattern.replace(" ", ""), letters(report)), letters(report)
    said = {one.id: one.message for one in report.criteria}
    assert [words for name, words in messages.items() if words not in said[name]] == [], said
    assert [words for words in threat.flags if words not in " ".join(report.flags)] == []


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("*.py")), ids=lambda path: path.stem)
def test_programs_each_tells_its_attack_and_is_graded(path):
    """Every program says in its first lines what it tries, and stands in the catalogue of some test."""
    text = path.read_text()
    first = (
        text.partition('"""')[2].partition('"""')[0]
        if path.stem in HAVE_NO_DOCSTRING
        else ast.get_docstring(ast.parse(text))
    )
    assert first.strip()
