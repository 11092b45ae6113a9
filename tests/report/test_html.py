"""Pages: what they show, and that nothing in them can act."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from autograder.report.feedback import feedback
from autograder.report.html import code_spans, render_feedback_html, render_html, render_pages
from autograder.report.index import render_index_html
from autograder.report.sections import sections_of
from autograder.report.summary import Batch, columns_of, summarise
from autograder.report.terminal import render_text
from tests.report import samples


def overview(reports, total=None):
    """Render the overview of a batch of reports."""
    columns = columns_of(samples.report())
    rows = tuple(summarise(report, columns) for report in reports)
    return render_index_html(
        Batch(samples.ASSIGNMENT, columns, rows, total or len(rows)), written_utc=samples.STARTED_UTC
    )


def pages():
    """Render every sort of page, of calm and of hostile submissions."""
    every = [
        samples.half_done(),
        samples.needs_another_try(),
        samples.not_loaded(),
        samples.unloaded(),
        samples.six_lost(),
        samples.rejected(),
        samples.hostile(),
    ]
    for report in every:
        yield render_html(report, index_href="../index.html", feedback_href="../feedback/x.html")
        yield render_feedback_html(feedback(report, show_lines=True))
    yield overview(every, total=9)


class Page(HTMLParser):
    """The elements of a page, with the text of scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.raw = {"script": "", "style": ""}
        self._open = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        self._open = tag if tag in self.raw else None

    def handle_endtag(self, tag):
        """Note that a script or style has ended."""
        self._open = None

    def handle_data(self, data):
        """Collect the text of scripts and styles."""
        if self._open:
            self.raw[self._open] += data


PAGES = list(pages())


@pytest.mark.parametrize("page", PAGES)
def test_page_hostile_text_makes_no_element(page):
    """Names, messages, output and tracebacks of a submission stay text, in each place of each page."""
    elements = Page(page).elements
    assert not [tag for tag, _ in elements if tag in ("img", "iframe", "object", "embed", "form", "base")]
    assert len([tag for tag, _ in elements if tag == "script"]) == page.count('id="cells"')
    assert "alert(1)</script>" not in page


@pytest.mark.parametrize("page", PAGES)
def test_page_has_no_raw_control_character(page):
    """Neither an escape sequence nor a mark that reorders text reaches whoever opens or prints the file."""
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]", page)


