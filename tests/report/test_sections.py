"""What of a report is told once, in full, or in one line."""

from __future__ import annotations

import pytest

from autograder.inside.reading.notebook.effects import effect_notes, is_effect_note, skipped_notes
from autograder.records.outcome import Outcome
from autograder.records.report import Report
from autograder.report.feedback import feedback
from autograder.report.html import render_feedback_html, render_html
from autograder.report.sections import entry_of, losses_of, notes_of, reasons_of, sections_of, untold
from autograder.report.terminal import render_text
from tests.report import samples
from tests.report.samples import Fate


@pytest.mark.parametrize("reduce", [lambda report: report, lambda report: feedback(report, show_lines=True)])
def test_reasons_of_a_report_are_the_same_for_staff_and_student(reduce):
    """Both read the same cause."""
    (reason,) = reasons_of(reduce(samples.unloaded()))
    assert reason.text.endswith("torch is not installed where this is graded.")


def test_reasons_that_criteria_share_are_found_with_their_traceback():
    """A syntax error that costs four criteria is one reason, and its line is shown once."""
    (reason,) = reasons_of(samples.not_loaded())
    assert reason.text == "net.py, line 31: SyntaxError: '(' was never closed"
    assert reason.exception.frames[0].source == "scores = (hidden @ self.params['W2']"


@pytest.mark.parametrize("told", ["(line 31)", "(net.py, line 31)"])
def test_reasons_in_two_wordings_are_told_once(told):
    """A reason names its file in front, a criterion's message perhaps behind."""
    stated = "net.py could not be loaded: SyntaxError: '(' was never closed (line 31)."
    fates = {
        name: Fate(Outcome.NOT_LOADED, more={"message": stated.replace("(line 31).", told)})
        for name in ("b7_training", "b7_interface")
    }
    report = samples.report(fates=fates, reasons=(stated,), notes=(stated, "Not handed in: x.py."))
    assert [reason.text for reason in reasons_of(report)] == [stated]
    assert untold(reasons_of(report), report.notes) == ["Not handed in: x.py."]
    assert losses_of(report).explained == 2
    text = render_text(report, width=100)
    assert text.count("was never closed") == 1
    assert render_html(report).count("was never closed") == 1


def test_reasons_do_not_take_in_what_a_single_criterion_says():
    """One message under one criterion stays there."""
    fates = {"b8_gradient": Fate(Outcome.NOT_LOADED, more={"message": "layers.py, line 9: f was lost."})}
    assert reasons_of(samples.report(fates=fates)) == ()


def test_entry_whose_message_says_more_than_the_reason_keeps_the_rest():
    """What is true of this criterion alone is not cut away."""
    report = samples.unloaded()
    entries = {item.id: entry_of(item, reasons_of(report)) for item in report.criteria}
    assert (entries["b1_safe"].message, entries["b1_safe"].is_explained) == ("", True)
    assert entries["b7_training"].message == "TwoLayerNet was not defined."


def test_entry_that_ran_and_cites_a_reason_is_shown_in_full():
    """A function that raised because of what was lost keeps its hint and place."""
    reason = "`import torch` failed in layers.py, line 1: torch is not installed where this is graded."
    more = {"message": f"NameError: torch is not defined: {reason}", "kind": "NameError"}
    report = samples.report(fates={"b1_safe": Fate(Outcome.RAISED, more=more)}, reasons=(reason,))
    section = sections_of(report)[0]
    (entry,) = section.lost[0].entries
    assert (entry.message, entry.has_reason, entry.is_explained) == ("NameError: torch is not defined.", True, False)


def test_sections_fold_what_passed_and_what_a_reason_explains():
    """An exercise says in a few words what is folded."""
    texts = {section.exercise.id: section.folded_text for section in sections_of(samples.not_loaded())}
    assert (texts["b1"], texts["b7"]) == ("4 passed", "4 not loaded")
    texts = {section.exercise.id: section.folded_text for section in sections_of(samples.half_done())}
    assert texts["b3"] == "3 passed (1 with a remark)"
    assert texts["b8"] == "2 not attempted, 1 passed"


def test_losses_of_what_was_not_loaded_are_one_entry():
    """Forty-six criteria that one reason cost are not a list of forty-six."""
    losses = losses_of(samples.unloaded())
    assert (losses.criteria, losses.explained, losses.explained_points) == ((), 29, 100.0)


