import numpy as np


def box_iou(a, b):
    result = np.zeros((len(a), len(b)))
    for i, (x1, y1, x2, y2) in enumerate(a):
        for j, (u1, v1, u2, v2) in enumerate(b):
            width, height = max(min(x2, u2) - max(x1, u1), 0), max(min(y2, v2) - max(y1, v1), 0)
            union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - width * height
            result[i, j] = width * height / union if union else 0
    return result


def nms(boxes, scores, iou_threshold):
    order = sorted(range(len(scores)), key=lambda k: scores[k])
    keep = []
    while order:
        best = order.pop()
        keep.append(best)
        order = [k for k in order if box_iou(boxes[k : k + 1], boxes[best : best + 1])[0, 0] <= iou_threshold]
    return keep


def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    from tensorflow import keras

    inner = keras.Input((None, None, 8))
    path = keras.layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(inner)
    path = keras.layers.Conv2D(12, 3, padding="same")(path)
    around = keras.layers.Conv2D(12, 1, strides=2)(inner)
    stage = keras.Model(inner, keras.layers.add([around, path]), name="stage")

    image = keras.Input(input_shape)
    h = keras.layers.Conv2D(8, 5, padding="same")(image)
    h = stage(keras.layers.Activation("relu")(h))
    h = keras.layers.GlobalMaxPooling2D(keepdims=True)(keras.layers.ReLU()(h))
    h = keras.layers.Dropout(0.1)(keras.layers.Flatten()(h))
    model = keras.Model(image, keras.layers.Softmax()(keras.layers.Dense(num_classes)(h)))
    model.compile("rmsprop", "sparse_categorical_crossentropy")
    return model


def dilated_causal_conv1d(x, w, b, dilation):
    out = np.zeros((x.shape[0], x.shape[1], w.shape[2]))
    for t in range(x.shape[1]):
        out[:, t] = b
        for j in range(len(w)):
            past = t - (len(w) - 1 - j) * dilation
            if past >= 0:
                out[:, t] += np.dot(x[:, past], w[j])
    return out


def receptive_field(kernel, dilations):
    field = np.int64(1)
    for d in dilations:
        field = field + (kernel - 1) * d
    return field


def mulaw_encode(x, mu=255):
    y = np.copysign(np.log(1 + mu * abs(x)) / np.log(1 + mu), x)
    return np.rint((y + 1) * mu / 2).astype(np.int32)


def mulaw_decode(q, mu=255):
    y = np.asarray(q).astype(np.float64) * 2 / mu - 1
    return np.copysign(np.expm1(np.abs(y) * np.log1p(mu)) / mu, y)
