"""Run a station as an ordinary user, from root, on a machine where that user cannot read the interpreter.

Interpreters often live below a home that nobody else may enter. In a mount namespace of its own, each closed
folder on the way is covered by an empty one, and the trees that are needed are bound back at their own paths:
nothing of the machine's changes.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from driving import FAST, Run

import autograder
from autograder.sandbox.seam import Ending

UID = 54_321
_ROOTS = (Path(sys.prefix), Path(sys.base_prefix), Path(autograder.__file__).parents[1], Path(__file__).parents[1])


def find_covers():
    """Folders another user cannot enter, topmost first, with the trees below each."""
    covers: dict[Path, list[Path]] = {}
    for tree in {root.resolve() for root in _ROOTS}:
        closed = [parent for parent in reversed(tree.parents) if not parent.stat().st_mode & stat.S_IXOTH]
        if closed:
            covers.setdefault(closed[0], []).append(tree)
    return covers


def as_ordinary_user(command):
    """Wrap a command so that root runs it as an ordinary user."""
    if os.geteuid() != 0:
        return command
    steps = ["set -e", "stage=$(mktemp -d)", "mount -t tmpfs -o mode=0755 tmpfs $stage"]
    number = 0
    for cover, trees in find_covers().items():
        for offset, tree in enumerate(trees):
            steps += [f"mkdir $stage/{number + offset}", f"mount --bind '{tree}' $stage/{number + offset}"]
        steps += [f"mount -t tmpfs -o mode=0755 tmpfs '{cover}'"]
        for offset, tree in enumerate(trees):
            steps += [f"mkdir -p '{tree}'", f"mount --move $stage/{number + offset} '{tree}'"]
        number += len(trees)
    steps += ["umount $stage", "rmdir $stage"]
    user = f'exec setpriv --reuid {UID} --regid {UID} --clear-groups --inh-caps=-all --bounding-set=-all -- "$@"'
    script = "\n".join([*steps, user])
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *command]


class OrdinaryStation:
    """A station in a process of an ordinary user; `run` is `driving.run_program` over there."""

    def __init__(self, kind, settings):
        driver = str(Path(__file__).with_name("driving.py"))
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(_ROOTS[2])}
        self.process = subprocess.Popen(
            as_ordinary_user([sys.executable, driver, kind, json.dumps(settings)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        try:
            self.strengths = self._read()
        except BaseException:
            self.process.kill()
            self.close()
            raise

    def run(self, program, *, limits=FAST, **options):
        """Run a program in a candidate of that station."""
        request = {"program": program, "limits": asdict(limits), **options}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self._read()
        return Run(**answer | {"ending": Ending(**answer["ending"])})

    def close(self):
        """End it."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the station of an ordinary user has ended with status {self.process.wait()}")
        return json.loads(line)
