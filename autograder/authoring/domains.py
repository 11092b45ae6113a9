"""Arguments guessed from a parameter's description.

The description tells its type, its shape, and which values it holds.

Every argument is two expressions, one that draws with ``rng`` and one that is always the same. They
become lines of a rubric, which an author reads: each is as short as what it has to hold allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

from autograder.authoring.targets import Parameter

__all__ = ["Argument", "guesses"]

Axes = dict[str, int]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as two expressions.

    One draws with ``rng``, and one is always the same.

    Attributes
    ----------
    submission, reference
        How each is given what was drawn, with ``{}`` for the variable.
    """

    drawn: str
    fixed: str
    submission: str = "{}"
    reference: str = "{}"


def guesses(parameter: Parameter, axes: Axes) -> tuple[Argument, ...]:
    """Return arguments to try for a parameter, the likeliest first.

    None at all for an object, such as a model, of which nothing can be made up.

    Parameters
    ----------
    axes
        Sizes of the axes that were met so far; letters that are new are added.
    """
    name, says = parameter.name, _plain(parameter.says)
    for kind in (_generator, _function, _text, _list, _tuple):
        found = kind(name, says, axes)
        if found:
            return found
    shape = shape_of(says, axes)
    if shape is not None:
        return _arrays(name, says, [shape], axes)
    if re.search(r"\barrays?\b|\bndarray\b|\bmatri(x|ces)\b|\bvectors?\b|\btensors?\b", says):
        made = _arrays(name, says, _shapes_by_name(name, says, axes), axes)
        is_told = "\n" in says or len(says.split()) > 2  # more than an annotation
        return tuple(dict.fromkeys(made if is_told else (*_usual(name, axes), *made)))
    if _OBJECTS.search(says.partition("\n")[0]):
        return ()
    return _scalars(name, says, axes) or _by_name(name, says, axes)


#: Types of which nothing can be made up.
_OBJECTS = re.compile(
    r"\b(keras|tf|torch|nn|jax)\.[a-zA-Z]|\b(Model|Layer|Module|Optimizer|Dataset)\b"
)


def _plain(says: str) -> str:
    says = re.sub(r"d_?[01]?, *\.\.\.,? *d_?\w", "D", says)  # (N, d1, ..., dk)
    return says.replace("...", "N").replace("`", "").replace("$", "").replace("\\", "")


# shapes ---------------------------------------------------------------------------------------

#: Axes in the order in which their letters appear: no two the same, so that none is mistaken.
_SIZES = (4, 3, 5, 2, 6)
#: Axes whose length another axis bounds, or that need room.
_LENGTHS = {
    r"H|height|rows": 6,
    r"W|width|cols|columns": 7,
    r"H{2}|W{2}|[kK][hHwW]|FH|FW|kernel\w*|fh|fw": 3,
    r"T|seq\w*|T_?[qkv]|time\w*|steps|length|L": 5,
    r"V|vocab\w*": 7,
}
_AXIS = r"(?:[A-Za-z]\w*|\d+)(?: *[-+*/] *(?:[A-Za-z]\w*|\d+))*"
_BIG = r"(?:\d+ *\* *)?(?:[A-Z]\w*|\d+)(?: *[-+*/] *(?:[A-Z]\w*|\d+))*"
_TUPLE = rf"({_AXIS}(?: *, *{_AXIS})*) *,? *"
_SHAPES = (
    rf"\bshapes? *(?:is|of|:|=)? *[(\[] *{_TUPLE}[)\]]",  # shape (N, D)
    rf"\b(?:of|with) size *[(\[] *{_TUPLE}[)\]]",
    rf"[(\[] *({_BIG}(?: *, *{_BIG})*) *,? *[)\]]",  # float[N, D], (N, D) array
    r"[\"']([A-Z]\w*(?: [A-Z]\w*)*)[\"']",  # Float[Array, "N D"]
    r"\b([A-Z]\w*(?: ?(?:x|\u00d7|-by-|by) ?(?:[A-Z]\w*|\d+))+)\b",  # N x D
    r"\b([a-z](?: ?(?:x|\u00d7|-by-) ?(?:[a-z]|\d+))+)\b(?= +(?:array|matri))",
    r"\b(?:length|size|dimension) ([A-Z]\w*)\b",
)
_NO_AXES = {"Array", "Any", "None", "True", "False", "Callable", "Literal", "Generator"}


