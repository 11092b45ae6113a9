"""What lies beside the rubric of 04_natural_language_processing, second half, and is derived from something else."""

import runpy
from pathlib import Path

import pytest

COURSE = Path(__file__).resolve().parents[2]
ASSIGNMENT = COURSE / "assignments" / "04_natural_language_processing"


@pytest.mark.parametrize("name", ["masks", "ctc", "location"])
def test_figure_is_what_its_script_draws(name):
    """The committed figures are those of make_nlp_figures.py: drawn again, nothing changes."""
    script = runpy.run_path(str(ASSIGNMENT / "make_nlp_figures.py"), run_name="figures")
    assert (ASSIGNMENT / "figures" / f"{name}.svg").read_text(encoding="utf-8") == script[name]()


def test_unattempted_example_is_the_template():
    """The student who handed in the untouched template handed in today's template."""
    template = COURSE / "student_template" / "04_natural_language_processing" / "nlp.py"
    example = ASSIGNMENT / "examples" / "mina.rahimi" / "nlp.py"
    assert example.read_text(encoding="utf-8") == template.read_text(encoding="utf-8")


def test_handout_shows_the_figures_that_exist():
    """Every picture of the handout lies where its link points."""
    handout = (ASSIGNMENT / "README.md").read_text(encoding="utf-8")
    for figure in ("masks", "ctc", "location"):
        assert f"(figures/{figure}.svg)" in handout
