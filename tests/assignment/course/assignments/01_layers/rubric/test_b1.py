"""Affine layer.

The first layer of the course.
"""
