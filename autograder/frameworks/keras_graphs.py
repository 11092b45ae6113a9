"""The graph of a Keras model, with the insides of own layers.

An own layer is one of the student's.

A layer of the student's shows nothing of itself in the graph of its model. So its `call` is run
once more with symbolic tensors; where that fails, TensorFlow's graph of it says what is computed,
and at least its layers are listed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

MAX_OPERATIONS = 2_000
MAX_DEPTH = 6
MAX_CONFIG_CHARS = 10_000
MAX_CONFIGS_CHARS = 1_000_000
MAX_TEXT_CHARS = 200

Row = dict[str, Any]

GRAPH = "graph"  # how much is seen of the inside of an own layer
LAYERS = "layers"
NOTHING = "nothing"


def model_graph(model: Any) -> list[Row]:
    """Return the operations of a model in order.

    Each is followed by those inside it.

    Returns
    -------
    list
        For each operation its ``name``, ``module``, ``class_name``, ``config`` (JSON), ``inputs``,
        and ``inside``: how much is seen of the inside of an own layer, empty for other operations.

    Raises
    ------
    ValueError
        The model shows no graph.
    """
    rows = list(islice(_of_model(model, "", MAX_DEPTH), MAX_OPERATIONS))
    room = MAX_CONFIGS_CHARS
    for row in rows:
        row["config"] = row["config"] if len(row["config"]) <= room else "{}"
        room -= len(row["config"])
    return rows


def _of_model(model: Any, outer: str, depth: int) -> Iterator[Row]:
    functional = getattr(model, "_functional", None) or model
    nodes = {
        id(node) for layer in getattr(functional, "_nodes_by_depth", {}).values() for node in layer
    }
    if not nodes:
        yield from _of_sequence(model, outer, depth)
        return
    for operation in functional.operations:
        # Keras tells it nowhere else
        its_nodes = [node for node in operation._inbound_nodes if id(node) in nodes]  # noqa: SLF001
        tensors = [tensor for node in its_nodes for tensor in node.arguments.keras_tensors]
        # as above
        sources = [str(tensor._keras_history.operation.name) for tensor in tensors]  # noqa: SLF001
        arguments = its_nodes[0].arguments if its_nodes else None
        yield from _of_operation(operation, outer, sources, arguments, depth)


def _of_sequence(model: Any, outer: str, depth: int) -> Iterator[Row]:
    """Yield the layers of a sequential model that is not built."""
    import keras  # noqa: PLC0415  # only where a criterion uses it

    if not isinstance(model, keras.Sequential):
        # of a wrong kind, for whoever asked
        raise ValueError("a model without a graph")  # noqa: TRY004
    before: list[str] = []
    for layer in model.layers:
        yield from _of_operation(layer, outer, before, None, depth)
        before = [str(layer.name)]


def _of_operation(
    operation: Any, outer: str, sources: Iterable[str], arguments: Any, depth: int
) -> Iterator[Row]:
    name = f"{outer}{operation.name}"[:MAX_TEXT_CHARS]
    module = type(operation).__module__[:MAX_TEXT_CHARS]
    row: Row = {
        "name": name,
        "module": module,
        "class_name": type(operation).__name__[:MAX_TEXT_CHARS],
        "config": _config(operation),
        "inputs": [f"{outer}{source}"[:MAX_TEXT_CHARS] for source in dict.fromkeys(sources)][
            :MAX_OPERATIONS
        ],
        "inside": "",
    }
    inner: list[Row] = []
    is_own = not is_keras_module(module)
    if depth and (_is_model(operation) or (row["class_name"] == "Sequential" and not is_own)):
        with contextlib.suppress(Exception):
            inner = list(_of_model(operation, f"{name}/", depth - 1))
        row["inside"] = GRAPH if is_own and inner else ""
    if depth and not inner and (is_own or row["class_name"] == "Lambda"):
        row["inside"], inner = _inside(operation, f"{name}/", arguments, depth - 1)
    yield row
    yield from inner


def is_keras_module(module: str) -> bool:
    """Return True for a module of Keras."""
    return module == "keras" or module.startswith("keras.")


def _is_model(operation: Any) -> bool:
    """Return True for a functional or sequential model, which knows its graph."""
    return bool(
        getattr(operation, "_functional", None) or getattr(operation, "_nodes_by_depth", None)
    )


def _config(operation: Any) -> str:
    """Return the configuration as JSON, or an empty one.

    It is empty where the operation does not give it.
    """
    try:
        config = operation.get_config()
        text = json.dumps(
            {str(key): value for key, value in config.items()},
            default=lambda value: repr(value)[:100],
        )
    except Exception:  # noqa: BLE001  # the student's code may raise anything
        return "{}"
    return text if len(text) <= MAX_CONFIG_CHARS else "{}"


# inside a layer -----------------------------------------------------------------------------------


def _inside(layer: Any, outer: str, arguments: Any, depth: int) -> tuple[str, list[Row]]:
    """Return the inside of a layer, after its completeness."""
    for size in _SIZES if arguments is not None else ():
        # The student's code may raise anything; then the next way may do.
        with contextlib.suppress(Exception):
            return GRAPH, _traced(layer, outer, arguments, size, depth)
    rows = []
    with contextlib.suppress(Exception):
        # Keras tells it nowhere else
        for sublayer in layer._flatten_layers(include_self=False, recursive=False):  # noqa: SLF001
            rows += list(_of_operation(sublayer, outer, (), None, depth))
    if arguments is not None:
        with contextlib.suppress(Exception):
            return GRAPH, [*_graphed(layer, outer, arguments), *rows]
    return (LAYERS if rows else NOTHING), rows[:MAX_OPERATIONS]


_BATCH = 2
_SIZES = (None, 16)  # for axes of any length


def _traced(layer: Any, outer: str, arguments: Any, size: int | None, depth: int) -> list[Row]:
    """Return the graph of a layer's `call` with symbolic tensors of Keras."""
    import keras  # noqa: PLC0415  # only where a criterion uses it

    inputs: list[Any] = []

    def fresh(value: Any) -> Any:
        if not isinstance(value, keras.KerasTensor):
            return value
        # The batch has a length, since `ops.reshape(x, (ops.shape(x)[0], ...))` needs one.
        shape = [length or (size if axis else _BATCH) for axis, length in enumerate(value.shape)]
        dtype = layer.compute_dtype if "float" in value.dtype and layer.autocast else value.dtype
        inputs.append(keras.Input(batch_shape=shape, dtype=dtype, name=f"input_{len(inputs)}"))
        return inputs[-1]

    args, kwargs = keras.tree.map_structure(fresh, (arguments.args, arguments.kwargs))
    outputs = layer.call(*args, **kwargs)
    traced = keras.Model(inputs, outputs, name="inside")
    return list(_of_model(traced, outer, depth))


