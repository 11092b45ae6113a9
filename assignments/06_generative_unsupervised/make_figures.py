"""Draw the figures of the handout: ``python make_figures.py`` writes ``figures/*.svg``."""

import math
import random
from pathlib import Path

STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .small { font-size: 12px } .one { stroke: #0969da; fill: none } .two { stroke: #bc4c00; fill: none } .three { stroke: #8250df; fill: none }
  text.one { fill: #0969da; stroke: none } text.two { fill: #bc4c00; stroke: none } text.three { fill: #8250df; stroke: none } .path { stroke-width: 0.8; opacity: 0.75 }
  .axis { stroke: #8c959f; fill: none } .level { stroke: #d0d7de; fill: none } .box { fill: #eef2f6; stroke: #57606a } .hill { fill: #ddf4ff; stroke: #0969da } path, line { stroke-width: 1.8 } .level { stroke-width: 1 } .path { stroke-width: 0.8 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .level { stroke: #30363d } .box { fill: #21262d; stroke: #8c959f } .hill { fill: #0c2d4a; stroke: #58a6ff }
    .one { stroke: #58a6ff } .two { stroke: #f0883e } .three { stroke: #bc8cff } text.one { fill: #58a6ff } text.two { fill: #f0883e } text.three { fill: #bc8cff } }
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


def schedule(T=200, start=1e-4, end=0.05):
    """Return betas, and what is left of the data after each step."""
    betas, kept, product = [start + (end - start) * t / (T - 1) for t in range(T)], [], 1.0
    for beta in betas:
        product *= 1 - beta
        kept.append(product)
    return betas, kept


def diffusion():
    """Draw how two modes dissolve in noise, and paths that find the way back with the exact noise (G5)."""
    T, (betas, kept), width, base = 200, schedule(), 700, 125
    left, right, scale = 50, 650, 18.0

    def along(t):
        return left + (right - left) * t / T

    parts = [text(350, 22, "q: noise is added, from left to right", "one"), text(350, 276, "p: and taken away, from right to left", "two")]
    generator = random.Random(11)
    for _ in range(14):
        x, path = generator.gauss(0, 1), []
        for t in reversed(range(T)):
            path.append((along(t + 1), base + 25 - scale * x))
            variance, centre = kept[t] * 0.09 + 1 - kept[t], 2 * math.sqrt(kept[t])
            eps = math.sqrt(1 - kept[t]) * (x - centre * math.tanh(centre * x / variance)) / variance
            x = (x - betas[t] / math.sqrt(1 - kept[t]) * eps) / math.sqrt(1 - betas[t])
            x += math.sqrt(betas[t]) * generator.gauss(0, 1) if t else 0
        path.append((along(0), base + 25 - scale * x))
        parts.append(line(path, "two path"))
    for t in (0, 40, 80, 120, 160, 200):
        a = kept[t - 1] if t else 1.0
        variance, centre = a * 0.09 + 1 - a, 2 * math.sqrt(a)
        hill = []
        for i in range(101):
            x = -4 + 0.08 * i
            density = sum(math.exp(-((x - s * centre) ** 2) / (2 * variance)) for s in (-1, 1)) / math.sqrt(8 * math.pi * variance)
            hill.append((along(t) + 60 * density, base + 25 - scale * x))
        parts += [line(hill, "one"), f'<line x1="{along(t):.1f}" y1="70" x2="{along(t):.1f}" y2="230" class="level"/>']
        parts.append(text(along(t), 250, f"t = {t}" if t else "data", "small"))
    return svg(width + 40, 290, "The density of data around 2 and -2 while noise is added, until one normal hill is left; and fourteen paths from noise back to the two modes.", "\n".join(parts))


def generators():
    """Draw both losses of a generator against the logit of its fake."""
    parts = ['<line x1="70" y1="20" x2="70" y2="220" class="axis"/>', '<line x1="70" y1="170" x2="590" y2="170" class="axis"/>']

    def place(logit, value):
        return 330 + 32 * logit, 170 - 20 * value

    for logit in (-8, -4, 0, 4, 8):
        parts += [text(place(logit, 0)[0], 190, str(logit), "small"), f'<line x1="{place(logit, 0)[0]}" y1="20" x2="{place(logit, 0)[0]}" y2="220" class="level"/>']
    steps = [-8 + 0.1 * i for i in range(161)]
    parts += [line([place(logit, math.log1p(math.exp(-logit))) for logit in steps if logit > -7.4], "one"), text(185, 60, "-log D: a slope of -1", "one", "start")]
    parts += [line([place(logit, -math.log1p(math.exp(logit))) for logit in steps if logit < 2.4], "two"), text(85, 162, "log(1 - D): no slope", "two", "start")]
    parts += [text(330, 240, "logit of a fake: left, the discriminator is sure that it is one")]
    return svg(620, 255, "Two losses of a generator. Where the discriminator is sure of a fake, the one falls steeply, the other is flat.", "\n".join(parts))


def machine():
    """Draw the variational auto-encoder, with the noise at its side."""
    boxes = ((20, 60, "x"), (130, 110, "encoder"), (290, 90, "mu"), (290, 90, "logvar"), (430, 110, "z"), (580, 110, "decoder"), (730, 70, "logits"))
    heights = (90, 90, 55, 125, 90, 90, 90)
    parts = []
    for (x, width, name), y in zip(boxes, heights):
        label = {"mu": "μ", "z": "z = μ + σ ε"}.get(name, name)
        parts += [f'<rect x="{x}" y="{y - 19}" width="{width}" height="38" rx="6" class="box"/>', text(x + width / 2, y + 5, label)]
    arrows = (((80, 90), (128, 90)), ((240, 84), (288, 60)), ((240, 96), (288, 120)), ((380, 60), (428, 84)), ((380, 120), (428, 96)), ((540, 90), (578, 90)), ((690, 90), (728, 90)))
    for start, end in arrows:
        slope = math.atan2(end[1] - start[1], end[0] - start[0])
        head = [(end[0] - 8 * math.cos(slope + turn), end[1] - 8 * math.sin(slope + turn)) for turn in (0.4, -0.4)]
        parts += [line([start, end], "one"), line([head[0], end, head[1]], "one")]
    parts += [text(485, 30, "ε: noise, new in every step", "two"), line([(485, 37), (485, 69)], "two"), line([(481, 61), (485, 69), (489, 61)], "two")]
    parts += [text(335, 172, "KL: stay near N(0, 1)", "three"), text(760, 172, "nll: explain x", "three", "end")]
    return svg(820, 185, "A variational auto-encoder: the encoder answers mean and logarithm of the variance, noise makes a code of them, the decoder answers logits.", "\n".join(parts))


FIGURES = {"diffusion": diffusion, "generators": generators, "machine": machine}

if __name__ == "__main__":
    folder = Path(__file__).parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, draw in FIGURES.items():
        (folder / f"{name}.svg").write_text(draw(), encoding="utf-8")
