"""The kernel keeps the bounds of callbacks, in an exam and nowhere else."""

import os
import resource
import signal
import subprocess
import sys

import numpy as np
import pytest

from autograder.examiner.metering import ExamMeter, is_ended_by_meter

MIB = 2**20


@pytest.fixture
def meter():
    """A meter with 96 MiB and a second; whatever happens, its bounds are lifted."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    yield ExamMeter(cpu_s=1.0, memory_mib=96)
    signal.setitimer(signal.ITIMER_PROF, 0)
    resource.setrlimit(resource.RLIMIT_DATA, before)


def test_memory_beyond_the_bound_is_refused_in_a_callback_only(meter):
    """The rubric's own code may use what it likes, before and afterwards."""
    meter.begin()
    with pytest.raises(MemoryError):
        np.ones(150 * MIB, np.int8)
    meter.end()
    assert np.ones(150 * MIB, np.int8).nbytes == 150 * MIB


KEEPING = """
import numpy as np

from autograder.examiner.metering import ExamMeter

meter, kept = ExamMeter(memory_mib=96), []
for _ in range(2):
    meter.begin()
    kept.append(np.ones(40 * 2**20, np.int8))
    meter.end()
meter.begin()
try:
    kept.append(np.ones(40 * 2**20, np.int8))
except MemoryError:
    print("refused")
meter.end()
kept.clear()
meter.begin()
kept.append(np.ones(40 * 2**20, np.int8))
meter.end()
print("allowed")
"""


def test_memory_that_callbacks_keep_counts_for_the_next_until_it_is_freed():
    """A submission cannot have the examiner keep gigabytes bit by bit; a fresh process has no free memory of its own."""
    done = subprocess.run([sys.executable, "-c", KEEPING], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "allowed"]


def test_callback_that_does_not_come_back_ends_the_process():
    """Also one call into C, which no exception reaches."""
    pid = os.fork()
    if pid == 0:
        meter = ExamMeter(cpu_s=-0.9)
        meter.begin()
        sum(range(10**12))
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert is_ended_by_meter(status)
    assert not is_ended_by_meter(signal.SIGKILL)


def test_peak_of_an_unbounded_callback_is_measured():
    """So is the reference's need known."""
    meter = ExamMeter()
    meter.begin()
    np.ones(100 * MIB, np.int8)
    meter.end()
    assert 90 < meter.cost(0, 0).memory_mib < 200
