"""Engines and the image that the tests of containers use, where this machine has them (``.ci/engines`` sees to it)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from autograder.errors import SandboxError
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.engine.image import BuildRequest, build
from autograder.sandbox.seam import ENGINES

BASE = "autograder-test-base"
IMAGE = "autograder-test"
PACKAGES = ("click", "jinja2", "numpy")
IMAGE_WITH_FRAMEWORK = f"{IMAGE}-tensorflow"
GVISOR = "runsc"
IN_GVISOR = tuple(f"{name}-{GVISOR}" for name in ENGINES)
CONTAINERS = (*ENGINES, *IN_GVISOR)


@cache
def find_engine(name):
    """An engine with the test's image, with a runtime that works here, or with gVisor; or why there is none."""
    if name in IN_GVISOR:
        return _find_engine_with_gvisor(name.partition("-")[0])
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
    _build(engine, IMAGE, PACKAGES)
    return engine


@cache
def image_with_framework(name):
    """The name of an engine's image that has TensorFlow, too, for programs that look for it. It is a large one."""
    _build(find_engine(name), IMAGE_WITH_FRAMEWORK, (*PACKAGES, "keras", "tensorflow"))
    return IMAGE_WITH_FRAMEWORK


@contextlib.contextmanager
def alone_with_images():
    """Be the only one of tests that run side by side to build or remove images."""
    with (Path(tempfile.gettempdir()) / f"{IMAGE}-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(engine, name, packages):
    with alone_with_images():
        build(engine, BuildRequest(packages, base=BASE, name=name))


def _find_engine_with_gvisor(name):
    engine = find_engine(name)
    if isinstance(engine, str):
        return engine
    if os.geteuid() != 0:
        return "gVisor is tried as root only"
    if shutil.which(GVISOR) is None:
        return "gVisor is not installed"
    if name == "docker" and GVISOR not in engine.info(".Runtimes"):
        return "Docker's daemon does not know gVisor"
    return Engine(name, GVISOR)
