"""The examiner's end of the conversation with a candidate.

A rubric calls it `submission`.

Values cross, verdicts do not: everything that arrives is data with bounds, and an end of the
candidate is raised as `CandidateEnd`, which no ``except Exception`` swallows.
"""

from autograder.remote.bounds import Bounds
from autograder.remote.endings import (
    CandidateEnd,
    EndingView,
    MissingName,
    RemoteFrame,
    RemoteTrace,
    SubmissionError,
)
from autograder.remote.handle import (
    Handle,
    NotAValue,
    RemoteCallable,
    describe_handle,
    graph_rows,
    handle_callable,
    hold,
    type_names,
)
from autograder.remote.lending import ArrayOf, BoundedCallback, Loan, Stub
from autograder.remote.link import Link, OutputTail, PipeTail, Spawner
from autograder.remote.loading import LoadRequest, LoadResult
from autograder.remote.submission import Submission, open_submission
from autograder.remote.testimony import CallRecord, WorkRecord

__all__ = [
    "ArrayOf",
    "BoundedCallback",
    "Bounds",
    "CallRecord",
    "CandidateEnd",
    "EndingView",
    "Handle",
    "Link",
    "LoadRequest",
    "LoadResult",
    "Loan",
    "MissingName",
    "NotAValue",
    "OutputTail",
    "PipeTail",
    "RemoteCallable",
    "RemoteFrame",
    "RemoteTrace",
    "Spawner",
    "Stub",
    "Submission",
    "SubmissionError",
    "WorkRecord",
    "describe_handle",
    "graph_rows",
    "handle_callable",
    "hold",
    "open_submission",
    "type_names",
]
