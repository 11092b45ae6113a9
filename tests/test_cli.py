"""The command as a person runs it: what is printed, what is written, how it ends."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.records.report import Report
from tests.conftest import HONEST

AUTOGRADER = [sys.executable, "-m", "autograder"]
SLOW = HONEST.replace("return x @ w + b", "while True: pass\n    return x @ w + b")


def run(*words, cwd=None, **options):
    command = [*AUTOGRADER, *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=cwd, **options)


def grade(course, folder, out, *more):
    return run("grade", "affine_softmax", folder, "--out", out, "--course", course, *more)


def rows(out):
    with (out / "gradebook.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_grade_batch_writes_everything_it_promises(course, uploads, tmp_path):
    """Gradebook, reports as JSON and HTML, feedback and overview are there; the exit code is 0 whatever the scores."""
    folder = uploads(ada=HONEST, ben=HONEST.replace("@ w + b", "@ w"), cem="def f(:\n")
    out = tmp_path / "out"
    done = grade(course, folder, out)
    assert done.returncode == 0, done.stderr
    assert {name: row["score"] for name, row in rows(out).items()} == {"ada": "20", "ben": "12", "cem": "0"}
    assert (out / "index.html").is_file()
    for name in ("ada", "ben", "cem"):
        assert Report.model_validate_json((out / "reports" / f"{name}.json").read_bytes()).submission.student == name
        assert (out / "reports" / f"{name}.html").is_file()
        assert (out / "feedback" / f"{name}.html").is_file()


def test_grade_stdout_is_the_result_and_stderr_is_talk(course, uploads, tmp_path):
    """With --json standard output is one JSON document, progress lines are elsewhere."""
    done = grade(course, uploads(ada=HONEST), tmp_path / "out", "--json")
    batch = json.loads(done.stdout)
    assert [(one["student"], one["score"]) for one in batch["submissions"]] == [("ada", 20.0)]
    assert "[1/1] ada: 20 of 20" in done.stderr


def test_grade_again_keeps_what_has_a_result(course, uploads, tmp_path):
    """A finished submission is kept and said so; a changed one is graded again; --fresh starts over."""
    folder, out = uploads(ada=HONEST, ben=HONEST), tmp_path / "out"
    grade(course, folder, out)
    (folder / "ben.py").write_text(HONEST.replace("@ w + b", "@ w"))
    again = grade(course, folder, out)
    assert "1 submission already has a result" in again.stderr
    assert {name: row["score"] for name, row in rows(out).items()} == {"ada": "20", "ben": "12"}
    fresh = grade(course, folder, out, "--fresh")
    assert "[2/2]" in fresh.stderr


def test_grade_other_folder_is_a_usage_error(course, uploads, tmp_path):
    """A folder that holds something else is never written to."""
    out = tmp_path / "precious"
    out.mkdir()
    (out / "thesis.tex").write_text("x")
    done = grade(course, uploads(ada=HONEST), out)
    assert done.returncode == 2
    assert "is not empty and holds no results of autograder" in done.stderr
    assert [path.name for path in out.iterdir()] == ["thesis.tex"]


def test_grade_other_secret_is_a_usage_error(course, uploads, tmp_path):
    """Results under another secret would have met other inputs."""
    folder, out = uploads(ada=HONEST), tmp_path / "out"
    grade(course, folder, out)
    done = grade(course, folder, out, "--secret-file", tmp_path / "other")
    assert (done.returncode, "holds results of another course secret" in done.stderr) == (2, True)


def test_grade_unknown_assignment_guesses_what_was_meant(course, uploads, tmp_path):
    """A typing mistake gets the name that was probably meant."""
    done = run("grade", "affine_sofmax", uploads(ada=HONEST), "--out", tmp_path / "out", "--course", course)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["Error: No assignment 'affine_sofmax'.", "Hint: Did you mean `affine_softmax`?"]


def test_grade_missing_submissions_folder_is_told(course, tmp_path):
    """A folder that is not there is named."""
    done = grade(course, tmp_path / "nowhere", tmp_path / "out")
    assert (done.returncode, "does not exist" in done.stderr) == (2, True)


def test_grade_two_entries_of_one_student_are_listed_and_rejected(course, uploads, tmp_path):
    """Neither of two entries is chosen silently; --latest chooses the one that changed last."""
    folder = uploads(ada=HONEST)
    (folder / "ada").mkdir()
    (folder / "ada" / "submission.py").write_text(HONEST)
    out = tmp_path / "out"
    assert grade(course, folder, out).returncode == 0
    with (out / "gradebook.csv").open(newline="") as file:
        assert [(row["student"], row["status"]) for row in csv.DictReader(file)] == [("ada", "rejected")] * 2
    assert grade(course, folder, tmp_path / "latest", "--latest").returncode == 0
    assert rows(tmp_path / "latest")["ada"]["score"] == "20"


def test_grade_odd_ids_keep_their_accents_and_dots(course, uploads, tmp_path):
    """An id is what the file is called; files get a safe name."""
    folder = uploads()
    (folder / "Zoë Müller v1.2.py").write_text(HONEST)
    out = tmp_path / "out"
    grade(course, folder, out)
    assert list(rows(out)) == ["Zoë Müller v1.2"]


def test_grade_broken_reference_is_an_error_of_the_course(course, uploads, tmp_path):
    """Nothing is graded against a reference that does not get full marks; the exit code says whose fault it is."""
    reference = course / "reference/affine_softmax/submission.py"
    reference.write_text(HONEST.replace("@ w + b", "@ w - b"))
    rubric = course / "assignments/affine_softmax/rubric/test_a.py"
    rubric.write_text(
        rubric.read_text().replace(
            "assert_unchanged(submission", "assert 1 == 2, 'broken'\n    assert_unchanged(submission"
        )
    )
    done = grade(course, uploads(ada=HONEST), tmp_path / "out")
    assert done.returncode == 4
    assert "The reference of 'affine_softmax' does not get full marks" in done.stderr
    assert "a_safe: failed. broken" in done.stderr


def test_grade_unknown_key_names_file_key_and_remedy(course, uploads, tmp_path):
    """A mistake in assignment.toml is found before anything runs."""
    settings = course / "assignments/affine_softmax/assignment.toml"
    settings.write_text(settings.read_text().replace("points = 20", "points = 20\nfils = []"))
    done = grade(course, uploads(ada=HONEST), tmp_path / "out")
    assert done.returncode == 4
    assert "assignments/affine_softmax/assignment.toml" in done.stderr
    assert "fils" in done.stderr
    assert "files" in done.stderr


def test_grade_required_limit_that_cannot_be_kept_is_a_refusal(course, uploads, tmp_path):
    """A limit that only a control group keeps, where none can, refuses with the remedy; where it can, grading goes on."""
    settings = course / "assignments/affine_softmax/assignment.toml"
    settings.write_text(settings.read_text().replace("memory_mib = 512", 'memory_mib = 512\nrequire = ["memory"]'))
    done = grade(course, uploads(ada=HONEST), tmp_path / "out")
    if done.returncode == 0:
        report = Report.model_validate_json((tmp_path / "out/reports/ada.json").read_bytes())
        assert report.environment.limits["memory"].strength == "cgroup"
    else:
        assert done.returncode == 3
        assert "requires that the memory limit is kept by a control group" in done.stderr


def test_grade_full_disk_ends_with_a_message_and_keeps_what_is_finished(course, uploads, tmp_path):
    """No room for results: the file is named, and nothing half written is left."""
    done = subprocess.run(
        [
            *("bash", "-c", 'ulimit -f 0; exec "$@"', "-", *AUTOGRADER, "grade", "affine_softmax", uploads(ada=HONEST)),
            *("--out", tmp_path / "out", "--course", course, "--secret-file", _secret(tmp_path)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def _secret(folder):
    path = folder / "secret"
    path.write_text("ab" * 32)
    path.chmod(0o600)
    return path


def _wait_for(condition, seconds=120):
    for _ in range(seconds * 20):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("waited in vain")


def test_grade_interrupted_keeps_what_is_finished_and_leaves_nobody_behind(course, uploads, tmp_path, start_process):
    """Ctrl-C in the middle: exit code 130, finished results are whole, no process of the run is left."""
    folder = uploads(ada=HONEST, **{f"slow{number}": SLOW for number in range(6)})
    out, mark = tmp_path / "out", f"run-{os.getpid()}-{time.time_ns()}"
    command = [
        *AUTOGRADER,
        "grade",
        "affine_softmax",
        str(folder),
        "--out",
        str(out),
        "--course",
        str(course),
        "--jobs",
        "1",
    ]
    process = start_process(
        command,
        env={**os.environ, "TEST_MARK": mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite in the background ignores it
    )
    _wait_for((out / "reports/ada.json").is_file)
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert (process.returncode, "Interrupted" in talk) == (130, True), talk
    assert rows(out)["ada"]["score"] == "20"
    _wait_for(lambda: not _processes_with(mark), seconds=10)
    assert _processes_with(mark) == []


def test_grade_killed_leaves_no_process_and_is_continued(course, uploads, tmp_path, start_process):
    """Kill -9 in the middle: the kernel ends everything of the run, and the next one goes on where it was."""
    folder = uploads(ada=HONEST, **{f"slow{number}": SLOW for number in range(2)})
    out = tmp_path / "out"
    command = [
        *AUTOGRADER,
        "grade",
        "affine_softmax",
        str(folder),
        "--out",
        str(out),
        "--course",
        str(course),
        "--jobs",
        "1",
    ]
    process = start_process(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait_for((out / "reports/ada.json").is_file)
    children = _descendants(process.pid)
    process.kill()
    process.wait()
    assert children
    _wait_for(lambda: not [pid for pid in children if _is_running(pid)], seconds=20)
    again = grade(course, folder, out)
    assert again.returncode == 0, again.stderr
    assert {name: row["score"] for name, row in rows(out).items()} == {"ada": "20", "slow0": "10", "slow1": "10"}


def _processes_with(mark):
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid() and _is_running(pid)]


def _descendants(pid):
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        more = children.get(waiting.pop(), [])
        found += more
        waiting += more
    return found


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_replay_shows_inputs_answer_expected_and_difference(course, uploads, tmp_path):
    """A dispute: the same inputs once more, with the numbers, and as files."""
    folder, out, values = uploads(ben=HONEST.replace("@ w + b", "@ w")), tmp_path / "out", tmp_path / "values"
    grade(course, folder, out)
    done = run("replay", out, "ben", "a_values", "--course", course, "--values", values)
    assert done.returncode == 0, done.stderr
    for text in ("affine_forward(float64 (3, 4)", "expected", "difference", "failed, as it was graded"):
        assert text in done.stdout
    assert sorted(path.suffix for path in values.iterdir()) == [".npz"] * len(list(values.iterdir())) != []


@pytest.mark.parametrize(
    ("student", "criterion", "message"),
    [
        ("bem", "a_values", "Hint: Did you mean 'ben'?"),
        ("ben", "a_valuse", "'ben' has no criterion 'a_valuse'.\nHint: Did you mean `a_values`?\n"),
        ("ben", "dropout", "'ben' has no criterion 'dropout'.\nHint: Criteria: a_example, a_values, a_safe, "),
    ],
)
def test_replay_unknown_name_is_told(course, uploads, tmp_path, student, criterion, message):
    """A typing mistake in a dispute gets what there is."""
    out = tmp_path / "out"
    grade(course, uploads(ben=HONEST), out)
    done = run("replay", out, student, criterion, "--course", course)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr


def test_replay_of_a_rejected_submission_says_why(course, uploads, tmp_path):
    """No criterion ran, so that none can be misspelt."""
    folder, out = uploads(ada=HONEST), tmp_path / "out"
    (folder / "ben.py").write_text("<!doctype html><html><body>Sign in</body></html>")
    grade(course, folder, out)
    done = run("replay", out, "ben", "a_values", "--course", course)
    assert done.returncode == 2
    assert "Error: 'ben' was rejected, so that there is nothing to replay: ben.py is a web page" in done.stderr


def test_replay_changed_assignment_is_refused(course, uploads, tmp_path):
    """Other criteria would not be the same inputs."""
    out = tmp_path / "out"
    grade(course, uploads(ben=HONEST), out)
    rubric = course / "assignments/affine_softmax/rubric/test_a.py"
    rubric.write_text(rubric.read_text() + "\n# changed\n")
    done = run("replay", out, "ben", "a_values", "--course", course)
    assert (done.returncode, "has changed since" in done.stderr) == (2, True)


def test_help_names_every_command():
    """--help is the first thing a new user reads."""
    done = run("--help")
    assert done.returncode == 0
    for command in ("grade", "check", "tape", "replay"):
        assert f"  {command}" in done.stdout


def test_mistyped_command_is_guessed():
    """A typing mistake in the command gets the one that was meant."""
    done = run("grad")
    assert (done.returncode, "Did you mean" in done.stderr and "grade" in done.stderr) == (2, True)


def test_grade_plain_sandbox_is_refused(course, uploads, tmp_path):
    """Submissions are never run without walls."""
    done = grade(course, uploads(ada=HONEST), tmp_path / "out", "--sandbox", "plain")
    assert (done.returncode, "plain" in done.stderr) == (2, True)
