"""Draw the figures of N6, N7 and N9 of the handout: ``python make_nlp_figures.py`` writes ``figures/*.svg``."""

from pathlib import Path

import numpy as np

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .there { stroke: #0969da; fill: none } .back { stroke: #bc4c00; fill: none }
  text.there { fill: #0969da; stroke: none } text.back { fill: #bc4c00; stroke: none } .box { fill: #eef2f6; stroke: #8c959f } .faint { stroke: #8c959f; opacity: 0.35 }
  .bar { fill: #54aeff; stroke: #0969da } .heat { fill: #0969da } .on { fill: #54aeff; stroke: #0969da } .off { fill: #eef2f6; stroke: #8c959f } path, line { stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .box, .off { fill: #21262d } .there { stroke: #58a6ff } .back { stroke: #f0883e }
    text.there { fill: #58a6ff } text.back { fill: #f0883e } .bar, .on { fill: #1f6feb } .heat { fill: #58a6ff } }
</style>"""


def svg(width, height, title, body):
    """Wrap a drawing; the title is what a screen reader says."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
    return f"{head}\n<title>{title}</title>\n{STYLE}\n{body}\n</svg>\n"


def text(x, y, content, kind="", anchor="middle"):
    """Place a line of text."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{content}</text>'


def rect(x, y, width, height, kind, opacity=1.0):
    """Draw a rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" class="{kind}" fill-opacity="{opacity:.2f}"/>'


def line(x0, y0, x1, y1, kind, width=1.8):
    """Draw a line."""
    return f'<line x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" class="{kind}" style="stroke-width:{width:g}"/>'


def softmax(scores):
    """Return the softmax of rows; a row of -inf alone becomes zeros."""
    powers = np.exp(scores)
    return powers / np.maximum(powers.sum(axis=1, keepdims=True), 1e-300)


def masks():
    """Draw the weights of four queries and keys for three masks."""
    scores = np.array([[1.5, 0.3, -0.6, 0.9], [0.1, 1.2, 0.8, -0.5], [0.7, -0.4, 1.6, 0.4], [-0.3, 0.9, 0.2, 1.1]])
    padded = np.ones((4, 4), dtype=bool)
    padded[:, 3] = padded[3] = False
    cases = (("no mask", np.ones((4, 4), dtype=bool)), ("causal: the past alone", np.tri(4, dtype=bool)), ("padding: nothing to see", padded))
    parts = []
    for number, (name, mask) in enumerate(cases):
        left, top = 70 + 225 * number, 50
        weights = softmax(np.where(mask, scores, -np.inf))
        for i, j in np.ndindex(4, 4):
            x, y = left + 36 * j, top + 36 * i
            parts.append(rect(x, y, 36, 36, "box"))
            if mask[i, j]:
                parts += [rect(x, y, 36, 36, "heat", weights[i, j]), text(x + 18, y + 23, f"{100 * weights[i, j]:.0f}", "small")]
        parts += [text(left + 72, 36, name), *(text(left + 158, top + 23 + 36 * i, f"{100 * weights[i].sum():.0f}", "small") for i in range(4))]
    parts += [text(54, 128, "queries", "small", "end"), text(142, 212, "keys", "small")]
    parts.append(text(360, 244, "Weights in percent: rows sum to 100, but for the query on the right that sees nothing."))
    return svg(730, 260, "The weights of four queries: without a mask, with a causal mask, and where one query may see nothing.", "\n".join(parts))


def ctc():
    """Draw the states of "aab" over eight frames, all moves there are, and one path."""
    states, frames = ["-", "a", "-", "a", "-", "b", "-"], 8
    path = [0, 1, 1, 2, 3, 5, 5, 6]
    left, top, step, row = 90, 40, 74, 34
    reach = [{0, 1}]
    for _ in range(1, frames):
        reach.append({after for s in reach[-1] for after in moves(s, states)})
    alive = [{5, 6}]
    for t in range(frames - 2, -1, -1):
        alive.insert(0, {s for s in reach[t] if set(moves(s, states)) & alive[0]})
    lines, dots = [], []
    for t in range(frames - 1):
        for s in sorted(reach[t] & alive[t]):
            for after in sorted(set(moves(s, states)) & alive[t + 1]):
                is_path = (path[t], path[t + 1]) == (s, after)
                ends = left + step * t, top + row * s, left + step * (t + 1), top + row * after
                lines.append((is_path, line(*ends, "there" if is_path else "faint", 3.2 if is_path else 1.4)))
    for t in range(frames):
        dots += [
            f'<circle cx="{left + step * t}" cy="{top + row * s}" r="7" class="{"on" if path[t] == s else "off"}"/>' for s in range(len(states))
        ]
        dots.append(text(left + step * t, top + row * 7 + 8, states[path[t]], "there"))
    dots += [text(left - 26, top + row * s + 5, name, "small") for s, name in enumerate(states)]
    dots += [text(left - 26, top + row * 7 + 8, "path", "small", "end"), text(left + step * 3.5, top + row * 7 + 38, "This path is read as aab. Between one a and the next, nothing leads around the blank.")]
    ordered = [drawn for _, drawn in sorted(lines)]
    return svg(730, top + row * 7 + 55, "The states of the target aab over eight frames, all paths through them, and one in particular.", "\n".join(ordered + dots))


def moves(state, states):
    """Return the states that may follow: the same, the next, and that behind a blank between two different labels."""
    found = [state, state + 1]
    if state + 2 < len(states) and states[state + 2] not in ("-", states[state]):
        found.append(state + 2)
    return [one for one in found if one < len(states)]


def location():
    """Draw cumulative weights, two location features, and the weights of the step, for a text of twelve characters."""
    word = "HELLO, WORLD"
    T, places = len(word), np.arange(len(word))
    cumulative = 1 / (1 + np.exp(2.2 * (places - 4.2)))
    filters = np.array([[0.3, 0.4, 0.3], [1.0, 0.0, -1.0]])  # how much here; and where it ends
    padded = np.pad(cumulative, 1)
    features = np.array([[padded[j : j + 3] @ one for j in range(T)] for one in filters])
    weights = softmax((9 * features[1] - 4 * features[0])[None])[0]
    rows = [("cumulative: spoken so far", cumulative), ("f: how much was spoken here", features[0]), ("f: does it end here?", features[1]), ("weights of this step", weights)]
    left, step, parts = 230, 38, []
    for number, (name, values) in enumerate(rows):
        base = 70 + (62, 130, 202, 290)[number] - 62
        parts += [text(left - 16, base - 14, name, "small", "end"), line(left - 6, base, left + step * T, base, "faint")]
        for j, value in enumerate(values):
            height = 44 * abs(value)
            parts.append(rect(left + step * j, base - height if value > 0 else base, step - 8, max(height, 0.5), "bar"))
    parts += [text(left + step * j + 15, 322, letter if letter != " " else "_") for j, letter in enumerate(word)]
    parts.append(text(365, 354, "One filter sees where speech has been, another where it ends; there the next step looks."))
    return svg(730, 370, "Cumulative weights of the steps before, two location features, and the weights of this step, over the characters of a text.", "\n".join(parts))


FIGURES = {"masks": masks, "ctc": ctc, "location": location}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
