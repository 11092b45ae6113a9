"""The documentation: what it tells people to type exists, its links lead somewhere, its tables are complete, its tutorial runs."""

import doctest
import importlib.util
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import autograder.rubric
from autograder.cli import main
from autograder.course.model import (
    LOOKING,
    AssignmentSettings,
    FeedbackSettings,
    ImportSettings,
    LimitSettings,
)
from autograder.records.outcome import Fault, Outcome, Status, Strength
from autograder.records.report import Criterion, Report
from autograder.remote.handle import RemoteCallable

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
}
FENCE = re.compile(r"^( *)```(?P<language>\w+)(?P<options>[^\n]*)\n(?P<body>.*?)^\1```$", re.MULTILINE | re.DOTALL)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def steps_of(page):
    """What a page has its reader do, in order: files to write, and commands with what they print."""
    for block in FENCE.finditer(page):
        title = re.search(r'title="([^"]+)"', block["options"])
        if title:
            yield "file", title[1], block["body"]
        elif block["language"] == "console":
            for part in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]:
                command, _, printed = re.sub(r"\\\n *", "", part).partition("\n")
                yield "command", re.sub(r" +# .*", "", command).strip(), printed


COMMANDS = sorted({(page, step[1]) for page, text in PAGES.items() for step in steps_of(text) if step[0] == "command"})


def words_from(command, word):
    """The words of a command line behind `word`, the brackets and dots of a synopsis taken away."""
    words = shlex.split(re.sub(r"\[|\]|\.\.\.", "", command))
    return words[words.index(word) + 1 :] if word in words else None


def find_command(words):
    """The command of ours that a line names, in its group if it has one; and the words behind it."""
    command, rest = main.commands[words[0]], words[1:]
    while isinstance(command, click.Group) and rest:
        command, rest = command.commands[rest[0]], rest[1:]
    return command, rest


def there(path, *, is_folder):
    """Make a folder or a file that a command expects to exist."""
    (path if is_folder else path.parent).mkdir(parents=True, exist_ok=True)
    if not is_folder:
        path.touch()


def parse(words):
    """Parse a command line of ours as the command does, with the folders and files that it expects to exist."""
    command, rest = find_command(words)
    values, _, _ = command.make_parser(click.Context(command)).parse_args(list(rest))
    for parameter in command.params:
        given = values.get(parameter.name)
        if isinstance(parameter.type, click.Path) and parameter.type.exists and given:
            for name in [given] if isinstance(given, str) else given:
                if isinstance(name, str):
                    there(Path(name), is_folder=parameter.type.dir_okay)
    return command.make_context(words[0], rest)


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_docs_command_line_exists(page, command, tmp_path, monkeypatch):
    """A command of ours parses, a module is there, a target is in the Makefile, a script is in the repository."""
    monkeypatch.chdir(tmp_path)
    if words := words_from(command, "autograder"):
        parse(words)
    for module in re.findall(r"python -m (autograder[\w.]*)", command):
        assert importlib.util.find_spec(module) is not None
    for target in re.findall(r"^make (\w+)", command):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("page", PAGES)
def test_docs_commands_in_sentences_exist(page):
    """A command that a sentence names is one of ours, with options that it has."""
    for line in re.findall(r"`autograder ([a-z][^`]*)`", PAGES[page]):
        command, _ = find_command(re.sub(r"[|\[\]]| \.\.\.", "", line).split())
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", line)) <= known


def slug(heading):
    return re.sub(r"[^\w]+", "-", re.sub(r"[`*,.()]", "", heading).strip().lower()).strip("-")


@pytest.mark.parametrize("page", PAGES)
def test_docs_links_lead_somewhere(page):
    """Every relative link and picture is a file of the repository, every anchor a heading of it."""
    text = re.sub(FENCE, "", PAGES[page])
    for target in [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)]:
        name, _, anchor = target.partition("#")
        if "://" in name:
            continue
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, target


def test_docs_pages_are_all_in_the_navigation():
    """A page that nobody can find is not written."""
    navigation = (ROOT / "mkdocs.yml").read_text()
    for path in DOCS.rglob("*.md"):
        assert path.relative_to(DOCS).as_posix() in navigation


def test_readme_has_the_two_commands_and_a_place_for_what_is_measured():
    """The two commands stand in the README, and the block that the benchmarks fill."""
    readme = PAGES["README.md"]
    assert {"make demo", "make test"} <= {step[1] for step in steps_of(readme)}
    assert readme.index("<!-- benchmark:begin -->") < readme.index("<!-- benchmark:end -->")


@pytest.mark.parametrize("page", PAGES)
def test_docs_never_have_somebody_elses_package_installed(page):
    """No page has its reader install the package that is called like ours on the index."""
    assert not re.search(r"pip3? install (-\S+ )*autograder\b", PAGES[page])


def test_docs_pictures_are_small():
    """A picture has less than 200 KB."""
    pictures = list((DOCS / "images").iterdir())
    assert pictures
    assert all(path.suffix == ".png" and path.stat().st_size < 200_000 for path in pictures)


# the reference is complete ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", main.commands)
def test_reference_of_the_command_line_names_every_option(name):
    """Every command has a section, and every option stands in it."""
    section = re.search(rf"^## {name}\n(.*?)(?=^## )", PAGES["docs/reference/command.md"], re.MULTILINE | re.DOTALL)
    command = main.commands[name]
    parts = (command, *getattr(command, "commands", {}).values())
    options = {
        option for part in parts for parameter in part.params for option in parameter.opts if option.startswith("--")
    }
    assert {option for option in options if f"{option}" not in section[1]} == set()


