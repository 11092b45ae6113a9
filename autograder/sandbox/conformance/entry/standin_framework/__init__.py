"""Stands for a framework in the conformance list."""
