"""Reads where there is no memory, while it is imported: the process ends by a signal."""

import ctypes

ctypes.string_at(0)
