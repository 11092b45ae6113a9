"""The names, files and reading of uploads."""
