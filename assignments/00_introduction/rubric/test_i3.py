"""Define-by-run automatic differentiation."""

import math

import numpy as np

from autograder.rubric import assert_close, assert_consistent, assert_gradient, assert_linear, criterion, work_of


def unary(name):
    """Return a function of floats or Values: that of `math`, or the method of the same name."""
    on_floats = {"relu": lambda v: max(v, 0.0)}.get(name) or getattr(math, name)
    return lambda v: on_floats(v) if isinstance(v, float) else getattr(v, name)()


exp, log, tanh, relu = map(unary, ("exp", "log", "tanh", "relu"))

# Every operation, of two operands and a positive constant. Logarithms, roots and quotients meet positive numbers only,
# relu stays away from its kink, and no two nodes hold the same number by design.
FORWARD = {
    "a + b": lambda a, b, c: a + b,
    "a - b": lambda a, b, c: a - b,
    "a * b": lambda a, b, c: a * b,
    "a / (b * b + c)": lambda a, b, c: a / (b * b + c),
    "(a + c) - (c * b)": lambda a, b, c: (a + c) - (c * b),
    "(c + a) * (b - c)": lambda a, b, c: (c + a) * (b - c),
    "a * c - b / c": lambda a, b, c: a * c - b / c,
    "-a * b**2": lambda a, b, c: -a * b**2,
    "a**3 - b": lambda a, b, c: a**3 - b,
    "b * (a * a + c) ** -0.5": lambda a, b, c: b * (a * a + c) ** -0.5,
    "exp(tanh(a)) + b": lambda a, b, c: exp(tanh(a)) + b,
    "log(a * a + c) * b": lambda a, b, c: log(a * a + c) * b,
    "relu(a * a + c) + b": lambda a, b, c: relu(a * a + c) + b,
    "exp(-(a * a)) * tanh(b)": lambda a, b, c: exp(-(a * a)) * tanh(b),
}
# A number on the left of - and /. Their values are checked with the others, their gradients against their own values,
# so that operands that stand the wrong way round cost points once.
REFLECTED = {
    "c - a": lambda a, b, c: c - a,
    "c / (a * a + 1.5)": lambda a, b, c: c / (a * a + 1.5),
}
A, B, C = 1.3, -0.7, 2.6


class Expression:
    """A random program: each step combines the newest result with an earlier one; the last result is the value."""

    def __init__(self, rng, length, operations):
        self.at = rng.uniform(0.4, 1.6, 3) * rng.choice([-1.0, 1.0], 3)
        self.steps = []
        results = self.at.tolist()
        for step in range(length):
            operation = operations[rng.integers(len(operations))]
            newest, other = 2 + step, step if step < 2 else int(rng.integers(2 + step))
            c = float(rng.uniform(0.5, 2))
            result = operation(results[newest], results[other], c)
            is_squashed = abs(result) > 4  # values stay of the order of one
            self.steps.append((operation, newest, other, c, is_squashed))
            results.append(math.tanh(result) if is_squashed else result)

    def __call__(self, leaves):
        """Run the program on three floats, or on three Values."""
        results = list(leaves)
        for operation, newest, other, c, is_squashed in self.steps:
            result = operation(results[newest], results[other], c)
            results.append(tanh(result) if is_squashed else result)
        return results[-1]


def gradients(function, value, at):
    """Return the gradient of a function of Values by `backward`, at floats."""
    leaves = [value(float(number)) for number in at]
    function(leaves).backward()
    return [leaf.grad for leaf in leaves]


@criterion(
    "Value: the operations compute the right numbers",
    points=4,
    tests=["Value"],
    hint="Plain numbers may stand on either side: c - x reaches __rsub__ and c / x reaches __rtruediv__, with the "
    "Value on the right.",
)
def test_i3_values(submission, rng):
    value = submission.Value
    for text, operation in (FORWARD | REFLECTED).items():
        root = operation(value(A), value(B), C)
        assert_close(root.data, operation(A, B, C), name=f"{text} at a={A}, b={B}, c={C}")
    assert_close(relu(value(-1.5)).data, 0.0, name="relu of -1.5")
    operations = [*FORWARD.values(), *REFLECTED.values()]
    for _ in range(100):
        expression = Expression(rng, 5, operations)
        root = expression([value(number) for number in expression.at.tolist()])
        assert_close(root.data, expression(expression.at.tolist()), name="the value of a random expression")


