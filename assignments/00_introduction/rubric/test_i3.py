"""Define-by-run automatic differentiation."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from autograder.rubric import assert_close, assert_linear, criterion, is_close, work_of


def unary(name):
    """Return a function of floats or Values: that of `math`, or the method of the same name."""
    on_floats = {"relu": lambda v: max(v, 0.0)}.get(name) or getattr(math, name)
    return lambda v: on_floats(v) if isinstance(v, float) else getattr(v, name)()


exp, log, tanh, relu = map(unary, ("exp", "log", "tanh", "relu"))
C = 2.6


@dataclass(frozen=True)
class Operation:
    """One operation: how it is written, the same function of floats and of Values, and where."""

    text: str
    function: object
    operands: int = 1
    is_positive: bool = False  # of positive numbers only

    def __call__(self, *operands):
        return self.function(*operands)

    def draw(self, rng):
        """Draw operands of the order of one, away from zero and from each other."""
        sizes = rng.permutation([rng.uniform(0.5, 0.9), rng.uniform(1.1, 1.6)])[: self.operands]
        signs = 1.0 if self.is_positive else rng.choice([-1.0, 1.0], self.operands)
        return (sizes * signs).tolist()


def binary(text, function):
    return Operation(text, function, operands=2)


# By method, since each is paid for by itself. No operation here needs another one, and no operand is used twice.
SUMS = {
    "add": [binary("a + b", lambda a, b: a + b), Operation("a + c", lambda a: a + C)],
    "radd": [Operation("c + a", lambda a: C + a)],
    "sub": [binary("a - b", lambda a, b: a - b), Operation("a - c", lambda a: a - C)],
    "rsub": [Operation("c - a", lambda a: C - a)],
    "mul": [binary("a * b", lambda a, b: a * b), Operation("a * c", lambda a: a * C)],
    "rmul": [Operation("c * a", lambda a: C * a)],
    "neg": [Operation("-a", lambda a: -a)],
}
QUOTIENTS = {
    "truediv": [binary("a / b", lambda a, b: a / b), Operation("a / c", lambda a: a / C)],
    "rtruediv": [Operation("c / a", lambda a: C / a)],
    "pow": [
        Operation("a**2", lambda a: a**2),
        Operation("a**3", lambda a: a**3),
        Operation("a**-1", lambda a: a**-1),
        Operation("a**-0.5", lambda a: a**-0.5, is_positive=True),
    ],
}
FUNCTIONS = {
    "exp": [Operation("exp(a)", exp)],
    "log": [Operation("log(a)", log, is_positive=True)],
    "tanh": [Operation("tanh(a)", tanh)],
    "relu": [Operation("relu(a)", relu)],
}
# A number on the left of - and /: where the value is that of the operands the wrong way round, so may the gradient be,
# so that this mistake costs points once.
SWAPPED = {
    "rsub": Operation("a - c", lambda a: a - C),
    "rtruediv": Operation("a / c", lambda a: a / C),
}
ADD, MUL = SUMS["add"][0], SUMS["mul"][0]


def each(*groups):
    """Return one case for each method of some groups."""
    methods = {name: operations for group in groups for name, operations in group.items()}
    return pytest.mark.parametrize(("method", "operations"), methods.items(), ids=methods)


def places(operation, rng, n=4):
    """Return operands for an operation: several draws, and both sides of relu's kink."""
    return [*(operation.draw(rng) for _ in range(n)), *([[-1.5], [1.5]] if operation.text == "relu(a)" else [])]


def shown(operation, at):
    """Return in words where an operation is tried."""
    numbers = ", ".join(f"{letter}={number:.4g}" for letter, number in zip("ab", at, strict=False))
    return f"{operation.text} at {numbers}" + (f", c={C}" if "c" in operation.text.split("(")[0] else "")


def check_values(submission, rng, operations):
    """Compare values of operations with floats; the operands keep theirs."""
    for operation in operations:
        for at in places(operation, rng):
            leaves = [submission.Value(number) for number in at]
            assert_close(operation(*leaves).data, operation(*at), name=shown(operation, at))
            assert_close([leaf.data for leaf in leaves], at, name=f"the operands' data after {shown(operation, at)}")


@criterion(
    "Value: sums, differences and products",
    points=2,
    tests=["Value"],
    hint="Each of +, -, * and the unary minus is graded by itself, with numbers on the right and on the left: c - x "
    "reaches __rsub__, with the Value on the right. Operands keep their numbers.",
)
@each(SUMS)
def test_i3_values(submission, rng, method, operations):
    check_values(submission, rng, operations)