#: Operations of TensorFlow under the names of Keras' own.
_TENSORFLOW = {
    "AddV2": "Add",
    "AddN": "Add",
    "ConcatV2": "Concatenate",
    "Mul": "Multiply",
    "Sub": "Subtract",
    "BatchMatMulV2": "Matmul",
    "BatchMatMul": "Matmul",
    "MatMul": "Matmul",
}


def _graphed(layer: Any, outer: str, arguments: Any) -> list[Row]:
    """Return TensorFlow's graph of a layer's `call`.

    It is what the layer computes from its inputs.
    """
    import keras  # noqa: PLC0415  # only where a criterion uses it
    import tensorflow as tf  # noqa: PLC0415  # where it cannot be imported, there is no graph of it

    def spec(value: Any) -> Any:
        is_tensor = isinstance(value, keras.KerasTensor)
        return tf.TensorSpec([*value.shape], value.dtype) if is_tensor else value

    args, kwargs = keras.tree.map_structure(spec, (arguments.args, arguments.kwargs))
    function = tf.function(layer, autograph=False)  # by its `__call__`, which casts its inputs
    graph = function.get_concrete_function(*args, **kwargs).graph
    given = {tensor.name for tensor in graph.inputs if tensor.dtype != tf.resource}
    reached: dict[
        str, list[str]
    ] = {}  # the operations that depend on the inputs, and on which of these they do
    rows: list[Row] = []
    for operation in graph.get_operations()[: 10 * MAX_OPERATIONS]:
        sources = [tensor.op.name for tensor in operation.inputs if tensor.op.name in reached]
        if not sources and not any(tensor.name in given for tensor in operation.outputs):
            continue
        reached[operation.name] = sources
        # `x + bias` joins no two paths: one of them does not begin at the inputs
        kind = (
            operation.type if len(sources) == 1 else _TENSORFLOW.get(operation.type, operation.type)
        )
        kind = "InputLayer" if operation.type == "Placeholder" else kind
        inputs = [f"{outer}{source}"[:MAX_TEXT_CHARS] for source in dict.fromkeys(sources)]
        name = f"{outer}{operation.name}"[:MAX_TEXT_CHARS]
        row = {
            "name": name,
            "module": "keras",
            "class_name": kind,
            "config": "{}",
            "inputs": inputs,
            "inside": "",
        }
        rows.append(row)
    if not rows:
        raise ValueError("nothing depends on the inputs")
    return rows[:MAX_OPERATIONS]
