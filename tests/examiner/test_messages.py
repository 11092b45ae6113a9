"""Messages between a station, its examiner and exams: each comes out as it went in, and anything else names the protocol."""

import math
import os
from pathlib import Path

import pytest

from autograder.course import CriterionInfo
from autograder.examiner import messages
from autograder.examiner.context import Sources
from autograder.examiner.message_socket import MessageSocket, MessageSocketError, post_pair
from autograder.examiner.messages import CandidateNeeds, ExamRequest, ReferenceFacts, receive_message, send
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import CauseKind, Fault, Outcome
from autograder.remote.bounds import Cost
from autograder.remote.loading import LeftOut
from autograder.sandbox.seam import Ending

NEED = CandidateNeeds(frameworks=True, kind="submission", cpu_s=2.5, is_shared=True)
RECORD = CriterionRecord(
    "a_exact",
    Outcome.FAILED,
    Fault.SUBMISSION,
    evidence={"text": "\ud800", "largest": math.inf, "rows": [[1.0, None]]},
    scores=((0.5, -math.inf),),
    stdout="\x00\ud800",
)
REQUEST = ExamRequest(
    key=b"\x00\xff",
    kind="submission",
    sources=Sources(
        {"a.py": "x = '\ud800'", "b.py": ["cell", "cell"]},
        code={"a.py": [b"\x00\xff"]},
        left_out=(LeftOut("a.py", 1, 0, "time", "it took long"),),
    ),
    unattempted=frozenset({"f", "g"}),
    criteria=frozenset({"a_exact"}),
    baseline={"a_exact": ReferenceFacts((2,), ("x",), ("1",), Cost(1, 2, 3, 4))},
    ungraded={"a_other": Fault.RUBRIC},
    order=("a_exact",),
    values=Path("/values"),
    waiting_s=math.inf,
)
SAMPLES = [
    REQUEST,
    messages.Collect("/course", "00_small", 120.0),
    messages.Broken("It is wrong.", None),
    messages.Collected((CriterionInfo("a_exact", "Exact", 3, exercise="a", tests=("f",), cases=("one", "two")),)),
    messages.Examine(),
    messages.ExamForked(7),
    messages.Reap(7),
    messages.Reaped(7, 9),
    messages.Begin("a_exact", 2.0),
    messages.Loaded(1),
    messages.SubmissionLoaded(LoadingRecord(reasons=("x",), causes=((CauseKind.LIMIT, "time"),))),
    messages.HandIn(RECORD),
    messages.Done(None),
    messages.Prepare(NEED),
    messages.HandOver(),
    messages.HandedOver(1),
    messages.EndCandidate(1, "cpu"),
    messages.DismissCandidate(1),
    messages.Ended(Ending(None, 9, is_oom=True, cpu_s=0.5, peak_memory_mib=None, limit="memory")),
    messages.Experiment("a_exact"),
    messages.Experimented(RECORD),
    messages.CheckGpu("submission", frameworks=False),
    messages.GpuChecked(None),
    messages.Refused("no room"),
]


@pytest.fixture
def posts():
    ours, theirs = post_pair()
    other = MessageSocket(theirs)
    yield ours, other
    ours.close()
    other.close()


@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: type(message).__name__)
def test_message_of_any_kind_comes_out_as_it_went_in(posts, message):
    """Lone surrogates, bytes and numbers that are not finite included."""
    ours, other = posts
    send(ours, message)
    assert receive_message(other) == (message, ())


def test_samples_are_of_every_kind():
    """No message is left out above."""
    assert {type(one) for one in SAMPLES} == {*messages.KINDS}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([], "exam: no such message: []"),
        ({"candidate": 1}, "exam: no such message: "),
        ({"op": "fly"}, "exam: no such message: "),
        ({"op": ["begin"]}, "exam: no such message: "),
        ({"op": "begin", "criterion": "a"}, "exam: begin: timeout_s: "),
        ({"op": "begin", "criterion": "a", "timeout_s": "long"}, "exam: begin: timeout_s: "),
        ({"op": "hand_over", "candidate": 1}, "exam: hand_over: candidate: "),
        ({"op": "check_gpu", "kind": "rubric", "frameworks": True}, "exam: check_gpu: kind: "),
    ],
)
def test_what_is_no_message_is_an_error_of_the_protocol(posts, values, says):
    """The error names the protocol, the message and the field; descriptors that came along are closed."""
    ours, other = posts
    before = len(os.listdir("/proc/self/fd"))
    ours.send(values, (0,))
    with pytest.raises(MessageSocketError) as caught:
        receive_message(other)
    assert str(caught.value).startswith(says)
    assert len(os.listdir("/proc/self/fd")) == before


def test_message_of_another_kind_than_expected_is_an_error():
    """Both are named."""
    with pytest.raises(MessageSocketError, match="exam: expected Collected, got ExamForked"):
        messages.expect_message(messages.Collected, messages.ExamForked(1))