@criterion(
    "Value: quotients and powers",
    points=1,
    tests=["Value"],
    hint="x / y, c / x and x**c are graded each by itself: c / x reaches __rtruediv__, with the Value on the right, "
    "and an exponent may be negative or no integer.",
)
@each(QUOTIENTS)
def test_i3_values_quotients(submission, rng, method, operations):
    check_values(submission, rng, operations)


@criterion(
    "Value: exp, log, tanh and relu",
    points=1,
    tests=["Value"],
    hint="Each of the four functions is graded by itself, against that of Python's math; relu(x) is max(0, x).",
)
@each(FUNCTIONS)
def test_i3_values_functions(submission, rng, method, operations):
    check_values(submission, rng, operations)


def gradients(function, value, at):
    """Return value and gradient of a function of Values by `backward`, at floats."""
    leaves = [value(float(number)) for number in at]
    root = function(*leaves)
    root.backward()
    return root.data, [leaf.grad for leaf in leaves]


def parts(name, leaves):
    """Return the names of a gradient's parts."""
    return [f"{name} with respect to {leaf}" for leaf in leaves]


def check_gradients(submission, reference, rng, method, operations):
    """Compare gradients of operations with those of another tape."""
    for operation in operations:
        for at in places(operation, rng):
            data, gradient = gradients(operation, submission.Value, at)
            computed, name = operation, f"the gradient of {shown(operation, at)}"
            if method in SWAPPED and is_close(data, SWAPPED[method](*at)):
                computed = SWAPPED[method]
                name = f"the gradient of {operation.text}, whose value is yours of {shown(computed, at)}"
            _, expected = gradients(computed, reference.Value, at)
            assert_close(gradient, expected, name=parts(name, "ab"[: len(at)]))


@criterion(
    "Value.backward: sums, differences and products",
    points=2,
    tests=["Value.backward"],
    hint="One operation at a time, each operand used once: what is d(a - b)/db, and does backward begin with 1 at "
    "the root?",
)
@each(SUMS)
def test_i3_gradients(submission, reference, rng, method, operations):
    check_gradients(submission, reference, rng, method, operations)


@criterion(
    "Value.backward: quotients and powers",
    points=1,
    tests=["Value.backward"],
    hint="One operation at a time, each operand used once: the slope of a**k is k a**(k-1), that of a / b with respect "
    "to b is -a / b**2.",
)
@each(QUOTIENTS)
def test_i3_gradients_quotients(submission, reference, rng, method, operations):
    check_gradients(submission, reference, rng, method, operations)


@criterion(
    "Value.backward: exp, log, tanh and relu",
    points=2,
    tests=["Value.backward"],
    hint="One function at a time: the slopes are exp(a), 1 / a, 1 - tanh(a)**2, and for relu 1 above zero and 0 below.",
)
@each(FUNCTIONS)
def test_i3_gradients_functions(submission, reference, rng, method, operations):
    check_gradients(submission, reference, rng, method, operations)


# Graphs of several operations are made of those that are right by themselves, whichever these are: one that is wrong, or
# not written, is paid for above. If none is right, all are taken, and the checks say why.


def only_right(operations, submission, reference):
    """Return the operations whose value and gradient are right by themselves; all of them if none is."""
    return [one for one in operations if is_right(one, submission, reference)] or operations


def is_right(operation, submission, reference):
    at = (0.8, 1.3)[: operation.operands]
    try:
        data, gradient = gradients(operation, submission.Value, at)
    except Exception:  # noqa: BLE001 - whatever the submission raises, the operation is not right
        return False
    expected, slopes = gradients(operation, reference.Value, at)
    return is_close(data, expected) and is_close(gradient, slopes)


# Below zero, relu would cut off all that stands under it. A number that comes back with another sign, or upside down,
# makes equal numbers, which are paid for with the graph.
LEFT_OUT = {"relu(a)", "-a", "a**-1"}