@pytest.mark.parametrize("reduce", [lambda report: report, lambda report: feedback(report, show_lines=True)])
def test_text_of_a_submission_that_was_not_loaded_says_the_reason_once(reduce):
    """A terminal shows it above the criteria, and below only that it is the cause."""
    text = render_text(reduce(samples.unloaded()), width=100)
    assert text.count("torch is not installed where this is graded") == 1
    assert text.count("Not loaded: see above") == 25
    assert "Missing: see above\n      TwoLayerNet was not defined." in text


def test_text_hint_of_a_lost_criterion_stands_under_its_message():
    """In a terminal, too, what to do follows what happened."""
    lines = render_text(samples.six_lost(), width=200).splitlines()
    place = next(number for number, line in enumerate(lines) if "softmax_loss is not stable" in line)
    assert lines[place + 1].strip().startswith("Hint: ")


def test_text_note_that_is_a_reason_is_said_once():
    """What was loaded with a loss is told in one place."""
    report = samples.unloaded()
    text = render_text(report.model_copy(update={"notes": report.reasons}), width=100)
    assert text.count("torch is not installed where this is graded") == 1


LOADED = "layers.py, line 1: `import absent` failed: not installed where this is graded."
COMMANDS = (
    "ann.ipynb: %matplotlib inline would choose how plots are shown; it does nothing here.",
    "ann.ipynb: !wget x would fetch or unpack files; commands are not run here.",
)


@pytest.mark.parametrize("reduce", [lambda report: report, lambda report: feedback(report, show_lines=True)])
def test_notes_of_full_marks_stand_folded_below_the_results(reduce):
    """Nothing was lost: no box alarms, whatever loading says."""
    report = reduce(samples.report(reasons=(LOADED,), notes=(LOADED, "Not handed in: x.py.", *COMMANDS)))
    page = render_html(report) if isinstance(report, Report) else render_feedback_html(report)
    assert "What was not loaded" not in page
    assert page.count("<code>import absent</code>") == 1
    assert page.index('class="exercise card"') < page.index("Loading the files") < page.index("<code>import absent")
    text = render_text(report, width=100)
    assert "not loaded: " not in text
    assert text.count("import absent") == 1
    assert text.index("b1 ") < text.index("Loading the files:") < text.index("import absent")


@pytest.mark.parametrize("reduce", [lambda report: report, lambda report: feedback(report, show_lines=True)])
def test_notes_where_points_were_lost_stand_above_the_results(reduce):
    """They may say why."""
    fates = {"b1_safe": Fate(Outcome.FAILED, more={"message": "No."})}
    report = reduce(samples.report(fates=fates, notes=(LOADED, *COMMANDS)))
    page = render_html(report) if isinstance(report, Report) else render_feedback_html(report)
    assert page.index("<code>import absent") < page.index('class="exercise card"')
    text = render_text(report, width=100)
    assert text.index("import absent") < text.index("b1 ")


def test_notes_on_commands_without_effect_fold_to_one_line():
    """Ten of them would hide the one note that matters."""
    report = samples.report(fates={"b1_safe": Fate(Outcome.FAILED)}, notes=(*COMMANDS, LOADED))
    notes = notes_of(report)
    assert (notes.others, notes.commands) == ((LOADED,), COMMANDS)
    page = render_html(report)
    line = "<summary>Notebook commands without effect here: 2 notes</summary>"
    assert page.index("<code>import absent") < page.index(line) < page.index("%matplotlib inline")


def test_notes_on_commands_are_known_as_the_reader_writes_them():
    """Magics, shell commands and questions, alone and several; what keeps a cell from running is another matter."""
    commands = ["%matplotlib inline", "%autoreload 2", "%load_ext x", "!pip install a", "!ls", "f?", "%nosuch"]
    written = [note for command in commands for note in effect_notes([command], "ann.ipynb")]
    written += effect_notes(["%matplotlib inline", "%matplotlib notebook", "!ls", "!cat x"], "ann.ipynb")
    written += effect_notes([f"%nosuch{number}" for number in range(60)], "ann.ipynb")[-1:]
    assert len(written) == 10
    assert "more notes" in written[-1]
    assert [note for note in written if not is_effect_note(note)] == []
    assert not any(map(is_effect_note, skipped_notes({"%%bash": [3]}, "ann.ipynb")))
    assert not is_effect_note(LOADED)
