"""Whether GPUs work behind the walls on this machine, and what they cost. To be run where there is one.

A warden that has imported a framework forks candidates that compute on the GPU; their memory must be free when they
have ended, however much they took; a candidate without a GPU must not see one.

::

    python benchmarks/gpu_check.py [--gpu KIND=NAME] [--framework NAME] [--sandbox NAME] [--image NAME]

Ends with 0 if all is well, with 1 if something is not, and with 77 where there is no GPU or no framework to try it with.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.records.outcome import Limits
from autograder.sandbox.gpu import nvml
from autograder.sandbox.gpu.cdi import FOLDERS
from autograder.sandbox.gpu.device import Device
from autograder.sandbox.gpu.devices import find_devices
from autograder.sandbox.gpu.slots import GpuSlots
from autograder.sandbox.gpu_sandbox import GpuPool, GpuSandbox
from autograder.sandbox.open import SANDBOXES, open_sandbox
from autograder.sandbox.seam import DEFAULT_IMAGE, Sandbox, SandboxSettings

NO_GPU = 77  # as test harnesses say "skipped"
LIMITS = Limits(cpu_s=120, load_s=120, memory_mib=16_384, pids=512, open_files=1024)
CAP_MIB = 1024
ANSWER_S = 120.0

_ENTRY = """
import json, socket

def serve(fd):
    channel = socket.socket(fileno=fd)
    source = channel.recv(1 << 16).decode()
    def report(*values):
        channel.sendall(json.dumps(values).encode() + b"\\n")
    exec(source, {"report": report, "__name__": "__main__"})
"""
_LOOK = """
import os, stat
names = ("null", "zero", "full", "random", "urandom")
found = [os.path.join(folder, name) for folder, _, files in os.walk("/dev") for name in files if name not in names]
nodes = [path for path in found if stat.S_ISCHR(os.lstat(path).st_mode)]
"""
# NVIDIA's driver by itself: what it says tells a wall that is in its way from a framework that does not fit.
_DRIVER = """
import ctypes
try:
    cuda = ctypes.CDLL("libcuda.so.1")
except OSError:
    report(None, 0)
else:
    status, count = cuda.cuInit(0), ctypes.c_int()
    cuda.cuDeviceGetCount(ctypes.byref(count))
    report(status, count.value)
"""
# Per framework: a product of matrices of ones on the GPU, and a hog that takes 128 MiB at a time until it is refused.
_PROGRAMS = {
    "tensorflow": (
        """
import tensorflow as tf
with tf.device("/GPU:0"):
    y = tf.linalg.matmul(tf.ones((512, 512)), tf.ones((512, 512)))
report(y.device, float(y[0, 0]))
""",
        """
import tensorflow as tf
kept = []
try:
    with tf.device("/GPU:0"):
        while len(kept) < 4096:
            kept.append(tf.fill((128, 1 << 18), 1.0))
            kept[-1][0, 0].numpy()
except tf.errors.ResourceExhaustedError:
    pass
report(128 * len(kept))
""",
    ),
    "jax": (
        """
import jax, jax.numpy as jnp
one = jax.device_put(jnp.ones((512, 512)), jax.devices("gpu")[0])
y = (one @ one).block_until_ready()
report(str(y.devices()), float(y[0, 0]))
""",
        """
import jax, jax.numpy as jnp
kept = []
try:
    while len(kept) < 4096:
        kept.append(jnp.full((128, 1 << 18), float(len(kept))).block_until_ready())
except Exception as error:
    if "RESOURCE_EXHAUSTED" not in str(error):
        raise
report(128 * len(kept))
""",
    ),
    "torch": (
        """
import torch
one = torch.ones((512, 512), device="cuda")
y = one @ one
report(torch.cuda.get_device_name(), float(y[0, 0]))
""",
        """
import torch
kept = []
try:
    while len(kept) < 4096:
        kept.append(torch.ones((128, 1 << 18), device="cuda"))
        torch.cuda.synchronize()