def shape_of(says: str, axes: Axes) -> Shape | None:
    """Return the shape that a text tells, or None."""
    for pattern in _SHAPES:
        for found in re.finditer(pattern, says):
            parts = re.split(r" *, *| ?(?:\u00d7|-by-|\bby\b|\bx\b) ?| (?=[A-Z])", found[1].strip())
            if not set(parts) & _NO_AXES and not re.fullmatch(r"[01](?:, ?1)?", found[1].strip()):
                return tuple(_length(part, axes) for part in parts)
    return None


def _length(part: str, axes: Axes) -> int:
    """Return the length of an axis.

    The axis may be a sum or a product.
    """
    words = re.split(r"( *[-+*/] *)", part)
    values = [
        word if index % 2 else str(int(word) if word.isdigit() else _size(word, axes))
        for index, word in enumerate(words)
    ]
    length = eval("".join(values).replace("/", "//"), {})  # noqa: S307  # digits and signs alone
    return max(int(length), 1)


def _size(letter: str, axes: Axes) -> int:
    if letter not in axes:
        known = next((size for name, size in _LENGTHS.items() if re.fullmatch(name, letter)), None)
        if re.fullmatch(r"n|[nB]|batch\w*|n(um)?_?(samples|examples|points|rows)|samples", letter):
            known = axes["N"]
        elif re.fullmatch(r"(n(um)?_?|in_?)?(features|dims?)", letter):
            known = axes["D"]
        axes[letter] = known or _SIZES[len(axes) % len(_SIZES)]
    return axes[letter]


def _shapes_by_name(name: str, says: str, axes: Axes) -> list[Shape]:
    n, d = axes["N"], axes["D"]
    shapes: list[Shape] = [(n, d), (n,), (d,), (d, d)]
    if re.search(r"\bsquare\b|symmetric|definite|covariance|adjacency|orthogonal|rotation", says):
        return [(d, d)]
    if re.search(r"\bvectors?\b|1-?[dD]\b|one-dimensional", says) or _is_label(name, says):
        return [(n,), (d,), (n, d)]
    if re.search(r"\bimages?\b", says):
        return [(6, 7), (n, 6, 7, 3), (6, 7, 3)]
    if re.search(r"\bbox(es)?\b", says):
        return [(4,), (n, 4)]
    return shapes


# what arrays hold -----------------------------------------------------------------------------


def _arrays(name: str, says: str, shapes: Sequence[Shape], axes: Axes) -> tuple[Argument, ...]:
    """Return arrays of each shape in each fitting way.

    A way fits if it agrees with what is written.
    """
    fills = _fills(name, says, axes)
    made = [fill(shape) for shape in shapes for fill in fills]
    if re.search(r"float32|\bf32\b|single precision", says):
        made = [
            Argument(*(f"({one}).astype(np.float32)" for one in (a.drawn, a.fixed))) for a in made
        ]
    return tuple(dict.fromkeys(made))


Fill = Callable[[Shape], Argument]


def normal(shape: Shape) -> Argument:
    """Return real numbers of either sign."""
    return Argument(f"rng.normal(size={shape})", _spread(-1.0, 1.0, shape))


def uniform(low: float, high: float) -> Fill:
    """Return a fill with real numbers between bounds."""
    return lambda shape: Argument(
        f"rng.uniform({low}, {high}, size={shape})", _spread(low, high, shape)
    )


def integers(low: int, high: int) -> Fill:
    """Return a fill with whole numbers in a range.

    The upper bound is excluded.
    """

    def fill(shape: Shape) -> Argument:
        bounds = f"{low}, {high}" if low else f"{high}"
        shift = f"{low} + " if low else ""
        counted = f"np.arange({prod(shape)}).reshape({shape}) % {high - low}"
        return Argument(f"rng.integers({bounds}, size={shape})", f"{shift}{counted}")

    return fill


