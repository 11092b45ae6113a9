"""Known differences of each kind of sandbox.

A difference is an unkept promise. It stands under the name of its check, with the reason. The check
still runs.

A check named here must fail: one that holds after all is to be taken off.
"""

from __future__ import annotations

from types import MappingProxyType

_FILES = "its folders are limited in bytes, not in their number of files"
# Of a sandbox that makes one candidate at a time: gVisor.
SERIAL = MappingProxyType(
    {
        "disk_each_folder_is_limited_in_files[/submission]": _FILES,
        "disk_each_folder_is_limited_in_files[/tmp]": _FILES,
        "disk_each_folder_is_limited_in_files[/dev/shm]": _FILES,
        "privileges_a_better_place_in_the_queue_cannot_be_taken": "it takes note of a better place, and gives none",
        "clocks_of_the_process_are_as_fine_as_outside": "its CPU clocks tick every 10 ms",
    }
)
