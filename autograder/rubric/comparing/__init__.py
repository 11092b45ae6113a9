"""Comparison of answers with expected values."""