def _line(low: float, high: float, shape: Shape) -> str:
    return f"np.linspace({low}, {high}, {prod(shape)}).reshape({shape})"


def _spread(low: float, high: float, shape: Shape) -> str:
    """Return an array of numbers between two bounds.

    A matrix of them has full rank.
    """
    if sum(length > 1 for length in shape) < 2:
        return _line(low, high, shape)
    middle, half = (low + high) / 2, (high - low) / 2
    waves = f"np.sin(np.arange({prod(shape)}) ** 2).reshape({shape})"
    scaled = waves if half == 1 else f"{half:g} * {waves}"
    return f"{middle:g} + {scaled}" if middle else scaled


def _choice(first: int, second: int) -> Fill:
    """Return a fill with two numbers.

    Where there are many, both are equally frequent.
    """

    def fill(shape: Shape) -> Argument:
        many = f"np.resize([{first}, {second}], {shape})"
        drawn = f"rng.choice([{first}, {second}], size={shape})"
        if prod(shape) >= 10 and len(shape) == 1:
            return Argument(f"rng.permutation({many})", f"np.sort({many})")
        return Argument(f"rng.integers(2, size={shape})" if not first else drawn, many)

    return fill


def _flags(shape: Shape) -> Argument:
    """Return flags with at least one True in each row."""
    fixed = f"np.arange({prod(shape)}).reshape({shape}) % 3 < 2"
    if len(shape) == 1:
        return Argument(f"rng.permutation(np.resize([True, True, False], {shape}))", fixed)
    if _is_square(shape):
        return Argument(f"(rng.random(size={shape}) < 0.5) | np.eye({shape[0]}, dtype=bool)", fixed)
    length = shape[-1]
    return Argument(
        f"np.arange({length}) <= rng.integers({length}, size={(*shape[:-1], 1)})", fixed
    )


def _triangle_of_flags(shape: Shape) -> Argument:
    drawn = f"np.tril(np.ones({shape}, dtype=bool))"
    return Argument(drawn, drawn)


def _one_hot(shape: Shape) -> Argument:
    lead, classes = shape[:-1], shape[-1]
    return Argument(
        f"np.eye({classes})[rng.integers({classes}, size={lead})]",
        f"np.eye({classes})[np.arange({prod(lead)}).reshape({lead}) % {classes}]",
    )


def _distributions(shape: Shape) -> Argument:
    total = sum(range(1, shape[-1] + 1))
    drawn = f"rng.dirichlet(np.ones({shape[-1]}){f', size={shape[:-1]}' if shape[:-1] else ''})"
    return Argument(drawn, f"np.resize(np.arange(1, {shape[-1] + 1}) / {total}, {shape})")


def _covariance(shape: Shape) -> Argument:
    size = shape[-1]
    return Argument(f"np.cov(rng.normal(size=({size}, {4 * size})))", f"np.eye({size}) + 0.5")


def _symmetric(shape: Shape) -> Argument:
    size = shape[-1]
    return Argument(
        f"(lambda a: a + a.T)(rng.normal(size={shape}))",
        f"np.add.outer(np.arange({size}.0), np.arange({size}.0))",
    )


def _adjacency(shape: Shape) -> Argument:
    return Argument(
        f"(lambda a: a + a.T)(np.triu(rng.integers(2, size={shape}), 1))",
        f"np.ones({shape}, dtype=int) - np.eye({shape[-1]}, dtype=int)",
    )


def _orthogonal(shape: Shape) -> Argument:
    return Argument(f"np.linalg.qr(rng.normal(size={shape}))[0]", f"np.eye({shape[-1]})[::-1]")


def _regular(shape: Shape) -> Argument:
    size = shape[-1]
    return Argument(
        f"rng.normal(size={shape}) + {size} * np.eye({size})", f"np.ones({shape}) + np.eye({size})"
    )


