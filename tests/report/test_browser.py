"""Pages as a browser shows them: Chromium, headless, on a phone and on a desk, in light and in dark."""

from __future__ import annotations

import shutil

import pytest

from autograder.gradebook import Gradebook, RunIdentity, open_output
from autograder.report.summary import columns_of
from tests.report import samples

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs the playwright package")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
REPORTS = {
    "half done": samples.half_done,
    "another try": samples.needs_another_try,
    "not loaded": samples.not_loaded,
    "rejected": samples.rejected,
    "hostile": samples.hostile,
}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Write an output as a run does."""
    path = tmp_path_factory.mktemp("pages") / "out"
    identity = RunIdentity(assignment="01_backpropagation", assignment_digest="d", secret="s", grader_version="0.1.0")
    columns = columns_of(samples.report())
    with open_output(path, identity) as output, Gradebook(output, samples.ASSIGNMENT, columns) as book:
        for report in (*samples.course(60), *(make() for make in REPORTS.values())):
            book.add(report)
    return path


@pytest.fixture(scope="module")
def browser():
    """Start Chromium once for all tests of this module."""
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visit:
    """A page that was opened, with what it complained of, asked for and popped up."""

    def __init__(self, browser, path, viewport, scheme="light"):
        self.context = browser.new_context(viewport=viewport, color_scheme=scheme)
        self.page = self.context.new_page()
        self.complaints, self.requests, self.dialogs = [], [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.goto(path.as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


def pages_of(out, name):
    """Give the paths of the pages of one of the reports, or of the overview."""
    if name == "overview":
        return [out / "index.html"]
    stem = REPORTS[name]().submission.id
    return [out / folder / f"{stem}.html" for folder in ("reports", "feedback")]


EVERY = [*REPORTS, "overview"]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", EVERY)
def test_page_in_a_browser_is_silent_self_contained_and_no_wider_than_the_screen(out, browser, name, viewport):
    """No console message, no request but for the page itself, no dialog, nothing to scroll sideways."""
    for path in pages_of(out, name):
        with Visit(browser, path, viewport) as visit:
            visit.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            width = visit.page.evaluate("document.scrollingElement.scrollWidth")
            assert (visit.complaints, visit.dialogs, len(visit.requests)) == ([], [], 1)
            assert width <= viewport["width"]


@pytest.mark.parametrize("name", ["half done", "overview"])
def test_page_in_a_browser_follows_the_scheme_of_its_reader(out, browser, name):
    """Light and dark are the reader's choice."""
    (path, *_) = pages_of(out, name)
    grounds = {}
    for scheme in ("light", "dark"):
        with Visit(browser, path, DESK, scheme) as visit:
            grounds[scheme] = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert grounds == {"light": "rgb(244, 245, 248)", "dark": "rgb(16, 20, 27)"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_in_a_browser_text_has_contrast_where_it_really_stands(out, browser, scheme):
    """Every piece of text of a real page stands out from the ground that it really has, by WCAG's 4.5."""
    for name in ("half done", "another try", "overview"):
        (path, *_) = pages_of(out, name)
        with Visit(browser, path, DESK, scheme) as visit:
            assert visit.page.evaluate(FAINT_TEXT) == []


# Give the pieces of text whose colour has less contrast than 4.5 to the nearest painted ground.
FAINT_TEXT = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      const alpha = parts(colour)[3];
      if (alpha === undefined || alpha > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || ["script", "style", "title"].includes(node.tagName.toLowerCase())) continue;
    const style = getComputedStyle(node);
    const colour = node.closest("svg") ? style.fill : style.color;
    const pair = [light(colour), light(ground(node))].sort((a, b) => a - b);
    if ((pair[1] + 0.05) / (pair[0] + 0.05) < 4.5) faint.push([node.className, walker.currentNode.textContent.trim().slice(0, 40), colour, ground(node)]);
  }
  return faint;
}"""


def test_overview_in_a_browser_sorts_by_score_and_by_criterion(out, browser):
    """A click on a heading sorts the table, another one turns it round."""
    with Visit(browser, out / "index.html", DESK) as visit:
        page = visit.page
        page.get_by_role("button", name="Score").click()
        scores = page.locator("#cells tbody tr td:nth-child(2)").all_inner_texts()
        numbers = [float(score) for score in scores if score != "\u2013"]
        assert numbers == sorted(numbers, reverse=True)
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
        page.get_by_role("button", name="Score").click()
        scores = page.locator("#cells tbody tr td:nth-child(2)").all_inner_texts()
        numbers = [float(score) for score in scores if score != "\u2013"]
        assert numbers == sorted(numbers)
        page.get_by_role("button", name="b4_gradient").click()
        first = page.locator("#cells tbody tr").first.locator("td").nth(14 + 1)
        assert first.get_attribute("class") != "p"


def test_overview_in_a_browser_filters_by_name_and_outcome(out, browser):
    """Typing part of a name, or choosing what to see, leaves the rows that fit."""
    with Visit(browser, out / "index.html", PHONE) as visit:
        page = visit.page
        page.get_by_label("Student", exact=True).fill("hopper")
        assert page.locator("#cells tbody tr:visible th").all_inner_texts() == ["grace.hopper"]
        assert page.locator("#said").inner_text() == "1 of 65 shown"
        page.get_by_label("Student", exact=True).fill("")
        page.get_by_label("Show").select_option("needs another try")
        assert page.locator("#cells tbody tr:visible th").all_inner_texts() == ["student0052", "Zoë Åkesson"]


def test_overview_in_a_browser_leads_to_reports_and_back(out, browser):
    """A cell leads to its criterion, the report to the student's page and back to the overview."""
    with Visit(browser, out / "index.html", DESK) as visit:
        page = visit.page
        row = page.locator("#cells tbody tr", has_text="grace.hopper")
        cell = row.locator("td.t")
        cell.hover()
        assert (
            page.locator("#said").inner_text() == "grace.hopper, Two-layer net: learns a three-arm spiral: Out of time"
        )
        cell.click()
        page.wait_for_url("**/reports/grace.hopper.html#c-b7_training")
        page.get_by_role("link", name="What the student sees").click()
        page.wait_for_url("**/feedback/grace.hopper.html")
        page.go_back()
        page.get_by_role("link", name="All submissions").click()
        page.wait_for_url("**/index.html")
        assert visit.complaints == []


def test_overview_in_a_browser_links_to_files_that_exist(out, browser):
    """Whatever an id is made of, its link leads to its file."""
    with Visit(browser, out / "index.html", DESK) as visit:
        links = visit.page.locator("#cells tbody a").evaluate_all("all => all.map(one => one.href)")
        assert len(set(links)) == 65
        for link in links:
            visit.page.goto(link)
            assert visit.page.locator("h1").count() == 1


def test_report_in_a_browser_is_printed_with_its_details(out, browser):
    """Paper has no button: what is folded on the screen is on it."""
    with Visit(browser, out / "reports" / "grace.hopper.html", DESK) as visit:
        visit.page.emulate_media(media="print")
        height = visit.page.locator("details > pre").first.evaluate("node => node.getBoundingClientRect().height")
        assert height > 10
