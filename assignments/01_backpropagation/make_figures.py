"""Draw the figures of the handout: ``python make_figures.py`` writes ``figures/*.svg``."""

from pathlib import Path

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .there { stroke: #0969da; fill: none } .back { stroke: #bc4c00; fill: none }
  text.there { fill: #0969da; stroke: none } text.back { fill: #bc4c00; stroke: none } .box { fill: #eef2f6; stroke: #8c959f } .axis { stroke: #8c959f } path, line { stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .box { fill: #21262d } .there { stroke: #58a6ff } .back { stroke: #f0883e }
    text.there { fill: #58a6ff } text.back { fill: #f0883e } }
</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="context-stroke" stroke="none"/></marker></defs>"""


def svg(width, height, title, body):
    """Wrap a drawing; the title is what a screen reader says."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
    return f"{head}\n<title>{title}</title>\n{STYLE}\n{body}\n</svg>\n"


def text(x, y, content, kind="", anchor="middle"):
    """Place a line of text; x^y puts y up, x_y puts it down."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{content}</text>'


def arrow(x0, y0, x1, y1, kind):
    """Draw an arrow from one point to another."""
    return f'<line x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" class="{kind}" marker-end="url(#a)"/>'


def graph():
    """Draw the two-layer net as a graph: values run to the right, gradients to the left."""
    parts = []
    boxes = [(110, "affine", ("W1, b1", "dW1, db1")), (290, "relu", None), (470, "affine", ("W2, b2", "dW2, db2")), (650, "softmax loss", ("y", ""))]
    for x, name, weights in boxes:
        parts += [f'<rect x="{x}" y="90" width="100" height="54" rx="8" class="box"/>', text(x + 50, 122, name)]
        if weights:
            parts += [text(x + 30, 30, weights[0], "there"), arrow(x + 30, 38, x + 30, 87, "there")]
        if weights and weights[1]:
            parts += [text(x + 80, 30, weights[1], "back", "start"), arrow(x + 82, 87, x + 82, 36, "back")]
    links = [(30, 110, "X", "(N, D)", "dX"), (210, 290, "before", "(N, H)", "dbefore"), (390, 470, "hidden", "(N, H)", "dhidden"), (570, 650, "scores", "(N, C)", "dscores"), (750, 830, "L", "", "1")]
    for x0, x1, value, shape, gradient in links:
        middle = (x0 + x1) / 2
        parts += [arrow(x0 + 3, 106, x1 - 3, 106, "there"), arrow(x1 - 3, 130, x0 + 3, 130, "back")]
        parts += [text(middle, 84, value, "there"), text(middle, 99, shape, "there small"), text(middle, 150, gradient, "back")]
    parts.append(text(430, 188, "The forward pass (blue) computes and keeps; the backward pass (orange) applies the chain rule, in reverse."))
    return svg(860, 205, "A two-layer net as a graph of layers: values run forwards, gradients backwards.", "\n".join(parts))


def orbits():
    """Draw a spring in the plane of position and velocity: Euler's method spirals away, leapfrog stays."""
    k, dt, steps = 1.0, 0.3, 60
    euler, leapfrog = [(1.0, 0.0)], [(1.0, 0.0)]
    for _ in range(19):
        q, v = euler[-1]
        euler.append((q + dt * v, v - dt * k * q))
    for _ in range(steps):
        q, v = leapfrog[-1]
        v -= dt / 2 * k * q
        q += dt * v
        leapfrog.append((q, v - dt / 2 * k * q))

    def dots(points, x0, kind):
        spots = [(x0 + 55 * q, 140 - 46 * v) for q, v in points]
        line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        return f'<path d="{line}" class="{kind}" opacity="0.5"/>' + "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" class="{kind}"/>' for x, y in spots
        )

    parts = []
    for x0, name, points, kind in ((170, "Euler, 19 steps", euler, "back"), (530, "leapfrog, 60 steps", leapfrog, "there")):
        parts += [f'<line x1="{x0 - 145}" y1="140" x2="{x0 + 145}" y2="140" class="axis"/>', f'<line x1="{x0}" y1="255" x2="{x0}" y2="25" class="axis"/>']
        parts += [text(x0 + 155, 144, "q"), text(x0, 18, "v"), dots(points, x0, kind), text(x0, 280, name, kind)]
    return svg(720, 295, "A spring simulated with the same time step: Euler's method gains energy, leapfrog does not.", "\n".join(parts))


FIGURES = {"backward": graph, "orbits": orbits}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