def tree(rng, operations):
    """Return a random expression of six leaves, each used once, as a function of six floats or Values, and where."""
    at = (rng.uniform(0.5, 1.6, 6) * rng.choice([-1.0, 1.0], 6)).tolist()
    program, numbers, roots = [], list(at), list(range(6))
    for _ in range(12):
        for place in rng.permutation(len(operations)):
            operation = operations[place]
            chosen = rng.permutation(len(roots))[: operation.operands]
            operands = [roots[i] for i in chosen]
            if len(operands) == operation.operands and is_tame(operation, [numbers[i] for i in operands], numbers):
                program.append((operation, operands))
                roots = [*(root for root in roots if root not in operands), len(numbers)]
                numbers.append(operation(*(numbers[i] for i in operands)))
                break

    def expression(*leaves):
        results = list(leaves)
        for operation, operands in program:
            results.append(operation(*(results[i] for i in operands)))
        return results[-1]

    return expression, at


def is_tame(operation, operands, numbers):
    """Return True if operands are in an operation's domain, and its result is of the order of one and new.

    It is not new with another sign, or upside down: differences and quotients may be made of such numbers.
    """
    if min(map(abs, operands)) < 0.1 or (operation.is_positive and min(operands) < 0):
        return False
    result = operation(*operands)
    known = [size for number in numbers for size in (abs(number), 1 / abs(number))]
    return 0.05 < abs(result) < 5 and all(abs(abs(result) - size) > 1e-6 for size in known)


@criterion(
    "Value.backward: random expressions",
    points=2,
    tests=["Value.backward"],
    hint="The chain rule: each operand gets its slope times the gradient of the result, not the slope alone. No node is "
    "used twice here, and operations that are wrong one by one are left out as long as others are right.",
)
def test_i3_gradients_expressions(submission, reference, rng):
    methods = (one for group in (SUMS, QUOTIENTS, FUNCTIONS) for operations in group.values() for one in operations)
    operations = only_right([one for one in methods if one.text not in LEFT_OUT], submission, reference)
    for _ in range(16):
        expression, at = tree(rng, operations)
        data, gradient = gradients(expression, submission.Value, at)
        expected, slopes = gradients(expression, reference.Value, at)
        assert_close(data, expected, name="the value of a random expression")
        assert_close(gradient, slopes, name=parts("the gradient of a random expression", "abcdef"))


def in_words(text, plus, times):
    """Return what a graph computes, with the operations that stand for + and * in it."""
    return text.translate(str.maketrans({"+": plus.text[2], "*": times.text[2]}))


def check_graph(function, submission, reference, at, name):
    """Compare the gradient of a function of Values with that of another tape."""
    _, gradient = gradients(function, submission.Value, at)
    _, expected = gradients(function, reference.Value, at)
    assert_close(gradient, expected, name=parts(name, "xyzw"[: len(at)]))


def reuse(plus, times, submission, reference, rng):
    """A node with several users, all of them next to each other."""
    for name, function in (
        ("x * x", lambda x: times(x, x)),
        ("x + x", lambda x: plus(x, x)),
        ("x * x + x", lambda x: plus(times(x, x), x)),
    ):
        check_graph(function, submission, reference, rng.uniform(1.2, 1.8, 1), in_words(f"the gradient of {name}", plus, times))


def diamonds(plus, times, submission, reference, rng):
    """Nodes below which the graph goes on, and that get their gradient over paths of different lengths."""

    def simple(x):
        m = plus(x, x)
        return plus(times(m, m), m)

    def nested(x):
        m = times(x, x)
        return times(m, plus(times(m, x), plus(m, m)))

    name = in_words("the gradient of m * m + m with m = x + x", plus, times)
    check_graph(simple, submission, reference, rng.uniform(1.2, 1.8, 1), name)
    check_graph(nested, submission, reference, rng.uniform(0.6, 1.4, 1), "the gradient of a diamond within a diamond")
    for _ in range(12):
        steps = [(bool(rng.integers(2)), 2 + i, int(rng.integers(2 + i))) for i in range(6)]

        def shared(x, y, steps=steps):
            nodes = [x, y, times(x, y)]
            for is_sum, newest, other in steps:
                nodes.append((plus if is_sum else times)(nodes[newest], nodes[other]))
            return nodes[-1]

        check_graph(shared, submission, reference, rng.uniform(0.6, 1.1, 2), "the gradient of a graph of shared nodes")


def twins(plus, times, submission, reference, rng):
    """Leaves that hold the same number, below nodes that hold the same number."""
    x, y = rng.uniform(1.2, 1.8, 2)
    name = "the gradient of (x + y) * (z + w) where z holds the number of x, and w that of y"
    name = in_words(name, plus, times)
    check_graph(lambda x, y, z, w: times(plus(x, y), plus(z, w)), submission, reference, (x, y, x, y), name)


