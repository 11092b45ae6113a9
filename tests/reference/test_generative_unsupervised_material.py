"""What lies beside the rubric of 06_generative_unsupervised and is derived from something else: figures, and one example."""

import runpy
from pathlib import Path

import pytest

COURSE = Path(__file__).resolve().parents[2]
ASSIGNMENT = COURSE / "assignments" / "06_generative_unsupervised"


@pytest.mark.parametrize("name", ["diffusion", "generators", "machine"])
def test_figure_is_what_its_script_draws(name):
    """The committed figures are those of make_figures.py: drawn again, nothing changes."""
    script = runpy.run_path(str(ASSIGNMENT / "make_figures.py"), run_name="figures")
    assert (ASSIGNMENT / "figures" / f"{name}.svg").read_text(encoding="utf-8") == script["FIGURES"][name]()


def test_handout_shows_the_figures_that_exist():
    """Every picture of the handout lies where its link points."""
    handout = (ASSIGNMENT / "README.md").read_text(encoding="utf-8")
    for figure in (ASSIGNMENT / "figures").glob("*.svg"):
        assert f"(figures/{figure.name})" in handout


def test_unattempted_example_is_the_template():
    """The student who handed in the untouched template handed in today's template."""
    template = COURSE / "student_template" / "06_generative_unsupervised" / "generative.py"
    example = ASSIGNMENT / "examples" / "tom.haddad.py"
    assert example.read_text(encoding="utf-8") == template.read_text(encoding="utf-8")
