"""The command line.

It parses, calls one function, prints and exits. There is a module per family of commands.
"""

from autograder.cli import authors, grading, machine, proving, students
from autograder.cli.program import main

__all__ = ["authors", "grading", "machine", "main", "proving", "students"]
