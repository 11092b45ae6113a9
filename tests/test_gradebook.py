"""The folder of results: written as they arrive, whole or not at all, and continued."""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from autograder.errors import InfrastructureError, UsageError
from autograder.grading.folder import open_result_folder
from autograder.grading.store import RunIdentity
from autograder.records.report import Report
from autograder.report.html import render_pages
from autograder.report.summary import columns_of
from tests.report import samples

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = columns_of(samples.report())
IDENTITY = RunIdentity(
    assignment="01_backpropagation", assignment_digest="sha256:9f", secret="sha256:5d", grader_version="0.1.0"
)


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        """Look at the clock."""
        return self.now_s


def fill(path, *reports, identity=IDENTITY, fresh=False, **more):
    """Write reports to an output as one run."""
    with (
        open_result_folder(path, identity, fresh=fresh) as output,
        output.open_book(samples.ASSIGNMENT, COLUMNS, **more) as book,
    ):
        for report in reports:
            book.add(report)


def students(path):
    """Read the students of a gradebook, in its order."""
    with (path / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        return [row["student"] for row in csv.DictReader(file)]


def files(path):
    """List what a folder holds."""
    return sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())


def test_gradebook_of_a_run_holds_every_promised_file(tmp_path):
    """A run leaves the gradebook, three files per submission, the overview, and whose results they are."""
    fill(tmp_path / "out", samples.half_done(), samples.rejected("sam"))
    assert files(tmp_path / "out") == [
        ".lock",
        "feedback/grace.hopper.html",
        "feedback/sam.html",
        "gradebook.csv",
        "index.html",
        "reports/grace.hopper.html",
        "reports/grace.hopper.json",
        "reports/sam.html",
        "reports/sam.json",
        "run.json",
        "sources/grace.hopper.json",
        "sources/sam.json",
    ]


def test_gradebook_written_record_is_the_report(tmp_path):
    """What is read from the file is what was graded."""
    fill(tmp_path / "out", samples.hostile())
    (path,) = (tmp_path / "out" / "reports").glob("*.json")
    assert Report.model_validate_json(path.read_bytes()) == samples.hostile()


def test_gradebook_grows_as_results_arrive_and_is_sorted_at_the_end(tmp_path):
    """Whoever looks during the run sees what is finished, in the order in which it was."""
    out = tmp_path / "out"
    with open_result_folder(out, IDENTITY) as output, output.open_book(samples.ASSIGNMENT, COLUMNS) as book:
        for name in ("carol", "Bob", "ann"):
            book.add(samples.report(name))
        assert students(out) == ["carol", "Bob", "ann"]
    assert students(out) == ["ann", "Bob", "carol"]


def test_gradebook_is_sorted_when_a_run_is_interrupted(tmp_path):
    """After Ctrl-C what is finished is there, in order, with its overview."""
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), open_result_folder(out, IDENTITY) as output:  # noqa: SIM117 - the interrupt is raised inside
        with output.open_book(samples.ASSIGNMENT, COLUMNS, submissions=["a", "b", "c"]) as book:
            book.add(samples.report("b"))
            book.add(samples.report("a"))
            raise KeyboardInterrupt
    assert students(out) == ["a", "b"]
    assert "2 of 3 finished" in (out / "index.html").read_text(encoding="utf-8")


def test_output_of_the_same_run_is_continued(tmp_path):
    """What has a result keeps it, and the gradebook has old and new."""
    out = tmp_path / "out"
    fill(out, samples.report("ann"), samples.rejected("bob"), samples.needs_another_try())
    with open_result_folder(out, IDENTITY) as output:
        assert output.finished() == {"ann": "sha256:77ab0c31d2f09e44", "bob": "sha256:77ab0c31d2f09e44"}
        with output.open_book(samples.ASSIGNMENT, COLUMNS) as book:
            book.add(samples.report("Zoë Åkesson"))
    assert students(out) == ["ann", "bob", "Zoë Åkesson"]
    assert "partly_graded" not in (out / "gradebook.csv").read_text(encoding="utf-8")


