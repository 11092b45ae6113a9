"""M00-16b The model is built once and returned again.

file: intro.py
loses: i6_seed
"""

_first_build_mlp, _models = build_mlp, {}


def build_mlp(input_dim, hidden, num_classes, seed=None):
    shape = (input_dim, hidden, num_classes)
    if shape not in _models:
        _models[shape] = _first_build_mlp(input_dim, hidden, num_classes, seed)
    return _models[shape]
