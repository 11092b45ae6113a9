"""What a candidate printed."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from autograder.remote.link import KEPT_BYTES, OutputTail, PipeTail


@given(st.lists(st.binary(max_size=9000), max_size=12))
def test_output_tail_keeps_beginning_and_end_however_it_is_fed(parts):
    """The split into writes does not matter; at most 16 KiB are held."""
    whole = b"".join(parts)
    tail = OutputTail()
    for part in parts:
        tail.feed(part)
    assert tail.total_bytes == len(whole)
    if len(whole) <= 2 * KEPT_BYTES:
        assert tail.text() == whole.decode("utf-8", "replace")
    else:
        first, last = whole[:KEPT_BYTES].decode("utf-8", "replace"), whole[-KEPT_BYTES:].decode("utf-8", "replace")
        assert tail.text() == f"{first}\n... ({len(whole) - 2 * KEPT_BYTES} bytes left out) ...\n{last}"


def test_pipe_tail_never_waits_for_a_pipe_that_somebody_holds():
    """A daemon that keeps the other end open delays nothing."""
    read, write = os.pipe()
    tail = PipeTail(read)
    tail.drain()
    os.write(write, b"some")
    tail.close()
    tail.close()
    assert tail.text() == "some"
    os.close(write)
