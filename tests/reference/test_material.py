"""What lies beside the rubrics of the course and is derived from something else: figures, readings, and one example."""

import re
import runpy
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from autograder.authoring.init import COURSE as NEW_COURSE
from autograder.course import find_assignments, load_assignment
from autograder.release.handout import render_installed

COURSE = Path(__file__).resolve().parents[2]
COURSES_OWN = find_assignments(COURSE)
SCRIPTS = sorted((COURSE / "assignments").glob("*/make*figures.py"))
UNATTEMPTED = {  # who handed in the untouched template
    "00_introduction": "anna_nowak.py",
    "01_backpropagation": "emma_dubois",
    "02_computer_vision": "nils_holm",
    "03_recommender_systems": "nora_lindqvist.py",
    "04_natural_language_processing": "mina.rahimi",
    "05_optimization_theory": "niamh.byrne",
    "06_generative_unsupervised": "tom.haddad.py",
}


def drawn_by(script):
    """The drawings of a script, by name."""
    return runpy.run_path(str(script), run_name="figures")["FIGURES"]


def handout(assignment):
    return (COURSE / "assignments" / assignment / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_figures_are_what_their_script_draws(script):
    """The committed figures are those of their script: drawn again, nothing changes."""
    for name, draw in drawn_by(script).items():
        committed = (script.parent / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert committed == draw(), f"{name}.svg is not what {script.name} draws"


@pytest.mark.parametrize("assignment", COURSES_OWN)
def test_every_figure_has_a_script_and_is_shown(assignment):
    """Every assignment has figures; no other lies beside them; the handout shows each once, and no other picture."""
    scripts = [script for script in SCRIPTS if script.parent.name == assignment]
    drawn = sorted(f"figures/{name}.svg" for script in scripts for name in drawn_by(script))
    folder = COURSE / "assignments" / assignment / "figures"
    assert drawn
    assert sorted(f"figures/{figure.name}" for figure in folder.iterdir()) == drawn
    assert sorted(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", handout(assignment))) == drawn


@pytest.mark.parametrize("assignment", COURSES_OWN)
def test_handout_cites_readings_that_are_there(assignment):
    """Numbers in brackets lead to an entry of the list at the end, which counts from one."""
    text, _, reading = handout(assignment).partition("## To read")
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    cited = {int(number) for number in re.findall(r"(?<=[ (])\[(\d+)\]", prose)}
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", reading, flags=re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert cited <= {*numbers}


@pytest.mark.parametrize("assignment", COURSES_OWN)
def test_unattempted_example_is_the_template(assignment):
    """The student who handed in the untouched template handed in today's template."""
    loaded = load_assignment(COURSE, assignment)
    example = COURSE / "assignments" / assignment / "examples" / UNATTEMPTED[assignment]
    for name, template in loaded.template_sources().items():
        path = example / name if example.is_dir() else example
        assert path.read_text(encoding="utf-8") == template


@pytest.mark.parametrize(
    ("course", "name"), [(course, name) for course in (COURSE, NEW_COURSE) for name in find_assignments(course)]
)
def test_handout_says_what_is_installed_where_it_is_graded(course, name):
    """The paragraph is that of the assignment's settings, so it does not go stale."""
    settings = load_assignment(course, name).settings
    said = render_installed(settings.packages, settings.frameworks, settings.imports.forbidden)
    assert said in (course / "assignments" / name / "README.md").read_text(encoding="utf-8")


TEXTS = [
    *COURSE.glob("assignments/*/README.md"),
    *NEW_COURSE.glob("assignments/*/README.md"),
    *COURSE.glob("docs/**/*.md"),
]


@pytest.mark.parametrize("path", TEXTS, ids=[str(path.relative_to(COURSE)) for path in TEXTS])
def test_text_claims_no_absence_of_what_is_not_promised(path):
    """What promised packages need is importable, too: h5py, which no handout names, comes with Keras."""
    brought = [re.split(r"[ ;<>=~!(\[]", one)[0] for one in metadata.requires("keras") or ()]
    assert find_spec("h5py") is not None
    assert "h5py" in brought
    words = " ".join(path.read_text(encoding="utf-8").split())
    assert re.findall(r"(?:any|every|each) other package is (?:absent|not installed)", words) == []
