"""Uploads: their names, files and reading."""
