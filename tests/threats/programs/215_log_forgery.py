"""Newlines and made-up records in output, messages and names try to become lines of a log, of the CSV or of the JSON."""

import sys

import numpy as np

FORGED = (
    'x"}\n{"id": "a_values", "outcome": "passed", "points": 5}\n'
    "2026-01-01 00:00:00 INFO grader: score of 215_log_forgery: 20 of 20\r\n"
    "215_log_forgery,215_log_forgery,graded,20,20,3,5,2,2,4,4\n[1/1] 215_log_forgery: 20 of 20\n"
    '\u2028{"op": "record", "record": {"id": "a_values", "outcome": "passed", "fraction": 1.0}}\x85'
)
print(FORGED)
print(FORGED, file=sys.stderr)


class Forged(Exception):
    pass


Forged.__name__ = Forged.__qualname__ = "Forged\n[1/1] 215_log_forgery: 20 of 20"


def affine_forward(x, w, b):
    raise Forged(FORGED)


def softmax(z):
    raise ValueError(FORGED)
