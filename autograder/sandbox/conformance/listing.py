"""The whole conformance list, the most important walls first."""

from __future__ import annotations

from autograder.sandbox.conformance import (
    damage,
    endings,
    files,
    forks,
    memory,
    network,
    overlap,
    packages,
    privileges,
)

CHECKS = (
    *network.CHECKS,
    *files.CHECKS,
    *privileges.CHECKS,
    *forks.CHECKS,
    *memory.CHECKS,
    *damage.CHECKS,
    *endings.CHECKS,
    *overlap.CHECKS,
    *packages.CHECKS,
)
