"""The PID 1 of candidates, made ahead of time.

They are small processes, made by a small process.

A candidate needs a process namespace, whose first process must outlive it, adopt its orphans and
cannot be signalled from inside; with it the kernel kills all the rest. Were it forked from a
warden, a second copy of the page tables would be paid for (4 ms with TensorFlow). So a factory is
forked from the warden before that has imported anything, and keeps one namespace in stock.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import traceback
from dataclasses import dataclass

from autograder.inside.walls import syscalls

_CHILD_ENDED = {signal.SIGCHLD}


@dataclass(frozen=True)
class Anchor:
    """PID 1 of an empty process namespace.

    Attributes
    ----------
    pid
        Its number in the warden's process namespace.
    namespace_fd, pid_fd
        Descriptors of the namespace and of the process.
    """

    pid: int
    namespace_fd: int
    pid_fd: int

    def kill(self) -> None:
        """Have the kernel kill everything in the namespace."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pid_fd, signal.SIGKILL)

    def release(self) -> None:
        """Close the descriptors."""
        os.close(self.namespace_fd)
        os.close(self.pid_fd)


class AnchorStock:
    """The warden's end of a factory.

    Attributes
    ----------
    gone
        Per anchor that has ended and that the warden has not yet asked for, the CPU time of it and
        of its adopted children [s].
    """

    def __init__(self) -> None:
        self._socket, factory_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.gone: dict[int, float] = {}
        if os.fork() == 0:
            _run_factory(factory_end)
        factory_end.close()
        # one namespace could be made: a machine that forbids it is found out at the start
        self._hear(0)

    def fileno(self) -> int:
        """Return the descriptor to poll.

        Call `listen` when it can be read.
        """
        return self._socket.fileno()

    def take(self) -> Anchor:
        """Get a fresh namespace."""
        self._socket.send(b"one")
        while True:
            anchor = self._hear(0)
            if anchor is not None:
                return anchor

    def listen(self) -> None:
        """Note which anchors have ended, without waiting."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._hear(socket.MSG_DONTWAIT)

    def _hear(self, flags: int) -> Anchor | None:
        """Take one message, which brings an anchor or reports an end."""
        text, fds = syscalls.receive_datagram(self._socket, flags)
        if not text:
            raise OSError("the factory of process namespaces has ended")
        message = json.loads(text)
        if fds:
            return Anchor(message["pid"], *fds)
        if message["pid"]:
            self.gone[message["pid"]] = message["cpu_s"]
        return None

    def close(self) -> None:
        """Give this end up, in a process that is no warden."""
        self._socket.close()


def _run_factory(warden: socket.socket) -> None:
    """Make anchors when asked, and report their ends.

    It never returns.
    """
    try:
        syscalls.set_parent_death_signal(signal.SIGKILL)
        syscalls.set_undumpable()
        # Set here and not in each anchor. PID 1 is deaf to signals it has no function for, and does
        # not block.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, _CHILD_ENDED)
        syscalls.close_all_but(warden.fileno(), 2)
        _Factory(warden).serve()
    except BaseException:  # noqa: BLE001 - for the station to quote
        traceback.print_exc()
    finally:
        os._exit(1)


class _Factory:
    def __init__(self, warden: socket.socket) -> None:
        self._warden = warden
        self._own_namespace_fd = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._anchors: dict[int, int] = {}  # pidfd: pid
        self._poll = select.poll()
        self._poll.register(warden, select.POLLIN)

    def serve(self) -> None:
        stock = self._make()
        self._tell({"pid": 0, "cpu_s": 0.0}, [])
        while True:
            for fd, _ in self._poll.poll():
                if fd in self._anchors:
                    self._reap(fd)
                    continue
                if not self._warden.recv(16):
                    return
                self._tell({"pid": stock.pid}, [stock.namespace_fd, stock.pid_fd])
                os.close(stock.namespace_fd)
                stock = self._make()

    def _make(self) -> Anchor:
        syscalls.unshare(syscalls.NEW_PIDS)
        pid = os.fork()
        if pid == 0:
            _be_anchor()
        namespace_fd = os.open("/proc/self/ns/pid_for_children", os.O_RDONLY | os.O_CLOEXEC)
        # else a second unshare would be refused
        syscalls.enter_pid_namespace(self._own_namespace_fd)
        pid_fd = os.pidfd_open(pid)
        self._anchors[pid_fd] = pid
        self._poll.register(pid_fd, select.POLLIN)
        return Anchor(pid, namespace_fd, pid_fd)

    def _reap(self, pid_fd: int) -> None:
        """Reap an anchor and report its CPU time.

        By now nothing is left in its namespace, since its first process ends last.
        """
        pid = self._anchors.pop(pid_fd)
        self._poll.unregister(pid_fd)
        os.close(pid_fd)
        usage = os.wait4(pid, 0)[2]
        self._tell({"pid": pid, "cpu_s": usage.ru_utime + usage.ru_stime}, [])

    def _tell(self, message: dict[str, object], fds: list[int]) -> None:
        socket.send_fds(self._warden, [json.dumps(message).encode()], fds)


def _be_anchor() -> None:
    """Adopt and reap until killed.

    It never returns.
    """
    try:
        syscalls.drop_capabilities()  # it stays undumpable: the candidate may be of the same user
        syscalls.set_parent_death_signal(signal.SIGKILL)
        syscalls.close_all_but()
        while True:
            signal.sigwait(_CHILD_ENDED)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
    finally:
        os._exit(1)
