"""Keras, on any backend."""

from __future__ import annotations

from autograder.frameworks import keras_graphs, keras_models
from autograder.frameworks.model import Framework, ModelSupport, as_array, imported


def _seed(seed: int) -> None:
    imported("keras").utils.set_random_seed(seed % 2**32)


KERAS = Framework(
    name="keras",
    roots=frozenset({"keras", "tf_keras"}),
    dense=frozenset({"Variable"}),
    symbolic=frozenset({"KerasTensor", "RaggedKerasTensor", "SparseKerasTensor"}),
    read=as_array,
    seed=_seed,
    models=ModelSupport(
        is_model=keras_models.is_model,
        describe=keras_models.describe_model,
        rebuild=keras_models.rebuild_model,
        graph=keras_graphs.model_graph,
    ),
)
