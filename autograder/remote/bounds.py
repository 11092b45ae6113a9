"""What a candidate may cost the examiner in one criterion, whatever it sends."""

from __future__ import annotations

from dataclasses import dataclass


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
    """

    received_bytes: int = 2 * 2**30
    messages: int = 2_000_000
    handles: int = 200_000
    callbacks: int = 100_000
    callback_depth: int = 16
    callback_s: float = 120.0
    lent: int = 200_000
