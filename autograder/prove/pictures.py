"""Pictures of the bar of a training.

A strip of points stands for the reference, and one for each mutant.
"""

from __future__ import annotations

from markupsafe import Markup

from autograder.prove.model import Spread
from autograder.records.text import page_line

_WIDTH, _ROW, _SIDE, _TOP = 360.0, 38.0, 8.0, 26.0  # as wide as a phone: a name stands above its points
_MAX_LABEL = 44  # characters that fit


def strip_plot(spread: Spread) -> Markup:
    """Return the scores of a training as an inline picture.

    A loss is shown with its own sign, so smaller is better there.
    """
    values = [spread.bar, *(score for scores in spread.scores.values() for score in scores)]
    low, high = min(values), max(values)
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    low, high = low - room, high + room

    def place(value: float) -> float:
        return _SIDE + (_WIDTH - 2 * _SIDE) * (value - low) / (high - low)

    height = _TOP + _ROW * len(spread.scores) + 8
    rows = Markup("").join(
        _row(name, scores, _TOP + _ROW * number, place) for number, (name, scores) in enumerate(spread.scores.items())
    )
    label = f"{spread.criterion}: bar {abs(spread.bar):g}, {len(spread.scores)} rows of scores"
    bar = place(spread.bar)
    return Markup(
        '<svg class="strip" viewBox="0 0 {w:g} {h:g}" role="img" aria-label="{label}">'
        '<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="{top:g}" y2="{bottom:g}"/>'
        '<text class="bar-label" x="{x:.1f}" y="{above:g}" text-anchor="middle">bar {bar:g}</text>{rows}</svg>'
    ).format(
        w=_WIDTH,
        h=height,
        label=page_line(label),
        x=bar,
        top=_TOP - 6,
        bottom=height - 4,
        above=_TOP - 10,
        bar=abs(spread.bar),
        rows=rows,
    )


def _row(name: str, scores: tuple[float, ...], y: float, place: object) -> Markup:
    assert callable(place)
    shown = name if len(name) <= _MAX_LABEL else f"{name[: _MAX_LABEL - 1]}\u2026"
    tone = "right" if name == "reference" else "wrong"
    points = Markup("").join(
        Markup('<circle class="{}" cx="{:.1f}" cy="{:g}" r="4"><title>{:.6g}</title></circle>').format(
            tone, place(score), y + 27, abs(score)
        )
        for score in scores
    )
    label = Markup('<text x="0" y="{:g}"><title>{}</title>{}</text>').format(y + 13, page_line(name), page_line(shown))
    return label + points
