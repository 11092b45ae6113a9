"""Checks that a candidate has no network."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from pathlib import Path
from textwrap import dedent

from autograder.sandbox.conformance.check import (
    CheckedSandbox,
    ConformanceError,
    Listing,
    demand,
    demand_equal,
    only_report,
)

_listing = Listing(needs_walls=True)
CHECKS = _listing.checks


@_listing.add
def network_every_family_is_refused(subject: CheckedSandbox) -> None:
    """No socket of any family can be made.

    A candidate cannot speak to anything outside. A GPU's driver gets Unix sockets to listen on.
    """
    program = """
        import socket
        def attempt(family, kind):
            try:
                socket.socket(family, kind).close()
            except OSError as error:
                return type(error).__name__
            return "made"
        families = (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET)
        kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW)
        report([sorted({attempt(f, k) for f in families for k in kinds}),
                [attempt(socket.AF_UNIX, k) for k in kinds]])
    """
    of_unix = ["PermissionError"] * 3
    if subject.device:
        of_unix[0] = "made"
    demand_equal(only_report(subject.run(dedent(program))), [["PermissionError"], of_unix])


@_listing.add
def network_canary_listeners_on_the_host_are_not_reached(subject: CheckedSandbox) -> None:
    """Listeners on the host see no candidate.

    They listen on the host's loopback and on an abstract Unix name. The network namespace is
    another.
    """
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(f"\0autograder-canary-{os.getpid()}-{secrets.token_hex(4)}")
        unix.listen()
        program = f"""
            import ctypes, os, socket
            tries = [lambda: socket.create_connection(("127.0.0.1", {tcp.getsockname()[1]}), 1),
                     lambda: socket.socket(socket.AF_UNIX).connect({unix.getsockname()!r})]
            for attempt in tries:
                try:
                    attempt()
                except OSError:
                    pass
            report(os.stat("/proc/self/ns/net").st_ino)
        """
        inode = only_report(subject.run(dedent(program)))
        demand(
            inode != Path("/proc/self/ns/net").stat().st_ino, "the network namespace is the host's."
        )
        for listener in (tcp, unix):
            listener.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                listener.accept()
                raise ConformanceError("a candidate has reached a listener on the host.")


@_listing.add
def network_connected_pairs_work_and_cannot_be_addressed(subject: CheckedSandbox) -> None:
    """Honest code gets its socket pairs.

    Datagram pairs are refused, since they could be given a name. No candidate connects or listens.
    """
    program = """
        import socket
        a, b = socket.socketpair()
        a.send(b"hello")
        got = b.recv(5).decode()
        answers = []
        for attempt in (lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
                        lambda: a.bind("\\0name"),
                        lambda: a.connect("\\0name"),
                        lambda: a.listen()):
            try:
                attempt()
                answers.append("done")
            except OSError as error:
                answers.append(type(error).__name__)
        report([got, answers])
    """
    answers = ["PermissionError"] * 4
    if subject.device:  # its driver may give sockets names, and finds nobody to connect to
        answers[1:] = ["done", "ConnectionRefusedError", "OSError"]
    demand_equal(only_report(subject.run(dedent(program))), ["hello", answers])
