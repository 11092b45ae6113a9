"""Grading at home by public criteria, without a station."""
