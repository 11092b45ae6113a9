"""Examples of templates pass for every right answer: `python -m doctest` is how students try what they wrote."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograder.authoring.init
from autograder.course import apply_mutant, find_assignments, load_accepted, load_assignment
from autograder.course.template import templates_of

COURSE = Path(__file__).resolve().parents[2]
NEW_COURSE = autograder.authoring.init.COURSE
ASSIGNMENTS = [(course, name) for course in (COURSE, NEW_COURSE) for name in find_assignments(course)]
RUNNER = Path(__file__).with_name("doctests.py")
# Accepted by the rubric, though of another shape than the template's docstring, as its example, says: of gamma, or of
# numbers, which are arrays of one.
OTHER_SHAPES = {
    "all_overlaps_at_once",
    "an_array_of_one_number",
    "axes_that_were_kept",
    "layers_with_views",
    "losses_as_written",
    "metrics_of_sets",
    "nested_lists_come_back",
    "nlp_ctc_with_lists",
    "pca_with_axes_that_were_kept",
    "pieces_as_written",
    "pooling_by_windows",
    "rnn_answers_with_lists",
    "rnn_loss_sentence_by_sentence",
    "runs_in_closed_form",
    "schedule_by_formula",
    "schedule_by_interpolation",
    "softmax_loss_as_an_array",
    "split_by_where",
    "spring_forward_mode",
    "the_formulas_of_v8",
}
# Their imports need the package that they were written for, or the loader that grades them.
OF_A_PACKAGE = {
    "imports_of_cs231n",
    "nlp_word2vec_of_cs224n",
    "rules_of_cs231n",
    "written_for_cs231n_layers",
    "written_for_cs231n_net",
}


def write(folder, assignment, sources):
    """Write files, and what lies beside them."""
    folder.mkdir()
    for name, text in sources.items():
        (folder / name).write_text(text, encoding="utf-8")
    for path in (*assignment.support_files, *assignment.data_files):
        shutil.copy(path, folder)
    return folder


def failures(template, folders, spelling):
    """What fails of a template's examples, by folder."""
    command = [sys.executable, RUNNER, template, spelling, *folders]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False, cwd=template)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("course", "name"), ASSIGNMENTS, ids=[name for _, name in ASSIGNMENTS])
def test_examples_of_a_template_pass_for_every_right_answer(tmp_path, course, name):
    """The reference and every accepted variant, and the reference's numbers in other types and with other zeros."""
    assignment = load_assignment(course, name)
    reference = assignment.reference_sources()
    template = write(tmp_path / "template", assignment, templates_of(assignment))
    own = write(tmp_path / "reference", assignment, reference)
    variants = [
        write(tmp_path / one.name, assignment, apply_mutant(reference, one))
        for one in load_accepted(assignment)
        if one.name not in OTHER_SHAPES | OF_A_PACKAGE
    ]
    assert failures(template, [own, *variants], "as it is") == {}
    for spelling in ("numpy", "python", "zeros", "single", "array"):
        assert failures(template, [own], spelling) == {}, spelling


def test_examples_of_a_template_fail_for_a_wrong_answer(tmp_path):
    """The runner sees what an example is for."""
    assignment = load_assignment(COURSE, "00_introduction")
    template = write(tmp_path / "template", assignment, templates_of(assignment))
    assert "NotImplementedError" in failures(template, [template], "as it is")[str(template)]
