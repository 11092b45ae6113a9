"""What a candidate may cost the examiner in one criterion, whatever it sends."""

from __future__ import annotations

import os
from dataclasses import dataclass

#: No higher: what only sleeps or waits would hold up a whole batch.
MAX_CROWDING = 6.0


def crowding() -> float:
    """How many times longer things take here than on an idle machine: processes that want to run per core, at least 1.

    Only backstops of wall time grow by it, which end what sleeps or waits. Limits of CPU time do not, and they decide.
    """
    if not hasattr(os, "getloadavg"):
        return 1.0
    return min(MAX_CROWDING, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds on a conversation; past one of them the candidate is ended.

    Attributes
    ----------
    received_bytes
        Bytes of all its messages.
    messages
        Number of its messages.
    handles
        Objects of the candidate that the examiner refers to at one time.
    callbacks
        Calls of the examiner's functions.
    callback_depth
        Callbacks within callbacks; a deeper one raises RecursionError in the candidate.
    callback_s
        Time that callbacks take altogether [s].
    lent
        The examiner's objects that the candidate holds at one time.
    patience
        How many times its wall time a candidate is waited for: nobody loses points to a crowded machine.
    """

    received_bytes: int = 2 * 2**30
    messages: int = 2_000_000
    handles: int = 200_000
    callbacks: int = 100_000
    callback_depth: int = 16
    callback_s: float = 120.0
    lent: int = 200_000
    patience: float = 1.0