def _triangular(shape: Shape) -> Argument:
    return Argument(f"np.tril(rng.uniform(0.5, 2.0, size={shape}))", f"np.tril(np.ones({shape}))")


def _sorted(shape: Shape) -> Argument:
    return Argument(f"np.sort(rng.normal(size={shape}))", _line(-1.0, 1.0, shape))


def _falling(shape: Shape) -> Argument:
    return Argument(f"np.sort(rng.normal(size={shape}))[..., ::-1]", _line(1.0, -1.0, shape))


def _rising(shape: Shape) -> Argument:
    return Argument(f"np.sort(rng.uniform(0.1, 2.0, size={shape}))", _line(0.1, 2.0, shape))


def _permutation(shape: Shape) -> Argument:
    return Argument(f"rng.permutation({shape[0]})", f"np.arange({shape[0]})[::-1]")


def _unit(shape: Shape) -> Argument:
    norm = "(lambda a: a / np.linalg.norm(a, axis=-1, keepdims=True))"
    return Argument(
        f"{norm}(rng.normal(size={shape}))",
        f"{norm}(1.0 + np.arange({prod(shape)}).reshape({shape}))",
    )


def _boxes(shape: Shape) -> Argument:
    """Return two corners of each box, near enough to overlap.

    The second corner is to the right of and below the first.
    """
    split = (*shape[:-1], 2, 2)
    steps = f"np.linspace(0.2, 1.0, {prod(shape)}).reshape({split})"
    return Argument(
        f"np.cumsum(rng.uniform(0.2, 1.0, size={split}), axis=-2).reshape({shape})",
        f"np.cumsum({steps}, axis=-2).reshape({shape})",
    )


def _any(_shape: Shape) -> bool:
    return True


def _is_square(shape: Shape) -> bool:
    return len(shape) == 2 and shape[0] == shape[1]


def _is_row(shape: Shape) -> bool:
    return len(shape) == 1


def _is_table(shape: Shape) -> bool:
    return len(shape) > 1


def _is_of_four(shape: Shape) -> bool:
    return shape[-1:] == (4,)


