"""Grading at home: public criteria, without a station."""
