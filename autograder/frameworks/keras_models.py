"""Keras models as data.

An examiner describes its model, and a candidate builds it anew.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

_FUNCTION_MODULES = (
    "losses",
    "metrics",
    "activations",
    "ops",
    "initializers",
    "regularizers",
    "constraints",
)


def is_model(obj: object) -> bool:
    """Return True if an object is a Keras model.

    Nothing is imported.
    """
    return any(
        kind.__module__.startswith("keras.") and kind.__name__ == "Model"
        for kind in type(obj).__mro__
    )


def describe_model(model: Any) -> dict[str, Any]:
    """Return a Keras model as data.

    The data are ``config``, the text of ``to_json``; ``weights``; and ``training``, which is None
    or has ``compile``, the JSON of the arguments with which it was compiled, and ``optimizer``, the
    optimizer's variables. A mapping with these three is a description already: an examiner that
    does not import Keras can still lend a model.

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


def rebuild_model(description: Mapping[str, Any]) -> Any:
    """Build a Keras model from its description with Keras' own classes."""
    import keras  # noqa: PLC0415  # only where a criterion uses it

    model = keras.models.model_from_json(description["config"])
    model.set_weights(description["weights"])
    training = description["training"]
    if training is not None:
        model.compile_from_config(json.loads(training["compile"]))
        if training["optimizer"]:
            model.optimizer.build(model.trainable_variables)
            for variable, value in zip(
                model.optimizer.variables, training["optimizer"], strict=True
            ):
                variable.assign(value)
    return model