except torch.cuda.OutOfMemoryError:
    pass
report(128 * len(kept))
""",
    ),
    # No framework: the nodes are opened and nothing is computed. For a made-up device, and to try the walls alone.
    "none": (
        _LOOK + "for node in nodes:\n    os.close(os.open(node, os.O_RDWR))\nreport(' '.join(nodes), 512.0)\n",
        "report(0)\n",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    step: str
    found: str
    is_well: bool = True


class Seat:
    """A candidate that runs a program, and the reports of it."""

    def __init__(self, sandbox: Sandbox, program: str, *, frameworks: bool) -> None:
        self._ours, theirs = socket.socketpair()
        self._ours.settimeout(ANSWER_S)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        errors = self._errors.fileno()
        with theirs:
            ends = {"channel": theirs.fileno(), "stdout": errors, "stderr": errors}
            self._candidate = sandbox.fork(frameworks=frameworks, limits=LIMITS, **ends)
        self._ours.sendall(program.encode() + b"\nimport time\ntime.sleep(3600)\n")

    def report(self) -> list[Any]:
        """What it reports next."""
        line = self._ours.makefile("rb").readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError("the candidate ended: " + self._errors.read()[-1500:].decode(errors="replace"))
        return list(json.loads(line))

    def end(self) -> None:
        """End it with everything it holds."""
        self._candidate.end()
        self._ours.close()
        self._errors.close()


class Check:
    """The steps, in order.

    Parameters
    ----------
    device
        The GPU that is tried.
    framework
        Of `_PROGRAMS`.
    open_around
        Starts a sandbox by its settings.
    """

    def __init__(self, device: Device, framework: str, open_around: Callable[[SandboxSettings], Sandbox]) -> None:
        self._device = device
        self._first, self._hog = _PROGRAMS[framework]
        self._frameworks = () if framework == "none" else (framework,)
        self._open_around = open_around
        self._incidents: list[str] = []

    def run(self) -> Iterator[Row]:
        """Go through the steps; each yields its line as it ends."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "gpu_entry.py").write_text(_ENTRY)
            base = SandboxSettings(
                frameworks=self._frameworks, entry="gpu_entry:serve", entry_folder=Path(folder), masked=self._frameworks
            )
            yield self._look_without(base)
            pool = GpuPool(GpuSlots([self._device]), self._incidents.append)
            for cap_mib, steps in ((None, self._uncapped), (CAP_MIB, self._capped)):
                settings = replace(base, gpu_memory_mib=cap_mib)
                with GpuSandbox(
                    pool, lambda device, offer=settings: self._open_around(replace(offer, gpu=device))
                ) as one:  # type: ignore[misc]
                    yield from steps(one)
            yield Row(
                "memory after every candidate",
                "; ".join(self._incidents) or self._say_clean(),
                not self._incidents,
            )

    def _look_without(self, settings: SandboxSettings) -> Row:
        sandbox = self._open_around(settings)
        try:
            seat = Seat(sandbox, f"{_LOOK}\nreport(nodes)", frameworks=False)
            (nodes,) = seat.report()
            seat.end()
        finally:
            sandbox.close()
        return Row("a candidate without a GPU sees", ", ".join(nodes) or "none", not nodes)

    def _ask_driver(self, sandbox: Sandbox) -> Row:
        seat = Seat(sandbox, _DRIVER, frameworks=False)
        status, count = seat.report()
        seat.end()
        if status is None:
            return Row("NVIDIA's driver", "there is no libcuda")
        return Row("NVIDIA's driver", f"cuInit says {status}, {count} devices", status == 0 and count > 0)

    def _uncapped(self, sandbox: Sandbox) -> Iterator[Row]:
        yield self._ask_driver(sandbox)
        baseline_mib = self._used_mib()
        for step in ("walls, import, fork and first operation", "the next candidate: fork and first operation"):
            begun_s = time.perf_counter()
            seat = Seat(sandbox, self._first, frameworks=bool(self._frameworks))
            where, value = seat.report()
            taken_s = time.perf_counter() - begun_s
            yield Row(step, f"{taken_s:.2f} s on {where}", value == 512.0)
            yield self._end(seat, baseline_mib, "memory of that")
        seat = Seat(sandbox, self._hog, frameworks=bool(self._frameworks))
        (taken_mib,) = seat.report()
        yield self._end(seat, baseline_mib, f"a hog that got {taken_mib} MiB")

    def _capped(self, sandbox: Sandbox) -> Iterator[Row]:
        seat = Seat(sandbox, self._hog, frameworks=bool(self._frameworks))
        (taken_mib,) = seat.report()
        seat.end()
        yield Row(f"a hog with a limit of {CAP_MIB} MiB got", f"{taken_mib} MiB", taken_mib <= CAP_MIB)

    def _end(self, seat: Seat, baseline_mib: int | None, step: str) -> Row:
        during_mib = self._used_mib()
        begun_s = time.perf_counter()
        seat.end()  # waits until the memory is free, or the device is retired
        taken_s = time.perf_counter() - begun_s
        if baseline_mib is None:
            return Row(step, f"unknown: no driver tells; ended in {taken_s:.2f} s")
        return Row(step, f"{baseline_mib} -> {during_mib} -> {self._used_mib()} MiB, ended in {taken_s:.2f} s")

    def _say_clean(self) -> str:
        return "unknown: no driver tells" if self._device.uuid is None else "back at its baseline"

    def _used_mib(self) -> int | None:
        return None if self._device.uuid is None else nvml.used_mib(self._device.uuid)


