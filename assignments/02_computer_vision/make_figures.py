"""Draw the figures of the handout: ``python make_figures.py`` writes ``figures/*.svg``."""

from pathlib import Path

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .there { stroke: #0969da; fill: none } .back { stroke: #bc4c00; fill: none }
  text.there { fill: #0969da; stroke: none } text.back { fill: #bc4c00; stroke: none } .box { fill: #eef2f6; stroke: #8c959f } .pad { fill: none; stroke: #8c959f; stroke-dasharray: 3 3 }
  .on { fill: #54aeff; stroke: #0969da } .off { fill: #eef2f6; stroke: #8c959f } .faint { stroke: #8c959f; opacity: 0.35 } path, line { stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .box, .off { fill: #21262d } .there { stroke: #58a6ff } .back { stroke: #f0883e }
    text.there { fill: #58a6ff } text.back { fill: #f0883e } .on { fill: #1f6feb } }
</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="context-stroke" stroke="none"/></marker></defs>"""


def svg(width, height, title, body):
    """Wrap a drawing; the title is what a screen reader says."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
    return f"{head}\n<title>{title}</title>\n{STYLE}\n{body}\n</svg>\n"


def text(x, y, content, kind="", anchor="middle"):
    """Place a line of text."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{content}</text>'


def cell(x, y, kind, size=30):
    """Draw one pixel."""
    return f'<rect x="{x:g}" y="{y:g}" width="{size}" height="{size}" class="{kind}"/>'


def frame(x, y, columns, rows, kind, size=30):
    """Draw a thick frame around some pixels."""
    return f'<rect x="{x:g}" y="{y:g}" width="{columns * size}" height="{rows * size}" class="{kind}" stroke-width="3.5" rx="3"/>'


def arrow(x0, y0, x1, y1, kind):
    """Draw an arrow from one point to another."""
    return f'<line x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" class="{kind}" marker-end="url(#a)"/>'


def windows():
    """Draw an image of 5 x 4 pixels with padding 1, two windows of 3 x 3 that overlap at stride 2, and the output."""
    H, W, P, S, HH, WW = 4, 5, 1, 2, 3, 3
    left, top, right = 130, 50, 500
    parts = []
    for i in range(H + 2 * P):
        for j in range(W + 2 * P):
            inside = P <= i < P + H and P <= j < P + W
            parts.append(cell(left + 30 * j, top + 30 * i, "box" if inside else "pad"))
    for i in range(1 + (H + 2 * P - HH) // S):
        parts.extend(cell(right + 30 * j, top + 60 + 30 * i, "box") for j in range(1 + (W + 2 * P - WW) // S))
    for j, kind in ((0, "there"), (1, "back")):
        parts += [frame(left + 60 * j, top, WW, HH, kind), frame(right + 30 * j, top + 60, 1, 1, kind)]
    parts += [arrow(left + 92, top + 25, right - 4, top + 70, "there"), arrow(left + 150, top + 10, right + 44, top + 54, "back")]
    parts += [
        text(left + 105, 36, "x, padded: H = 4, W = 5, P = 1"),
        text(right + 45, 226, "out: H&#8242; = 2, W&#8242; = 3"),
        text(right + 45, 246, "S = 2, HH = WW = 3", "small"),
        text(360, 286, "Each window becomes one number. Where windows overlap, gradients add up on the way back."),
    ]
    return svg(720, 300, "Two windows of three by three pixels slide over a padded image; each gives one pixel of the output.", "\n".join(parts))


def reach():
    """Draw a stack of causal convolutions with two taps and dilations 1, 2, 4, 8, and what the last output sees."""
    dilations, count = (1, 2, 4, 8), 16
    left, step, rows = 50, 42, [300, 235, 170, 105, 40]
    seen = [{count - 1}]
    for dilation in reversed(dilations):
        seen.insert(0, {t - past for t in seen[0] for past in (0, dilation)})
    lines, dots = [], []
    for layer, dilation in enumerate(dilations):
        for t in range(count):
            for past in (0, dilation):
                if t - past >= 0:
                    kind = "there" if t in seen[layer + 1] else "faint"
                    lines.append(f'<line x1="{left + step * (t - past)}" y1="{rows[layer]}" x2="{left + step * t}" y2="{rows[layer + 1]}" class="{kind}"/>')
        dots.append(text(left + step * (count - 1) + 22, (rows[layer] + rows[layer + 1]) / 2 + 5, f"d = {dilation}", "small", "start"))
    lines.sort(key=lambda line: "there" in line)
    for layer, y in enumerate(rows):
        dots += [f'<circle cx="{left + step * t}" cy="{y}" r="7" class="{"on" if t in seen[layer] else "off"}"/>' for t in range(count)]
    dots += [text(left, 330, "t = 0", "small"), text(left + step * (count - 1), 330, "t = 15", "small")]
    dots.append(text(left + step * 7.5, 360, "Four layers with two taps each: the last output sees 16 samples, and none that is still to come."))
    return svg(760, 375, "A stack of four dilated causal convolutions; one output depends on sixteen inputs.", "\n".join(lines + dots))


FIGURES = {"windows": windows, "reach": reach}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
