"""A made-up vendor: a CDI specification with device nodes, a library folder and a variable of our own."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

KIND = "autograder.test/gpu"
NULL = os.makedev(1, 3)


def make_node(path, mode=0o666):
    """Make a device node that does what /dev/null does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(path, stat.S_IFCHR | 0o600, NULL)
    path.chmod(mode)
    return path


def spec_of(folder, count=1, *, with_nodes=True, **more):
    """A specification of ``count`` devices, whose nodes and libraries are below ``folder``."""
    library = folder / "lib" / "libmadeup.so.1.2"
    library.parent.mkdir(parents=True, exist_ok=True)
    library.write_text("a library")
    shared = {"path": "/dev/madeup/control", "hostPath": str(folder / "dev/control")}
    devices = []
    for number in range(count):
        own = folder / f"dev/madeup{number}"
        if with_nodes:
            make_node(own)
        node = {"path": f"/dev/madeup{number}", "hostPath": str(own)}
        devices.append({"name": str(number), "containerEdits": {"deviceNodes": [node]}})
    if with_nodes:
        make_node(folder / "dev/control")
    everything = [edit for one in devices for edit in one["containerEdits"]["deviceNodes"]]
    devices.append({"name": "all", "containerEdits": {"deviceNodes": everything}})
    hook = {"hookName": "createContainer", "path": "/bin/touch", "args": ["touch", str(folder / "hooked")]}
    mount = {"hostPath": str(library), "containerPath": "/opt/madeup/lib/libmadeup.so.1.2", "options": ["ro", "bind"]}
    edits = {"deviceNodes": [shared], "mounts": [mount], "env": ["MADE_UP=1"], "hooks": [hook]}
    return {"cdiVersion": "0.5.0", "kind": KIND, "devices": devices, "containerEdits": edits, **more}


def write_spec(folder: Path, spec, name="madeup.json"):
    """Write a specification into ``folder/cdi``; that folder."""
    cdi = folder / "cdi"
    cdi.mkdir(exist_ok=True)
    (cdi / name).write_text(json.dumps(spec))
    return cdi
