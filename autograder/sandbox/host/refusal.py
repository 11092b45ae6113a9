"""The reasons for which a sandbox did not start.

The output of bubblewrap and the wardens is turned into a sentence and a remedy.
"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.errors import SandboxError

_APPARMOR_SWITCH = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_APPARMOR = (
    (
        "AppArmor on this machine keeps ordinary users from making user namespaces (Ubuntu 23.10 "
        "and later)."
    ),
    "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
)
_NESTED = (
    (
        "this container does not let bubblewrap build a sandbox inside it: a new /proc or a mount "
        "was refused."
    ),
    "start the container with --privileged, or grade outside of it.",
)
_DISABLED = (
    "this machine does not let ordinary users make user namespaces.",
    (
        "sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000, "
        "or grade as root."
    ),
)
_REFUSED = (
    "this machine or container does not let bubblewrap make namespaces.",
    "start the container with --privileged, or grade outside of it.",
)
_OLD = (
    "the installed bubblewrap is too old: 0.5 or later is needed.",
    "sudo apt-get install --upgrade bubblewrap",
)
_INNER = (
    (
        "bubblewrap may make namespaces on this machine, but what runs inside it may not (an "
        "AppArmor profile, perhaps)."
    ),
    "give bubblewrap an AppArmor profile without restrictions, or grade as root.",
)
# What stands in the message of bubblewrap, or last of a warden: the sentence and the hint. The
# first that fits.
_TABLE = (
    ("Unknown option", _OLD),
    ("Can't mount proc", _NESTED),
    ("Failed to make / slave", _NESTED),
    ("Can't mount", _NESTED),
    ("pivot_root", _NESTED),
    ("No permissions to create", _DISABLED),
    ("No space left on device", _DISABLED),
    ("setting up uid map", _REFUSED),
    ("RTM_NEWADDR", _REFUSED),
    ("Creating new namespace failed", _REFUSED),
    ("unshare: Operation not permitted", _INNER),
    ("unshare: Permission denied", _INNER),
)


def missing_bubblewrap() -> SandboxError:
    """Return the error that bubblewrap is not installed."""
    return SandboxError(
        "bubblewrap is not installed: no `bwrap` on PATH.", hint="sudo apt-get install bubblewrap"
    )


def explain(
    log: str, *, apparmor_switch: Path = _APPARMOR_SWITCH, is_root: bool | None = None
) -> SandboxError:
    """Turn the output of a failed start into an error.

    Parameters
    ----------
    log
        What bubblewrap and the warden wrote.
    apparmor_switch
        File that says whether AppArmor restricts user namespaces.
    is_root
        Whether this is root, by default as it is.
    """
    is_root = os.geteuid() == 0 if is_root is None else is_root
    reason, hint = next((answer for sign, answer in _TABLE if sign in log), (None, None))
    if reason is not None and reason != _OLD[0] and not is_root and _is_on(apparmor_switch):
        reason, hint = _APPARMOR
    if reason is None:
        return SandboxError(
            f"the sandbox ended while it was started. It wrote:\n{log or '(nothing)'}"
        )
    return SandboxError(f"the sandbox could not be started: {reason}\n{log.strip()}", hint=hint)


def _is_on(switch: Path) -> bool:
    try:
        return switch.read_text().strip() == "1"
    except OSError:
        return False