_POSITIVE = (
    r"positive|non-?negative|(>|>=|\u2265) ?0|above 0|variances?\b|standard deviations?"
    r"|\bstds?\b|distances?\b|\bscales?\b|\bprecisions?\b|\bratings?\b|\bintensit"
)
#: By what is written, how an array of a suitable shape is filled; the first that fits counts.
_HOLDS: tuple[tuple[str, Callable[[Shape], bool], tuple[Fill, ...]], ...] = (
    (r"one[- ]?hot", _any, (_one_hot,)),
    (
        r"x_?1, *y_?1|x_?min, *y_?min|\bcorners?\b|\bboxes\b|\bbox\b|\bxyxy\b",
        _is_of_four,
        (_boxes, uniform(0.2, 2.0)),
    ),
    (r"definite|\bSPD\b|\bPSD\b|covariance|\bGram\b|kernel matrix", _is_square, (_covariance,)),
    (r"adjacency", _is_square, (_adjacency,)),
    (r"\bsymmetric", _is_square, (_symmetric,)),
    (r"orthogonal|orthonormal|rotation", _is_square, (_orthogonal,)),
    (r"triangular", _is_square, (_triangular,)),
    (r"invertible|non-?singular|regular matrix", _is_square, (_regular,)),
    (r"permutation", _is_row, (_permutation,)),
    (
        r"sums? to (1|one)|distributions?\b|simplex|softmax|stochastic|class probabilit",
        _any,
        (_distributions,),
    ),
    (r"log[- ]?(probabilit|odds|likelihood)|\blogits?\b|\bscores?\b", _any, (normal,)),
    (r"probabilit", _is_table, (_distributions, uniform(0.05, 0.95))),
    (r"probabilit|\bprobs?\b|likelihoods?", _any, (uniform(0.05, 0.95),)),
    (
        r"(?<!\w)[-\u2212]1 ?(and|or|/|,) ?\+?1\b|\u00b11|\+1 ?(and|or|/|,) ?[-\u2212]1",
        _any,
        (_choice(-1, 1),),
    ),
    (r"\bbool\w*\b|\bTrue\b", _any, (_flags, _triangle_of_flags)),
    (
        (
            r"\b0 ?(and|or|/|,) ?1\b(?! ?\))|\{0, ?1\}|zeros? (and|or) ones?|ones? (and|or) "
            r"zeros?|\bbinary\b|\b0s and 1s"
        ),
        _any,
        (_choice(0, 1),),
    ),
    (r"\bmasks?\b", _any, (_flags, _choice(0, 1), _triangle_of_flags)),
    (r"\b255\b|uint8|\bpixels?\b", _any, (integers(0, 256),)),
    (r"\blengths\b", _any, (integers(1, 6),)),
    (r"\bcounts?\b|frequenc", _any, (integers(1, 10),)),
    (r"sorted in descending|decreasing|descending", _any, (_falling,)),
    (r"(sorted|increasing|ascending).*(positive|> ?0|time)", _any, (_rising,)),
    (r"\bsorted\b|increasing|ascending|time ?(points|stamps)", _any, (_sorted,)),
    (r"unit (norm|length|vectors?)|normali[sz]ed (rows|vectors?)|norm 1\b", _any, (_unit,)),
    (
        (
            r"[\[(] ?0(\.0)?, ?1(\.0)? ?[\])]|(between|from) 0(\.0)? (and|to) 1\b|unit "
            r"interval|fractions?\b"
        ),
        _any,
        (uniform(0.05, 0.95),),
    ),
    (
        r"[\[(] ?-1(\.0)?, ?1(\.0)? ?[\])]|(between|from) -1 (and|to) 1\b",
        _any,
        (uniform(-0.95, 0.95),),
    ),
    (
        _POSITIVE,
        _any,
        (uniform(0.5, 2.0),),
    ),
)
_WHOLE = (
    r"\bu?ints?(8|16|32|64)?\b|\bintegers?\b|\bwhole numbers?\b|\b(class|token|word) "
    r"?(id|indice|index|number|label)"
)
_INDEX = r"\bindices\b|\bindex\b|\bids?\b|\bassignments?\b|\bclasses\b|class labels?"
_LABEL_NAMES = (
    r"y|t|y_(true|pred|hat)|labels?|targets?|preds?|predictions?|predicted|"
    r"actual|true|gold|truth|classes|assignments?"
)


def _is_label(name: str, says: str) -> bool:
    return re.search(r"\blabels?\b", says) is not None or (
        re.search(r"\bclass(es)?\b|categor", says) is not None
        and re.fullmatch(_LABEL_NAMES, name) is not None
    )


def _fills(name: str, says: str, axes: Axes) -> tuple[Fill, ...]:
    """Return the fills of an array, the likeliest first."""

    def by_words(shape: Shape) -> tuple[Fill, ...]:
        for words, suits, fills in _HOLDS:
            if re.search(words, says, re.IGNORECASE) and suits(shape):
                return fills
        is_whole = re.search(_WHOLE, says) or (re.search(_INDEX, says) and "float" not in says)
        if is_whole or _is_label(name, says):
            return (integers(0, _upper(says, axes)),)
        # what is written nowhere may be positive, or indices
        return (normal, uniform(0.05, 0.95), integers(0, 3))

    def nth(number: int) -> Fill:
        return lambda shape: (by_words(shape) * 3)[number](shape)

    return tuple(nth(number) for number in range(3))


#: Names of a number of classes, as a text has them; other words are no names ("0 to the last").
_COUNT = (
    r"[A-Za-z]|[A-Z]\w*|(?:n|num|number|max)_\w+|\w+_(?:size|count)|n(?:classes|labels|clusters)"
)
_END = rf"\d+|{_COUNT}|[A-Za-z]\w*"


