"""Stands for a package that an assignment forbids."""
