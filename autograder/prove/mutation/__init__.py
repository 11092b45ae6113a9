"""Generated mutants.

They are small mistakes made at every place of the reference. A criterion should notice each of
them.
"""
