"""Channels that remain between candidates that follow each other, measured in bits per second in each sandbox.

One candidate knows random bits and leaves them where the kernel keeps something for all; it ends, and the
next tells which bits it finds. Both know the program, and nothing else passes between them. What they use:

* whether a page of a read-only file is in memory, by the time of a `read`, by the number of major faults,
  and by the pages that a single fault maps beside its own;
* whether a name that does not exist has been looked for, by the time of a `stat`;
* the number of the last inode of a pipe, which is counted for all.

The file is made here, and sent out of memory before each measurement, as a file is that nobody has read for
long. The rate is what a perfect code could carry: bits times 1 - H(error rate), by the time of both. No
program makes a call that is refused. Engines need the grading image (``autograder image build``).

::

    python benchmarks/channels.py [--rounds N] [--image NAME] [--only NAME] [--write]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import results
from walls import find_walls

from autograder.errors import SandboxError
from autograder.records.outcome import Limits
from autograder.sandbox.conformance.driving import ENTRY, ENTRY_FOLDER, run_program
from autograder.sandbox.engine.gvisor import RUNTIME as GVISOR
from autograder.sandbox.open import open_sandbox
from autograder.sandbox.seam import DEFAULT_IMAGE, Sandbox, SandboxSettings

CARRIER = "carrier.bin"
PAGE = 4096
LIMITS = Limits(cpu_s=60, load_s=60, memory_mib=1024, pids=48, disk_mib=8, inodes=200)
_ALONE = 32  # pages between two that `read` takes: nearer ones would be read along

# Every program finds `bits` (to send) or `count` (to receive), `first` (its part of the file) and `round`.
HEAD = """
import mmap, os, resource, time
PAGE = 4096
begun = time.perf_counter()
def split(values):
    # The pilots at the front are 0 and 1 in turn; in between lies what tells them apart.
    low, high = sorted(values[0:PILOTS:2]), sorted(values[1:PILOTS:2])
    middle = (low[len(low) // 2] + high[len(high) // 2]) / 2
    rises = high[len(high) // 2] > low[len(low) // 2]
    return [int((value > middle) == rises) for value in values]
def tell(found=None):
    report([found, time.perf_counter() - begun])
"""
OPEN = """
fd = os.open("carrier.bin", os.O_RDONLY)
def view(pages):
    at = first * PAGE
    found = mmap.mmap(fd, pages * PAGE, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ, offset=at)
    found.madvise(mmap.MADV_RANDOM)
    return found
"""


@dataclass(frozen=True)
class Channel:
    """A way to leave bits and one to find them.

    Attributes
    ----------
    count
        Bits that are sent at once.
    pages
        Pages of the file that it needs; 0 if it needs none.
    send, receive
        Programs, after `HEAD`.
    """

    name: str
    count: int
    pages: int
    send: str
    receive: str


CHANNELS = (
    Channel(
        "a page in memory: time of a read",
        512,
        512 * _ALONE,
        f"""{OPEN}
for place, bit in enumerate(bits):
    if bit:
        os.pread(fd, 1, (first + {_ALONE} * place) * PAGE)
tell()
""",
        f"""{OPEN}
taken = []
for place in range(count):
    begun_s = time.perf_counter()
    os.pread(fd, 1, (first + {_ALONE} * place) * PAGE)
    taken.append(time.perf_counter() - begun_s)
tell(split(taken))
""",
    ),
    Channel(
        "a page in memory: major faults",
        2048,
        2048,
        f"""{OPEN}
pages = view(len(bits))
for place, bit in enumerate(bits):
    if bit:
        pages[place * PAGE]
tell()
""",
        f"""{OPEN}
pages, found = view(count), []
for place in range(count):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
    pages[place * PAGE]
    found.append(int(resource.getrusage(resource.RUSAGE_SELF).ru_majflt == before))
tell(found)
""",
    ),
    Channel(
        "a page in memory: mapped with its neighbour",
        2048,
        4096,
        f"""{OPEN}
pages = view(2 * len(bits))
for place, bit in enumerate(bits):
    pages[2 * place * PAGE]
    if bit:
        pages[(2 * place + 1) * PAGE]
tell()
""",
        f"""{OPEN}
import ctypes
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
places = []
for place in range(count):  # apart, so that each pair is an area of its own
    at = ctypes.c_long((first + 2 * place) * PAGE)
    near = libc.mmap(None, ctypes.c_size_t(2 * PAGE), 1, 2 if place % 2 else 1, fd, at)
    ctypes.string_at(near, 1)
    places.append(near)
sizes, start = {{}}, None
for line in open("/proc/self/smaps"):
    if line.startswith("Rss:") and start is not None:
        sizes[start] = int(line.split()[1])
    elif "-" in line.split(" ", 1)[0]:
        start = int(line.split("-")[0], 16)
tell([int(sizes.get(place, 0) > 4) for place in places])
""",
    ),
    Channel(
        "a name that is not there: time of a stat",
        2048,
        0,
        """
for place, bit in enumerate(bits):
    if bit:
        os.path.exists(f"/usr/lib/word-{round}-{place}")
tell()
""",
        """
taken, stat = [], os.stat
for place in range(count):
    name = f"/usr/lib/word-{round}-{place}"
    begun_s = time.perf_counter()
    try:
        stat(name)
    except OSError:
        pass
    taken.append(time.perf_counter() - begun_s)
tell(split(taken))
""",
    ),
    Channel(
        "numbers of pipes",
        10,
        0,
        """
def last():
    one, other = os.pipe()
    number = os.fstat(one).st_ino
    os.close(one)
    os.close(other)
    return number
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
word = int("".join(map(str, bits)), 2)
for _ in range(2**19):
    if last() % 2**18 // 2**8 == word and last() % 2**8 < 2**7:
        break
tell()
""",
        """
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
one, _ = os.pipe()
tell([int(bit) for bit in f"{os.fstat(one).st_ino % 2**18 // 2**8:010b}"])
""",
    ),
)


@dataclass
class Tally:
    """What came over a channel in a sandbox.

    Attributes
    ----------
    sent, wrong
        Bits that were to cross, and those of them that came otherwise.
    taken_s
        Time of sender and receiver [s].
    """

    sent: int = 0
    wrong: int = 0
    taken_s: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def error_rate(self) -> float:
        """Share of bits that came otherwise than they were sent."""
        return self.wrong / self.sent if self.sent else 0.5

    @property
    def bits_per_s(self) -> float:
        """What a perfect code could carry [bit/s]."""
        rate = self.error_rate
        entropy = -sum(share * math.log2(share) for share in (rate, 1 - rate) if share)
        return self.sent * (1 - entropy) / self.taken_s if self.taken_s else 0.0


def run(sandbox: Sandbox, program: str, **values: object) -> tuple[list[int] | None, float]:
    """Run a program in a candidate of its own; what it found, and how long it took [s]."""
    given = "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    done = run_program(sandbox, given + HEAD + program, limits=LIMITS, timeout_s=90.0)
    if not done.reports:
        raise RuntimeError(f"{done.ending} {done.stderr[-200:]}")
    found, taken_s = done.reports[0]
    return found, taken_s


def measure(sandbox: Sandbox, channel: Channel, rounds: int, first: int, tag: str) -> Tally:
    """Send random bits over a channel, in every round others."""
    tally = Tally()
    pilots = 64 if "split(" in channel.receive else 0
    for number in range(rounds):
        bits = [place % 2 if place < pilots else random.getrandbits(1) for place in range(channel.count)]
        values = {"PILOTS": pilots, "first": first + number * channel.pages, "round": f"{tag}-{number}"}
        try:
            _, sent_s = run(sandbox, channel.send, bits=bits, **values)
            found, received_s = run(sandbox, channel.receive, count=channel.count, **values)
        except (RuntimeError, SandboxError) as error:
            tally.problems.append(str(error))
            continue
        tally.sent += channel.count - pilots
        tally.wrong += sum(one != other for one, other in zip(bits[pilots:], (found or [])[pilots:], strict=True))
        tally.taken_s += sent_s + received_s
    return tally


@contextmanager
def cold_file(rounds: int) -> Iterator[Path]:
    """Make a file that is large enough, and is not in memory."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # on a disk, which /tmp may not be
        Path(folder).chmod(0o755)
        path = Path(folder, CARRIER)
        with path.open("wb") as file:
            for _ in range(rounds):
                for _ in range(sum(one.pages for one in CHANNELS) // 256):
                    file.write(os.urandom(256 * PAGE))
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o644)
        send_out(path)
        yield path


def send_out(path: Path) -> None:
    """Send a file out of memory, as the kernel does by itself when others need it."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure_all(options: argparse.Namespace) -> list[list[str]]:
    """Measure every channel in every sandbox that works here; a row of each channel."""
    cells: dict[str, dict[str, str]] = {channel.name: {} for channel in CHANNELS}
    for name, started_by in find_walls(""):
        title = f"{name}, {GVISOR}" if started_by == GVISOR else name
        if options.only and options.only != title:
            continue
        with cold_file(options.rounds) as path:
            settings = SandboxSettings(entry=ENTRY, entry_folder=ENTRY_FOLDER, data={CARRIER: path})
            try:
                with open_sandbox(name, settings, image=options.image, runtime=started_by) as sandbox:
                    run(sandbox, "tell()", PILOTS=0)
                    first = 0
                    for channel in CHANNELS:
                        tag = f"{os.getpid()}-{time.time_ns()}"
                        tally = measure(sandbox, channel, options.rounds, first, tag)
                        first += options.rounds * channel.pages
                        cells[channel.name][title] = describe(tally)
                        print(f"{title}: {channel.name}: {describe(tally)} {tally.problems}", file=sys.stderr)
            except SandboxError as error:
                print(f"{title} is left out: {error.message}", file=sys.stderr)
    titles = list(dict.fromkeys(title for row in cells.values() for title in row))
    head = ["what is left and found", *titles]
    return [head, *([name, *(row.get(title, "") for title in titles)] for name, row in cells.items())]


def describe(tally: Tally) -> str:
    """Say how much a channel carries, and how many bits are wrong."""
    if not tally.sent:
        return "none"
    rounded = float(f"{tally.bits_per_s:.2g}")
    return f"{rounded:,g} bit/s, {100 * tally.error_rate:.1f} % wrong"


def main() -> None:
    """Measure, and write the table down if that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="[default: 3]")
    parser.add_argument("--image", default=DEFAULT_IMAGE, help=f"[default: {DEFAULT_IMAGE}]")
    parser.add_argument("--only", default="", help="one sandbox, as the table calls it")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args()
    assert shutil.which("bwrap") or options.only, "bubblewrap is not installed"
    load = results.describe_load()
    head, *rows = measure_all(options)
    table = results.table(head, rows)
    about = f"{options.rounds} rounds. {results.describe_machine()}; {load}."
    print(f"{table}\n\n{about}")
    if options.write:
        results.write_section("channels", f"## From one candidate to the next\n\n{table}\n\n{about}")


if __name__ == "__main__":
    main()
