"""Mistakes: Define-by-run automatic differentiation."""

from autograder.rubric import mutant


@mutant("M00-4", loses=["i3_properties", "i3_example_gradients"])
class gradient_assigned:
    """Gradients are assigned with = where they should be added with +=."""

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            for child, slope in zip(node.children, node.slopes):
                child.grad = slope * node.grad

    Value.backward = backward


@mutant("M00-5a", loses=["i3_properties", "i3_stability", "i3_example_gradients"])
class pushed_before_complete:
    """Backward hands a gradient on when a node is first reached, before all of it has arrived.

    Wrong on diamonds; recursive, so that a long chain ends in a RecursionError as well.
    """

    def backward(self):
        def push(node, seen):
            seen.add(node)
            for child, slope in zip(node.children, node.slopes):
                child.grad += slope * node.grad
                if child not in seen:
                    push(child, seen)

        self.grad = 1.0
        push(self, set())

    Value.backward = backward


@mutant("M00-5b", loses=["i3_stability", "i3_work"])
class pushed_along_every_path:
    """Backward pushes along every path: right, but exponential on ladders of diamonds.

    Recursive, so that a long chain ends in a RecursionError as well.
    """

    def backward(self):
        def push(node, flow):
            node.grad += flow
            for child, slope in zip(node.children, node.slopes):
                push(child, slope * flow)

        push(self, 1.0)

    Value.backward = backward


@mutant("M00-6b", loses=["i3_properties"])
class visited_by_data:
    """Visited nodes are found by their data: an equal-valued node is skipped."""

    def _order_by_data(root):
        order, seen = [], set()
        stack = [(root, False)]
        while stack:
            node, operands_are_listed = stack.pop()
            if operands_are_listed:
                order.append(node)
            elif node.data not in seen:
                seen.add(node.data)
                stack.append((node, True))
                stack.extend((child, False) for child in node.children)
        return order

    def backward(self):
        self.grad = 1.0
        for node in reversed(_order_by_data(self)):
            for child, slope in zip(node.children, node.slopes):
                child.grad += slope * node.grad

    Value.backward = backward


@mutant("M00-7a", loses=["i3_values", "i3_example_values"])
class rsub_swapped:
    """The operands of number - Value are swapped."""

    def __rsub__(self, other):
        return self - other

    Value.__rsub__ = __rsub__


@mutant("M00-7b", loses=["i3_values_quotients", "i3_example_values"])
class rtruediv_swapped:
    """The operands of number / Value are swapped."""

    def __rtruediv__(self, other):
        return self / other

    Value.__rtruediv__ = __rtruediv__


@mutant("M00-13", loses=["i3_stability"])
def topological_order(root):
    """The topological order is found recursively: a long chain ends in a RecursionError."""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in node.children:
                visit(child)
            order.append(node)

    visit(root)
    return order


# What is not written scores zero and harms nothing else.


@mutant("M00-20a", loses=["i3_values_quotients", "i3_gradients_quotients", "i3_example_values"])
class quotients_not_written:
    """`__truediv__` is as handed out: "what you do not write scores zero and harms nothing else"."""

    def __truediv__(self, other):
        raise NotImplementedError("Value.__truediv__: not written yet")

    Value.__truediv__ = __truediv__


@mutant("M00-20b", loses=["i3_values_functions", "i3_gradients_functions", "i3_example_values"])
class exp_not_written:
    """`exp` is as handed out: "what you do not write scores zero and harms nothing else"."""

    def exp(self):
        raise NotImplementedError("Value.exp: not written yet")

    Value.exp = exp


@mutant("M00-20c", loses=["i3_values", "i3_gradients", "i3_example_values", "i3_example_gradients"])
class sums_not_written:
    """`__add__` is as handed out, and all that needs it fails; graphs of products are graded."""

    def __add__(self, other):
        raise NotImplementedError("Value.__add__: not written yet")

    Value.__add__ = __add__


@mutant(
    "M00-20d",
    loses=[
        "i3_values",
        "i3_gradients",
        "i3_values_quotients",
        "i3_gradients_quotients",
        "i3_example_values",
        "i3_example_gradients",
    ],
)
class products_not_written:
    """`__mul__` is as handed out, and all that needs it fails; graphs of sums are graded."""

    def __mul__(self, other):
        raise NotImplementedError("Value.__mul__: not written yet")

    Value.__mul__ = __mul__


@mutant("M00-21a", loses=["i3_values", "i3_gradients", "i3_example_gradients"])
class sum_in_place:
    """A sum is written into its left operand, which is returned."""

    def __add__(self, other):
        self.data += _as_value(other).data
        return self

    Value.__add__ = __add__


@mutant("M00-21b", loses=["i3_gradients_functions", "i3_example_gradients"])
class slope_of_tanh:
    """The slope of tanh is 1 - tanh, not 1 - tanh**2."""

    def tanh(self):
        out = math.tanh(self.data)
        return Value(out, (self,), "tanh", (1.0 - out,))

    Value.tanh = tanh


@mutant("M00-21c", loses=["i3_gradients_quotients", "i3_gradients_expressions", "i3_properties", "i3_example_gradients"])
class slopes_not_multiplied:
    """Each operand gets its slope alone: right for one operation, wrong for two, as in a quotient of a product."""

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            for child, slope in zip(node.children, node.slopes):
                child.grad += slope

    Value.backward = backward


@mutant("M00-21d", loses=["i3_properties"])
class gradients_set_back:
    """backward() begins with zeros everywhere: gradients of two roots do not add up."""

    def backward(self):
        order = topological_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for child, slope in zip(node.children, node.slopes):
                child.grad += slope * node.grad

    Value.backward = backward


@mutant("M00-21e", loses=["i3_properties"])
class earlier_gradients_flow_again:
    """As in micrograd, gradients flow through .grad itself: what an earlier call left in an inner node flows twice."""

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            for child, slope in zip(node.children, node.slopes):
                child.grad += slope * node.grad

    Value.backward = backward


@mutant("M00-21f", loses=["i3_work"])
class one_tape_for_all_graphs:
    """Backward walks along a list of all Values ever made: its work grows with earlier graphs."""

    _first_init = Value.__init__
    _tape = []

    def __init__(self, *args, **kwargs):
        _first_init(self, *args, **kwargs)
        _tape.append(self)

    def backward(self):
        flow = {self: 1.0}
        for node in reversed(_tape):
            if node in flow:
                node.grad += flow[node]
                for child, slope in zip(node.children, node.slopes):
                    flow[child] = flow.get(child, 0.0) + slope * flow[node]

    Value.__init__ = __init__
    Value.backward = backward


@mutant("M00-21g", loses=["i3_values", "i3_gradients", "i3_example_values"])
class sum_of_values_alone:
    """x + 2 fails where x + y is right: graphs are made of the latter."""

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    Value.__add__ = __add__