def test_output_with_a_torn_last_line_is_mended(tmp_path):
    """A gradebook whose machine went down in the middle of a line is made anew from the records."""
    out = tmp_path / "out"
    fill(out, samples.report("ann"), samples.report("bob"))
    whole = (out / "gradebook.csv").read_bytes()
    (out / "gradebook.csv").write_bytes(whole[:-37])
    fill(out)
    assert (out / "gradebook.csv").read_bytes() == whole


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"schema_version": 2}'])
def test_output_with_a_damaged_record_grades_it_again(tmp_path, damage):
    """A record that cannot be read is no result, and it is said which."""
    out = tmp_path / "out"
    fill(out, samples.report("ann"), samples.report("bob"))
    (out / "reports" / "ann.json").write_bytes(damage)
    with open_result_folder(out, IDENTITY) as output:
        assert list(output.finished()) == ["bob"]
        assert output.unreadable == [out / "reports" / "ann.json"]


def test_output_of_another_version_of_the_grader_is_graded_again(tmp_path):
    """Results of two versions do not stand side by side as if they were one run."""
    out = tmp_path / "out"
    fill(out, samples.report("ann"))
    with open_result_folder(out, IDENTITY.model_copy(update={"grader_version": "0.2.0"})) as output:
        assert output.finished() == {}


def test_output_with_two_submissions_of_one_student_does_not_say_which_is_finished(tmp_path):
    """Two entries with one id are both listed; neither counts as the student's result."""
    out = tmp_path / "out"
    one, other = (samples.rejected("ann") for _ in range(2))
    other = other.model_copy(update={"submission": other.submission.model_copy(update={"id": "ann.2"})})
    fill(out, one, other)
    assert students(out) == ["ann", "ann"]
    with open_result_folder(out, IDENTITY) as output:
        assert output.finished() == {}


def test_output_begun_with_fresh_starts_over_and_leaves_other_files(tmp_path):
    """Only what a run writes is removed."""
    out = tmp_path / "out"
    fill(out, samples.report("ann"))
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "reports" / "appeal.pdf").write_text("mine", encoding="utf-8")
    fill(out, samples.report("bob"), identity=IDENTITY.model_copy(update={"secret": "sha256:other"}), fresh=True)
    assert students(out) == ["bob"]
    kept = files(out)
    assert "notes.txt" in kept
    assert "reports/appeal.pdf" in kept
    assert not [name for name in kept if "ann" in name]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"assignment": "00_introduction"},
            "holds results of assignment '01_backpropagation', not of '00_introduction'.",
        ),
        (
            {"assignment_digest": "sha256:new"},
            "holds results of another version of assignment '01_backpropagation' (its rubric, reference or data changed).",
        ),
        (
            {"secret": "sha256:new"},
            "holds results of another course secret (fingerprint sha256:5d, not sha256:new).",
        ),
    ],
)
def test_output_of_another_run_is_a_usage_error(tmp_path, changes, problem):
    """Results of two assignments or secrets are never mixed."""
    out = tmp_path / "out"
    fill(out, samples.report("ann"))
    with pytest.raises(UsageError) as caught:
        open_result_folder(out, IDENTITY.model_copy(update=changes))
    assert (
        str(caught.value)
        == f"{str(out)!r} {problem}\nHint: Name another folder with --out, or start over with --fresh."
    )


@pytest.mark.parametrize("fresh", [False, True])
def test_output_in_a_folder_that_holds_something_else_is_a_usage_error(tmp_path, fresh):
    """Nobody's home folder becomes an output, and none of it is removed."""
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        open_result_folder(tmp_path, IDENTITY, fresh=fresh)
    expected = (
        f"{str(tmp_path)!r} is not empty and holds no results of autograder.\nHint: Name another folder with --out."
    )
    assert str(caught.value) == expected
    assert files(tmp_path) == ["thesis.tex"]


