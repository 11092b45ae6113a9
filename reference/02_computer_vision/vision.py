r"""Around the convolutional layers: boxes, a residual network in Keras, and convolution through time.

Notation
--------
N, M
    numbers of boxes, or N images or sequences in a batch.
K
    boxes that are kept; also the taps of a filter.
T
    samples of a sequence; one of them is t.
C_in, C_out
    channels before and after a convolution.
S
    any shape at all.

Boxes are rows (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2 [pixels]; coordinates are real numbers, so a box is
x2 - x1 wide, and not one more.

References
----------
.. [1] M. Everingham et al., "The PASCAL Visual Object Classes (VOC) challenge", International Journal of Computer
   Vision 88, 2010, section 4.2: intersection over union.
.. [2] R. Girshick et al., "Rich feature hierarchies for accurate object detection", 2014, arXiv:1311.2524, section 2.2:
   greedy non-maximum suppression.
.. [3] K. He et al., "Deep residual learning for image recognition", 2015, arXiv:1512.03385, section 3.
.. [4] M. Lin, Q. Chen and S. Yan, "Network in network", 2013, arXiv:1312.4400, section 3.2: global average pooling.
.. [5] A. van den Oord et al., "WaveNet: a generative model for raw audio", 2016, arXiv:1609.03499, sections 2.1 and 2.2.
.. [6] ITU-T Recommendation G.711, 1972: companding.
"""

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# V6  detection
# ----------------------------------------------------------------------------------------------------------------------


def box_iou(a, b):
    r"""Say how much every box of one list overlaps every box of another: intersection over union [1]_.

    .. math:: IoU(A, B) = \frac{|A \cap B|}{|A \cup B|}, \qquad |A \cup B| = |A| + |B| - |A \cap B|

    Parameters
    ----------
    a : float[N, 4]
    b : float[M, 4]

    Returns
    -------
    float[N, M]
        From 0 (disjoint, or merely touching) to 1 (the same box). Two boxes without any area: 0, not 0 / 0.

    Examples
    --------
    >>> a = np.array([[0.0, 0.0, 2.0, 2.0]])
    >>> b = np.array([[1.0, 1.0, 3.0, 2.0], [0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 6.0, 6.0]])
    >>> np.asarray(box_iou(a, b), float).round(4) + 0
    array([[0.2, 1. , 0. ]])
    """
    # BEGIN SOLUTION
    a, b = np.reshape(a, (-1, 4)), np.reshape(b, (-1, 4))  # lists of boxes will do, and so will a single box
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])  # (N, M, 2)
    width, height = np.moveaxis(np.maximum(bottom_right - top_left, 0), 2, 0)  # (N, M) each; 0 if they do not meet

    intersection = width * height  # (N, M)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])  # (N,)
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])  # (M,)
    union = area_a[:, None] + area_b[None, :] - intersection  # (N, M)
    return np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)
    # END SOLUTION


def nms(boxes, scores, iou_threshold):
    """Keep the best box of every heap: greedy non-maximum suppression [2]_.

    Take the box with the highest score, drop all others that overlap it by more than the threshold, and go on with what
    is left.

    Parameters
    ----------
    boxes : float[N, 4]
        In any order; N may be 0.
    scores : float[N]
    iou_threshold : float
        A box is dropped if its IoU with a box that was kept is greater than this.

    Returns
    -------
    int[K]
        Indices of the boxes that are kept, those with the highest scores first.

    Examples
    --------
    >>> boxes = np.array([[0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 6.0, 6.0], [0.0, 0.0, 2.0, 2.1]])
    >>> [int(box) for box in nms(boxes, np.array([0.8, 0.5, 0.9]), 0.5)]
    [2, 1]
    """
    # BEGIN SOLUTION
    keep = []
    left = np.argsort(-scores)  # the best first
    while left.size:
        best, others = left[0], left[1:]
        keep.append(best)
        overlap = box_iou(boxes[[best]], boxes[others])[0]
        left = others[overlap <= iou_threshold]
    return np.array(keep, dtype=int)  # (K,)
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# V7  a residual network in Keras
# ----------------------------------------------------------------------------------------------------------------------


