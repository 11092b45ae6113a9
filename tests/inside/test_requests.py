"""Messages between an examiner and a candidate: as dicts on the wire, as classes at both ends."""

import ast
from pathlib import Path
from typing import get_args

import pytest

import autograder
from autograder.inside import requests
from autograder.inside.candidate.operations import OPERATIONS
from autograder.inside.requests import (
    AtStatement,
    Call,
    Callback,
    Get,
    Item,
    LendModel,
    Request,
    Rng,
    as_message,
    is_a,
    parse,
)

PACKAGE = Path(autograder.__file__).parent
PROTOCOLS = {"inside/messages.py", "inside/requests.py", "examiner/messages.py"}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Get("x"), {"op": "get", "name": "x"}),
        (Get("x", "handle", keep=True), {"op": "get", "name": "x", "target": "handle", "keep": True}),
        (Item(None, None), {"op": "item", "target": None, "key": None}),
        (Rng(), {"op": "rng"}),
        (Call([1], {}, {}, method="f", target=2), {"op": "call", "args": [1], "kwargs": {}, "options": {}, "target": 2, "method": "f"}),
        (LendModel("keras", {"config": "{}"}), {"op": "lend_model", "framework": "keras", "description": {"config": "{}"}}),
    ],
)  # fmt: skip
def test_request_crosses_without_what_is_at_its_default(request_, message):
    """What is None is not the same as what is absent."""
    assert as_message(request_) == message
    assert parse(dict(message)) == request_


def test_callback_crosses_whole():
    """The examiner looks for each of its parts."""
    assert as_message(Callback(7, None, [], {})) == {
        "op": "callback",
        "id": 7,
        "method": None,
        "args": [],
        "kwargs": {},
    }


def test_message_is_empty_once_it_was_parsed():
    """Nothing but the request keeps an argument alive."""
    message = as_message(Call([object()], {}))
    parse(message)
    assert message == {}


def test_request_that_is_none_is_an_error():
    """An unknown word, and a part too many or too few."""
    for message in ({"op": "fly"}, {"op": ["get"], "name": "x"}, {}):
        with pytest.raises((KeyError, TypeError)):
            parse(message)
    for message in ({"op": "get"}, {"op": "packages", "name": "x"}):
        with pytest.raises(TypeError):
            parse(message)


def test_message_of_a_candidate_is_of_a_kind_only_by_a_word():
    """Whatever else stands there is no error of the examiner's."""
    assert is_a(AtStatement, {"op": "at_statement"})
    assert not any(is_a(AtStatement, {"op": word}) for word in ("callback", None, ["place"], b"place", 1))
    assert not is_a(AtStatement, {})


def test_every_request_has_an_operation():
    """A request that nobody performs would end a candidate."""
    assert OPERATIONS.keys() == {*get_args(Request)}


def test_word_of_a_message_stands_in_the_modules_of_protocols_alone():
    """Whoever writes ``"op"`` elsewhere makes or takes apart a message by hand."""
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == requests._OP
    }
    assert found <= PROTOCOLS | {"inside/reading/syntax/trees.py"}  # a field of syntax trees