def roots(plus, times, submission, reference, rng):
    """Two roots above one leaf, and two above one inner node."""
    at = rng.uniform(1.2, 1.8, 3)

    def above_a_leaf(value):
        x, y, z = (value(float(number)) for number in at)
        times(x, y).backward()
        plus(x, z).backward()
        return [x.grad, y.grad, z.grad]

    def above_a_node(value):
        x, y, z = (value(float(number)) for number in at)
        m = times(x, y)
        first, second = plus(m, z), times(m, z)
        first.backward()
        second.backward()
        return [x.grad, y.grad, z.grad]

    for both, where in (
        (above_a_leaf, "after backward from x * y and from x + z"),
        (above_a_node, "after backward from m + z and from m * z with one m = x * y"),
    ):
        names = [f"{leaf}.grad {in_words(where, plus, times)}" for leaf in "xyz"]
        assert_close(both(submission.Value), both(reference.Value), name=names)


def loop(plus, times, submission, reference, rng):
    """A graph whose length depends on the data."""

    at = float(rng.uniform(1.2, 1.8))

    def until_100(value):
        x = root = value(at)
        turns = 0
        while np.sum(root.data) < 100 and turns < 60:  # plain numbers beside a Value are paid for above
            root, turns = plus(times(root, value(1.5)), value(0.25)), turns + 1
        root.backward()
        return x.grad

    name = "the gradient of a while loop that goes on until 100 is reached"
    assert_close(until_100(submission.Value), until_100(reference.Value), name=name)


@criterion(
    "Value.backward: the graph",
    points=5,
    tests=["Value.backward"],
    hint="Five properties, a point each: a node with two users (add with +=), diamonds (hand a gradient on only when "
    "it is complete), leaves with equal numbers (compare by identity), two roots (no leaf is set back, and what an "
    "earlier call left in an inner node's .grad does not flow down again), a while loop.",
)
@pytest.mark.parametrize("graph", [reuse, diamonds, twins, roots, loop])
def test_i3_properties(submission, reference, rng, graph):
    right = only_right([ADD, MUL], submission, reference)
    graph(right[0], right[-1], submission, reference, rng)


# The slope of a sum is 1, so that a wrong chain rule, which is paid for above, does not matter here.
LINKS = [Operation("x + 0.003", lambda x: x + 0.003), Operation("x * 1.0004", lambda x: x * 1.0004)]


def chain(value, length, link):
    """Return both ends of a chain of operations."""
    leaf = node = value(0.5)
    for _ in range(length):
        node = link(node)
    return leaf, node


def slope_of_chain(length, link):
    return 1.0 if link is LINKS[0] else 1.0004**length


@criterion(
    "Value.backward: a chain of 5,000 operations",
    points=3,
    tests=["Value.backward"],
    hint="Python's stack ends at about 1,000 calls, and the chain is longer: a search that calls itself needs a stack "
    "of its own instead, a list.",
)
def test_i3_stability(submission, reference):
    link = only_right(LINKS, submission, reference)[0]
    leaf, node = chain(submission.Value, 5000, link)
    node.backward()
    assert_close(leaf.grad, slope_of_chain(5000, link), name="the gradient of a chain of 5,000 operations")


@criterion(
    "Value.backward: linear work",
    points=3,
    tests=["Value.backward"],
    testimony=True,
    hint="Each node below the root is visited once, and no other node. To walk along every path is twice the work for "
    "each further diamond; to look for a node in a list with a loop of one's own grows with the square; and a list of all "
    "Values ever made visits nodes of earlier graphs as well.",
)
def test_i3_work(submission, reference):
    link = only_right(LINKS, submission, reference)[0]
    double = only_right([ADD, MUL], submission, reference)[0]

    def along_chain(length):
        leaf, node = chain(submission.Value, length, link)
        work = work_of(node.backward)
        assert_close(leaf.grad, slope_of_chain(length, link), name=f"the gradient of a chain of {length} operations")
        return work

    def along_ladder(length):
        node = submission.Value(1.0001)
        for _ in range(length):
            node = double(node, node)
        return work_of(node.backward)

    assert_linear(along_chain, (50, 100, 200), name="backward along a chain")
    assert_linear(along_ladder, (4, 8, 16), name="backward along a ladder of diamonds")