def _upper(says: str, axes: Axes) -> int:
    """Return the number of values that labels or indices have.

    A number of classes that has a name is an axis from then on: the parameter of that name is this
    number, too.
    """
    open_end = rf"(?:below|less than|smaller than|<) ?(?P<open>{_END})"
    half_open = (
        rf"[\[{{(] ?0 ?,(?: ?\.{{2,3}} ?,)? ?(?P<half>{_END}) ?(?P<less>- ?1)? ?(?P<end>[)\]}}])"
    )
    up_to = rf"\b0 ?(?:to|through|-|\u2013|\.\.+|and) ?(?P<last>{_END})\b ?(?P<one>- ?1)?"
    in_range = rf"\brange\( ?(?:0 ?, ?)?(?P<range>{_END}) ?\)"
    of_classes = (
        rf"\b(?P<many>{_COUNT}) (?:different |possible "
        r")?(?:classes|clusters|categories|labels|words|tokens)\b"
    )
    of_number = r"\b(?P<number>\d+) (?:different |possible )?(?:classes|clusters|categories)\b"
    ways = f"{open_end}|{half_open}|{up_to}|{in_range}|{of_classes}|{of_number}"
    for found in re.finditer(ways, says):
        named = (found[way] for way in ("open", "half", "last", "range", "many", "number"))
        word = next(one for one in named if one)
        length = int(word) if word.isdigit() else _count(word, axes)
        is_last = (found["last"] and not found["one"]) or (
            found["end"] in ("]", "}") and not found["less"]
        )
        if length > 1 or (length and is_last):
            return length + int(bool(is_last and word.isdigit()))
    return next(
        (axes[letter] for letter in ("C", "K", "V", "num_classes", "n_classes") if letter in axes),
        3,
    )


def _count(word: str, axes: Axes) -> int:
    """Return the length of the axis that counts classes.

    It is 0 for a word that names no axis.
    """
    known = next((axes[one] for one in (word, word.upper(), word.lower()) if one in axes), 0)
    if not known and re.fullmatch(_COUNT, word) and word not in ("a", "A", "I"):
        known = axes[word] = 3
    return known


# everything else ------------------------------------------------------------------------------

_SEED = Argument("int(rng.integers(1_000))", "5")
_GENERATOR = Argument(_SEED.drawn, "5", "submission.rng({})", "np.random.default_rng({})")
_WORDS = '["the", "cat", "sat", "on", "a", "mat"]'
REAL = Argument("float(rng.uniform(0.1, 0.9))", "0.5")
WHOLE = Argument("int(rng.integers(1, 4))", "2")
_CONSTANTS = tuple(Argument(text, text) for text in ("2", "1", "3"))


def _generator(name: str, says: str, _axes: Axes) -> tuple[Argument, ...]:
    is_one = re.search(r"\bGenerator\b|random (number )?generator|default_rng", says)
    if is_one or (re.fullmatch(r"rng|generator|gen", name) and not re.search(r"\bint\b", says)):
        return (_GENERATOR,)
    return (_SEED,) if re.fullmatch(r"(random_)?(seed|state)", name) else ()


def _function(name: str, says: str, _axes: Axes) -> tuple[Argument, ...]:
    if re.match(r"(optional )?(callable|function|Callable\b)", says, re.IGNORECASE) or (
        not says and re.fullmatch(r"f|fn|func(tion)?|\w+_fn|\w+_func", name)
    ):
        return tuple(Argument(text, text) for text in ("np.tanh", "lambda x: np.sum(x**2)"))
    return ()


def _text(name: str, says: str, _axes: Axes) -> tuple[Argument, ...]:
    """Return texts, a choice of words, lists of texts, or a vocabulary."""
    kind = says.partition("\n")[0]
    if re.search(r"\bdict|\bmapping|Mapping", kind) or (
        not kind and re.fullmatch(r"vocab(ulary)?", name)
    ):
        is_vocabulary = re.search(r"str|word|token|vocab|char", f"{says} {name}")
        made = f"{{word: i for i, word in enumerate({_WORDS})}}" if is_vocabulary else "{}"
        return (Argument(made, made),)
    is_text = re.match(r"\{ ?['\"]|['\"]", kind) or re.search(
        r"\bstr(ings?)?\b|\btexts?\b|\bsentences?\b|\bLiteral\b", kind
    )
    is_called_so = not kind and re.fullmatch(r"(text|sentence|word|document|corpus|tokens)s?", name)
    return _texts(name, says, kind) if is_text or is_called_so else ()


