"""Observations inside a candidate.

They are the student's word.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """The executed work of a call in the submission's own code.

    Attributes
    ----------
    lines
        Lines that were begun.
    turns
        Turns of loops, one-line loops and comprehensions.
    """

    lines: int
    turns: int

    @property
    def total(self) -> int:
        """Lines and turns together."""
        return self.lines + self.turns


@dataclass(frozen=True, slots=True)
class CallRecord:
    """The observations of a call inside the candidate.

    The student could have faked them.

    Attributes
    ----------
    arguments
        The positional arguments as they are after the call, if they were asked for.
    keywords
        The arguments by name, likewise.
    work
        What the call executed, if it was counted.
    warnings
        ``Category: text`` of each warning, the first hundred, if they were asked for.
    """

    arguments: tuple[Any, ...] | None = None
    keywords: Mapping[str, Any] | None = None
    work: WorkRecord | None = None
    warnings: tuple[str, ...] = ()


def parse_testimony(record: object) -> CallRecord:
    """Read the observations that a candidate claims.

    Malformed parts of them are left out.
    """
    parts = record if isinstance(record, dict) else {}
    arguments, work, warnings = (parts.get(key) for key in ("arguments", "work", "warnings"))
    has_arguments = (
        isinstance(arguments, list)
        and len(arguments) == 2
        and isinstance(arguments[0], list)
        and isinstance(arguments[1], dict)
    )
    is_work = (
        isinstance(work, list)
        and len(work) == 2
        and all(type(count) is int and count >= 0 for count in work)
    )
    return CallRecord(
        arguments=tuple(arguments[0]) if has_arguments else None,  # type: ignore[index]
        keywords=arguments[1] if has_arguments else None,  # type: ignore[index]
        work=WorkRecord(*work) if is_work else None,  # type: ignore[misc]
        warnings=tuple(text[:500] for text in warnings if type(text) is str)
        if isinstance(warnings, list)
        else (),
    )


_FUNCTION_MODULES = (
    "losses",
    "metrics",
    "activations",
    "ops",
    "initializers",
    "regularizers",
    "constraints",
)


def is_keras_model(obj: object) -> bool:
    """Return True if an object is a Keras model.

    Nothing is imported.
    """
    return any(
        kind.__module__.startswith("keras.") and kind.__name__ == "Model"
        for kind in type(obj).__mro__
    )


def describe_model(model: Any) -> dict[str, Any]:
    """Return a Keras model as data.

    The data are configuration, weights, and the arguments with which it was compiled.

    A mapping with these three (``config``: the text of ``to_json``, ``weights``, ``training`` or
    None) is one already: an examiner that does not import Keras can still lend a model.

    Raises
    ------
    TypeError
        A layer, loss, metric or activation is not Keras' own. The message names it.
    """
    if isinstance(model, Mapping):
        return {
            "config": model["config"],
            "weights": model["weights"],
            "training": model.get("training"),
        }
    # all of them, nested ones too
    for layer in (model, *model._flatten_layers(include_self=False)):  # noqa: SLF001
        if not type(layer).__module__.startswith("keras.") or type(layer).__name__ == "Lambda":
            kind = type(layer).__name__
            raise TypeError(
                f"lend_model: `{layer.name}` is a {kind}: only Keras' own layers, and no Lambda, "
                "can be lent"
            )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of lambdas, which are refused
        config = model.to_json()
        _refuse_foreign(json.loads(config), model.name)
        return {
            "config": config,
            "weights": model.get_weights(),
            "training": _describe_training(model),
        }


def _describe_training(model: Any) -> dict[str, Any] | None:
    if not getattr(model, "compiled", False):
        return None
    config = model.get_compile_config()
    if not config:
        return None
    _refuse_foreign(config, model.name)
    optimizer = getattr(model, "optimizer", None)
    variables = [] if optimizer is None or not optimizer.built else optimizer.variables
    return {
        "compile": json.dumps(config),
        "optimizer": [variable.numpy() for variable in variables],
    }


def _refuse_foreign(config: Any, name: str) -> None:
    for part in _walk(config):
        kind, module = part.get("class_name"), part.get("module")
        if kind == "__lambda__":
            raise TypeError(
                f"lend_model: `{name}` uses a lambda: only Keras' own functions can be lent"
            )
        if kind == "function" and not _is_keras_function(part.get("config")):
            raise TypeError(
                f"lend_model: `{name}` uses the function `{part.get('config')}`: only Keras' own "
                "can be lent"
            )
        if kind and isinstance(module, str) and not module.startswith(("keras", "builtins")):
            raise TypeError(
                f"lend_model: `{name}` uses `{kind}` of `{module}`: only Keras' own classes can be "
                "lent"
            )


def _walk(config: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every dict in a configuration."""
    if isinstance(config, Mapping):
        yield config
    for part in (
        config.values()
        if isinstance(config, Mapping)
        else config
        if isinstance(config, list | tuple)
        else ()
    ):
        yield from _walk(part)


def _is_keras_function(name: object) -> bool:
    keras = sys.modules.get("keras")  # imported, or there were no model
    return any(
        isinstance(name, str) and hasattr(getattr(keras, module, None), name)
        for module in _FUNCTION_MODULES
    )
