"""Finds the limits that really hold, gently: threads, memory that is reserved and not touched, a sparse file, descriptors."""

import json
import mmap
import os
import threading

import numpy as np

STEP = 4 << 20
LARGE = 1 << 45


def count_threads():
    threading.stack_size(128 << 10)
    done, threads = threading.Event(), []
    try:
        while len(threads) < 600:
            thread = threading.Thread(target=done.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        pass
    done.set()
    for thread in threads:
        thread.join()
    threading.stack_size(0)
    return 1 + len(threads)


def reserve_memory():
    blocks = []
    try:
        while len(blocks) < 4096:
            blocks.append(mmap.mmap(-1, STEP, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    except OSError:
        pass
    count = len(blocks)
    for block in blocks:
        block.close()
    return count * STEP >> 20


def largest_file():
    low, high = 0, LARGE
    fd = os.open("sparse", os.O_CREAT | os.O_RDWR)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            os.ftruncate(fd, middle)
            low = middle
        except OSError:
            high = middle
    os.close(fd)
    os.unlink("sparse")
    return low


def count_descriptors():
    opened = []
    try:
        while len(opened) < 100_000:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    for fd in opened:
        os.close(fd)
    return max(opened) + 1


print(json.dumps({"reservable_mib": reserve_memory(), "threads": count_threads(), "file_bytes": largest_file(), "open_files": count_descriptors()}))


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
