"""Pages for all readers: no violation of WCAG 2.2 AA that axe-core finds, and no small text or target."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.browsing import DESK, PHONE, Visit

axe = pytest.importorskip("axe_playwright_python", reason="needs the axe-playwright-python package")
AXE = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = [
    *(
        f"{name}, {who}"
        for name in ("six lost", "half done", "another try", "not loaded", "unloaded", "rejected", "hostile")
        for who in ("staff", "student")
    ),
    "full marks, student",
    "overview",
    "proof",
    "preview",
]
# Give the pieces of text that are drawn in less than 12 px, whatever a picture is scaled to.
SMALL_TEXT = """() => {
  const small = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || node.closest("script, style, title, template, noscript")) continue;
    const scale = node.closest("svg") && node.getScreenCTM ? node.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(node).fontSize) * scale;
    if (size < 12) small.push([node.tagName, node.className.baseVal ?? node.className, size]);
  }
  return small;
}"""


def violations(visit):
    """Name the rules of WCAG 2.2 AA that a page breaks, each with the first element that does."""
    found = visit.page.evaluate("tags => axe.run(document, {runOnly: tags})", LEVELS)
    assert "color-contrast" in {rule["id"] for rule in found["passes"]}  # it did look
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]]


@pytest.mark.parametrize("name", PAGES)
def test_page_of_any_sort_breaks_no_rule_of_wcag(every_page, browser, name):
    """At both widths, in both schemes, with everything unfolded."""
    for viewport in (DESK, PHONE):
        with Visit(browser, every_page[name], viewport, bypass_csp=True) as visit:
            visit.open_all()
            visit.page.add_script_tag(content=AXE)
            for scheme in ("light", "dark"):
                visit.page.emulate_media(color_scheme=scheme)
                assert (viewport["width"], scheme, violations(visit)) == (viewport["width"], scheme, [])


@pytest.mark.parametrize("name", PAGES)
def test_page_of_any_sort_has_no_text_under_12_px(every_page, browser, name):
    """Nothing is too small to be read on a phone, nor on a desk."""
    for viewport in (DESK, PHONE):
        with Visit(browser, every_page[name], viewport) as visit:
            visit.open_all()
            assert visit.page.evaluate(SMALL_TEXT) == []


def test_rules_of_wcag_broken_on_a_page_are_found(browser, tmp_path):
    """The search itself works: faint text, small targets and a picture without a name are named."""
    path = tmp_path / "bad.html"
    path.write_text(
        '<!doctype html><html lang="en"><title>Bad</title><p>Text.</p><p style="color: #ccc">Faint.</p><img src="data:,">'
        '<button style="width: 9px; height: 9px; padding: 0">a</button><button style="width: 9px; height: 9px">b</button>'
    )
    with Visit(browser, path, DESK) as visit:
        visit.page.add_script_tag(content=AXE)
        assert {"color-contrast", "image-alt", "target-size"} <= {rule for rule, _ in violations(visit)}
