"""Shapes to look at."""