@pytest.mark.parametrize("table", [AssignmentSettings, ImportSettings, LimitSettings, FeedbackSettings])
def test_reference_of_the_settings_names_every_key_with_its_default(table):
    """Every key of assignment.toml stands in the table, with the default that it has."""
    page = PAGES["docs/reference/assignment.md"]
    for name, field in table.model_fields.items():
        if name in ("exercises", "imports", "limits", "feedback"):
            assert f"`[{name}]`" in page
        elif field.is_required():
            assert f"| `{name}` | required |" in page
        else:
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            text = f"`{json.dumps(int(default) if isinstance(default, float) else default)}`"
            assert f"| `{name}` | {'none' if default is None else text} |" in page


@pytest.mark.parametrize("package", LOOKING)
def test_reference_of_submissions_names_every_package_for_looking(package):
    """Students and authors read which packages do nothing."""
    section = PAGES["docs/reference/submissions.md"].partition("## Packages for looking")[2].partition("\n## ")[0]
    assert f"`{package}`" in section


@pytest.mark.parametrize("word", [*Outcome, *Fault, *Status])
def test_reference_of_outcomes_explains_every_word(word):
    """Every outcome, fault and status has a line."""
    assert f"\n| `{word}` |" in PAGES["docs/reference/outcomes.md"]


@pytest.mark.parametrize("strength", Strength)
def test_reference_of_limits_explains_every_strength(strength):
    """Every strength of a limit has a line."""
    assert f"\n| `{strength}` |" in PAGES["docs/reference/limits.md"]


@pytest.mark.parametrize("model", [Report, Criterion])
def test_reference_of_the_output_names_every_key(model):
    """Every key of the report's JSON stands in the tables."""
    page = PAGES["docs/reference/output.md"]
    assert [name for name in [*model.model_fields, *model.model_computed_fields] if f"`{name}`" not in page] == []


def test_reference_of_the_rubric_has_the_whole_vocabulary():
    """Everything that authors import is in the reference, and nothing else."""
    shown = set(
        re.findall(r"^::: autograder\.rubric\.(?:\w+\.)*(\w+)$", PAGES["docs/reference/rubric.md"], re.MULTILINE)
    )
    assert shown == set(autograder.rubric.__all__)


def test_reference_of_a_call_names_every_option():
    """Every option of `under` has a line."""
    page = PAGES["docs/reference/rubric.md"]
    assert all(
        f"\n| `{name}` |" in page for name in inspect.signature(RemoteCallable.under).parameters if name != "self"
    )


# the tutorial runs ------------------------------------------------------------------------------------------


def commands_at_hand(folder):
    """A folder with the commands `autograder` and `python`, which are those that run this test."""
    folder.mkdir()
    for name, line in (("autograder", '-m autograder "$@"'), ("python", '"$@"')):
        path = folder / name
        path.write_text(f"#!/bin/sh\nexec '{sys.executable}' {line}\n")
        path.chmod(0o755)
    return folder


@pytest.mark.parametrize("page", ["docs/tutorial/rubric.md", "docs/tutorial/author.md"])
def test_tutorial_runs_as_it_stands(tmp_path, page):
    """Every file is written and every command run, in order; what the page says is printed is printed."""
    environment = os.environ | {"PATH": f"{commands_at_hand(tmp_path / 'bin')}:{os.environ['PATH']}", "COLUMNS": "200"}
    here, place = tmp_path, tmp_path / "place"
    for kind, what, text in steps_of(PAGES[page]):
        if kind == "file":
            (here / what).parent.mkdir(parents=True, exist_ok=True)
            (here / what).write_text(text)
            continue
        script = f"set -e\n{what}\npwd > '{place}'\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=here, env=environment, text=True, timeout=300, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == 0, f"$ {what}\n{done.stdout}"
        here = Path(place.read_text().strip())
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        if text.strip():
            assert doctest.OutputChecker().check_output(text, done.stdout, flags), f"$ {what}\n{done.stdout}\n{text}"


def test_tutorial_of_grading_shows_what_the_batch_comes_to(tmp_path):
    """The table and what is said below it are those of the example batch as it is."""
    (shown,) = [printed for _, _, printed in steps_of(PAGES["docs/tutorial/grade.md"]) if "mean " in printed]
    batch = "assignments/01_backpropagation/examples"
    command = [sys.executable, "-m", "autograder", "grade", "01_backpropagation", batch]
    places = ["--out", str(tmp_path / "out"), "--secret-file", str(tmp_path / "secret")]
    done = subprocess.run([*command, *places], cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    lines = shown[shown.index("student ") : shown.index("Report:")].splitlines()
    assert [line for line in lines if line != "..." and line not in done.stdout.splitlines()] == []


# the site ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site, warnings being errors."""
    for package in ("material", "mkdocstrings"):
        pytest.importorskip(package, reason="needs what the documentation is built with")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_site_refers_to_nothing_elsewhere(site):
    """No page has a script, a style sheet, a font or a picture that lies elsewhere."""
    for path in site.rglob("*.html"):
        tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", path.read_text(encoding="utf-8"))
        assert [tag for tag in tags if re.search(r'(src|href)="(https?:)?//', tag)] == []


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_site_in_a_browser_fetches_nothing_and_fits_a_phone(site):
    """Pages opened from the disk ask for files only, say nothing on the console and are no wider than a phone."""
    playwright_api = pytest.importorskip("playwright.sync_api", reason="needs the playwright package")
    asked, said = [], []
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in sorted({*site.rglob("*.html")} - {site / "404.html"}):  # that one is for web servers
            page.goto(path.as_uri())
            assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
