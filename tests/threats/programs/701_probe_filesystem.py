"""Looks for what can be read, written, run and reached in the view of the file system, and prints it as a line of JSON."""

import json
import os
import stat

import numpy as np

OPTIONS = {"nosuid": os.ST_NOSUID, "nodev": os.ST_NODEV, "noexec": os.ST_NOEXEC}
LINKER = {"ld.so.cache", "alternatives"}


def look():
    folders, files, odd, privileged = [], [], [], []
    for top, names, leaves in os.walk("/"):
        if top == "/":
            names.remove("proc")
        if os.access(top, os.W_OK):
            folders.append(top)
        for place in (f"{top}/{name}" for name in leaves):
            mode = os.lstat(place).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
                odd.append(place)
            elif stat.S_ISREG(mode):
                if mode & 0o6000 and not os.statvfs(place).f_flag & os.ST_NOSUID:
                    privileged.append(place)
                if os.access(place, os.W_OK):
                    files.append(place)
    return folders, files, odd, privileged


folders, files, odd, privileged = look()
mounts = [folder for folder in folders if os.path.ismount(folder)]
sizes = {place: [0, 0] for place in (*folders, *files) if not any(f"{place}/".startswith(f"{mount}/") for mount in mounts)}
for folder in mounts:
    found = os.statvfs(folder)
    sizes[folder] = [found.f_blocks * found.f_frsize, found.f_files]
print(json.dumps({
    "writable": sizes,
    "mount_options": sorted(name for name, bit in OPTIONS.items() if all(os.statvfs(f).f_flag & bit for f in mounts)),
    "devices": sorted(place.removeprefix("/dev/") for place in odd),
    "etc": sorted(set(os.listdir("/etc")) - LINKER),
    "proc": sorted(name for name in os.listdir("/proc") if not name.isdecimal()),
    "privileged_programs": privileged,
}))


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