def _texts(name: str, says: str, kind: str) -> tuple[Argument, ...]:
    choices = re.findall(r"['\"]([\w-]+)['\"]", says)
    if len(choices) > 1:
        listed = json.dumps(list(dict.fromkeys(choices)))
        return (Argument(f"str(rng.choice({listed}))", f'"{choices[0]}"'),)
    draw = f"rng.choice({_WORDS}, size="
    if re.search(r"lists? of (lists?|tokens|sentences of)|(list|List)\[(list|List)", kind):
        return (
            Argument(f"[{draw}4).tolist() for _ in range(3)]", '[["the", "cat"], ["the", "mat"]]'),
        )
    words = Argument(f"{draw}8).tolist()", '["the", "cat", "sat", "on", "the", "mat"]')
    sentence, fixed = f'" ".join({draw}5))', '"the cat sat on the mat"'
    sentences = Argument(f"[{sentence} for _ in range(3)]", f'[{fixed}, "a cat"]')
    is_many = re.search(
        r"\b(list|sequence|iterable|tuple)\b|\[str|strs|strings\b|sentences\b", kind, re.IGNORECASE
    )
    if not is_many and not (not kind and name.endswith("s")):
        return (Argument(sentence, fixed),)
    is_long = re.search(r"sentence|document|text|corpus|line", f"{says} {name}", re.IGNORECASE)
    return (sentences, words) if is_long else (words, sentences)


def _list(_name: str, says: str, axes: Axes) -> tuple[Argument, ...]:
    """Return lists of arrays and of numbers."""
    kind = says.partition("\n")[0]
    if not re.search(r"\b(list|sequence|iterable)\b", kind, re.IGNORECASE) or re.match(
        r"(np\.|numpy\.)?(nd)?array", kind
    ):
        return ()
    if re.search(r"array|matri|vector|tensor", kind):
        shape = shape_of(says, axes) or (axes["N"], axes["D"])
        one = _arrays("", says, [shape], axes)[0]
        return (Argument(f"[{one.drawn} for _ in range(3)]", f"[{one.fixed}, -({one.fixed})]"),)
    if re.search(r"lists? of (lists?|sequences)|(list|List)\[(list|List)", kind):
        rows = "[rng.integers(1, 7, size=size).tolist() for size in rng.integers(1, 6, size=3)]"
        return (Argument(rows, "[[1, 2, 3], [4], [5, 6]]"),)
    if re.search(r"\bint", kind) or _is_label("", says):
        return (Argument(f"rng.integers(1, 5, size={axes['N']}).tolist()", "[3, 1, 2]"),)
    positive = re.search(r"positive|probabilit|> ?0|non-?negative", says)
    drawn = (
        f"rng.uniform(0.1, 0.9, size={axes['N']})" if positive else f"rng.normal(size={axes['N']})"
    )
    return (Argument(f"{drawn}.tolist()", "[0.5, 0.25, 0.75]"),)


def _tuple(name: str, says: str, axes: Axes) -> tuple[Argument, ...]:
    """Return shapes, as models are built with."""
    kind = says.partition("\n")[0]
    if not re.search(r"\btuple\b|Tuple", kind) and not (not kind and re.search(r"shape$", name)):
        return ()
    if re.search(r"array|float", kind):
        return ()
    told = re.search(rf"\( *{_TUPLE}\)", says)
    shapes: list[Shape] = [(8, 8, 1), (6,), (3, 4)]
    if told and not re.fullmatch(r"[01]", told[1]):
        names = {"channels": 1, "C": 1, "height": 8, "H": 8, "width": 8, "W": 8}
        parts = re.split(r" *, *", told[1])
        shapes = [tuple(min(names.get(one) or _length(one, axes), 8) for one in parts), *shapes]
    return tuple(Argument(str(shape), str(shape)) for shape in shapes)


