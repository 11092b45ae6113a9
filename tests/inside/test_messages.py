"""Messages on a control socket: each comes out as it went in, and anything else is an error of the protocol."""

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.inside import messages
from autograder.inside.messages import (
    CandidateResources,
    Fork,
    Gone,
    Message,
    MessageError,
    decode_message,
    encode_message,
)

KINDS = typing.get_args(Message)


@given(st.one_of(*map(st.from_type, KINDS)))
def test_message_of_any_kind_comes_out_as_it_went_in(message):
    """Every field of every kind crosses, also what is None."""
    assert repr(decode_message(encode_message(message))) == repr(message)  # nan is not equal to itself


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"no JSON", "control socket: the other end sent no JSON."),
        (b"[1]", r"control socket: no such message: b'\[1\]'."),
        (b'{"op": "fly", "id": 1}', "control socket: no such message: "),
        (b'{"op": "gone", "id": 1}', "control socket: Gone: cpu_s is None."),
        (b'{"op": "gone", "id": "1", "cpu_s": 0.5}', "control socket: Gone: id is '1'."),
        (b'{"op": "gone", "id": true, "cpu_s": 0.5}', "control socket: Gone: id is True."),
        (b'{"op": "gone", "id": 1, "cpu_s": 0.5, "more": 1}', "control socket: .*unexpected keyword argument 'more'"),
        (b'{"op": "fork", "id": 1, "share": {"uid": 5}}', "control socket: CandidateResources: work is None."),
    ],
)
def test_what_is_no_message_is_an_error_of_the_protocol(data, says):
    """The error names the protocol, the message and the field."""
    with pytest.raises(MessageError, match=says):
        decode_message(data)


def test_message_of_a_whole_number_of_seconds_is_taken():
    """JSON does not tell 1.0 from 1 everywhere."""
    assert decode_message(b'{"op": "gone", "id": 1, "cpu_s": 1}') == Gone(1, 1)


def test_largest_request_fits_into_a_datagram():
    """A share with long paths, too."""
    share = CandidateResources(2**31, "/" + "w" * 4096, 1, 1, 2**62, 2**62, 2**62, 2**31, ["/" + "k" * 4096] * 3)
    assert len(encode_message(Fork(2**31, share))) < messages.MAX_BYTES
