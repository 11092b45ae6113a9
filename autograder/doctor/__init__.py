"""Checks of this machine for `grade`.

Every prerequisite is tried for real, and each problem has its remedy.
"""
