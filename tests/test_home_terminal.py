"""What a student meets at a terminal at home: Ctrl-C, and nothing that is not theirs."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.conftest import COURSE, HONEST
from tests.terminal import CTRL_C, Terminal

ROOT = Path(__file__).parents[1]
ASSIGNMENT = "affine_softmax"
INTERRUPTED = "was interrupted with Ctrl-C during `affine_forward`"
LEFT_BEHIND = "could not be stopped. It ran on while the rest was checked."
BODIES = {
    "loop": "    while True:\n        pass\n",
    "numpy": "    a = np.ones((200, 200))\n    while True:\n        a = np.tanh(a @ a)\n",
    "short sleeps": "    while True:\n        time.sleep(0.01)\n",
    "one long sleep": "    time.sleep(1e6)\n",
    "swallows everything": (
        "    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass\n"
    ),
}


@pytest.fixture
def home(tmp_path):
    """What a student has: the assignment's settings and public criteria, and no reference."""
    public = f"assignments/{ASSIGNMENT}/rubric/public"
    (tmp_path / public).parent.mkdir(parents=True)
    shutil.copytree(COURSE / public, tmp_path / public)
    shutil.copy(COURSE / f"assignments/{ASSIGNMENT}/assignment.toml", tmp_path / f"assignments/{ASSIGNMENT}")
    return tmp_path


@pytest.fixture
def check(home):
    """Check a source at a terminal; the terminal, and the file that the source writes when it is there."""
    terminals = []

    def start(source):
        (home / "submission.py").write_text(f"import time\nHERE = {str(home / 'here')!r}\n{source}")
        terminals.append(Terminal.run([sys.executable, "-m", "autograder", "check"], home))
        return terminals[-1], home / "here"

    yield start
    for terminal in terminals:
        try:
            os.kill(terminal.pid, signal.SIGKILL)
            os.waitpid(terminal.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # it has ended


def endless(body):
    """The honest submission with a forward pass that tells where it is and does not return."""
    head = "def affine_forward(x, w, b):\n"
    assert head in HONEST
    return HONEST.replace(head, f"{head}    open(HERE, 'a').close()\n{body}")


@pytest.mark.parametrize("kind", BODIES)
def test_check_ctrl_c_in_an_endless_function_ends_its_criterion_alone(check, kind):
    """The criterion says that it was interrupted, the others are reported, and so is what could not be stopped."""
    terminal, here = check(endless(BODIES[kind]))
    terminal.wait_for(lambda _: here.exists())
    terminal.press(CTRL_C)
    code = terminal.end()
    assert (code, INTERRUPTED in terminal.shown) == (1, True), terminal.shown
    assert "Interrupted: this criterion ends here, and the others are checked." in terminal.shown
    assert terminal.shown.count("\u2713") == 1, terminal.shown
    assert (LEFT_BEHIND in terminal.shown) == (kind in {"one long sleep", "swallows everything"})


def test_check_ctrl_c_while_loading_says_so_and_ends(check):
    """A file that never ends loading is tried first, and Ctrl-C ends the trial and the check."""
    terminal, here = check(f"{HONEST}\nopen(HERE, 'a').close()\nwhile True:\n    pass\n")
    terminal.wait_for(lambda _: here.exists())
    terminal.press(CTRL_C)
    assert terminal.end() == 130


def test_check_of_files_that_load_for_long_says_so(check):
    """A silent terminal looks as if it hung."""
    terminal, _ = check(f"{HONEST}\ntime.sleep(600)\n")
    terminal.wait_for(lambda shown: "Loading your files takes long. What runs for more than " in shown)
    terminal.press(CTRL_C)
    assert terminal.end() == 130


def test_check_second_ctrl_c_ends_with_130_and_a_message(check):
    """Two functions never return: the first press ends one, the second the whole check."""
    body = BODIES["swallows everything"]
    second = f"def softmax(z):\n    open(HERE + '2', 'a').close()\n{body}"
    source = endless(body).replace("def softmax(z):\n", second)
    assert second in source
    terminal, here = check(source)
    terminal.wait_for(lambda _: here.exists())
    terminal.press(CTRL_C)
    terminal.wait_for(lambda _: here.with_name("here2").exists())
    terminal.press(CTRL_C)
    code = terminal.end()
    assert (code, "Interrupted: nothing more is checked." in terminal.shown) == (130, True), terminal.shown
    assert "Traceback" not in terminal.shown


@pytest.mark.parametrize(
    "words",
    [
        ("check", "00_introduction", *sorted((ROOT / "reference/00_introduction").glob("*.py"))),
        ("tape", "00_introduction"),
        ("release", "00_introduction", "--check"),
    ],
)
def test_tensorflow_start_up_lines_do_not_reach_the_terminal(tmp_path, words):
    """Its C++ writes to descriptor 2 itself, whatever its environment says."""
    shutil.copytree(ROOT / "assignments/00_introduction", tmp_path / "assignments/00_introduction")
    for folder in ("reference", "student_template"):
        shutil.copytree(ROOT / folder / "00_introduction", tmp_path / folder / "00_introduction")
    command, *rest = words
    quiet = {"TF_CPP_MIN_LOG_LEVEL": None, "TF_ENABLE_ONEDNN_OPTS": None}
    terminal = Terminal.run(
        [sys.executable, "-m", "autograder", command, "--course", tmp_path, *rest], tmp_path, **quiet
    )
    assert terminal.end(240) == 0, terminal.shown
    assert [line for line in terminal.shown.splitlines() if "absl" in line or ".cc:" in line] == []
