"""Draw the figures up to N3 of the handout: ``python make_figures.py`` writes ``figures/*.svg``."""

import math
import random
from pathlib import Path

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .there { stroke: #0969da; fill: none } .back { stroke: #bc4c00; fill: none } .third { stroke: #8250df; fill: none }
  text.there, circle.there { fill: #0969da; stroke: none } text.back, circle.back { fill: #bc4c00; stroke: none } text.third, circle.third { fill: #8250df; stroke: none }
  .box { fill: #eef2f6; stroke: #8c959f } .axis { stroke: #8c959f; fill: none } .level { stroke: #d0d7de; fill: none; stroke-width: 1 } path, line { stroke-width: 1.8 } .wide { stroke-width: 3.5 } .dashed { stroke-dasharray: 5 4 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .box { fill: #21262d } .level { stroke: #30363d } .there { stroke: #58a6ff } .back { stroke: #f0883e } .third { stroke: #bc8cff }
    text.there, circle.there { fill: #58a6ff } text.back, circle.back { fill: #f0883e } text.third, circle.third { fill: #bc8cff } }
</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="context-stroke" stroke="none"/></marker></defs>"""


def svg(width, height, title, body):
    """Wrap a drawing; the title is what a screen reader says."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
    return f"{head}\n<title>{title}</title>\n{STYLE}\n{body}\n</svg>\n"


def text(x, y, content, kind="", anchor="middle"):
    """Place a line of text."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{content}</text>'


def named(x, y, letter, index, kind="", prefix=""):
    """Place a letter with an index."""
    return text(x, y, f'{prefix}{letter}<tspan dy="4" font-size="10">{index}</tspan>', kind)


def arrow(x0, y0, x1, y1, kind):
    """Draw an arrow from one point to another."""
    return f'<line x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" class="{kind}" marker-end="url(#a)"/>'


def box(x, y, content, width=90, height=44):
    """Draw a box around its middle, with a word in it."""
    frame = f'<rect x="{x - width / 2:g}" y="{y - height / 2:g}" width="{width}" height="{height}" rx="6" class="box"/>'
    return frame + text(x, y + 5, content)


def gate(x, y, sign):
    """Draw a small circle with an operation in it."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="13" class="box"/>' + text(x, y + 5, sign)


def line(points, kind):
    """Draw a path through points."""
    return '<path d="M' + " L".join(f"{x:.1f} {y:.1f}" for x, y in points) + f'" class="{kind}"/>'


def unrolled():
    """Draw three steps of a recurrent network, with what goes there and what comes back."""
    parts, middle = [], 120
    for step in range(1, 4):
        x = 60 + 170 * step
        parts += [box(x, middle, "step"), arrow(x - 12, 205, x - 12, 146, "there"), arrow(x + 12, 146, x + 12, 205, "back")]
        parts += [arrow(x - 12, 94, x - 12, 45, "there"), arrow(x + 12, 45, x + 12, 94, "back")]
        parts += [named(x - 12, 226, "x", step, "there"), named(x + 14, 226, "x", step, "back", "d"), named(x - 12, 34, "h", step, "there"), named(x + 14, 34, "h", step, "back", "d")]
    for step in range(4):
        x = 60 + 170 * step
        if step < 3:
            parts += [arrow(x + 52, middle - 10, x + 122, middle - 10, "there"), arrow(x + 122, middle + 10, x + 52, middle + 10, "back")]
    parts += [named(96, middle - 5, "h", 0, "there"), named(96, middle + 16, "h", 0, "back", "d")]
    parts += [text(400, 262, "One step, used three times. So its weights get three gradients, and they add up;"), text(400, 282, "and every state has two readers, whose gradients add up as well.")]
    return svg(720, 296, "A recurrent network unrolled in time: states go to the right, gradients come back to the left.", "\n".join(parts))


def memory():
    """Draw what a step of an LSTM does to its memory."""
    top, gates = 60, 190
    parts = [line([(60, top), (640, top)], "there wide"), arrow(639, top, 665, top, "there")]
    parts += [named(40, top + 5, "c", "t-1", "there"), named(686, top + 5, "c", "t", "there")]
    for x, letter, squash, kind in ((180, "f", "σ", "third"), (290, "i", "σ", "third"), (380, "g", "tanh", ""), (520, "o", "σ", "third")):
        parts += [box(x, gates, squash, 54, 32), text(x + 14, gates - 26, letter, kind)]
    parts += [arrow(180, gates - 16, 180, top + 15, "third"), gate(180, top, "×")]
    parts += [arrow(380, gates - 16, 380, 135, "axis"), gate(380, 120, "×"), line([(290, gates - 16), (290, 120)], "third"), arrow(290, 120, 365, 120, "third")]
    parts += [arrow(380, 107, 380, top + 15, "axis"), gate(380, top, "+")]
    parts += [line([(575, top), (575, 78)], "there"), arrow(575, 78, 575, 90, "there"), box(575, 104, "tanh", 54, 26), arrow(575, 118, 575, 135, "there"), gate(575, 150, "×")]
    parts += [line([(520, gates - 16), (520, 150)], "third"), arrow(520, 150, 560, 150, "third"), arrow(590, 150, 665, 150, "there"), named(686, 155, "h", "t", "there")]
    parts += [line([(60, 245), (520, 245)], "axis")] + [arrow(x, 245, x, gates + 18, "axis") for x in (180, 290, 380, 520)]
    parts += [text(30, 240, "x", "", "start") + text(38, 244, "t", "small", "start"), text(30, 258, "h", "", "start") + text(39, 262, "t-1", "small", "start")]
    parts += [text(360, 290, "Above, the memory passes: one product, one sum, no matrix.")]
    parts += [text(360, 310, "Below, input and last state decide what happens to it.")]
    return svg(720, 324, "One step of an LSTM: the memory is multiplied by the forget gate, and what the input gate lets in is added.", "\n".join(parts))


def dot(rows, vector):
    """Multiply a matrix by a vector."""
    return [sum(a * b for a, b in zip(row, vector)) for row in rows]


def sigmoid(z):
    """Return the sigmoid of a number."""
    return 1 / (1 + math.exp(-z))


def states(first, rest, Wx, Wh, forget_bias):
    """Return the states of an RNN, or of an LSTM if there is a bias for its forget gate."""
    H = len(first)
    h, c, all_states = [0.0] * H, [0.0] * H, []
    for x in (first, *rest):
        a = [p + q for p, q in zip(dot(Wx, x), dot(Wh, h))]
        if forget_bias is None:
            h = [math.tanh(z) for z in a[:H]]
        else:
            c = [sigmoid(a[H + k] + forget_bias) * c[k] + sigmoid(a[k]) * math.tanh(a[3 * H + k]) for k in range(H)]
            h = [sigmoid(a[2 * H + k]) * math.tanh(c[k]) for k in range(H)]
        all_states.append(h)
    return all_states


def horizon():
    """Draw how much of a nudge of the first element is left in the states after it, for untrained networks."""
    generator, H, T, nudge = random.Random(4), 24, 61, 1e-5
    Wx, Wh = ([[generator.gauss(0, 1 / math.sqrt(H)) for _ in range(H)] for _ in range(4 * H)] for _ in range(2))
    first, *rest = ([generator.gauss(0, 1) for _ in range(H)] for _ in range(T))
    nudged = [x + nudge for x in first]
    parts = ['<line x1="80" y1="20" x2="80" y2="240" class="axis"/>', '<line x1="80" y1="240" x2="620" y2="240" class="axis"/>']
    for power in range(0, -11, -2):
        y = 40 - 20 * power
        parts += [text(70, y + 5, f'10<tspan dy="-6" font-size="10">{power}</tspan>', "", "end"), f'<line x1="80" y1="{y}" x2="620" y2="{y}" class="level"/>']
    parts += [text(80 + 9 * t, 260, str(t), "small") for t in range(0, 61, 10)] + [text(350, 282, "elements read since")]
    for kind, bias, label, place in (("back", None, "RNN", (225, 168)), ("third", 0.0, "LSTM", (440, 152)), ("there", 4.0, "LSTM, forget gate nearly 1", (470, 66))):
        before, after = states(first, rest, Wx, Wh, bias), states(nudged, rest, Wx, Wh, bias)
        left = [math.dist(a, b) for a, b in zip(after, before)]
        seen = [(80 + 9 * t, 40 - 20 * math.log10(change / left[0])) for t, change in enumerate(left) if change > 10**-9.5 * left[0]]
        parts += [line(seen, kind), text(*place, label, kind)]
    return svg(660, 295, "How much of a nudge of the first element is left in later states: little in an RNN, much in an LSTM that forgets nothing.", "\n".join(parts))


FIGURES = {"unrolled": unrolled, "memory": memory, "horizon": horizon}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
