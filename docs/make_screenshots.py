"""Takes the pictures of the documentation from the demo's output, with headless Chromium.

Run ``make pictures``, or this file with the folder of a graded ``01_backpropagation`` (by default the demo's). The messages are those of
mutants, which are graded for it: ``--messages`` takes these alone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from autograder.authoring.preview import find_views
from autograder.prove import DRAWS
from autograder.report.html import render_html
from autograder.station import StationSettings

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

IMAGES = Path(__file__).with_name("images")
DEMO = Path(__file__).parents[1] / "out/demo/01_backpropagation"
STUDENT = "lin_wei"  # lost one exercise, with something to look at
CRITERION = "b4_train_values"
WIDTH, MARGIN = 940, 12
MAX_BYTES = 200_000
#: Picture by mutant and criterion.
MESSAGES = {
    "message_shape.png": ("M01-1b", "b1_backward_values"),
    "message_values.png": ("M01-3b", "b3_values"),
    "message_stable.png": ("M01-3a", "b3_stable"),
    "message_changed.png": ("M01-2a", "b2_safe"),
    "message_chance.png": ("M01-9a", "b6_mask"),
}


def main() -> None:
    """Take all pictures."""
    words = [word for word in sys.argv[1:] if word != "--messages"]
    out = Path(words[0]) if words else DEMO
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        _take_messages(page)
        if "--messages" not in sys.argv:
            _take_report(page, out)
            page.set_viewport_size({"width": 1340, "height": 900})
            _take_overview(page, out)
        browser.close()


def _take_messages(page: Page) -> None:
    settings = StationSettings(Path(__file__).parents[1], "01_backpropagation", DRAWS)
    views = find_views(settings, only=[mutant for mutant, _ in MESSAGES.values()])
    reports = {view.subject: view.report for view in views}
    with tempfile.TemporaryDirectory() as folder:
        for name, (mutant, criterion) in MESSAGES.items():
            path = Path(folder, f"{mutant}.html")
            path.write_text(render_html(reports[mutant]), encoding="utf-8")
            page.goto(path.as_uri())
            part = page.locator(f"#c-{criterion}")
            box = part.bounding_box()
            assert box is not None
            _save(page, name, top=box["y"] - MARGIN, bottom=_bottom(part))


def _take_report(page: Page, out: Path) -> None:
    page.goto((out / "reports" / f"{STUDENT}.html").resolve().as_uri())
    lost = page.locator("section", has=page.get_by_role("heading", name="Where points are missing"))
    _save(page, "report.png", top=0, bottom=_bottom(lost))
    criterion = page.locator(f"#c-{CRITERION}")
    box = criterion.bounding_box()
    assert box is not None
    _save(page, "criterion.png", top=box["y"] - MARGIN, bottom=_bottom(criterion))


def _take_overview(page: Page, out: Path) -> None:
    page.goto((out / "index.html").resolve().as_uri())
    table = page.locator("details", has=page.get_by_role("heading", name="Students and criteria"))
    box = table.bounding_box()
    assert box is not None
    _save(page, "overview.png", top=box["y"] - MARGIN, bottom=_bottom(table))


def _bottom(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"] + MARGIN


def _save(page: Page, name: str, *, top: float, bottom: float) -> None:
    """Save a strip of the page, as wide as the page."""
    path = IMAGES / name
    size = page.viewport_size
    assert size is not None
    clip = {"x": 0, "y": max(0.0, top), "width": size["width"], "height": bottom - max(0.0, top)}
    page.screenshot(path=path, full_page=True, clip=clip)
    if path.stat().st_size > MAX_BYTES:
        sys.exit(f"{path} has {path.stat().st_size:,} bytes, at most {MAX_BYTES:,} are for a picture.")
    sys.stdout.write(f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}\n")


if __name__ == "__main__":
    main()
