"""All of the conformance list, the most important walls first."""

from __future__ import annotations

from autograder.sandbox.conformance import damage, ends, files, forks, memory, network, packages, privileges

CHECKS = (
    *network.CHECKS,
    *files.CHECKS,
    *privileges.CHECKS,
    *forks.CHECKS,
    *memory.CHECKS,
    *damage.CHECKS,
    *ends.CHECKS,
    *packages.CHECKS,
)
