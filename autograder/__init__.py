"""Grades programming assignments of a deep-learning course in sandboxes.

This module imports nothing: the sandbox binds it beside ``inside`` and ``wire``.
"""
