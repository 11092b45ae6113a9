"""Why a sandbox does not start: each cause by name, with one line to run."""

from __future__ import annotations

import pytest

from autograder.errors import SandboxError
from autograder.sandbox.host.refusal import explain
from autograder.sandbox.open import open_sandbox
from autograder.sandbox.seam import SandboxSettings


@pytest.fixture
def switch(tmp_path):
    """AppArmor's switch, on."""
    path = tmp_path / "apparmor_restrict_unprivileged_userns"
    path.write_text("1\n")
    return path


@pytest.mark.parametrize(
    "talk",
    [
        "bwrap: setting up uid map: Permission denied",
        "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
        "bwrap: Creating new namespace failed: Permission denied",
    ],
)
def test_explain_apparmor_is_named(talk, switch):
    """On Ubuntu 23.10 and later, AppArmor is what refuses, whichever way bubblewrap puts it."""
    error = explain(talk, apparmor_switch=switch, is_root=False)
    assert str(error) == (
        "the sandbox could not be started: AppArmor on this machine keeps ordinary users from making user namespaces"
        f" (Ubuntu 23.10 and later).\n{talk}\nHint: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    )


def test_explain_apparmor_is_not_blamed_for_root(switch):
    """AppArmor's switch does not concern root."""
    assert "AppArmor" not in str(explain("bwrap: setting up uid map: no", apparmor_switch=switch, is_root=True))


@pytest.mark.parametrize(
    ("talk", "reason", "hint"),
    [
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "a new /proc", "--privileged"),
        ("bwrap: Failed to make / slave: Permission denied", "this container", "--privileged"),
        ("bwrap: No permissions to create new namespace, likely because the kernel", "user namespaces", "sysctl"),
        ("bwrap: Creating new namespace failed: No space left on device", "user namespaces", "max_user_namespaces"),
        ("bwrap: Creating new namespace failed: Operation not permitted", "make namespaces", "--privileged"),
        ("bwrap: Unknown option --perms", "too old", "apt-get"),
    ],
)
def test_explain_known_causes_have_a_remedy(talk, reason, hint, tmp_path):
    """Each message bubblewrap is known for becomes a sentence and a hint."""
    error = explain(talk, apparmor_switch=tmp_path / "absent", is_root=False)
    assert reason in error.message
    assert error.hint is not None
    assert hint in error.hint


def test_explain_anything_else_is_quoted():
    """An unknown cause is told in the words of whoever died."""
    assert str(explain("Traceback: boom")) == "the sandbox ended while it was started. It wrote:\nTraceback: boom"


def test_start_without_bubblewrap_says_what_to_install(monkeypatch, tmp_path):
    """Without `bwrap` on PATH the start is refused with the line to run."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError) as caught:
        open_sandbox("bubblewrap", SandboxSettings())
    assert str(caught.value) == (
        "bubblewrap is not installed: no `bwrap` on PATH.\nHint: sudo apt-get install bubblewrap"
    )


def test_start_with_a_broken_bubblewrap_quotes_it(monkeypatch, tmp_path):
    """What a failing `bwrap` writes is part of the error, and nothing is left."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: Creating new namespace failed: Operation not permitted' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(SandboxError, match=r"(?s)does not let bubblewrap make namespaces.*bwrap: Creating"):
        open_sandbox("bubblewrap", SandboxSettings()).start()


def test_open_sandbox_unknown_name_is_a_usage_error():
    """Only the sandboxes that exist can be asked for."""
    from autograder.errors import UsageError

    with pytest.raises(UsageError, match="--sandbox: expected one of auto, bubblewrap, docker, podman, got 'plain'"):
        open_sandbox("plain", SandboxSettings())
