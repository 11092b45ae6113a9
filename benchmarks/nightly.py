"""What the last nightly run of the test suite came to, and of the threats in every sandbox, from the files that pytest wrote.

::

    python benchmarks/nightly.py SUITE [THREATS] [--write]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import results


def render(suite: ET.Element, threats: ET.Element | None = None) -> str:
    """Say how many tests passed, and which were run."""
    fuzz_s = os.environ.get("AUTOGRADER_FUZZ_S", "10")
    lines = [
        f"{_count(suite)}. {results.describe_machine()}.",
        f"A hostile peer talks to a real examiner for {fuzz_s} s; properties are tried on new examples.",
        f"Run were: {', '.join(_parts(suite))}.",
    ]
    if threats is not None:
        lines.append(f"Threats, in gVisor too, with TensorFlow in the images: {_count(threats)}.")
    cases = [case for one in (suite, threats) if one is not None for case in one.iter("testcase")]
    failed = [_name_of(case) for case in cases if _outcome(case) == "failed"]
    if failed:
        lines.append("Failed: " + ", ".join(f"`{name}`" for name in failed))
    return "\n\n".join(lines)


def _count(suite: ET.Element) -> str:
    count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    lost = count["failures"] + count["errors"]
    passed = count["tests"] - lost - count["skipped"]
    minutes = float(suite.get("time", "0")) / 60
    return f"{passed} passed, {lost} failed, {count['skipped']} skipped in {minutes:.0f} minutes"


def _parts(suite: ET.Element) -> list[str]:
    """Which folders and files of tests were run, as modules."""
    return sorted({".".join(case.get("classname", "").split(".")[:2]) for case in suite.iter("testcase")})


def _outcome(case: ET.Element) -> str:
    found = {child.tag for child in case} & {"failure", "error", "skipped"}
    return "passed" if not found else "skipped" if found == {"skipped"} else "failed"


def _name_of(case: ET.Element) -> str:
    return f"{case.get('classname')}::{case.get('name')}"


def main(arguments: list[str] | None = None) -> int:
    """Print, and write if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("suite", type=Path, help="what `pytest --junitxml` wrote")
    parser.add_argument("threats", type=Path, nargs="?", help="the same, of the threats in every sandbox")
    parser.add_argument("--write", action="store_true", help="put it into RESULTS.md")
    options = parser.parse_args(arguments)
    suites = []
    for path in filter(None, (options.suite, options.threats)):
        suite = ET.parse(path).getroot().find("testsuite")
        if suite is None:
            sys.stderr.write(f"{path}: no test suite in it.\n")
            return 1
        suites.append(suite)
    text = render(*suites)
    print(text)
    if options.write:
        results.write_section("nightly", f"## The last nightly run\n\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
