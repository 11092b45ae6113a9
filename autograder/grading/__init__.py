"""Runs of grading, from paths to a folder of results."""
