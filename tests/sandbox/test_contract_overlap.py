"""The contract of every sandbox where candidates follow each other closely: one is made while another runs or dies."""

from __future__ import annotations

import os
import shutil

import pytest
from driving import Post, open_kind

LINGERING = """
import os, time
if os.fork():
    report("ready")
while True:
    time.sleep(1)
"""
BUSY = """
import os, time
while sum(os.times()[:2]) < 0.3:
    pass
report("ready")
time.sleep(60)
"""


KINDS = ["root", "root-ungrouped", "plain"] if os.geteuid() == 0 else ["bubblewrap", "plain"]


@pytest.fixture(params=KINDS, scope="module")
def sandbox(request):
    """A sandbox in this process, of every kind that this user can open."""
    if request.param != "plain" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    with open_kind(request.param, {}) as opened:
        yield opened


@pytest.fixture
def posts():
    """Makes the station's ends of a candidate, closed at the end."""
    opened = []

    def make():
        opened.append(Post())
        return opened[-1]

    yield make
    for post in opened:
        post.close()


def _start(sandbox, post, program):
    candidate = post.fork(sandbox, program)
    while not post.kept["channel"]:
        post.drain({post.channel.fileno()}, 0.05)
    return candidate


def test_dismiss_everything_is_gone_when_the_next_is_handed_over(sandbox, posts):
    """No process of a dismissed candidate holds its channel or its output once another may be spoken to."""
    before, after = posts(), posts()
    _start(sandbox, before, LINGERING).dismiss()
    following = after.prepare(sandbox)
    sandbox.hand_over(following)
    before.drain(set(before.names), 0.2)
    assert before.open == set()
    following.end()


def test_dismiss_tells_what_was_used(sandbox, posts):
    """The ending of a dismissed candidate has its CPU time, and no exit status."""
    ending = _start(sandbox, posts(), BUSY).dismiss()
    assert (ending.exit_status, ending.signal, ending.limit) == (None, None, None)
    assert 0.3 <= ending.cpu_s < 3.0


def test_dismiss_then_end_says_the_same(sandbox, posts):
    """Whoever ends a dismissed candidate again hears what was said the first time."""
    candidate = _start(sandbox, posts(), LINGERING)
    assert candidate.dismiss() == candidate.dismiss() == candidate.end("wall")


def test_prepare_candidate_runs_its_program_after_the_hand_over(sandbox, posts):
    """A prepared candidate is one like any other."""
    post = posts()
    candidate = post.prepare(sandbox)
    sandbox.hand_over(candidate)
    post.send("report(6 * 7)")
    post.drain({post.channel.fileno()}, 20.0)
    assert post.kept["channel"] == b"42\n"
    assert candidate.end().exit_status == 0


def test_prepare_candidate_that_nobody_wants_can_be_dismissed(sandbox, posts):
    """A prepared candidate may be dismissed before its walls stand, and the next one can be made."""
    unwanted, wanted = posts(), posts()
    unwanted.prepare(sandbox).dismiss()
    assert _start(sandbox, wanted, LINGERING).end().limit is None
    unwanted.drain(set(unwanted.names), 0.2)
    assert unwanted.open == set()
