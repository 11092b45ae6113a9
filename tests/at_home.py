"""A student's machine, which need not be a Unix and has little installed: what others lack is taken away."""

# Windows and macOS lack these; a student's machine has no reference either.
AT_HOME = """
import sys, os, signal, socket
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"fcntl", "resource", "pwd", "grp", "termios", "pty", "tty", "posix_ipc", "crypt", "spwd", "syslog", "jupytext", "playwright", "psutil", "tensorflow", "keras"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
for module, names in ((os, ("fork", "forkpty", "getuid", "geteuid", "setuid", "sched_getaffinity", "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK",
                            "O_CLOEXEC", "mkfifo", "getpgid", "killpg", "waitid")),
                      (os, [name for name in dir(os) if name.startswith(("sched_", "pidfd_", "memfd_", "posix_spawn", "setr", "getr", "wait3"))]),
                      (signal, ("SIGALRM", "SIGKILL", "SIGSTOP", "SIGCHLD", "SIGPIPE", "SIGXCPU", "setitimer", "alarm", "pthread_sigmask", "sigwait", "pause")),
                      (socket, ("AF_UNIX", "SCM_RIGHTS", "send_fds", "recv_fds", "CMSG_SPACE", "CMSG_LEN"))):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
def socketpair():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname())
        return one, listener.accept()[0]
socket.socketpair = socketpair  # what Windows has in its place
from autograder.cli import main
main(sys.argv[1:])
"""
