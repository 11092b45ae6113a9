"""Draw the figures of the handout: ``python make_figures.py`` writes ``figures/*.svg``."""

import math
import random
from pathlib import Path

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .one { stroke: #0969da; fill: none } .two { stroke: #bc4c00; fill: none } .three { stroke: #8250df; fill: none }
  text.one, circle.one { fill: #0969da; stroke: none } text.two, circle.two { fill: #bc4c00; stroke: none } text.three, circle.three { fill: #8250df; stroke: none }
  .axis { stroke: #8c959f; fill: none } .level { stroke: #d0d7de; fill: none } .atom { fill: #eef2f6; stroke: #57606a } path, line { stroke-width: 1.8 } .level { stroke-width: 1 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .level { stroke: #30363d } .atom { fill: #21262d; stroke: #8c959f }
    .one { stroke: #58a6ff } .two { stroke: #f0883e } .three { stroke: #bc8cff } text.one, circle.one { fill: #58a6ff } text.two, circle.two { fill: #f0883e } text.three, circle.three { fill: #bc8cff } }
</style>"""


def svg(width, height, title, body):
    """Wrap a drawing; the title is what a screen reader says."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
    return f"{head}\n<title>{title}</title>\n{STYLE}\n{body}\n</svg>\n"


def text(x, y, content, kind="", anchor="middle"):
    """Place a line of text."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{kind}">{content}</text>'


def line(points, kind):
    """Draw a path through points."""
    return '<path d="M' + " L".join(f"{x:.1f} {y:.1f}" for x, y in points) + f'" class="{kind}"/>'


def dots(points, kind, radius=2.6):
    """Draw a dot at every point."""
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" class="{kind}"/>' for x, y in points)


def valley():
    """Draw gradient descent and the heavy ball, each with its best settings, in a valley of condition number 25."""
    m, L, steps = 0.04, 1.0, 14
    root_m, root_L = math.sqrt(m), math.sqrt(L)
    ball = {"lr": 4 / (root_L + root_m) ** 2, "momentum": ((root_L - root_m) / (root_L + root_m)) ** 2}
    parts = []
    for x0, name, kind, lr, momentum in ((190, "gradient descent", "two", 2 / (L + m), 0.0), (570, "heavy ball", "one", ball["lr"], ball["momentum"])):
        parts += [f'<ellipse cx="{x0}" cy="100" rx="{170 * s:.1f}" ry="{170 * s * root_m / root_L:.1f}" class="level"/>' for s in (1, 0.75, 0.5, 0.25)]
        x, y, v, u = -1.0, 0.2, 0.0, 0.0
        path = [(x, y)]
        for _ in range(steps):
            v, u = momentum * v - lr * m * x, momentum * u - lr * L * y
            x, y = x + v, y + u
            path.append((x, y))
        places = [(x0 + 165 * x, 100 - 165 * y) for x, y in path]
        parts += [line(places, kind), dots(places, kind), text(x0, 200, f"{name}, {steps} steps", kind)]
        parts += [dots([(x0, 100)], "axis", 3.5)]
    return svg(760, 215, "Fourteen steps in a long valley: gradient descent zigzags and creeps, the heavy ball overshoots and arrives.", "\n".join(parts))


def depth():
    """Draw the mean square of activations through 20 layers of relu, with He's and with Xavier's weights."""
    generator, width, layers = random.Random(7), 48, 20
    parts = ['<line x1="70" y1="20" x2="70" y2="230" class="axis"/>', '<line x1="70" y1="230" x2="600" y2="230" class="axis"/>']
    for power in (0, -2, -4, -6):
        y = 40 - 28 * power
        parts += [text(60, y + 5, f'10<tspan dy="-6" font-size="10">{power}</tspan>', "", "end"), f'<line x1="70" y1="{y}" x2="600" y2="{y}" class="level"/>']
    parts += [text(70 + 26 * layer, 250, str(layer), "small") for layer in (0, 5, 10, 15, 20)] + [text(335, 272, "layer")]
    for kind, label, variance, place in (("one", "he: variance 2 / fan_in", 2 / width, (480, 32)), ("two", "xavier: variance 2 / (fan_in + fan_out)", 1 / width, (80, 215))):
        h, squares = [generator.gauss(0, 1) for _ in range(width)], [1.0]
        for _ in range(layers):
            h = [max(0.0, sum(generator.gauss(0, math.sqrt(variance)) * x for x in h)) for _ in range(width)]
            squares.append(sum(x * x for x in h) / width)
        places = [(70 + 26 * layer, 40 - 28 * math.log10(square)) for layer, square in enumerate(squares)]
        parts += [line(places, kind), dots(places, kind), text(*place, label, kind, "start" if kind == "two" else "middle")]
    return svg(640, 285, "The mean square of activations through 20 layers of relu: steady with He's weights, halved in every layer with Xavier's.", "\n".join(parts))


def chain():
    """Draw four atoms of a chain, with the bond angle and the torsion."""
    a, b, c, d = (80, 60), (150, 160), (290, 160), (370, 75)
    parts = [line([a, b, c, d], "axis"), f'<path d="M290 160 L360 160" class="level" stroke-dasharray="5 4"/>']
    for (x, y), name in ((a, "a"), (b, "b"), (c, "c"), (d, "d")):
        parts += [f'<circle cx="{x}" cy="{y}" r="15" class="atom"/>', text(x, y + 5, name)]
    parts += [text(258, 180, "bond", "one"), '<path d="M139 143 A 24 24 0 0 1 174 160" class="two"/>', text(182, 136, "θ", "two")]
    parts += ['<path d="M205 142 A 11 20 0 1 1 205 176" class="three"/>', text(232, 138, "φ", "three")]
    ring = (560, 120)
    parts += [f'<circle cx="{ring[0]}" cy="{ring[1]}" r="46" class="axis"/>', text(ring[0], 200, "seen from b to c"), text(ring[0], ring[1] + 5, "b")]
    for name, angle, start in (("a", -90, 12), ("d", -20, 46)):
        cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        x, y = ring[0] + 85 * cosine, ring[1] + 85 * sine
        parts += [f'<line x1="{ring[0] + start * cosine:.1f}" y1="{ring[1] + start * sine:.1f}" x2="{x:.1f}" y2="{y:.1f}" class="axis"/>']
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="15" class="atom"/>', text(round(x, 1), round(y + 5, 1), name)]
    arc = [(ring[0] + 62 * math.cos(math.radians(g)), ring[1] + 62 * math.sin(math.radians(g))) for g in range(-82, -26, 4)]
    parts += [line(arc, "three"), text(ring[0] + 62, 68, "φ > 0", "three", "start")]
    return svg(700, 215, "Four atoms: the bond, the bond angle theta, and the torsion phi, which is positive if the far atom d is turned clockwise away from a.", "\n".join(parts))


FIGURES = {"valley": valley, "depth": depth, "chain": chain}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
