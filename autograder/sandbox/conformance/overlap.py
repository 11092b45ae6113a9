"""Checks of candidates that follow each other closely.

One is made while another runs or dies.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from autograder.sandbox.conformance.check import (
    CheckedSandbox,
    ConformanceError,
    Listing,
    demand,
    demand_equal,
)
from autograder.sandbox.conformance.driving import CandidatePipes

if TYPE_CHECKING:
    from autograder.sandbox.seam import Candidate, Sandbox

_LINGERING = """
import os, time
if os.fork():
    report("ready")
while True:
    time.sleep(1)
"""
_BUSY = """
import time
begun = time.process_time()
# A tick more than is asked for: some kernels count in ticks of 10 ms.
while time.process_time() < begun + 0.31:
    pass
report("ready")
time.sleep(60)
"""
_READY_S = 20.0
_SOON_S = 0.2
_listing = Listing(needs_walls=False, needs_sandbox=True)
CHECKS = _listing.checks


def _start(sandbox: Sandbox, post: CandidatePipes, program: str) -> Candidate:
    """Make a candidate, and wait until it says that it is ready."""
    candidate = post.fork(sandbox, program)
    deadline = time.monotonic() + _READY_S
    while not post.kept["channel"]:
        if time.monotonic() > deadline:
            raise ConformanceError(f"the program was not ready within {_READY_S:.0f} s.")
        post.drain({post.channel.fileno()}, 0.05)
    return candidate


@_listing.add
def dismiss_everything_is_gone_when_the_next_is_handed_over(subject: CheckedSandbox) -> None:
    """A dismissed candidate is gone at the next hand-over.

    None of its processes then holds its channel or its output.
    """
    sandbox = subject.own_sandbox
    with closing(CandidatePipes()) as before, closing(CandidatePipes()) as after:
        _start(sandbox, before, _LINGERING).dismiss()
        following = after.prepare(sandbox)
        sandbox.hand_over(following)
        before.drain(set(before.names), _SOON_S)
        demand_equal({before.names[fd] for fd in before.open}, set())
        following.end()


@_listing.add
def dismiss_tells_what_was_used(subject: CheckedSandbox) -> None:
    """A dismissed candidate's ending has CPU time and no exit status."""
    with closing(CandidatePipes()) as post:
        ending = _start(subject.own_sandbox, post, _BUSY).dismiss()
    demand_equal((ending.exit_status, ending.signal, ending.limit), (None, None, None))
    demand(
        0.3 <= ending.cpu_s < 3.0, f"0.3 s of CPU time were used, {ending.cpu_s} s were counted."
    )


@_listing.add
def dismiss_then_end_says_the_same(subject: CheckedSandbox) -> None:
    """A second end of a dismissed candidate repeats the first ending."""
    with closing(CandidatePipes()) as post:
        candidate = _start(subject.own_sandbox, post, _LINGERING)
        ending = candidate.dismiss()
        demand_equal((candidate.dismiss(), candidate.end("wall")), (ending, ending))


@_listing.add
def prepare_candidate_runs_its_program_after_the_hand_over(subject: CheckedSandbox) -> None:
    """A prepared candidate is one like any other."""
    sandbox = subject.own_sandbox
    with closing(CandidatePipes()) as post:
        candidate = post.prepare(sandbox)
        sandbox.hand_over(candidate)
        post.send("report(6 * 7)")
        post.drain({post.channel.fileno()}, _READY_S)
        demand_equal(post.kept["channel"], b"42\n")
        demand_equal(candidate.end().exit_status, 0)


@_listing.add
def prepare_candidate_that_nobody_wants_can_be_dismissed(subject: CheckedSandbox) -> None:
    """A prepared candidate can be dismissed before its walls stand.

    The next one can be made.
    """
    sandbox = subject.own_sandbox
    with ExitStack() as posts:
        unwanted, wanted = (posts.enter_context(closing(CandidatePipes())) for _ in range(2))
        unwanted.prepare(sandbox).dismiss()
        demand_equal(_start(sandbox, wanted, _LINGERING).end().limit, None)
        unwanted.drain(set(unwanted.names), _SOON_S)
        demand_equal({unwanted.names[fd] for fd in unwanted.open}, set())
