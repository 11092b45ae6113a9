"""Pages opened in headless Chromium, with what they complained of."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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


class Visit:
    """A page that was opened, with what it complained of, asked for and popped up.

    Further options are those of a browser's context, such as ``java_script_enabled``.
    """

    def __init__(self, browser: Browser, path: Path, viewport: dict[str, int], scheme: str = "light", **options):
        self.context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)
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

    @property
    def height(self) -> int:
        """The length of the page as it opens [px]."""
        return self.page.evaluate("document.scrollingElement.scrollHeight")

    def open_all(self) -> None:
        """Unfold everything."""
        self.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
