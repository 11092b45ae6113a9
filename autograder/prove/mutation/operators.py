"""Common mistakes in numerical Python, as operators.

Each is an operator on syntax trees.

An operator looks at one node and yields what could stand there by mistake. Whether that changes
anything is not its business: what compiles to the same code, and what another operator has made
already, is dropped later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m

Replacements = Iterable[cst.CSTNode]
_TWINS = {
    "mean": "sum", "sum": "mean", "max": "min", "min": "max", "maximum": "minimum",
    "minimum": "maximum", "argmax": "argmin", "argmin": "argmax", "var": "std", "std": "var",
    "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like",
    "sin": "cos", "cos": "sin", "floor": "ceil", "ceil": "floor", "any": "all", "all": "any",
    "cumsum": "cumprod", "cumprod": "cumsum", "float64": "float32",
}  # fmt: skip
_DROPPED_CALLS = frozenset((
    "sqrt", "exp", "log", "abs", "absolute", "square", "tanh", "ascontiguousarray", "array",
    "asarray", "reversed", "sorted", "int",
))  # fmt: skip
_DROPPED_METHODS = frozenset(
    ("copy", "astype", "transpose", "reshape", "ravel", "flatten", "sum", "mean")
)
_COMMUTATIVE = frozenset(("maximum", "minimum", "max", "min", "hypot", "add", "multiply"))
_COPYING = frozenset(("copy", "astype"))
_COUNTING = frozenset(("range", "arange", "zeros", "ones", "eye", "linspace"))
_EPSILONS = frozenset(("eps", "epsilon", "EPS", "EPSILON", "tiny"))


@dataclass(frozen=True, slots=True)
class Operator:
    """One kind of mistake.

    Attributes
    ----------
    name
        What reports and keys call it.
    find
        Yields what may stand in a node's place.
    """

    name: str
    find: Callable[[cst.CSTNode], Replacements]


# axes and shapes ----------------------------------------------------------------------------------


def change_axis(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield another ``axis``, or none.

    A tuple of axes loses one of them.
    """
    if not m.matches(node, m.Arg(keyword=m.Name("axis"))):
        return
    assert isinstance(node, cst.Arg)
    value = node.value
    if isinstance(value, cst.Tuple):
        for part in value.elements if len(value.elements) > 1 else ():
            kept = [
                one.with_changes(comma=cst.MaybeSentinel.DEFAULT)
                for one in value.elements
                if one is not part
            ]
            yield node.with_changes(value=value.with_changes(elements=kept))
        return
    number = _whole(value)
    if number is not None:
        yield node.with_changes(value=_signed({0: -1}.get(number, 0)))


