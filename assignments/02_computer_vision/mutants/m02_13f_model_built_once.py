"""M02-13f The model is built once and returned again.

file: vision.py
loses: v7_properties
"""


_first_build_cnn, _models = build_cnn, {}


def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    if (input_shape, num_classes) not in _models:
        _models[input_shape, num_classes] = _first_build_cnn(input_shape, num_classes)
    return _models[input_shape, num_classes]
