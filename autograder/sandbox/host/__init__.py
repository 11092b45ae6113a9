"""The host of a sandbox.

It has control groups, users, and remains with their owners.
"""
