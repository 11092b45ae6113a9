"""A preview of an assignment's reports.

It has the reports of its reference, its template, its mutants and variants.
"""

from autograder.preview.page import render_preview_html
from autograder.preview.views import View, find_views

__all__ = ["View", "find_views", "render_preview_html"]
