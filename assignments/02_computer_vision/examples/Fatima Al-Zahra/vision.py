import numpy as np


def box_iou(a, b):
    """IoU of all pairs, (N, M)."""
    x1 = np.maximum(a[:, None, 0], b[None, :, 0])
    y1 = np.maximum(a[:, None, 1], b[None, :, 1])
    x2 = np.minimum(a[:, None, 2], b[None, :, 2])
    y2 = np.minimum(a[:, None, 3], b[None, :, 3])
    inter = np.maximum(x2 - x1, 0) * np.maximum(y2 - y1, 0)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b[None, :] - inter
    return np.where(union > 0, inter / np.where(union > 0, union, 1), 0.0)


def nms(boxes, scores, iou_threshold):
    order = np.argsort(scores)[::-1]
    kept = []
    while len(order) > 0:
        i = order[0]
        kept.append(i)
        ious = box_iou(boxes[i : i + 1], boxes[order[1:]])[0]
        order = order[1:][ious <= iou_threshold]
    return np.array(kept, dtype=np.int64)


def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    import keras
    from keras import layers

    inp = keras.Input(shape=input_shape)
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(inp)
    x = layers.MaxPooling2D()(x)
    skip = x
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(12, 3, padding="same")(x)
    x = layers.Concatenate()([x, skip])
    x = layers.ReLU()(x)
    x = layers.GlobalMaxPooling2D()(x)
    out = layers.Dense(num_classes, activation="softmax")(x)
    model = keras.Model(inp, out)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def dilated_causal_conv1d(x, w, b, dilation):
    N, T, _ = x.shape
    K = w.shape[0]
    left = (K - 1) * dilation
    xp = np.concatenate([np.zeros((N, left, x.shape[2])), x], axis=1)
    out = np.zeros((N, T, w.shape[2])) + b
    for j in range(K):
        start = j * dilation
        out += xp[:, start : start + T] @ w[j]
    return out


def receptive_field(kernel, dilations):
    return 1 + sum((kernel - 1) * d for d in dilations)


def mulaw_encode(x, mu=255):
    y = np.sign(x) * np.log(1 + mu * np.abs(x)) / np.log(1 + mu)
    return np.round((y + 1) / 2 * mu).astype(int)


def mulaw_decode(q, mu=255):
    y = 2 * q / mu - 1
    return np.sign(y) / mu * ((1 + mu) ** np.abs(y) - 1)
