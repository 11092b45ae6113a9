"""The wire between an examiner and a candidate.

It turns values into frames and back, and has a channel that carries frames.

Data crosses, code never does: there is no pickle in either direction, and a frame that arrives is
taken for hostile. Standard library and NumPy only, because this package is also imported inside the
sandbox.
"""

from autograder.wire.channel import Channel
from autograder.wire.decode import decode
from autograder.wire.encode import encode
from autograder.wire.errors import WireError
from autograder.wire.values import Budget, ReadonlyDict, ReadonlyList, Ref

__all__ = [
    "Budget",
    "Channel",
    "ReadonlyDict",
    "ReadonlyList",
    "Ref",
    "WireError",
    "decode",
    "encode",
]
