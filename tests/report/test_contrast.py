"""Colours: text can be read and shapes told apart, in both schemes (WCAG 2.2, level AA)."""

from __future__ import annotations

import re

import pytest

from autograder.report.html import TEMPLATES

TEXT, SHAPE = 4.5, 3.0
TONES = ("good", "part", "bad", "halt", "idle", "staff")
PAIRS = [
    *((name, ground, TEXT) for name in ("ink", "quiet", "link") for ground in ("page", "card", "sunk")),
    *((f"{tone}-ink", f"{tone}-soft", TEXT) for tone in TONES),
    *((f"{tone}-ink", "card", TEXT) for tone in TONES),
    *((tone, "card", SHAPE) for tone in TONES),
    *(("cell-ink", f"{tone}-cell", TEXT) for tone in TONES),
    ("bad-ink", "sunk", TEXT),
    ("focus", "page", SHAPE),
    ("focus", "card", SHAPE),
    ("good", "idle-soft", SHAPE),
    ("nan-a", "nan-b", SHAPE),
    *((f"e{level}", "e0", 1.25) for level in range(1, 5)),
]


def palettes():
    """Read the colours of both schemes from the style sheets."""
    light, dark = {}, {}
    for name in ("base.css", "index.css"):
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        screen = text.split("@media print")[0]
        before, _, after = screen.partition("@media (prefers-color-scheme: dark)")
        rest = after.partition("}\n}")[0] if name == "base.css" else after.partition("} }")[0]
        light |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", before))
        dark |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", rest))
    return {"light": light, "dark": light | dark}


def luminance(colour):
    """Give the relative luminance of a colour, as WCAG defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Give the contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_colours_of_a_scheme_have_enough_contrast(scheme, front, ground, least):
    """Nobody needs good eyes or a good screen to read a report."""
    colours = palettes()[scheme]
    assert contrast(colours[front], colours[ground]) >= least
