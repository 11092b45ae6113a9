"""The whole conformance list, the most important walls first."""

from __future__ import annotations

from autograder.sandbox.conformance import (
    damage,
    files,
    forks,
    memory,
    network,
    overlap,
    packages,
    privileges,
)
from autograder.sandbox.conformance import (
    endings as ends,
)

CHECKS = (
    *network.CHECKS,
    *files.CHECKS,
    *privileges.CHECKS,
    *forks.CHECKS,
    *memory.CHECKS,
    *damage.CHECKS,
    *ends.CHECKS,
    *overlap.CHECKS,
    *packages.CHECKS,
)
