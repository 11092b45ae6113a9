"""The secret of a course and what is derived from it."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.seeds import Secret, generator, load_secret
from autograder.errors import AutograderError, InfrastructureError, UsageError

SECRET = Secret(bytes(range(32)))


def test_load_secret_on_first_use_makes_a_private_file(tmp_path: Path) -> None:
    """Made once, readable by its owner alone, kept out of git, and the same afterwards."""
    path = tmp_path / ".autograder" / "secret"
    made, again = load_secret(path), load_secret(path)
    assert (made.is_new, again.is_new) == (True, False)
    assert made == again
    assert len(made.key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".gitignore", "secret"]
    assert (path.parent / ".gitignore").read_text() == "*\n"


def test_load_secret_twice_at_once_agrees(tmp_path: Path) -> None:
    """Whoever comes second uses the first one's secret."""
    path = tmp_path / "secret"
    program = "import sys; from pathlib import Path; from autograder.course.seeds import load_secret as load; "
    program += "print(load(Path(sys.argv[1])).fingerprint)"
    command = [sys.executable, "-c", program, str(path)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert {child.communicate()[0].strip() for child in children} == {load_secret(path).fingerprint}
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["secret"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o601])
def test_load_secret_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    """Who can read the secret can compute every hidden input."""
    path = tmp_path / "secret"
    load_secret(path)
    path.chmod(mode)
    with pytest.raises(UsageError) as caught:
        load_secret(path)
    assert str(caught.value) == (
        f"The secret file {str(path)!r} is open to others (mode {mode:04o}, expected 0600).\n"
        f"Hint: Run: chmod 600 {path}"
    )


@pytest.mark.parametrize("text", ["", "00" * 31, "zz" * 32, "\xff"])
def test_load_secret_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """Too short, empty, or not hexadecimal."""
    path = tmp_path / "secret"
    path.write_text(text, encoding="latin-1")
    path.chmod(0o600)
    with pytest.raises(UsageError) as caught:
        load_secret(path)
    assert str(caught.value) == (
        f"The secret file {str(path)!r} does not hold a secret: expected 64 hexadecimal digits or more,"
        f" found {len(text)} characters.\n"
        "Hint: Restore it from a backup: with a new secret old results cannot be continued."
    )


def test_load_secret_from_folder_is_an_error(tmp_path: Path) -> None:
    """A folder is no secret."""
    with pytest.raises(InfrastructureError) as caught:
        load_secret(tmp_path)
    assert str(caught.value) == (
        f"The secret file {str(tmp_path)!r} can be neither read nor made: Is a directory.\n"
        "Hint: Name another file with --secret-file."
    )


def test_load_secret_from_device_is_refused() -> None:
    """A device would give another secret every time."""
    with pytest.raises(AutograderError) as caught:
        load_secret(Path("/dev/zero"))
    assert str(caught.value) == (
        "The secret file '/dev/zero' is not a regular file.\nHint: Name another one with --secret-file."
    )


def test_secret_shows_no_key() -> None:
    """Neither its text nor its fingerprint gives the key away."""
    assert SECRET.key.hex() not in repr(SECRET) + str(SECRET) + SECRET.fingerprint
    assert repr(SECRET.key) not in repr(SECRET)
    assert len(SECRET.fingerprint) == 16


def test_derive_stays_the_same_for_years() -> None:
    """Grades are repeated from the secret: these bytes must never change."""
    key = SECRET.derive("01_backpropagation", "José", "b1_values", "")
    assert key.hex() == "35e365ef6b0573a653a57d6b6ab88b7fa9169f316903052d797ca3226c04472b"
    assert generator(key).integers(2**32) == 4075616394


@settings(deadline=None)
@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_derive_is_unambiguous(first: list[str], second: list[str]) -> None:
    """Different labels give different keys, wherever the boundaries lie."""
    assert (SECRET.derive(*first) == SECRET.derive(*second)) == (first == second)


def test_generator_of_equal_keys_draws_the_same() -> None:
    """A key is a stream."""
    key = SECRET.derive("a")
    np.testing.assert_array_equal(generator(key).normal(size=5), generator(key).normal(size=5))
    assert generator(key).normal() != generator(SECRET.derive("b")).normal()