@criterion(
    "Value.backward: gradients",
    points=7,
    tests=["Value.backward"],
    hint="The gradient of a node is the sum over all nodes that use it: add with +=, and hand it on only when it is "
    "complete.",
)
def test_i3_gradients(submission, reference, rng):
    value = submission.Value
    for text, operation in FORWARD.items():
        function = lambda leaves, operation=operation: operation(*leaves, C)
        expected = gradients(function, reference.Value, (A, B))
        assert_close(
            gradients(function, value, (A, B)), expected, name=f"the gradient of {text} at a={A}, b={B}, c={C}"
        )
    assert_close(gradients(lambda leaves: relu(leaves[0]), value, (-1.5,)), [0.0], name="the gradient of relu at -1.5")
    for text, operation in REFLECTED.items():
        (slope,) = gradients(lambda leaves: operation(leaves[0], B, C), value, (A,))
        own = lambda number: operation(value(number), B, C).data
        assert_consistent(own, A, slope, rng=rng, directions=1, name=f"the gradient of {text} at a={A}, c={C}")
    for length in (8,) * 12 + (25,) * 4:
        expression = Expression(rng, length, list(FORWARD.values()))
        gradient = gradients(expression, value, expression.at)
        expected = gradients(expression, reference.Value, expression.at)
        assert_close(gradient, expected, name="the gradient of a random expression")
        assert_gradient(expression, expression.at, np.array(gradient), rng=rng, directions=3)


@criterion(
    "Value.backward: the graph",
    points=5,
    tests=["Value.backward"],
    hint="Nodes are told apart by identity, never by the number they hold; a diamond needs reverse topological "
    "order; a second root adds to the leaves it shares with the first.",
)
def test_i3_properties(submission, rng):
    value, x = submission.Value, float(rng.uniform(1.2, 1.8))
    for text, function, slope in (
        ("x * x + x", lambda v: v * v + v, 2 * x + 1),
        ("x * x * x", lambda v: v * v * v, 3 * x * x),
        ("m * m + m with m = 3 * x", diamond, 18 * x + 3),
        ("m * tanh(m) + m with m = exp(x)", nested_diamond, slope_of_nested_diamond(x)),
    ):
        assert_close(
            gradients(lambda leaves: function(leaves[0]), value, (x,)), [slope], name=f"the gradient of {text}"
        )

    twins = gradients(lambda leaves: tanh(leaves[0]) * tanh(leaves[1]) * leaves[1], value, (x, x))
    t = math.tanh(x)
    expected = [(1 - t * t) * t * x, (1 - t * t) * t * x + t * t]
    assert_close(twins, expected, name="the gradient of tanh(a) * tanh(b) * b for two leaves with equal numbers")

    shared = value(x)
    (shared * shared).backward()
    (5.0 * shared).backward()
    assert_close(shared.grad, 2 * x + 5, name="the gradient after backward from x * x and from 5 * x")

    leaf = root = value(x)
    turns = 0
    while root.data < 100 and turns < 40:
        root, turns = root * leaf, turns + 1
    root.backward()
    slope = (turns + 1) * x**turns
    assert_close(leaf.grad, slope, name="the gradient of a while loop that multiplies by x until 100 is reached")


def diamond(v):
    m = 3.0 * v
    return m * m + m


def nested_diamond(v):
    m = exp(v)
    return m * tanh(m) + m


def slope_of_nested_diamond(x):
    m = math.exp(x)
    t = math.tanh(m)
    return m * (t + m * (1 - t * t) + 1)


@criterion(
    "Value.backward: a chain of 5,000 operations",
    points=3,
    tests=["Value.backward"],
    hint="A recursive search ends in a RecursionError at about 1,000 nodes: keep your own stack, a list.",
)
def test_i3_stability(submission):
    leaf = node = submission.Value(0.5)
    for _ in range(2500):
        node = node * 1.0004 + 0.003
    node.backward()
    assert_close(leaf.grad, 1.0004**2500, name="the gradient of a chain of 5,000 operations")


@criterion(
    "Value.backward: linear work",
    points=3,
    tests=["Value.backward"],
    testimony=True,
    hint="Each node is visited once: whoever walks along every path does twice the work for each further diamond.",
)
def test_i3_work(submission):
    def chain(length):
        leaf = node = submission.Value(0.5)
        for _ in range(length):
            node = node * 1.001
        work = work_of(node.backward)
        assert_close(leaf.grad, 1.001**length, name=f"the gradient of a chain of {length} operations")
        return work

    def ladder(length):
        node = submission.Value(0.5)
        for _ in range(length):
            node = node + node
        return work_of(node.backward)

    assert_linear(chain, (50, 100, 200), name="backward along a chain")
    assert_linear(ladder, (4, 8, 16), name="backward along a ladder of diamonds")
