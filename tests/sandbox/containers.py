"""Engines and the image that the tests of containers use, where this machine has them (``.ci/engines`` sees to it)."""

from __future__ import annotations

from functools import cache

from autograder.errors import SandboxError
from autograder.image import BuildRequest, build
from autograder.sandbox.engine import Engine

BASE = "autograder-test-base"
IMAGE = "autograder-test"
PACKAGES = ("click", "jinja2", "numpy")


@cache
def find_engine(name):
    """An engine with the test's image, with a runtime that works here; or why there is none."""
    try:
        Engine(name).check()
    except SandboxError as error:
        return error.message
    engine = Engine(name)
    try:
        engine.run_once(BASE, "python3", "print(1)")
    except SandboxError as error:
        if error.hint != "--runtime runc":
            return error.message
        engine = Engine(name, "runc")
    build(engine, BuildRequest(PACKAGES, base=BASE, name=IMAGE))
    return engine
