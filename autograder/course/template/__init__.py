"""The template that students start from.

It is derived from the reference, never edited by hand.
"""

from autograder.course.template.files import (
    render_cells,
    stale_files,
    templates_of,
    write_template,
)
from autograder.course.template.marks import render_template

__all__ = ["render_cells", "render_template", "stale_files", "templates_of", "write_template"]
