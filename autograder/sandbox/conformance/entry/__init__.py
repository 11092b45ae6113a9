"""The folder shown to the sandbox in place of a submission.

It stands on its own, not as a part of the package.
"""
