"""Encoding of values to frames.

Any Python object gives a frame, a reference (through `export`) or `WireError`.

The encoder keeps the decoder's account (see `layout`) and pads the head, so that what was encoded
can be decoded.
"""

from __future__ import annotations

from autograder.wire.encoder import WRITERS, Encoder, Export
from autograder.wire.errors import WireError
from autograder.wire.values import DEFAULT_BUDGET, Budget
from autograder.wire.write_containers import CONTAINER_WRITERS
from autograder.wire.write_leaves import LEAF_WRITERS

WRITERS.update(LEAF_WRITERS | CONTAINER_WRITERS)


def encode(value: object, *, export: Export | None = None, budget: Budget = DEFAULT_BUDGET) -> list[bytes | memoryview]:
    """Return the frame of a value as buffers for `os.writev`.

    Parameters
    ----------
    value
        What is to cross. Subclasses of plain types cross as their base; frameworks' tensors as
        arrays.
    export
        Called for what cannot cross by value; returns a wire value or a `Ref`, or raises WireError.
        What is only too much for the budget is not exported.
    budget
        What the frame may hold.

    Returns
    -------
    list
        Header and head, then one buffer per large array, which shares the array's memory where that
        is possible.

    Raises
    ------
    WireError
        A value cannot cross and there is no `export`, or the budget does not allow it.
    """
    encoder = Encoder(budget, export)
    try:
        encoder.put(value)
    except RecursionError as error:
        raise WireError("a value nested too deep for the interpreter cannot cross") from error
    return encoder.finish()
