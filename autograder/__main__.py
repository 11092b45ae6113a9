"""The command line, run as ``python -m autograder``."""

from autograder.cli import main

if __name__ == "__main__":  # not in a process that this one spawns
    main(prog_name="autograder")