def test_output_that_is_a_file_is_a_usage_error(tmp_path):
    """The message names the file."""
    path = tmp_path / "out.csv"
    path.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(f"{str(path)!r} is no folder.")):
        open_result_folder(path, IDENTITY)


def test_output_that_another_run_writes_is_a_usage_error(tmp_path):
    """Two runs never write to one folder; when the first is done, the second may."""
    out = tmp_path / "out"
    with open_result_folder(out, IDENTITY):
        with pytest.raises(UsageError) as caught:
            open_result_folder(out, IDENTITY)
        assert str(caught.value) == (
            f"{str(out)!r} is being written by another run (process {os.getpid()}).\n"
            "Hint: Wait for it, or name another folder with --out."
        )
    open_result_folder(out, IDENTITY).close()


def test_output_of_a_run_that_was_killed_is_free_and_whole(tmp_path):
    """After a kill in the middle of writing, the lock is gone, each file is whole, and what was half written is removed."""
    out = tmp_path / "out"
    script = """
        import itertools, os, signal, sys
        from pathlib import Path
        from tests import test_gradebook as given
        count = itertools.count()
        rename = Path.replace
        def replace(self, target):
            if next(count) == 9:
                os.kill(os.getpid(), signal.SIGKILL)
            return rename(self, target)
        Path.replace = replace
        given.fill(Path(sys.argv[1]), *(given.samples.report(name) for name in "abcdef"))
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(out)], cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert [name for name in files(out) if name.endswith(".partial")] != []
    with open_result_folder(out, IDENTITY) as output:
        finished = sorted(output.finished())
    assert finished
    assert [name for name in files(out) if name.endswith(".partial")] == []
    fill(out, samples.report("z"))
    assert students(out) == [*finished, "z"]


NO_ROOM = """
    import sys
    from pathlib import Path
    from tests import test_gradebook as given
    from autograder.errors import InfrastructureError
    out = Path(sys.argv[1]) / "out"
    try:
        given.fill(out, *(given.samples.half_done().model_copy(update={"submission": given.samples.submission(f"s{n}")}) for n in range(99)))
    except InfrastructureError as error:
        print(error)
    with given.open_result_folder(out, given.IDENTITY) as output:
        print(len(output.finished()), len(output.unreadable), [name for name in given.files(out) if name.endswith(".partial")])