def find_framework(wanted: str) -> str | None:
    """The framework that is asked for, or the first that is installed; None if there is none."""
    names = [wanted] if wanted else [name for name in _PROGRAMS if name != "none"]
    return next((name for name in names if name == "none" or importlib.util.find_spec(name)), None)


def describe(device: Device) -> str:
    """A line about a device."""
    memory = "memory unknown" if device.memory_mib is None else f"{device.memory_mib} MiB"
    return f"{device.name}  {device.title or '(no driver tells its name)'}, {memory}{', MIG slice' if device.is_mig else ''}"


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gpu", default="auto", help="auto, a kind, or one device")
    parser.add_argument("--framework", default="", choices=["", *_PROGRAMS])
    parser.add_argument("--sandbox", default="auto", choices=SANDBOXES)
    parser.add_argument("--image", default=DEFAULT_IMAGE)
    parser.add_argument("--runtime", default="")
    parser.add_argument("--cdi-folder", type=Path, action="append", help="instead of /etc/cdi and /var/run/cdi")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Check the first GPU that is found."""
    options = parse(words)
    devices = find_devices(options.gpu, options.cdi_folder or FOLDERS)
    framework = find_framework(options.framework)
    if not devices:
        print("No GPU: no CDI specification and no driver names one here. Nothing was checked.")
        return NO_GPU
    for device in devices:
        print(describe(device))
    if framework is None:
        print("No framework: neither TensorFlow, JAX nor PyTorch is installed here. Nothing was checked.")
        return NO_GPU
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {devices[0].name}, {framework}, Python {platform.python_version()}, {os.cpu_count()} cores\n"
    )

    def open_around(settings: SandboxSettings) -> Sandbox:
        return open_sandbox(options.sandbox, settings, image=options.image, runtime=options.runtime)

    is_well = True
    try:
        for row in Check(devices[0], framework, open_around).run():
            print(f"{'ok    ' if row.is_well else 'FAILED'}  {row.step:<46} {row.found}", flush=True)
            is_well &= row.is_well
    except (AutograderError, RuntimeError, TimeoutError) as error:
        print(f"FAILED  {error}")
        is_well = False
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
