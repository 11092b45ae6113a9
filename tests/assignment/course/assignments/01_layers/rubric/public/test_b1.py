"""Affine layer, in public."""
