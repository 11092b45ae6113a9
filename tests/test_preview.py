"""The preview: what students and staff would see of everything that an assignment comes with."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from autograder.authoring.preview import find_views, render_preview_html
from autograder.course import load_assignment
from autograder.prove import DRAWS
from autograder.station import StationSettings
from tests.conftest import COURSE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SETTINGS = StationSettings(COURSE, "affine_softmax", DRAWS)


@pytest.fixture(scope="module")
def views():
    """Everything of the small course's assignment, graded."""
    return find_views(SETTINGS)


@pytest.fixture(scope="module")
def page(views):
    """The page of it."""
    return render_preview_html(load_assignment(COURSE, "affine_softmax"), views)


def part(page, subject, name):
    """What of a page is shown when a subject is chosen."""
    return re.search(rf'<template data-of="{subject}" data-part="{name}">(.*?)</template>', page, re.DOTALL)[1]


def run(*words):
    command = [sys.executable, "-m", "autograder", "preview", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_preview_has_reference_template_and_every_mutant_as_stated(views):
    """The reference has all points, the template none, a mutant has lost what its docstring says."""
    scores = {view.subject: view.report.score for view in views}
    assert (scores["reference"], scores["template"]) == (20.0, 0.0)
    assert list(scores)[2:] == sorted(path.stem for path in COURSE.glob("assignments/affine_softmax/mutants/*.py"))
    assert all(view.is_as_stated for view in views)
    assert {view.report.submission.student for view in views} == {*scores}


def test_preview_shows_staff_more_than_students(page):
    """Values of a hidden criterion are in the page for staff, and not in the student's; ids are in both."""
    student, staff = (part(page, "m99_01_bias_forgotten", name) for name in ("student", "staff"))
    for text in (student, staff):
        assert 'id="c-a_values"' in text
        assert 'id="c-a_example"' in text
    assert "<h2>How it was graded</h2>" in student
    assert "Identity" in staff
    assert "Identity" not in student
    assert len(re.findall("largest error", staff)) > len(re.findall("largest error", student))


def test_preview_shows_what_a_mutant_replaces(page):
    """Beside its report stand the mistake, the criteria that it must lose, and its code."""
    about = part(page, "m99_01_bias_forgotten", "about")
    assert "<code>a_example</code>" in about
    assert "def affine_forward" in about
    assert "All as stated" in page


def test_preview_marks_a_mutant_that_loses_something_else(course):
    """What `prove` would find is seen here, too."""
    mutant = course / "assignments/affine_softmax/mutants/m99_01_bias_forgotten.py"
    mutant.write_text(mutant.read_text().replace("loses: a_values, a_example", "loses: a_values, a_example, a_safe"))
    views = find_views(replace(SETTINGS, course=course), jobs=2)
    assert [view.subject for view in views if not view.is_as_stated] == ["m99_01_bias_forgotten"]
    page = render_preview_html(load_assignment(course, "affine_softmax"), views)
    assert "1 solution not as stated" in page
    assert "That is not as stated." in part(page, "m99_01_bias_forgotten", "about")


def test_preview_command_writes_one_page(tmp_path):
    """The page is written where it is asked for, and its size is said."""
    done = run("affine_softmax", "--course", COURSE, "--out", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"Wrote {re.escape(str(tmp_path))}/page.html \(6 solutions, 0\.\d MiB\)\n", done.stdout)
    assert (tmp_path / "page.html").stat().st_size < 400_000


def test_preview_called_wrongly_is_told(tmp_path):
    """An unknown assignment, and a folder that is not there, before anything runs."""
    done = run("affine_sofmax", "--course", COURSE, "--out", tmp_path / "page.html")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "Hint: Did you mean `affine_softmax`?")
    done = run("affine_softmax", "--course", COURSE, "--out", tmp_path / "no/page.html")
    assert (done.returncode, "There is no folder" in done.stderr) == (2, True)


def test_preview_of_a_course_that_is_wrong_is_an_error_of_the_course(course, tmp_path):
    """File and line of what is wrong with the rubric."""
    (course / "assignments/affine_softmax/rubric/test_a.py").write_text("def test_a_values(:\n")
    done = run("affine_softmax", "--course", course, "--out", tmp_path / "page.html")
    assert (done.returncode, "test_a.py, line 1" in done.stderr) == (4, True)
    assert not (tmp_path / "page.html").exists()


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_preview_in_a_browser_shows_who_is_chosen(page, tmp_path, width, scheme):
    """Chosen from the list or the menu; no wider than the screen; nothing is fetched and nothing complained of."""
    playwright_api = pytest.importorskip("playwright.sync_api", reason="needs the playwright package")
    path = tmp_path / "preview.html"
    path.write_text(page, encoding="utf-8")
    asked, said = [], []
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(path.as_uri())
        heading = tab.locator("#stage h1")
        assert heading.inner_text() == "reference"
        if width < 800:
            tab.select_option("#subject", "m99_02_max_not_subtracted")
        else:
            tab.click('button[data-subject="m99_02_max_not_subtracted"]')
        assert heading.inner_text() == "m99_02_max_not_subtracted"
        assert tab.locator("#stage >> text=Identity").count() == 0
        tab.click('button[data-view="staff"]')
        assert tab.locator("#stage >> text=Identity").count() == 1
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= width
        tab.reload()  # the address says who is chosen
        assert heading.inner_text() == "m99_02_max_not_subtracted"
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
