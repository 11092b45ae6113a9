"""Draw the figures of the handout: ``python make_figures.py`` writes ``figures/*.svg``."""

import math
from pathlib import Path

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .there { stroke: #0969da; fill: none } .back { stroke: #bc4c00; fill: none }
  text.there { fill: #0969da; stroke: none } text.back { fill: #bc4c00; stroke: none } .box { fill: #eef2f6; stroke: #8c959f }
  .kept { fill: #0969da; stroke: #0969da } .again { fill: #ddf4ff; stroke: #0969da } .gone { fill: none; stroke: #8c959f; stroke-dasharray: 3 3 } path, line { stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .box { fill: #21262d } .there { stroke: #58a6ff } .back { stroke: #f0883e }
    text.there { fill: #58a6ff } text.back { fill: #f0883e } .kept { fill: #58a6ff; stroke: #58a6ff } .again { fill: #0c2d6b; stroke: #58a6ff } }
</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="context-stroke" stroke="none"/></marker></defs>"""


def svg(width, height, title, body):
    """Wrap a drawing; the title is what a screen reader says."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
    return f"{head}\n<title>{title}</title>\n{STYLE}\n{body}\n</svg>\n"


def text(x, y, content, kind="", anchor="middle"):
    """Place a line of text."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{content}</text>'


def arrow(x0, y0, x1, y1, kind):
    """Draw an arrow from one point to another."""
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" class="{kind}" marker-end="url(#a)"/>'


def edge(start, end, value, gradient, side):
    """Join two boxes: the operand's value goes right (blue), what is handed back goes left (orange)."""
    (x0, y0), (x1, y1) = start, end
    x0, x1 = x0 + 67, x1 - 67
    length = math.hypot(x1 - x0, y1 - y0)
    dx, dy = 7 * (y0 - y1) / length, 7 * (x1 - x0) / length
    middle = (x0 + x1) / 2, (y0 + y1) / 2
    return [
        arrow(x0 - dx, y0 - dy, x1 - dx, y1 - dy, "there"),
        arrow(x1 + dx, y1 + dy, x0 + dx, y0 + dy, "back"),
        text(middle[0] - side[0], middle[1] - side[1] - 10, value, "there small"),
        text(middle[0] + side[0], middle[1] + side[1] + 20, gradient, "back small"),
    ]


def tape():
    """Draw the graph of y = x * x + x at x = 3, with what every node holds and hands back."""
    x, product, total = (90, 170), (350, 50), (620, 170)
    parts = [
        *edge(x, product, "3 and 3", "1 · 3 + 1 · 3 = 6", (58, 6)),
        *edge(product, total, "9", "1 · 1 = 1", (-44, 6)),
        *edge(x, total, "3", "1 · 1 = 1", (0, 3)),
    ]
    for (left, top), name, gradient in ((x, "x = 3", "grad = 6 + 1 = 7"), (product, "x * x = 9", "grad = 1"), (total, "y = 12", "grad = 1")):
        parts += [f'<rect x="{left - 65}" y="{top - 24}" width="130" height="46" rx="8" class="box"/>', text(left, top - 4, name), text(left, top + 14, gradient, "back small")]
    parts.append(text(355, 240, "x has three uses: it waits until all have handed back what is theirs, and adds them up."))
    return svg(710, 258, "The graph of y = x times x plus x: values run to the right, gradients to the left, and three of them meet in x.", "\n".join(parts))


def segments():
    """Draw a chain of nine steps with every third activation kept, while the middle segment is swept backwards."""
    step, left, parts = 68, 50, []
    for row, (y, name) in enumerate(((60, "after the forward sweep"), (160, "while the second segment is swept back"))):
        parts.append(text(left - 12, y - 30, name, "small", "start"))
        for i in range(10):
            is_kept = i % 3 == 0 if row == 0 else i in (0, 3)
            kind = "kept" if is_kept else "again" if row == 1 and i in (4, 5) else "gone"
            parts += [f'<circle cx="{left + step * i}" cy="{y}" r="11" class="{kind}"/>', text(left + step * i, y + 30, f'x<tspan dy="4" font-size="10">{i}</tspan>')]
            if i < 9 and (row == 0 or i in (3, 4)):
                parts.append(arrow(left + step * i + 13, y, left + step * (i + 1) - 13, y, "there"))
    parts += [arrow(left + step * i - 13, 148, left + step * (i - 1) + 13, 148, "back") for i in (9, 8, 7, 6)]
    parts.append(text(356, 222, "Filled: kept. Light: computed again. Dashed: gone. Orange: the gradient has come through.", "small"))
    return svg(712, 240, "A chain of ten activations of which every third is kept; two are computed again when the gradient reaches their segment.", "\n".join(parts))


FIGURES = {"tape": tape, "segments": segments}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