def _scalars(name: str, says: str, axes: Axes) -> tuple[Argument, ...]:
    kind = says.partition("\n")[0]
    if re.search(r"\bbool(ean)?\b", kind):
        return (Argument("bool(rng.integers(2))", "True"),)
    if re.search(r"\bfloats?\b|\breal\b|\bnumber\b(?! of)|\bscalar\b", kind):
        if re.search(r"\bnegative\b|any real", says) and "non" not in says:
            return (Argument("float(rng.normal())", "-0.5"), REAL)
        return (REAL, *_CONSTANTS)
    if re.search(r"\bints?\b|\binteger|number of", says):
        return (*_whole(name, axes), integers(0, 3)((axes["N"],)))
    if re.search(r"\blabels?\b", says):
        return (integers(0, _upper(says, axes))((axes["N"],)), WHOLE)
    return ()


def _whole(name: str, axes: Axes) -> tuple[Argument, ...]:
    """Return whole numbers for a parameter.

    One that is called like an axis is its length.
    """
    letters = [name, name.upper()] if len(name) == 1 else [name]
    if re.fullmatch(r"(n|num)_?(classes|labels)|n_?class|classes|vocab_size|depth", name):
        letters += ["C", "K", "V"]
    known = [str(axes[letter]) for letter in letters if letter in axes]
    if re.fullmatch(r"(n|num)_?(classes|labels)|n_?class|classes|vocab_size", name):
        known = known or ["3"]
    if re.fullmatch(r"axis|dim", name):
        known = ["0", "1", "-1"]
    return (*(Argument(one, one) for one in known), WHOLE, *_CONSTANTS)


def _by_name(name: str, says: str, axes: Axes) -> tuple[Argument, ...]:
    """Return arguments for a parameter by its name alone.

    Nothing that is written about it helps.
    """
    n, d = axes["N"], axes["D"]
    anything = (normal((n, d)), normal((d,)), normal((n,)), REAL, WHOLE)
    if re.search(_WHOLE, says):
        return (*_whole(name, axes), *anything)
    return tuple(dict.fromkeys((*_usual(name, axes), *anything)))


def _usual(name: str, axes: Axes) -> tuple[Argument, ...]:
    """Return the usual arguments for a parameter's name."""
    n, d = axes["N"], axes["D"]
    table: tuple[tuple[str, tuple[Argument, ...]], ...] = (
        (
            r"y_?(true|pred|hat)|labels?|targets?|t|y|preds?|predictions?",
            (
                integers(0, 3)((n,)),
                _choice(0, 1)((n,)),
                normal((n,)),
                uniform(0.05, 0.95)((n,)),
                normal((n, d)),
            ),
        ),
        (r"p|q|\w*probs?|probabilities", (uniform(0.05, 0.95)((n,)), _distributions((n, d)), REAL)),
        (r"masks?", (_flags((n,)), _flags((n, d)), _triangle_of_flags((n, n)))),
        (r"box\w*", (_boxes((4,)), _boxes((n, 4)))),
        (r"[wW]\d?|weights?", (normal((d, 2)), normal((d,)), normal((d, n)))),
        (r"b\d?|bias|gamma|beta|mean|mu", (normal((2,)), normal((d,)), REAL)),
        (r"var|variance|std|sigma\d?", (uniform(0.5, 2.0)((d,)), REAL)),
        (r"d[a-z]*out|dy|dz|grad\w*|g", (normal((n, d)), normal((n, 2)), normal((n,)))),
        (
            (
                r"lr|learning_rate|eps\w*|alpha|momentum|reg|tau|rate|decay\w*|factor|lam\w*|"
                r"temperature|\w*_prob"
            ),
            (REAL,),
        ),
        (
            (
                r"n|n_\w+|k|steps|num\w*|\w*size|axis|depth|width|epochs|every|max\w*|units|"
                r"hidden\w*|\w*_dim|heads|stride|pad\w*"
            ),
            _whole(name, axes),
        ),
    )
    return next((arguments for names, arguments in table if re.fullmatch(names, name)), ())
