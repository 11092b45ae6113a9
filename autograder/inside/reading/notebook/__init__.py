"""Notebooks with their cells, magics and results."""
