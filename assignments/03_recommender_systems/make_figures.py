"""Draw the figures of the handout: ``python make_figures.py`` writes ``figures/*.svg``."""

from pathlib import Path

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .hole { fill: none; stroke: #8c959f; stroke-dasharray: 3 3 } .box { fill: #eef2f6; stroke: #8c959f }
  .there { fill: #54aeff; stroke: #0969da } .back { fill: #ffb77c; stroke: #bc4c00 } .frame { fill: none; stroke: #0969da; stroke-width: 3.5 } .line { stroke: #8c959f } .arrow { stroke: #24292f }
  text.there { fill: #0969da; stroke: none } text.back { fill: #bc4c00; stroke: none }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .box { fill: #21262d } .there { fill: #1f6feb; stroke: #58a6ff } .back { fill: #9b4215; stroke: #f0883e }
    .frame { stroke: #58a6ff } text.there { fill: #58a6ff } text.back { fill: #f0883e } .arrow { stroke: #e6edf3 } }
</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="context-stroke" stroke="none"/></marker></defs>"""


def svg(width, height, title, body):
    """Wrap a drawing; the title is what a screen reader says."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
    return f"{head}\n<title>{title}</title>\n{STYLE}\n{body}\n</svg>\n"


def text(x, y, content, kind="", anchor="middle"):
    """Place a line of text."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{content}</text>'


def cell(x, y, kind, content="", size=34):
    """Draw a square, and what stands in it."""
    square = f'<rect x="{x:g}" y="{y:g}" width="{size}" height="{size}" class="{kind}"/>'
    return square + (text(x + size / 2, y + size / 2 + 5, content) if content else "")


def table(x, y, rows, size=34):
    """Draw a table of numbers; None is a hole."""
    return [cell(x + size * j, y + size * i, "hole" if entry is None else "box", "" if entry is None else entry, size) for i, row in enumerate(rows) for j, entry in enumerate(row)]


def frame(x, y, columns, rows, size=34):
    """Draw a thick frame around some squares."""
    return f'<rect x="{x:g}" y="{y:g}" width="{columns * size}" height="{rows * size}" class="frame" rx="3"/>'


def holes():
    """Draw ratings with holes beside the product of two narrow tables, which has none."""
    ratings = [["5", None, "4", None, None, "1"], [None, "2", None, "5", None, None], ["4", None, None, None, "2", None], [None, None, "1", "4", None, "5"]]
    P = [["2", "0"], ["0", "2"], ["2", "1"], ["&#8722;1", "2"]]
    Q = [["1", "0", "1", "&#8722;1", "&#8722;1", "&#8722;1"], ["0", "0", "0", "1", "1", "1"]]
    left, top = 60, 70
    parts = [*table(left, top, ratings), text(left + 102, 48, "R: U users, I items")]
    parts += [text(300, 146, "&#8776;"), text(318, 110, "&#956; + b"), *table(350, top, P), text(384, 48, "P: (U, k)"), text(444, 146, "&#183;")]
    parts += [*table(470, top + 34, Q), text(572, 48, "Q&#7488;: (k, I)")]
    parts += [frame(left + 34 * 3, top + 34 * 3, 1, 1), frame(350, top + 34 * 3, 2, 1), frame(470 + 34 * 3, top + 34, 1, 2)]
    parts.append(text(360, 250, "Each rating that was given is a row of P times a column of Q&#7488;; so every hole has a prediction, too."))
    return svg(720, 270, "A table of ratings with holes is about the product of two narrow tables without any.", "\n".join(parts))


def batch():
    """Draw the logits of a batch: each user's item on the diagonal, and the others' beside it."""
    left, top, B, size = 170, 70, 5, 40
    parts = []
    for i in range(B):
        parts += [cell(left + size * j, top + size * i, "there" if i == j else "box", "", size) for j in range(B)]
        parts += [text(left - 12, top + size * i + 26, f"u<tspan dy='4' font-size='10'>{i}</tspan>", "", "end"), text(left + size * i + 20, top - 10, f"v<tspan dy='4' font-size='10'>{i}</tspan>")]
    parts += [frame(left, top + 2 * size, B, 1, size), text(left + B * size + 14, top + 2 * size + 25, "softmax along the row: which item was it?", "there", "start")]
    parts += [text(left + 100, 36, "items of the batch"), text(left - 50, top + 3 * size - 14, "users", "", "end")]
    parts += [f'<line x1="{left + 60}" y1="{top + 5 * size + 30}" x2="{left + 60}" y2="{top + 5 * size + 6}" class="arrow" marker-end="url(#a)"/>']
    parts.append(text(left - 60, top + 5 * size + 48, "a popular item is in many batches: subtract log q of its column", "back", "start"))
    return svg(720, 340, "The logits of a batch of five: every user's own item is on the diagonal, the items of the others serve as negatives.", "\n".join(parts))


def split():
    """Draw the interactions of four users in time; the last of each is for testing."""
    times = {"Ada": (1, 3, 4, 8), "Ben": (2, 9), "Cleo": (5,), "Dan": (0.5, 6, 6.6, 7.4)}
    left, step, parts = 110, 52, []
    for row, (name, when) in enumerate(times.items()):
        y = 50 + 46 * row
        parts += [text(left - 20, y + 5, name, "", "end"), f'<line x1="{left}" y1="{y}" x2="{left + 10 * step}" y2="{y}" class="line"/>']
        for t in when:
            is_test = t == max(when) and len(when) > 1
            parts.append(f'<circle cx="{left + step * t:g}" cy="{y}" r="9" class="{"back" if is_test else "there"}"/>')
    parts += [f'<line x1="{left}" y1="226" x2="{left + 10 * step}" y2="226" class="arrow" marker-end="url(#a)"/>', text(left + 10 * step + 8, 231, "time", "", "start")]
    parts += [text(left + 130, 262, "for training: 8", "there"), text(left + 370, 262, "for testing: 3, each user's last", "back")]
    return svg(720, 280, "Interactions of four users in time. The last of each is for testing; a user with a single one is not tested.", "\n".join(parts))


FIGURES = {"holes": holes, "batch": batch, "split": split}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
