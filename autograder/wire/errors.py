"""The one error of the wire."""

from __future__ import annotations


class WireError(Exception):
    """A value cannot cross, or received bytes are no frame.

    The text is one sentence, fit for a report.
    """