def build_cnn(input_shape=(16, 16, 1), num_classes=4):
    """Build and compile a small residual network [3]_ for images.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels: Keras puts channels last.
    num_classes : int

    Returns
    -------
    keras.Model
        A functional model that maps (N, H, W, C) to (N, num_classes), with

        * at least one residual connection: an addition that joins a path of layers with a path around them;
        * global pooling [4]_ before the classifier, in the place of a Flatten;
        * at most 10,000 parameters.

        Compiled with the cross-entropy of integer labels, fit for the outputs: probabilities or logits.

    Notes
    -----
    Behind global pooling it does not matter where on the image something was seen, and the number of parameters does not
    depend on the size of the image.
    """
    # BEGIN SOLUTION
    import keras  # noqa: PLC0415 - only this exercise waits for the framework
    from keras import layers  # noqa: PLC0415

    image = keras.Input(input_shape)  # (N, H, W, C)
    h = layers.Conv2D(8, 5, padding="same", activation="relu")(image)  # (N, H, W, 8)
    h = layers.MaxPooling2D(2)(h)  # (N, H/2, W/2, 8)

    path = layers.Conv2D(8, 3, padding="same", activation="relu")(h)
    path = layers.Conv2D(8, 3, padding="same")(path)
    h = layers.Activation("relu")(layers.Add()([h, path]))  # (N, H/2, W/2, 8): the path learns a correction to h

    pooled = layers.GlobalMaxPooling2D()(h)  # (N, 8): was it seen anywhere?
    classes = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(image, classes)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
    return model
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# V8  the building blocks of WaveNet
# ----------------------------------------------------------------------------------------------------------------------


def dilated_causal_conv1d(x, w, b, dilation):
    r"""Convolve sequences with a filter that looks back, and only back, d samples at a step [5]_.

    .. math:: out_{nto} = b_o + \sum_{j=0}^{K-1} \sum_i x_{n,\, t-(K-1-j)d,\, i} \; w_{jio}

    where what lies before the first sample is zero. The last tap, ``w[K-1]``, sees the present.

    Parameters
    ----------
    x : float[N, T, C_in]
    w : float[K, C_in, C_out]
    b : float[C_out]
    dilation : int
        d >= 1; (K - 1) d may exceed T.

    Returns
    -------
    float[N, T, C_out]

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1)
    >>> w = np.array([10.0, 1.0]).reshape(2, 1, 1)  # the present, plus 10 times what was d samples ago
    >>> np.asarray(dilated_causal_conv1d(x, w, np.zeros(1), dilation=2)[0, :, 0], float).round(4) + 0
    array([ 1.,  2., 13., 24.])
    """
    # BEGIN SOLUTION
    T, K = x.shape[1], w.shape[0]
    past = (K - 1) * dilation  # samples that are looked back
    padded = np.pad(x, ((0, 0), (past, 0), (0, 0)))  # (N, past + T, C_in): zeros on the left alone
    # Tap j sees the sequence as it was (K - 1 - j) d samples ago: (N, T, C_in) (C_in, C_out) -> (N, T, C_out).
    return sum(padded[:, j * dilation : j * dilation + T] @ w[j] for j in range(K)) + b
    # END SOLUTION


def receptive_field(kernel, dilations):
    """Count the samples, the present one included, that one output of a stack of causal convolutions can see.

    Parameters
    ----------
    kernel : int
        K, taps of every layer.
    dilations : sequence of int
        The dilation of each layer.

    Returns
    -------
    int

    Examples
    --------
    >>> int(receptive_field(2, [1, 2, 4, 8]))  # twice as far with every layer
    16
    >>> int(receptive_field(3, []))  # without a layer an output is its input
    1
    """
    # BEGIN SOLUTION
    return 1 + (kernel - 1) * sum(dilations)  # each layer looks (K - 1) d samples further back
    # END SOLUTION


def mulaw_encode(x, mu=255):
    r"""Write samples as integers that are fine where the ear is fine: near zero [6]_.

    .. math:: y = \operatorname{sign}(x) \frac{\log(1 + \mu |x|)}{\log(1 + \mu)}, \qquad q = \operatorname{round}\left(\frac{y + 1}{2} \mu\right)

    Parameters
    ----------
    x : float[S]
        From -1 to 1.
    mu : int
        The largest code; there are mu + 1 of them.

    Returns
    -------
    int[S]
        From 0 (for -1) to mu (for 1). Where y lies exactly between two codes, either is right.

    Examples
    --------
    >>> mulaw_encode(np.array([-1.0, -0.01, 0.01, 1.0])).tolist()
    [0, 98, 157, 255]
    """
    # BEGIN SOLUTION
    y = np.sign(x) * np.log1p(mu * np.abs(x)) / np.log1p(mu)  # (S), from -1 to 1
    return np.floor((y + 1) / 2 * mu + 0.5).astype(int)  # (S): the nearest code
    # END SOLUTION


def mulaw_decode(q, mu=255):
    r"""Turn the codes of `mulaw_encode` into samples again.

    .. math:: y = \frac{2 q}{\mu} - 1, \qquad x = \operatorname{sign}(y) \frac{(1 + \mu)^{|y|} - 1}{\mu}

    Parameters
    ----------
    q : int[S]
        From 0 to mu.
    mu : int

    Returns
    -------
    float[S]
        From -1 to 1.

    Examples
    --------
    >>> np.asarray(mulaw_decode(np.array([0, 255])), float).round(4) + 0
    array([-1.,  1.])
    """
    # BEGIN SOLUTION
    y = 2 * np.asarray(q, dtype=float) / mu - 1  # (S)
    return np.sign(y) * ((1 + mu) ** np.abs(y) - 1) / mu  # (S)
    # END SOLUTION
