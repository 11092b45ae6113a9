"""Objects that stay in the candidate."""

from __future__ import annotations

import copy
import gc

import numpy as np
import pytest

from autograder.remote import Bounds, Handle, hold, type_names

VALUE = """
import math
class Value:
    def __init__(self, data, children=(), op=""):
        self.data, self.grad, self._children, self._op = data, 0.0, children, op
    def __add__(self, other): return Value(self.data + plain(other), (self, other), "+")
    def __radd__(self, other): return Value(plain(other) + self.data, (other, self), "r+")
    def __sub__(self, other): return Value(self.data - plain(other), (self, other), "-")
    def __rsub__(self, other): return Value(plain(other) - self.data, (other, self), "r-")
    def __mul__(self, other): return Value(self.data * plain(other), (self, other), "*")
    def __truediv__(self, other): return Value(self.data / plain(other), (self, other), "/")
    def __rtruediv__(self, other): return Value(plain(other) / self.data, (other, self), "r/")
    def __pow__(self, n): return Value(self.data ** n, (self,), "**")
    def __neg__(self): return Value(-self.data, (self,), "neg")
    def __eq__(self, other): return self.data == plain(other)
    def __lt__(self, other): return self.data < plain(other)
    def __gt__(self, other): return self.data > plain(other)
    def __bool__(self): return self.data != 0
    def __float__(self): return float(self.data)
    def __len__(self): return len(self._children)
    def tanh(self): return Value(math.tanh(self.data), (self,), "tanh")
    @property
    def double(self): return 2 * self.data
def plain(x): return x.data if isinstance(x, Value) else x
"""


@pytest.fixture
def value(load):
    """The class of a student, with operators."""
    return load(VALUE).Value


def test_handle_operators_send_their_operands_in_order(value):
    """Each operator is the student's own, reflected where a number stands on the left."""
    v, w = value(6.0), value(2.0)
    results = [v + w, v - 1, 1 - v, v * w, v / w, 3 / w, v**2, -v, np.float64(1.0) - v]
    assert [r.data for r in results] == [8.0, 5.0, -5.0, 12.0, 3.0, 1.5, 36.0, -6.0, -5.0]
    assert [r._op for r in results] == ["+", "-", "r-", "*", "/", "r/", "**", "neg", "r-"]


def test_handle_length_and_number_are_those_of_the_object(value):
    """`len` and `float` ask the candidate for a value."""
    v = value(6.0)
    assert len(v + 1) == 2
    assert float(v) == 6.0


@pytest.mark.parametrize(
    "ask",
    [
        lambda v: v == 6.0,
        lambda v: v != 6.0,
        lambda v: v == type(v)(v._autograder_owner, v._autograder_reference()),
        lambda v: v < 7,
        lambda v: v >= 6.0,
        bool,
        lambda v: not v,
        lambda v: 6.0 in [1.0, v],
        lambda v: 6.0 in v,
        np.all,
        np.max,
    ],
)
def test_handle_asked_for_a_verdict_is_refused(value, ask):
    """An object that says to be equal to everything earns nothing: what is expected is not even sent to it."""
    with pytest.raises(TypeError, match=r"use \.value\(\)"):
        ask(value(6.0))


def test_handle_where_the_reference_gives_a_value_is_handed_on_and_nothing_is_computed_with_it(load):
    """A cache may be any object; an object in place of an answer takes part in no arithmetic and its methods are not called."""
    source = (
        VALUE + "\ndef f(): return 1.5, Value(2.0)\ndef use(cache): return cache.data\ndef make(): return Value(1.0)"
    )
    submission = load(source, open_with={"objects": {"make", "add"}})
    out, cache = submission.f()
    assert (out, submission.use(cache), cache.data) == (1.5, 2.0, 2.0)
    assert (submission.make() + 1).data == 2.0
    for compute in (
        lambda: cache - 1,
        lambda: 1 - cache,
        lambda: submission.make() + cache,
        cache.tanh,
        lambda: float(cache),
    ):
        with pytest.raises(TypeError, match="an object of class `Value` came where a value is due"):
            compute()


def test_submission_tells_what_it_answered_with_objects(load):
    """Functions, attributes and operators; what stays in the candidate because that was asked for is not among them."""
    submission = load(VALUE + "\ndef f(): return 1.5, Value(2.0)\ndef g(): return 1.0")
    submission.f.keep()
    submission.g()
    assert set(submission.answered_objects) == set()
    _, v = submission.f()
    assert (v + 1)._children[0] is v
    assert set(submission.answered_objects) == {"f", "add", "._children"}


def test_handle_attributes_are_values_methods_or_handles(value):
    """Data comes by value, properties too; a method is called; an object is a handle."""
    v = value(3.0) + 1
    assert (v.data, v.double, v._op) == (4.0, 8.0, "+")
    assert v.tanh().tanh()._op == "tanh"
    assert isinstance(v._children[0], Handle)
    assert v._children[1] == 1


def test_handle_attributes_set_and_deleted_act_in_the_candidate(value):
    """`h.grad = 1` is the student's object's."""
    v = value(3.0)
    v.grad = 1.5
    assert v.grad == 1.5
    del v.grad
    with pytest.raises(AttributeError, match="no attribute 'grad'"):
        _ = v.grad


def test_handle_of_the_same_object_is_the_same_handle(value):
    """Identity survives the wire: shared nodes are told from equal ones."""
    a = value(1.0)
    b = a + a
    first, second = b._children
    assert first is a
    assert second is a
    assert hash(first) == hash(a)