@pytest.mark.parametrize("page", PAGES)
def test_page_fetches_and_runs_nothing_but_its_own(page):
    """The policy allows this style and this script by hash; no attribute carries script or style, no address is foreign."""
    parsed = Page(page)
    policy = next(
        attrs["content"] for tag, attrs in parsed.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    for name, text in parsed.raw.items():
        if text:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{name}-src 'sha256-{digest}'" in policy
        else:
            assert f"{name}-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for _, attrs in parsed.elements:
        assert not [name for name in attrs if name.startswith("on") or name in ("style", "src", "srcset", "action")]
        assert not re.match(r"\s*(https?:|//|javascript:)", attrs.get("href") or "", re.IGNORECASE)
    assert "url(" not in parsed.raw["style"]
    assert "@import" not in parsed.raw["style"]


@pytest.mark.parametrize("page", PAGES)
def test_page_ids_are_unique_and_inner_links_lead_somewhere(page):
    """Whoever follows a bar arrives at its criterion."""
    elements = Page(page).elements
    ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
    targets = {attrs["href"][1:] for _, attrs in elements if (attrs.get("href") or "").startswith("#")}
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


def test_page_pictures_are_told_to_those_who_do_not_see_them():
    """Every picture has a name or is hidden from screen readers, and every outcome is written out."""
    elements = Page(render_html(samples.half_done())).elements
    icons = [attrs for tag, attrs in elements if tag == "svg"]
    inner = [attrs for attrs in icons if "aria-label" not in attrs and "aria-hidden" not in attrs]
    assert all(set(attrs) == {"class", "x", "width", "height"} for attrs in inner)  # segments, which have a title


def test_page_of_staff_shows_everything_of_a_failed_numeric_criterion():
    """Message, where, how far, what was expected, hint, output: nothing is left to guess."""
    page = render_html(samples.half_done())
    for part in (
        "out: 1,392 of 4,096 elements are off",
        "out[63, 42]",
        "-0.1002102",
        "1,408 of 4,096 (34 %)",
        "Down: 64 rows. Across: 64 columns.",
        "eps stands inside the root",
        "Printed: 2 lines",
    ):
        assert part in page


def test_page_of_a_rejected_submission_says_why():
    """The reason stands where the criteria would be."""
    page = render_html(samples.rejected())
    assert "Why it could not be graded" in page
    assert "entry &#39;../../layers.py&#39; leaves the folder." in page


@pytest.mark.parametrize(
    "render", [render_html, lambda report: render_feedback_html(feedback(report, show_lines=True))]
)
def test_page_of_a_submission_that_was_not_loaded_says_the_reason_once(render):
    """Both pages name the same cause, at the top and not under each criterion."""
    report = samples.unloaded()
    page = render(report.model_copy(update={"notes": report.reasons}))
    assert page.count("torch is not installed where this is graded") == 1
    assert page.index("torch is not installed") < page.index("Where points are missing")
    assert "29 criteria of what was not loaded" in page
    assert page.count("TwoLayerNet was not defined.") == 4
    assert "Reshape x to (N, D)" not in page  # a hint for what never ran


@pytest.mark.parametrize("reduce", [lambda report: report, lambda report: feedback(report, show_lines=True)])
def test_page_says_public_and_hidden_once_per_group(reduce):
    """Criteria that are alike in it stand together under one word."""
    report = samples.six_lost()
    for section in sections_of(reduce(report)):
        for groups in (section.lost, section.brief, section.passed):
            assert [group.label for group in groups] == sorted({group.label for group in groups}, reverse=True)
    page = render_html(report)
    groups = sum(len(one.lost) + len(one.brief) + len(one.passed) for one in sections_of(report))
    assert page.count(">hidden<") + page.count(">public<") == groups


def test_page_of_a_check_that_failed_for_an_exception_does_not_say_that_one_was_raised():
    """Where nothing escaped there is nothing to look for: the kind is left out, on the page and in text."""
    report = samples.six_lost()
    (stable,) = (item for item in report.criteria if item.id == "b3_stable")
    assert (stable.kind, stable.exception) == ("exception", None)
    for text in (render_html(report), render_feedback_html(feedback(report, show_lines=True))):
        assert ">exception<" not in text
    assert "(exception)" not in render_text(feedback(report, show_lines=True), width=100)


def test_page_of_a_rejected_submission_puts_the_hint_of_its_reason_under_what_to_do():
    """Reason and remedy stand apart."""
    report = samples.rejected().model_copy(update={"problems": ("layers.py is empty. Hint: Save it first.",)})
    page = render_html(report)
    assert "<li>layers.py is empty.</li>" in page
    assert "<p>Save it first.</p>" in page


def test_overview_links_to_the_pages_of_names_that_need_quoting():
    """An id with spaces, accents and percent signs leads to its file."""
    page = overview([samples.report("50% Zoë #1")])
    assert 'href="reports/50%2525%20Zo%C3%AB%20%2523' in page


def test_overview_of_a_running_batch_says_how_far_it_is():
    """Whoever looks early knows that it is early."""
    assert "2 of 10 finished at 16:03:20 CEST (UTC+2)" in overview([samples.half_done(), samples.rejected()], total=10)


def test_overview_sets_code_as_code_wherever_a_submission_is_spoken_of():
    """A backtick is Markdown's, and staff do not read Markdown; one that is cut off is closed."""
    flag = "layers.py, line 3: exits at once: `os._exit`."
    long = f"layers.py: `{'x' * 300}` is long"
    reject = samples.rejected().model_copy(update={"problems": ("`layers.py` is a web page.",)})
    page = overview([samples.report("ada", flags=(flag, long)), reject])
    assert "exits at once: <code>os._exit</code>." in page
    assert page.count("<code>layers.py</code> is a web page.") == 2
    assert "`" not in page[page.index("<main>") : page.index("<script")]
    assert "exits at once: <code>os._exit</code>." in render_html(samples.report("ada", flags=(flag,)))


def test_overview_lists_fold_beyond_the_first_few():
    """A list that scrolls in its box hides that there is more."""
    page = overview([samples.rejected(f"student{number}") for number in range(9)])
    rejected = page[page.index("<h2>Rejected</h2>") : page.index("<h2>Pass rate")]
    first, folded = rejected.split("<details><summary>3 more submissions</summary>")
    assert (first.count("<li>"), folded.count("<li>")) == (6, 3)
    assert "overflow" not in re.search(r"\.items \{[^}]*\}", page)[0]


def test_overview_titles_that_do_not_fit_above_their_columns_stand_below():
    """A header of two columns shows the exercise's id alone rather than a cut-off title."""
    page = overview([samples.report()])
    assert "<span>B1 Affine layer</span>" not in page
    assert "<span>B1</span>" in page
    assert "<b>B1</b> Affine layer, " in page


def test_overview_of_nothing_yet_is_a_page():
    """Before the first result there is a page without pictures."""
    assert "0 of 4 finished" in overview([], total=4)


def test_overview_of_a_thousand_students_and_forty_criteria_stays_small():
    """The page of a large course is less than 3 MB, and grows with the number of students alone."""
    reports = samples.course(100)
    wide = [report.model_copy(update={"criteria": _forty(report.criteria)}) for report in reports]
    columns = columns_of(wide[0])
    rows = tuple(summarise(wide[number % 100], columns) for number in range(1000))
    page = render_index_html(Batch(samples.ASSIGNMENT, columns, rows, 1000))
    assert len(columns) == 40
    assert len(page.encode("utf-8")) < 1_000_000


def _forty(criteria):
    more = [item.model_copy(update={"id": f"{item.id}_again"}) for item in criteria[:11]]
    return (*criteria, *more) if criteria else ()


def test_code_spans_between_backticks_are_escaped_and_nothing_else_is_markup():
    """Hints may name code; what stands between the backticks is text all the same."""
    assert code_spans("use `a<b>` & c") == "use <code>a&lt;b&gt;</code> &amp; c"
    assert code_spans("one ` alone") == "one ` alone"


def test_pages_of_one_report_are_the_same_each_time():
    """Rendering is a pure function: the same report gives the same bytes."""
    assert render_pages(samples.half_done(), show_lines=True) == render_pages(samples.half_done(), show_lines=True)
