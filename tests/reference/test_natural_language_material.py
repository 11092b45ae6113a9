"""What lies beside the rubric of 04_natural_language_processing and is derived from something else: figures, and one example."""

import re
import runpy
from pathlib import Path

import pytest

COURSE = Path(__file__).resolve().parents[2]
ASSIGNMENT = COURSE / "assignments" / "04_natural_language_processing"
FIGURES = {
    "make_figures.py": ["unrolled", "memory", "horizon"],
    "make_nlp_figures.py": ["masks", "ctc", "location"],
}


@pytest.mark.parametrize("script", FIGURES)
def test_figures_are_what_their_script_draws(script):
    """The committed figures are those of the two scripts: drawn again, nothing changes."""
    drawers = runpy.run_path(str(ASSIGNMENT / script), run_name="figures")
    for name in FIGURES[script]:
        committed = (ASSIGNMENT / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert committed == drawers[name](), f"{name}.svg is not what {script} draws"


def test_every_figure_has_a_script():
    """No figure lies in the folder that neither script draws, and none is missing."""
    drawn = {name for names in FIGURES.values() for name in names}
    assert {figure.stem for figure in (ASSIGNMENT / "figures").iterdir()} == drawn
    assert runpy.run_path(str(ASSIGNMENT / "make_figures.py"))["FIGURES"].keys() == set(FIGURES["make_figures.py"])


@pytest.mark.parametrize("name", ["rnn_layers.py", "nlp.py"])
def test_unattempted_example_is_the_template(name):
    """The student who handed in the untouched template handed in today's template."""
    template = COURSE / "student_template" / "04_natural_language_processing" / name
    example = ASSIGNMENT / "examples" / "mina.rahimi" / name
    assert example.read_text(encoding="utf-8") == template.read_text(encoding="utf-8")


def test_handout_shows_every_figure_and_no_other():
    """Every picture of the handout lies where its link points, and every figure is shown once."""
    handout = (ASSIGNMENT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", handout)
    assert sorted(linked) == sorted(f"figures/{figure.name}" for figure in (ASSIGNMENT / "figures").iterdir())


def test_handout_cites_every_reading():
    """Numbers in brackets lead to an entry of the list at the end, and no entry is never cited."""
    text, _, reading = (ASSIGNMENT / "README.md").read_text(encoding="utf-8").partition("## To read")
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    cited = {int(number) for number in re.findall(r"(?<=[ (])\[(\d+)\]", prose)}
    assert cited == {int(number) for number in re.findall(r"^(\d+)\. ", reading, flags=re.MULTILINE)}