def test_handle_items_and_containment_act_on_the_lent_object(load):
    """A function that changes its argument changes the lent object."""
    submission = load("def norm(x, param):\n    param['mean'] = x.mean()\n    param.pop('old')")
    param = submission.lend({"mode": "train", "old": 1})
    submission.norm(np.array([1.0, 3.0]), param)
    assert param["mean"] == 2.0
    assert "old" not in param
    param["mode"] = "test"
    del param["mean"]
    assert param.value() == {"mode": "test"}


def test_handle_dunder_and_probing_names_are_answered_here(value):
    """Pytest and hypothesis look for attributes: none of it crosses."""
    v = value(1.0)
    for name in ("__wrapped__", "__array_interface__", "__iter_anything__", "_pytestfixturefunction", "_repr_html_"):
        assert not hasattr(v, name)


def test_handle_in_numpy_is_refused_at_once_instead_of_element_by_element(load):
    """A naive proxy in `np.asarray` makes a million remote calls."""
    handle = load(
        "class Sequence:\n    def __len__(self): return 10**6\n    def __getitem__(self, i): return 0.0"
    ).Sequence()
    with pytest.raises(TypeError, match=r"use \.value\(\)"):
        np.asarray(handle)
    with pytest.raises(TypeError, match="ufunc"):
        np.sin(handle)


def test_handle_value_that_cannot_cross_is_a_type_error(value):
    """The class is named."""
    with pytest.raises(TypeError, match="a `Value` of the submission cannot cross by value"):
        value(1.0).value()


def test_handle_of_an_array_that_cannot_cross_says_why(load):
    """A broadcast array of 8 TB is not sent, and its shape is told."""
    submission = load("import numpy as np\ndef f(): return np.broadcast_to(np.float64(1), (2**20, 2**20)), 1.0")
    huge, one = submission.f()
    assert one == 1.0
    assert huge.type_name == "ndarray"
    assert tuple(huge.shape) == (2**20, 2**20)
    with pytest.raises(TypeError, match="bytes cannot cross in one message"):
        huge.value()


def test_handle_of_a_container_with_odd_keys_stays_a_handle_beside_its_neighbour(load):
    """A cache of any type does not spoil the answer it comes with."""
    submission = load("def f(): return 1.5, {0.5: object()}\ndef use(cache): return len(cache)")
    out, cache = submission.f()
    assert out == 1.5
    assert submission.use(cache) == 1


def test_hold_reads_attributes_without_copying_them(load):
    """Parameters are set in place, and attributes called `value` are reached."""
    net = load(
        "class Net:\n    def __init__(self): self.params = {'w': 1}; self.alias = self.params; self.value = 3"
    ).Net()
    params = hold(net).params
    params["w"] = 5
    assert net.alias["w"] == 5
    assert hold(net).value.value() == 3


def test_handle_unpacks_long_sequences_in_chunks(load):
    """Iterating gives a handle per element, in order."""
    handles = list(load("def f(): return [object() for _ in range(2500)]").f.keep())
    assert len(handles) == 2500
    assert len({id(handle) for handle in handles}) == 2500


def test_handle_that_is_not_iterable_raises_at_once(value):
    """`a, b = h` of something that is no sequence is the TypeError Python gives."""
    with pytest.raises(TypeError, match="not iterable"):
        _, _ = value(1.0).tanh()


def test_handle_dropped_is_released_in_the_candidate(load):
    """What the examiner lets go is freed there, with the next message."""
    submission = load("""
        import weakref
        class Node: pass
        seen = weakref.WeakSet()
        def make():
            node = Node(); seen.add(node); return node
        def alive(): return len(seen)
    """)
    kept = submission.make()
    for _ in range(3):
        submission.make()
    gc.collect()
    assert submission.alive() == 1
    del kept
    gc.collect()
    assert submission.alive() == 0


def test_handles_beyond_the_bound_end_the_candidate(load, caught_end):
    """A peer cannot fill the examiner's memory with references."""
    submission = load("def f(): return [object() for _ in range(20)]", open_with={"bounds": Bounds(handles=10)})
    end = caught_end(submission.f)
    assert (end.kind, submission.ended) == ("protocol", end)


def test_handle_copied_is_refused(value):
    """Copying a proxy would release its object twice."""
    with pytest.raises(TypeError, match="cannot be copied"):
        copy.copy(value(1.0))


def test_handle_repr_is_made_here(load):
    """Showing a handle asks nothing of the candidate."""
    handle = load("class Bad:\n    def __repr__(self): raise SystemExit").Bad()
    assert repr(handle) == "<handle of a `Bad` of the submission>"


def test_handle_of_another_candidate_is_refused(load, value):
    """Handles do not travel between candidates."""
    with pytest.raises(TypeError, match="belongs to another candidate"):
        load("def f(x): return x").f(value(1.0))


def test_handles_and_functions_of_the_submission_go_back_as_arguments(load):
    """The student gets the very object, function or method."""
    submission = load(
        "class A:\n    def two(self): return 2\ndef f(): return 1\ndef call(g): return g()\ndef same(a, b): return a is b"
    )
    a = submission.A()
    assert submission.call(submission.f) == 1
    assert submission.call(a.two) == 2
    assert submission.same(a, a) is True


def test_type_names_lists_the_bases(load):
    """What an object is can be asked, as testimony."""
    handle = load("class Base: pass\nclass Layer(Base): pass").Layer()
    assert type_names(handle) == ("layers.Layer", "layers.Base", "builtins.object")


def test_handle_of_a_function_has_its_name(load):
    """An activation function is known by its name without asking."""
    handle = load("def relu(x): return x\nclass Layer:\n    def __init__(self): self.activation = relu").Layer()
    assert handle.activation.__name__ == "relu"
    assert handle.activation(3) == 3