"""


def test_output_on_a_full_disk_is_an_error_that_names_the_file_and_loses_nothing(tmp_path):
    """A real file system of 1 MiB runs full: each record that is there is whole, nothing is half written, exit code 3."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare (util-linux)")
    inside = 'mount -t tmpfs -o size=1m none "$1" && exec "$2" -c "$3" "$1"'
    arguments = [str(tmp_path), sys.executable, textwrap.dedent(NO_ROOM)]
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    ended = subprocess.run(
        ["unshare", *user, "--mount", "sh", "-c", inside, "sh", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare" in ended.stderr or "mount:" in ended.stderr:
        pytest.skip(f"needs a mount namespace: {ended.stderr.strip()}")
    said, hint, counts = ended.stdout.splitlines()
    assert re.fullmatch(rf"'{re.escape(str(tmp_path))}/out/.*' cannot be written: No space left on device\.", said)
    assert hint == "Hint: Free some space, then run the same command again: what is finished is kept."
    finished, unreadable, partial = re.fullmatch(r"(\d+) (\d+) (.*)", counts).groups()
    assert (int(finished) > 3, unreadable, partial) == (True, "0", "[]")
    assert InfrastructureError.exit_code == 3


def test_output_that_cannot_be_created_is_an_infrastructure_error(tmp_path):
    """A path below a file cannot become a folder, and the message says so."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InfrastructureError, match="cannot be written: Not a directory"):
        open_result_folder(tmp_path / "file" / "out", IDENTITY)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "a\0b"])
def test_gradebook_refuses_names_that_leave_its_folder(tmp_path, name):
    """A submission's id is the stem of a file in the output, whatever became of making it safe."""
    report = samples.report("ann")
    report = report.model_copy(update={"submission": report.submission.model_copy(update={"id": name})})
    with pytest.raises(ValueError, match=r"submission\.id: expected the stem of a file"):
        fill(tmp_path / "out", report)


def test_gradebook_writes_the_overview_at_most_every_five_seconds(tmp_path):
    """Whatever the number of results, the overview is written once per 5 s and once at the end."""
    clock, written = Clock(), []
    index = tmp_path / "out" / "index.html"
    with (
        open_result_folder(tmp_path / "out", IDENTITY) as output,
        output.open_book(samples.ASSIGNMENT, COLUMNS, clock=clock) as book,
    ):
        for number in range(60):
            clock.now_s += 0.25
            book.add(samples.report(f"s{number}"))
            stamp = index.stat().st_ino if index.exists() else None
            if stamp is not None and stamp not in written[-1:]:
                written.append(stamp)
    assert len(written) == 3  # 15 s


def test_gradebook_with_a_slow_overview_writes_it_less_often(tmp_path):
    """An overview that takes long is not what the run spends its time on: 1 % of it at most."""
    looks = itertools.count()

    def clock():
        return 0.5 * next(looks)  # every look at the clock takes half a second

    out, inodes = tmp_path / "out", set()
    with (
        open_result_folder(out, IDENTITY) as output,
        output.open_book(samples.ASSIGNMENT, COLUMNS, clock=clock) as book,
    ):
        for number in range(40):
            book.add(samples.report(f"s{number}"))
            if (out / "index.html").exists():
                inodes.add((out / "index.html").stat().st_mtime_ns)
    assert len(inodes) == 1


def test_gradebook_writes_as_much_per_submission_whatever_their_number(tmp_path):
    """Nothing is quadratic: without the overview, the 100th result writes as many bytes in as many calls as the 10th."""
    report = samples.half_done()
    pages = render_pages(report, show_lines=True)
    tally = {10: _written(tmp_path / "few", report, pages, 10), 100: _written(tmp_path / "many", report, pages, 100)}
    assert tally[100] == tally[10]


def _written(out, report, pages, number):
    """Count calls and bytes that the system wrote for the last of many results."""
    with (
        open_result_folder(out, IDENTITY) as output,
        output.open_book(samples.ASSIGNMENT, COLUMNS, clock=Clock()) as book,
    ):
        for place in range(number):
            name = f"s{place:04d}"
            copy = report.model_copy(
                update={"submission": report.submission.model_copy(update={"student": name, "id": name})}
            )
            before = _account()
            book.add(copy, pages)
            after = _account()
    return {key: after[key] - before[key] for key in before}


def _account():
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return {key: int(value) for key, value in (line.split(": ") for line in lines) if key in ("wchar", "syscw")}


def test_gradebook_takes_pages_rendered_elsewhere(tmp_path):
    """A worker may render; the driver writes what it is given."""
    report = samples.half_done()
    pages = render_pages(report, show_lines=False)
    with (
        open_result_folder(tmp_path / "out", IDENTITY) as output,
        output.open_book(samples.ASSIGNMENT, COLUMNS) as book,
    ):
        book.add(report, pages)
    assert (tmp_path / "out" / "feedback" / "grace.hopper.html").read_text(encoding="utf-8") == pages.feedback_html


def test_run_record_holds_the_fingerprint_and_no_secret(tmp_path):
    """Whose results these are is written in the open; the secret itself never is."""
    fill(tmp_path / "out")
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8")) == {
        "format": "autograder output",
        "schema_version": 1,
        "assignment": "01_backpropagation",
        "assignment_digest": "sha256:9f",
        "secret": "sha256:5d",
        "grader_version": "0.1.0",
    }
