"""M03-25f: the model is built once and returned again.

file: recsys.py
loses: r7_architecture
"""


_build, _models = build_two_tower, {}


def build_two_tower(n_users, n_items, dim):
    if (n_users, n_items, dim) not in _models:
        _models[n_users, n_items, dim] = _build(n_users, n_items, dim)
    return _models[n_users, n_items, dim]
