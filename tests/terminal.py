"""A real pseudo-terminal, for what is shown on one and for keys that are pressed on one."""

import os
import pty
import select
import time
from dataclasses import dataclass

CTRL_C = b"\x03"


@dataclass
class Terminal:
    """A command that runs on a terminal of its own.

    Attributes
    ----------
    shown
        What was written to the terminal so far, by any process.
    """

    pid: int
    fd: int
    shown: str = ""

    @classmethod
    def run(cls, command, cwd, **environment):
        """Start a command; variables that are None are taken away."""
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(cwd)
            for name, value in environment.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            os.execv(command[0], [str(word) for word in command])
        return cls(pid, fd)

    def press(self, key):
        """Press a key."""
        os.write(self.fd, key)

    def wait_for(self, condition, timeout_s=90.0):
        """Read until a condition of what is shown holds."""
        deadline = time.monotonic() + timeout_s
        while not condition(self.shown):
            assert time.monotonic() < deadline, self.shown
            self._read(0.05)

    def end(self, timeout_s=90.0):
        """Read to the end; the exit code."""
        deadline = time.monotonic() + timeout_s
        while self._read(0.2):
            assert time.monotonic() < deadline, self.shown
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return code

    def _read(self, patience_s):
        if not select.select([self.fd], [], [], patience_s)[0]:
            return True
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:  # every process has closed it
            return False
        self.shown += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)