def drop_axis(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A call without its ``axis``."""
    yield from _without(node, lambda name: name == "axis")


def drop_keepdims(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A call without its ``keepdims``."""
    yield from _without(node, lambda name: name == "keepdims")


def transpose(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A transpose forgotten, or one too many in a matrix product."""
    if isinstance(node, cst.Attribute) and node.attr.value in ("T", "mT"):
        yield node.value
    if m.matches(node, m.BinaryOperation(operator=m.MatrixMultiply())):
        assert isinstance(node, cst.BinaryOperation)
        for side in ("left", "right"):
            operand = getattr(node, side)
            yield node.with_changes(
                **{side: cst.Attribute(value=_grouped(operand), attr=cst.Name("T"))}
            )


# numbers ------------------------------------------------------------------------------------------

_OPPOSITES: dict[type, cst.CSTNode] = {
    cst.Add: cst.Subtract(), cst.Subtract: cst.Add(), cst.Multiply: cst.Divide(),
    cst.Divide: cst.Multiply(), cst.FloorDivide: cst.Divide(), cst.Modulo: cst.FloorDivide(),
    cst.AddAssign: cst.SubtractAssign(), cst.SubtractAssign: cst.AddAssign(),
    cst.MultiplyAssign: cst.DivideAssign(), cst.DivideAssign: cst.MultiplyAssign(),
}  # fmt: skip
_SIGNS = (cst.Add, cst.Subtract, cst.AddAssign, cst.SubtractAssign)


def flip_sign(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Plus for minus, and a minus forgotten."""
    yield from _opposite(node, is_sign=True)
    if m.matches(node, m.UnaryOperation(operator=m.Minus())) and _whole(node) is None:
        assert isinstance(node, cst.UnaryOperation)
        yield _grouped(node.expression)


def invert_factor(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Times for divided by."""
    yield from _opposite(node, is_sign=False)


def _opposite(node: cst.CSTNode, *, is_sign: bool) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.BinaryOperation | cst.AugAssign):
        kind = type(node.operator)
        if kind in _OPPOSITES and (kind in _SIGNS) is is_sign:
            yield node.with_changes(operator=_spaced(node.operator, _OPPOSITES[kind]))


def _spaced(old: cst.CSTNode, new: cst.CSTNode) -> cst.CSTNode:
    return new.with_changes(
        whitespace_before=old.whitespace_before,  # type: ignore[attr-defined]
        whitespace_after=old.whitespace_after,  # type: ignore[attr-defined]
    )


def drop_operand(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield one side of an operation alone.

    The operation is a sum, a product, a quotient or a power. Operations with a small number have an
    operator of their own.
    """
    if isinstance(node, cst.BinaryOperation) and not _has_epsilon(node):
        yield _grouped(node.left)
        if not isinstance(node.operator, cst.Power | cst.Divide | cst.FloorDivide | cst.Modulo):
            yield _grouped(node.right)


def change_constant(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Another number, or True for False."""
    if isinstance(node, cst.Float):
        yield cst.Float(repr(2 * node.evaluated_value) if node.evaluated_value else "1.0")
    elif isinstance(node, cst.Integer):
        yield cst.Integer(str(node.evaluated_value + 1))
    elif isinstance(node, cst.Name) and node.value in ("True", "False"):
        yield cst.Name("False" if node.value == "True" else "True")


def move_epsilon(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield a sum without its small number, or with it moved.

    It moves into a root from outside, or the other way round.
    """
    if m.matches(node, m.BinaryOperation(operator=m.Add() | m.Subtract())) and _has_epsilon(node):
        assert isinstance(node, cst.BinaryOperation)
        if _is_root(node.left):
            assert isinstance(node.left, cst.Call)
            inner = node.with_changes(left=node.left.args[0].value, lpar=(), rpar=())
            yield node.left.with_changes(args=[node.left.args[0].with_changes(value=inner)])
        yield _grouped(node.left if _is_epsilon(node.right) else node.right)
    if _is_root(node):
        assert isinstance(node, cst.Call)
        inside = node.args[0].value
        if m.matches(inside, m.BinaryOperation(operator=m.Add())) and _has_epsilon(inside):
            assert isinstance(inside, cst.BinaryOperation)
            root = node.with_changes(args=[node.args[0].with_changes(value=inside.left)])
            yield _grouped(inside.with_changes(left=root, lpar=(), rpar=()))


def _has_epsilon(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.BinaryOperation) and (
        _is_epsilon(node.right) or _is_epsilon(node.left)
    )


def _is_epsilon(node: cst.CSTNode) -> bool:
    if m.matches(
        node, m.Subscript(slice=[m.SubscriptElement(slice=m.Index(value=m.SimpleString()))])
    ):
        assert isinstance(node, cst.Subscript)
        return any(
            f'"{name}"' in cst.Module([]).code_for_node(node).replace("'", '"')
            for name in _EPSILONS
        )
    return _last_name(node) in _EPSILONS


def _is_root(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and _last_name(node.func) == "sqrt" and len(node.args) == 1


# places in arrays ---------------------------------------------------------------------------------


def shift_index(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield neighbours of an index, a bound or a count.

    The count is the number of turns of a loop or of entries.
    """
    if isinstance(node, cst.Index) and _is_counted(node.value):
        yield from (node.with_changes(value=other) for other in _neighbours(node.value))
    elif isinstance(node, cst.Slice):
        for bound in ("lower", "upper"):
            value = getattr(node, bound)
            if value is not None:
                yield from (node.with_changes(**{bound: other}) for other in _neighbours(value))
                yield node.with_changes(**{bound: None})
    elif isinstance(node, cst.Call) and _last_name(node.func) in _COUNTING:
        for number, argument in enumerate(node.args[:3]):
            if argument.keyword is None and not isinstance(
                argument.value, cst.Attribute | cst.Tuple
            ):
                for other in _neighbours(argument.value):
                    changed = [
                        *node.args[:number],
                        argument.with_changes(value=other),
                        *node.args[number + 1 :],
                    ]
                    yield node.with_changes(args=changed)


def _is_counted(value: cst.BaseExpression) -> bool:
    """Return True if an index can be one too large.

    A key, a mask and a list of places cannot.
    """
    if isinstance(value, cst.Name):
        return value.value not in ("None", "True", "False")
    return not isinstance(
        value, cst.SimpleString | cst.Ellipsis | cst.Comparison | cst.List | cst.Tuple
    )


def _neighbours(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    number = _whole(value)
    if number is not None:
        yield _signed(number + 1)
        yield _signed(number - 1)
    elif not isinstance(value, cst.SimpleString | cst.Ellipsis | cst.Comparison | cst.List):
        yield cst.BinaryOperation(left=_grouped(value), operator=cst.Add(), right=cst.Integer("1"))
        yield cst.BinaryOperation(
            left=_grouped(value), operator=cst.Subtract(), right=cst.Integer("1")
        )


def change_key(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Another key of a dictionary, another mode to compare with."""
    if isinstance(node, cst.SimpleString) and node.raw_value:
        yield cst.SimpleString(f"{node.prefix}{node.quote}{node.raw_value}_{node.quote}")


# functions ----------------------------------------------------------------------------------------


def change_function(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield a related function in a function's place.

    Examples are the sum for the mean, and the variance for its root.
    """
    if isinstance(node, cst.Attribute) and node.attr.value in _TWINS and not _is_float_type(node):
        yield node.with_changes(attr=cst.Name(_TWINS[node.attr.value]))
    elif m.matches(
        node, m.Call(func=m.Name("max") | m.Name("min") | m.Name("any") | m.Name("all"))
    ):
        assert isinstance(node, cst.Call)
        yield node.with_changes(func=cst.Name(_TWINS[_last_name(node.func)]))


def drop_call(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the argument or object without its call.

    The call is a function of one argument, or a method. Copies have an operator of their own.
    """
    if not isinstance(node, cst.Call):
        return
    name = _last_name(node.func)
    if (
        isinstance(node.func, cst.Attribute)
        and name in _DROPPED_METHODS - _COPYING
        and not _is_module(node.func.value)
    ):
        yield node.func.value
    elif name in _DROPPED_CALLS and len(node.args) == 1 and not _is_method(node.func):
        yield _grouped(node.args[0].value)


def drop_copy(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """No copy where one is needed."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        name, owner = node.func.attr.value, node.func.value
        if name == "copy":
            yield node.args[0].value if _is_module(owner) and node.args else owner
        elif (
            name == "array"
            and _is_module(owner)
            and not isinstance(node.args[0].value, cst.List | cst.ListComp)
        ):
            yield node.with_changes(func=node.func.with_changes(attr=cst.Name("asarray")))


def change_dtype(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Single precision, or no conversion."""
    if isinstance(node, cst.Attribute) and _is_float_type(node):
        yield node.with_changes(attr=cst.Name("float32"))
    elif (
        isinstance(node, cst.Call)
        and _last_name(node.func) == "astype"
        and isinstance(node.func, cst.Attribute)
    ):
        yield node.func.value
    yield from _without(node, lambda name: name == "dtype")


def swap_arguments(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield two neighbours swapped.

    They are arguments of a call, or entries of a tuple that is returned or taken apart.
    """
    if isinstance(node, cst.Call) and _last_name(node.func) not in _COMMUTATIVE:
        plain = [
            number for number, one in enumerate(node.args) if one.keyword is None and not one.star
        ]
        for number in plain[:-1]:
            first, second = node.args[number], node.args[number + 1]
            pair = [first.with_changes(value=second.value), second.with_changes(value=first.value)]
            yield node.with_changes(args=[*node.args[:number], *pair, *node.args[number + 2 :]])
    elif isinstance(node, cst.Tuple):
        for number in range(len(node.elements) - 1):
            left, right = node.elements[number : number + 2]
            swapped = [left.with_changes(value=right.value), right.with_changes(value=left.value)]
            yield node.with_changes(
                elements=[*node.elements[:number], *swapped, *node.elements[number + 2 :]]
            )


def drop_argument(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A keyword argument forgotten, so that its default holds."""
    yield from _without(node, lambda name: name not in ("axis", "keepdims", "dtype"))


def _without(node: cst.CSTNode, is_dropped: Callable[[str], bool]) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.Call):
        for argument in node.args:
            if argument.keyword is not None and is_dropped(argument.keyword.value):
                kept = [one for one in node.args if one is not argument]
                if kept:
                    kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
                yield node.with_changes(args=kept)


# decisions ----------------------------------------------------------------------------------------

_COMPARISONS: dict[type, tuple[cst.BaseCompOp, ...]] = {
    cst.LessThan: (cst.LessThanEqual(), cst.GreaterThanEqual()),
    cst.LessThanEqual: (cst.LessThan(), cst.GreaterThan()),
    cst.GreaterThan: (cst.GreaterThanEqual(), cst.LessThanEqual()),
    cst.GreaterThanEqual: (cst.GreaterThan(), cst.LessThan()),
    cst.Equal: (cst.NotEqual(),),
    cst.NotEqual: (cst.Equal(),),
    cst.Is: (cst.IsNot(),),
    cst.IsNot: (cst.Is(),),
    cst.In: (cst.NotIn(),),
    cst.NotIn: (cst.In(),),
}


def change_comparison(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield another comparison.

    Its boundary is moved, or it is the opposite.
    """
    if isinstance(node, cst.ComparisonTarget):
        for other in _COMPARISONS.get(type(node.operator), ()):
            yield node.with_changes(operator=other)


def change_logic(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Or for and, one of two conditions alone, and a ``not`` forgotten."""
    if isinstance(node, cst.BooleanOperation):
        yield node.with_changes(
            operator=cst.Or() if isinstance(node.operator, cst.And) else cst.And()
        )
        yield _grouped(node.left)
        yield _grouped(node.right)
    elif m.matches(node, m.UnaryOperation(operator=m.Not() | m.BitInvert())):
        assert isinstance(node, cst.UnaryOperation)
        yield _grouped(node.expression)


def force_condition(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield a condition that always or never holds.

    A mode or a case is ignored.
    """
    if isinstance(node, cst.IfExp):
        yield _grouped(node.body)
        yield _grouped(node.orelse)


OPERATORS = (
    Operator("axis", change_axis),
    Operator("axis dropped", drop_axis),
    Operator("keepdims dropped", drop_keepdims),
    Operator("transpose", transpose),
    Operator("sign", flip_sign),
    Operator("factor", invert_factor),
    Operator("epsilon", move_epsilon),
    Operator("operand dropped", drop_operand),
    Operator("off by one", shift_index),
    Operator("function", change_function),
    Operator("copy dropped", drop_copy),
    Operator("dtype", change_dtype),
    Operator("call dropped", drop_call),
    Operator("swapped", swap_arguments),
    Operator("argument dropped", drop_argument),
    Operator("comparison", change_comparison),
    Operator("logic", change_logic),
    Operator("condition", force_condition),
    Operator("key", change_key),
    Operator("constant", change_constant),
)

# nodes --------------------------------------------------------------------------------------------


def _last_name(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _is_module(node: cst.CSTNode) -> bool:
    return _last_name(node) in ("np", "numpy", "linalg", "random", "tf", "keras")


def _is_method(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Attribute) and not _is_module(node.value)


def _is_float_type(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value == "float64"


def _whole(node: cst.CSTNode) -> int | None:
    """The number that a literal stands for, with its sign."""
    if isinstance(node, cst.Integer):
        return int(node.evaluated_value)
    if m.matches(node, m.UnaryOperation(operator=m.Minus(), expression=m.Integer())):
        return -int(node.expression.evaluated_value)  # type: ignore[attr-defined]
    return None


def _signed(number: int) -> cst.BaseExpression:
    whole = cst.Integer(str(abs(number)))
    return whole if number >= 0 else cst.UnaryOperation(operator=cst.Minus(), expression=whole)


def _grouped(node: cst.BaseExpression) -> cst.BaseExpression:
    """An expression that can stand in any place."""
    if node.lpar or isinstance(
        node, cst.Name | cst.Call | cst.Attribute | cst.Subscript | cst.BaseNumber | cst.BaseString
    ):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
