"""Notebooks: their cells, magics and results."""
