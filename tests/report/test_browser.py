"""Pages as a browser shows them: Chromium, headless, on a phone and on a desk, in light and in dark."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.report.html import render_html
from autograder.rubric import CheckFailed, assert_close
from tests.report import samples
from tests.report.browsing import DESK, PHONE, Visit
from tests.report.conftest import REPORTS


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
            visit.open_all()
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
        page.get_by_role("button", name="Score", exact=True).click()
        scores = page.locator("#cells tbody tr td:nth-child(2)").all_inner_texts()
        numbers = [float(score) for score in scores if score != "\u2013"]
        assert numbers == sorted(numbers, reverse=True)
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
        page.get_by_role("button", name="Score", exact=True).click()
        scores = page.locator("#cells tbody tr td:nth-child(2)").all_inner_texts()
        numbers = [float(score) for score in scores if score != "\u2013"]
        assert numbers == sorted(numbers)
        page.locator('th[data-id="b4_gradient"] button').click()
        first = page.locator("#cells tbody tr").first.locator("td").nth(14 + 1)
        assert first.get_attribute("class") != "p"


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_overview_in_a_browser_cuts_no_header_off(out, browser, viewport):
    """What stands above the columns fits there."""
    with Visit(browser, out / "index.html", viewport) as visit:
        widths = visit.page.locator("#cells .group > span").evaluate_all(
            "all => all.map(one => [one.textContent, one.scrollWidth, one.clientWidth])"
        )
    assert widths
    assert [text for text, needed, has in widths if needed > has] == []


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


@pytest.mark.parametrize("who", ["staff", "student"])
def test_report_of_six_lost_of_46_criteria_is_short(every_page, browser, who):
    """A student finds what was lost without scrolling past what was right."""
    for viewport, most in ((DESK, 2_500), (PHONE, 5_000)):
        with Visit(browser, every_page[f"six lost, {who}"], viewport) as visit:
            assert visit.page.locator(".criterion").count() == 46
            assert visit.page.locator(".criterion:visible").count() == 6
            assert visit.height <= most


def test_report_in_a_browser_folds_what_passed_to_one_line_per_exercise(every_page, browser):
    """The line of an exercise opens to what passed; without a script, too."""
    with Visit(browser, every_page["six lost, student"], PHONE, java_script_enabled=False) as visit:
        lines = visit.page.locator(".exercise > details.fold > summary")
        assert lines.count() == 8
        lines.first.click()
        assert visit.page.locator("#x-b1 .criterion:visible").count() == 6
        lines.first.click()
        assert visit.page.locator("#x-b1 .criterion:visible").count() == 0


def test_report_in_a_browser_unfolds_the_criterion_that_a_link_names(every_page, browser):
    """A cell of the overview may lead to a criterion that passed."""
    path = every_page["six lost, staff"]
    with Visit(browser, path, DESK) as visit:
        visit.page.goto(f"{path.as_uri()}#c-b1_safe")
        visit.page.locator("#c-b1_safe").wait_for(state="visible")


@pytest.mark.parametrize("who", ["staff", "student"])
def test_report_hint_of_a_lost_criterion_stands_directly_under_its_message(every_page, browser, who):
    """What to do about it follows what happened, before any figures."""
    with Visit(browser, every_page[f"six lost, {who}"], DESK) as visit:
        pairs = visit.page.locator(".criterion:visible .message").evaluate_all(
            "all => all.map(one => [one.nextElementSibling?.className,"
            " one.nextElementSibling?.getBoundingClientRect().top - one.getBoundingClientRect().bottom])"
        )
        assert len(pairs) == (6 if who == "staff" else 1)
        assert [name for name, _ in pairs] == ["hint"] * len(pairs)
        assert all(0 <= gap < 16 for _, gap in pairs)


@pytest.mark.parametrize("shape", [(3,), (64,), (8, 8), (4, 16), (64, 1), (2, 3, 4)])
def test_report_values_of_up_to_64_stand_side_by_side(browser, tmp_path, shape):
    """Got and expected are numbers beside each other, and there is no picture of them."""
    expected = np.linspace(-1.5, 2.5, int(np.prod(shape))).reshape(shape)
    with pytest.raises(CheckFailed) as failure:
        assert_close(2 * expected, expected, name="dx")
    path = tmp_path / "page.html"
    path.write_text(render_html(samples.with_evidence(failure.value.evidence)), encoding="utf-8")
    with Visit(browser, path, DESK) as visit:
        tables = visit.page.locator(".values table")
        got, wanted = (tables.nth(place).bounding_box() for place in (0, 1))
        assert got["y"] == wanted["y"]
        assert got["x"] + got["width"] <= wanted["x"]
        for place, values in ((0, 2 * expected), (1, expected)):
            shown = [float(text) for text in tables.nth(place).locator("td").all_inner_texts()]
            assert shown == pytest.approx(values.reshape(-1), rel=6e-3)
        assert visit.page.locator("svg.map").count() == 0
        assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= DESK["width"]


def test_report_figures_of_a_lost_criterion_fold(every_page, browser):
    """Message and picture say it; the table that says it once more is for those who ask."""
    with Visit(browser, every_page["half done, staff"], DESK) as visit:
        part = visit.page.locator("#c-b4_train_values")
        assert part.locator("svg.map").is_visible()
        assert not part.get_by_text("relative error").last.is_visible()
        part.get_by_text("In figures").click()
        assert part.get_by_role("rowheader", name="relative error").is_visible()


@pytest.mark.parametrize("who", ["staff", "student"])
def test_report_of_a_rejected_submission_begins_with_reason_and_remedy(every_page, browser, who):
    """No large 0 stands above why nothing was graded."""
    with Visit(browser, every_page[f"rejected, {who}"], PHONE) as visit:
        heads = visit.page.locator("h1, h2").all_inner_texts()
        assert heads[1:3] == ["Why it could not be graded", "What to do"]
        sizes = visit.page.get_by_text("0 of 100 points").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        assert sizes <= 16
        assert visit.page.locator(".score").count() == 0


def test_report_of_no_points_is_not_called_graded_in_green(every_page, browser):
    """That it was graded is no praise: the word has the colour of no outcome."""
    with Visit(browser, every_page["unloaded, student"], DESK) as visit:
        colour = "one => getComputedStyle(one).backgroundColor"
        chip = visit.page.get_by_text("Graded", exact=True).and_(visit.page.locator(".chip"))
        assert visit.page.locator("h1 + .note").is_visible()
        assert chip.get_attribute("class") == "chip idle"
        assert chip.evaluate(colour) == "rgb(235, 238, 244)"


def test_overview_in_a_browser_begins_with_causes_and_worst_criteria(every_page, browser):
    """What staff can act on comes first; scores and all pass rates fold."""
    with Visit(browser, every_page["overview"], DESK) as visit:
        heads = visit.page.locator("main h2").all_inner_texts()
        assert heads[:3] == ["What submissions have in common", "Worst criteria", "Needs another try"]
        assert visit.page.locator("main details.card:not([open]) > summary h2").all_inner_texts() == [
            "Scores",
            "Pass rate of all 29 criteria",
        ]
        rates = [int(text.split()[0]) for text in visit.page.locator(".rates:visible .num:visible").all_inner_texts()]
        assert len(rates) == 8
        assert rates == sorted(rates)


def test_overview_in_a_browser_leads_from_a_cause_to_its_submissions(every_page, browser):
    """Each line of a cause opens to links, one per submission, that lead to reports."""
    with Visit(browser, every_page["overview"], DESK) as visit:
        line = visit.page.locator("#causes summary", has_text="were not loaded whole")
        assert line.inner_text() == "21 of 65 submissions were not loaded whole: 15 lack torch, 6 cupy"
        line.click()
        links = visit.page.locator("#causes details[open] a")
        assert links.count() == 21
        links.first.click()
        visit.page.wait_for_url("**/reports/*.html")
        assert visit.page.locator("h1").count() == 1


@pytest.mark.parametrize("name", ["overview", "proof"])
def test_heat_map_in_a_browser_shows_full_titles_on_hover_and_focus(every_page, browser, name):
    """A column is a short number, and its title is one move away, without a mouse as well."""
    with Visit(browser, every_page[name], DESK) as visit:
        tip = visit.page.locator("#tip")
        column = visit.page.locator(".cells .turn [data-tip]").nth(1)
        column.hover()
        assert "Affine layer: backward pass" in tip.inner_text()
        box, own = tip.bounding_box(), column.bounding_box()
        assert box["y"] + box["height"] <= own["y"] + 1 or box["y"] >= own["y"] + own["height"] - 1
        visit.page.keyboard.press("Escape")
        assert not tip.is_visible()
        column.focus()
        assert "Affine layer: backward pass" in tip.inner_text()
        visit.page.keyboard.press("Tab")
        assert "Affine layer: gradient fits your own forward pass" in tip.inner_text()
        assert visit.page.locator(".cells th:not([class~=visually-hidden])").evaluate_all(
            "all => all.every(one => one.textContent.trim())"
        )
        assert visit.page.locator("[class~=cells]").evaluate_all(
            "all => all.every(one => getComputedStyle(one).writingMode === 'horizontal-tb')"
        )


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_heat_map_in_a_browser_has_no_target_under_24_px(every_page, browser, viewport):
    """A thumb hits what it aims at: names, headings and cells."""
    with Visit(browser, every_page["overview"], viewport) as visit:
        small = visit.page.locator("#cells a, #cells button, #cells td").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).filter(box => box.width < 24 || box.height < 24).length"
        )
        assert small == 0


def test_heat_map_in_a_browser_marks_the_edge_beyond_which_it_goes_on(every_page, browser):
    """On a phone nobody sees a scroll bar: the edge shows that there are more columns, and where."""
    edges = "() => ['::before', '::after'].map(side => getComputedStyle(document.querySelector('.edge'), side).display)"
    with Visit(browser, every_page["overview"], PHONE) as visit:
        frame = visit.page.locator(".edge .frame")
        assert visit.page.evaluate(edges) == ["none", "block"]
        frame.evaluate("one => one.scrollTo(60, 0)")
        visit.page.locator(".edge[data-more='left right']").wait_for()
        assert visit.page.evaluate(edges) == ["block", "block"]
        frame.evaluate("one => one.scrollTo(9999, 0)")
        visit.page.locator(".edge[data-more='left']").wait_for()
    with Visit(browser, every_page["overview"], DESK) as visit:
        assert visit.page.evaluate(edges) == ["none", "none"]
    with Visit(browser, every_page["overview"], PHONE, java_script_enabled=False) as visit:
        assert visit.page.evaluate(edges) == ["none", "block"]


def test_report_in_a_browser_prints_what_passed(every_page, browser):
    """Paper cannot unfold a line."""
    with Visit(browser, every_page["six lost, student"], DESK) as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.locator("#c-b1_safe").bounding_box()["height"] > 10
