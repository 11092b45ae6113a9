"""What libcuda does while it opens a device, as far as it meets walls: a program for a candidate.

Seen in the traces of others, whose sandboxes it did not get through: a file in memory (`NVIDIA/OpenShell#1696`), a Unix socket
to hand a descriptor to its peers, the names of threads written in /proc (`NVIDIA/OpenShell#710`), and /sys.
"""

STEPS = """
import ctypes, os, socket, threading
from pathlib import Path

def outcome(step, *arguments):
    try:
        return step(*arguments)
    except OSError as error:
        return type(error).__name__

def file_in_memory():
    fd = os.memfd_create("driver")
    os.ftruncate(fd, 4096)
    return os.write(fd, b"x")

def peers_socket():
    one = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    one.bind(f"\\0cuda-uvmfd-{os.stat('/proc/self/ns/pid').st_ino}-{os.getpid()}")
    one.listen(16)
    return "listens"

def name_of_a_thread():
    done, ready, number = threading.Event(), threading.Event(), []
    def run():
        number.append(threading.get_native_id())
        ready.set()
        done.wait()
    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    try:
        comm = Path(f"/proc/{os.getpid()}/task/{number[0]}/comm")
        comm.write_text("cuda-EvtHandlr")
        return comm.read_text().strip()
    finally:
        done.set()
        thread.join()

def shared_memory():
    with open("/dev/shm/cuda.shm.0.1.1", "xb") as file:
        return file.write(b"x")

def kind_of(folder):
    return len(os.listdir(folder)) > 0

def connected(kind, address):
    with socket.socket(socket.AF_UNIX, kind) as one:
        one.connect(address)
        return "connected"

def asked(family, kind):
    with socket.socket(family, kind):
        return "made"

def taken():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.bind("\\0taken")
        one.listen()
        one.setblocking(False)
        return str(one.accept())

def written(path):
    with open(path, "w") as file:
        return file.write("1")

report({
    "file in memory": outcome(file_in_memory),
    "socket for peers": outcome(peers_socket),
    "name of a thread": outcome(name_of_a_thread),
    "shared memory": outcome(shared_memory),
    "devices of the machine": outcome(kind_of, "/sys/bus"),
    "processors of the machine": outcome(kind_of, "/sys/devices/system/cpu"),
    "kinds of devices": outcome(Path("/proc/devices").exists),
})
report({
    "the driver's daemon": outcome(connected, socket.SOCK_STREAM, "/run/nvidia-persistenced/socket"),
    "its own socket": outcome(connected, socket.SOCK_SEQPACKET, f"\\0cuda-uvmfd-{os.stat('/proc/self/ns/pid').st_ino}-{os.getpid()}"),
    "accept": outcome(taken),
    "datagrams": outcome(asked, socket.AF_UNIX, socket.SOCK_DGRAM),
    "internet": outcome(asked, socket.AF_INET, socket.SOCK_STREAM),
    "netlink": outcome(asked, socket.AF_NETLINK, socket.SOCK_RAW),
    "setting of the kernel": outcome(written, "/proc/sys/kernel/printk"),
    "request to the kernel": outcome(written, "/proc/sysrq-trigger"),
    "device of the machine": outcome(written, "/sys/bus/pci/rescan"),
    "control groups": outcome(kind_of, "/sys/fs"),
    "the kernel's own": outcome(kind_of, "/sys/kernel"),
})
"""
WORK = {
    "file in memory": 1, "socket for peers": "listens", "name of a thread": "cuda-EvtHandlr", "shared memory": 1,
    "devices of the machine": True, "processors of the machine": True, "kinds of devices": True,
}  # fmt: skip
WITHOUT = {
    "file in memory": "OSError", "socket for peers": "PermissionError", "name of a thread": "OSError", "shared memory": 1,
    "devices of the machine": "FileNotFoundError", "processors of the machine": "FileNotFoundError", "kinds of devices": False,
}  # fmt: skip
CLOSED = {
    "the driver's daemon": {"ConnectionRefusedError"}, "its own socket": {"ConnectionRefusedError"}, "accept": {"PermissionError"},
    "datagrams": {"PermissionError"}, "internet": {"PermissionError"}, "netlink": {"PermissionError"},
    "setting of the kernel": {"PermissionError", "OSError"}, "request to the kernel": {"PermissionError", "OSError", "FileNotFoundError"},
    "device of the machine": {"PermissionError", "OSError", "FileNotFoundError"},
    "control groups": {False, "FileNotFoundError"}, "the kernel's own": {False, "FileNotFoundError"},
}  # fmt: skip


def assert_driver_works_and_no_more(run):
    """Every step of a driver is made, and nothing leads out of the walls."""
    works, closed = run.reports
    assert works == WORK, run.stderr
    open_ones = {name: found for name, found in closed.items() if found not in CLOSED[name]}
    assert not open_ones, open_ones
    assert set(closed) == set(CLOSED)
