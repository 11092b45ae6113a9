"""Tensors and variables of the frameworks arrive as arrays; those without a value are refused."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from autograder.wire import Ref, WireError, decode, encode


@pytest.fixture(scope="module")
def tf() -> types.ModuleType:
    """TensorFlow, where it is installed."""
    return pytest.importorskip("tensorflow", exc_type=ImportError)


@pytest.fixture(scope="module")
def keras(tf) -> types.ModuleType:
    """Keras on TensorFlow."""
    return pytest.importorskip("keras", exc_type=ImportError)


def test_frameworks_dense_values_become_arrays(tf, keras, cross, fingerprint) -> None:
    """Eager tensors, variables of both frameworks and 0-d tensors become arrays of their dtype."""
    values = [
        tf.constant([[1.0, 2.0]]),
        tf.constant(3),
        tf.Variable([1, 2]),
        keras.Variable(np.ones(3, np.float32)),
        tf.cast([True, False], tf.bool),
        {"a": (tf.zeros([0, 3], tf.float16),)},
    ]
    arrays = [
        np.array([[1.0, 2.0]], np.float32),
        np.array(3, np.int32),
        np.array([1, 2], np.int32),
        np.ones(3, np.float32),
        np.array([True, False]),
        {"a": (np.zeros((0, 3), np.float16),)},
    ]
    assert fingerprint(cross(values)) == fingerprint(arrays)


def test_frameworks_bfloat16_tensor_keeps_its_bits(tf, cross) -> None:
    """A tensor of bfloat16 arrives as an array of bfloat16."""
    array = cross(tf.cast([1.5, -0.0], tf.bfloat16))
    assert (array.dtype.name, array.view(np.uint16).tolist()) == ("bfloat16", [0x3FC0, 0x8000])


def test_frameworks_values_without_an_array_are_refused(tf, keras) -> None:
    """Ragged, sparse, symbolic and string tensors are refused by name; with `export` they become references."""
    cases = {
        "a value of type RaggedTensor cannot cross: only dense tensors have an array": tf.ragged.constant(
            [[1], [2, 3]]
        ),
        "a value of type SparseTensor cannot cross: only dense tensors have an array": tf.sparse.from_dense([[0, 1]]),
        "a value of type IndexedSlices cannot cross: only dense tensors have an array": tf.IndexedSlices([1.0], [0]),
        "a value of type KerasTensor cannot cross: a symbolic tensor has no value yet": keras.Input((3,)),
        "a value of type EagerTensor cannot cross: it holds a string": tf.constant("text"),
        "an array of dtype object cannot cross: its items are Python objects (rows of different lengths?)": tf.constant(
            ["a"]
        ),
        "a value of type Sequential cannot cross": keras.Sequential(),
        "a value of type Dense cannot cross": keras.layers.Dense(2),
    }
    for message, value in cases.items():
        with pytest.raises(WireError) as caught:
            encode(value)
        assert str(caught.value) == message
        assert decode(b"".join(encode([value], export=lambda _: Ref("handle", 1)))) == [Ref("handle", 1)]


def test_frameworks_symbolic_tensor_in_a_graph_is_refused(tf) -> None:
    """Inside a traced function a tensor has no value."""
    messages = []

    @tf.function
    def traced(x):
        with pytest.raises(WireError) as caught:
            encode(x)
        messages.append(str(caught.value))
        return x

    traced(tf.constant(1.0))
    assert messages == ["a value of type SymbolicTensor cannot cross: a symbolic tensor has no value yet"]


def stand_in(module: str, name: str, **methods: object) -> object:
    """Return an object whose class looks as if a framework that is not installed here had made it."""
    return type(name, (), {"__module__": module, **methods})()


def test_frameworks_jax_array_is_recognised_by_its_module(cross) -> None:
    """An array of JAX has no `numpy` method: it is asked by the array protocol."""
    value = stand_in("jaxlib._jax", "ArrayImpl", __array__=lambda *_args, **_kwargs: np.arange(3))
    assert cross(value).tolist() == [0, 1, 2]


def test_frameworks_torch_tensor_is_detached_and_fetched(cross) -> None:
    """A tensor of PyTorch is detached and brought to the CPU before it is read."""
    inner = stand_in("torch", "Tensor", dtype="torch.float32", numpy=lambda _: np.arange(3.0))
    moved = stand_in("torch", "Tensor", cpu=lambda _: inner)
    assert cross(stand_in("torch.nn", "Tensor", detach=lambda _: moved)).tolist() == [0.0, 1.0, 2.0]


def test_frameworks_torch_bfloat16_tensor_keeps_its_bits(cross) -> None:
    """NumPy cannot read PyTorch's bfloat16: the bits are taken from the float32 of the same value."""
    wide = stand_in("torch", "Tensor", numpy=lambda _: np.array([1.5, -2.0], np.float32))
    narrow = stand_in("torch", "Tensor", dtype="torch.bfloat16", float=lambda _: wide)
    moved = stand_in("torch", "Tensor", cpu=lambda _: narrow)
    array = cross(stand_in("torch", "Tensor", detach=lambda _: moved))
    assert (array.dtype.name, array.astype(np.float32).tolist()) == ("bfloat16", [1.5, -2.0])


def test_frameworks_tensor_that_cannot_be_read_is_refused() -> None:
    """Whatever a tensor raises when it is asked for its value, the answer is WireError."""

    def fail(*_args, **_kwargs):
        raise RuntimeError("deleted buffer")

    with pytest.raises(WireError) as caught:
        encode(stand_in("jaxlib._jax", "ArrayImpl", __array__=fail))
    assert str(caught.value) == "a value of type ArrayImpl cannot cross: it has no value that could be read"


def test_frameworks_class_of_a_student_named_tensor_is_none(cross) -> None:
    """A class of the student's own with the same name and methods is not taken for a framework's."""
    with pytest.raises(WireError) as caught:
        cross(stand_in("micrograd", "Tensor", numpy=lambda _: np.zeros(3)))
    assert str(caught.value) == "a value of type Tensor cannot cross"


def test_frameworks_are_not_imported_to_recognise_their_values(cross) -> None:
    """An object that says it comes from JAX does not make the encoder import JAX."""
    before = set(sys.modules) & {"jax", "jaxlib", "torch"}  # another library may have imported them
    cross(stand_in("jaxlib._jax", "ArrayImpl", __array__=lambda *_args, **_kwargs: np.zeros(1)))
    assert set(sys.modules) & {"jax", "jaxlib", "torch"} == before
