"""The interpreter and its packages."""

from __future__ import annotations

import sys
from textwrap import dedent

from autograder.sandbox.conformance.check import (
    FORBIDDEN,
    FRAMEWORK,
    CheckedSandbox,
    Listing,
    demand_equal,
    only_report,
)

_listing = Listing(needs_walls=True)
CHECKS = _listing.checks


@_listing.add
def packages_numpy_candidates_cannot_import_frameworks(subject: CheckedSandbox) -> None:
    """Without frameworks, a masked package cannot be imported.

    The message is that of a missing package.
    """
    program = f"""
        import sys
        before = {FRAMEWORK!r} in sys.modules
        try:
            import {FRAMEWORK}
        except ModuleNotFoundError as error:
            report([before, str(error)])
    """
    demand_equal(
        only_report(subject.run(dedent(program))), [False, f"No module named {FRAMEWORK!r}"]
    )


@_listing.add
def packages_framework_candidates_have_them_imported(subject: CheckedSandbox) -> None:
    """With frameworks, a candidate has them from the start."""
    program = f"import sys; report([{FRAMEWORK!r} in sys.modules, 'numpy' in sys.modules])"
    demand_equal(only_report(subject.run(program, frameworks=True)), [True, True])


@_listing.add_each("frameworks", [False, True])
def packages_forbidden_ones_are_hidden_from_all(subject: CheckedSandbox, frameworks: bool) -> None:
    """A forbidden package can be imported by no candidate."""
    program = f"""
        try:
            import {FORBIDDEN}
        except ModuleNotFoundError as error:
            report(str(error))
    """
    demand_equal(
        only_report(subject.run(dedent(program), frameworks=frameworks)),
        f"No module named {FORBIDDEN!r}",
    )


@_listing.add
def packages_lazy_parts_of_numpy_can_be_imported(subject: CheckedSandbox) -> None:
    """Parts of NumPy that load on first use are readable."""
    program = (
        "import numpy as np, numpy.testing, numpy.ctypeslib; "
        "report(float(np.polynomial.Polynomial([1, 2])(3)))"
    )
    demand_equal(only_report(subject.run(program)), 7.0)


@_listing.add
def packages_ways_to_compute_in_parallel_work(subject: CheckedSandbox) -> None:
    """Parallel code works.

    It may use pools of processes and threads, queues, locks and another interpreter.
    """
    program = """
        import concurrent.futures, math, multiprocessing, subprocess, sys, tempfile
        with multiprocessing.Pool(2) as pool:
            squares = pool.map(math.factorial, range(4))
        with concurrent.futures.ThreadPoolExecutor(2) as threads:
            roots = list(threads.map(math.isqrt, [4, 9]))
        queue = multiprocessing.Queue()
        queue.put(multiprocessing.Lock().acquire())
        command = [sys.executable, "-c", "print(6 * 7)"]
        other = subprocess.run(command, capture_output=True, text=True)
        with tempfile.NamedTemporaryFile() as file:
            is_own = file.name.startswith("/submission/.tmp/")
            report([squares, roots, queue.get(), other.stdout, is_own])
    """
    demand_equal(
        only_report(subject.run(dedent(program))), [[1, 1, 2, 6], [2, 3], True, "42\n", True]
    )


@_listing.add
def clocks_of_the_process_are_as_fine_as_outside(subject: CheckedSandbox) -> None:
    """No limit makes the process clock coarse.

    Honest code divides by the time that it measures.
    """
    program = """
        import time
        steps = []
        for _ in range(20):
            before = now = time.process_time()
            while now == before:
                now = time.process_time()
            steps.append(now - before)
        report(min(steps) < 0.001)
    """
    demand_equal(only_report(subject.run(dedent(program))), True)


@_listing.add
def interpreter_is_the_stations(subject: CheckedSandbox) -> None:
    """Inside runs the same Python, with fixed string hashes."""
    program = (
        "import sys; report([list(sys.version_info[:3]), sys.flags.hash_randomization, "
        "sys.flags.no_user_site])"
    )
    version, *flags = only_report(subject.run(program))
    parts = 2 if subject.has_image else 3  # an image has its own patch release
    demand_equal(version[:parts], list(sys.version_info[:parts]))
    demand_equal(flags, [0, 1])
