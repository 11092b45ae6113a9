r"""The layers of a convolutional network, each as a forward and a backward pass, in NumPy.

A forward function returns its output and a *cache*, whatever its backward function will want to know again; a backward
function takes ``dout``, the gradient of the loss with respect to that output, and returns a gradient for every input.
No function changes the arrays it is given.

A window of height HH and width WW slides over an image that was padded with zeros, S pixels at a time [1]_::

    ┌ ─ ─ ─ ─ ─ ─ ─ ┐  pad P                       H' = 1 + (H + 2 P - HH) // S
      ┌───┬───────┐                                W' = 1 + (W + 2 P - WW) // S
    │ │ w │       │ │    ──►   ┌───┬─────┐
      ├───┘       │            ├───┘     │
    │ │     x     │ │          │   out   │
      └───────────┘            └─────────┘
    └ ─ ─ ─ ─ ─ ─ ─ ┘           H' x W'

Notation
--------
N
    images in the batch, always the first axis; one of them is n.
C
    channels of an image; one of them is c.
H, W
    height and width of an image; one pixel is (i, j).
F
    filters, and so channels of the output; one of them is f.
HH, WW
    height and width of a filter or of a pooling window.
P, S
    padding and stride.
H', W'
    height and width of the output (``H_out`` and ``W_out`` in the code).
G
    groups of channels.

``float[N, C, H, W]`` is an array of float64 (float32 works as well) with these axes.

References
----------
.. [1] V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016, arXiv:1603.07285.
   The names of the functions follow the course CS231n: https://cs231n.github.io/convolutional-networks/
.. [2] K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for document processing",
   2006: convolution as one matrix product.
.. [3] S. Ioffe and C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167, section 3.2.
.. [4] Y. Wu and K. He, "Group normalization", 2018, arXiv:1803.08494, section 3.
"""

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# V1 and V2  convolution
# ----------------------------------------------------------------------------------------------------------------------


def conv_forward_naive(x, w, b, conv_param):
    r"""Slide every filter over every image and take its inner product with what lies under it.

    .. math::
        out_{nfij} = b_f + \sum_{c} \sum_{k=0}^{HH-1} \sum_{l=0}^{WW-1} \hat{x}_{n,\,c,\,iS+k,\,jS+l} \; w_{fckl}

    where :math:`\hat{x}` is x with P rows and columns of zeros on each of the four sides.

    Parameters
    ----------
    x : float[N, C, H, W]
        Images.
    w : float[F, C, HH, WW]
        Filters.
    b : float[F]
        One bias per filter.
    conv_param : dict
        ``stride``: S, pixels between neighbouring windows in both directions.
        ``pad``: P, zeros on each side of both axes; may be 0.

    Returns
    -------
    out : float[N, F, H', W']
    cache : object
        Anything that `conv_backward_naive` wants.

    Notes
    -----
    Mathematicians call this a cross-correlation; a convolution would flip the filter first. Deep learning does not flip
    and says convolution all the same.

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> w = np.array([[[[1.0, 0.0], [0.0, 10.0]]]])  # a pixel, plus 10 times its neighbour below on the right
    >>> out, cache = conv_forward_naive(x, w, np.zeros(1), {"stride": 1, "pad": 0})
    >>> np.asarray(out[0, 0], float).round(4) + 0
    array([[40., 51.],
           [73., 84.]])
    """
    # TODO: write conv_forward_naive.
    raise NotImplementedError("conv_forward_naive: not written yet")
    return out, cache


def conv_backward_naive(dout, cache):
    """Carry a gradient back through `conv_forward_naive`.

    Parameters
    ----------
    dout : float[N, F, H', W']
        dL/dout.
    cache : object
        What `conv_forward_naive` returned.

    Returns
    -------
    dx : float[N, C, H, W]
        Without the padding, also where there is none.
    dw : float[F, C, HH, WW]
    db : float[F]
    """
    # TODO: write conv_backward_naive.
    raise NotImplementedError("conv_backward_naive: not written yet")
    return dx, dw, db


# ----------------------------------------------------------------------------------------------------------------------
# V3  max pooling
# ----------------------------------------------------------------------------------------------------------------------


def max_pool_forward_naive(x, pool_param):
    """Keep the largest pixel under a window that slides over each channel by itself.

    Parameters
    ----------
    x : float[N, C, H, W]
    pool_param : dict
        ``pool_height``, ``pool_width``: HH and WW, which may differ.
        ``stride``: S. Windows overlap where it is smaller than they are. There is no padding.

    Returns
    -------
    out : float[N, C, H', W']
    cache : object
        Anything that `max_pool_backward_naive` wants.

    Examples
    --------
    >>> x = np.array([[[[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 8.0, 7.0]]]])
    >>> np.asarray(max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 2})[0], float).round(4) + 0
    array([[[[5., 8.]]]])
    """
    # TODO: write max_pool_forward_naive.
    raise NotImplementedError("max_pool_forward_naive: not written yet")
    return out, cache


def max_pool_backward_naive(dout, cache):
    """Carry a gradient back through `max_pool_forward_naive`: to the largest pixel of each window, and to no other.

    Parameters
    ----------
    dout : float[N, C, H', W']
        dL/dout.
    cache : object
        What `max_pool_forward_naive` returned.

    Returns
    -------
    dx : float[N, C, H, W]
        A pixel that was the largest of several windows gets the sum. Where pixels of a window are equal, any way of
        sharing is right.
    """
    # TODO: write max_pool_backward_naive.
    raise NotImplementedError("max_pool_backward_naive: not written yet")
    return dx


# ----------------------------------------------------------------------------------------------------------------------
# V4  convolution without loops over pixels
# ----------------------------------------------------------------------------------------------------------------------


def conv_forward_im2col(x, w, b, conv_param):
    """Do what `conv_forward_naive` does as one matrix product [2]_, without a Python loop over N, C, F, H' or W'.

    Every window becomes one row of a matrix, every filter one column of another. Rows are larger than the image they
    were cut from, up to HH · WW times: memory for speed.

    Parameters
    ----------
    x : float[N, C, H, W]
    w : float[F, C, HH, WW]
    b : float[F]
    conv_param : dict
        ``stride`` and ``pad``, as before.

    Returns
    -------
    out : float[N, F, H', W']
    cache : object
        Anything; nobody asks for it.

    Notes
    -----
    A loop over the HH · WW pixels of the window is allowed: it does not grow with the image.

    Examples
    --------
    >>> x, w, b = np.ones((2, 3, 4, 4)), np.ones((5, 3, 3, 3)), np.zeros(5)
    >>> out, cache = conv_forward_im2col(x, w, b, {"stride": 1, "pad": 1})
    >>> out.shape, float(out[0, 0, 0, 0]), float(out[0, 0, 1, 1])  # a corner sees 4 pixels of 3 channels, the middle 9
    ((2, 5, 4, 4), 12.0, 27.0)
    """
    # TODO: write conv_forward_im2col.
    raise NotImplementedError("conv_forward_im2col: not written yet")
    return out, cache


# ----------------------------------------------------------------------------------------------------------------------
# V5  spatial batch and group normalisation
# ----------------------------------------------------------------------------------------------------------------------

# Both layers of this exercise do the same with other axes. A function of your own here saves half of the work.


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    r"""Give every channel mean 0 and variance 1 over the images *and their pixels* [3]_, then a scale and a shift.

    .. math::
        out_{ncij} = \gamma_c \frac{x_{ncij} - \mu_c}{\sqrt{\sigma^2_c + \epsilon}} + \beta_c

    with mean and (biased) variance over n, i and j.

    Parameters
    ----------
    x : float[N, C, H, W]
    gamma : float[C]
        Scale.
    beta : float[C]
        Shift.
    bn_param : dict
        ``mode``: ``"train"`` or ``"test"``.
        ``eps``: added to the variance, inside the square root; default 1e-5.
        ``momentum``: m in the running averages, ``running = m * running + (1 - m) * of_this_batch``; default 0.9.
        ``running_mean``, ``running_var``: float[C], zeros at first; training puts new arrays here, and a test
        normalises with them and leaves them as they are.

    Returns
    -------
    out : float[N, C, H, W]
    cache : object
        Anything that `spatial_batchnorm_backward` wants; None in test mode.

    Raises
    ------
    ValueError
        If the mode is neither ``"train"`` nor ``"test"``.

    Examples
    --------
    >>> x = np.array([[[[1.0, 3.0]]], [[[3.0, 1.0]]]])  # 2 images of 1 channel and 1 x 2 pixels
    >>> out, cache = spatial_batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train", "eps": 0.0})
    >>> np.asarray(out[:, 0, 0], float).round(4) + 0
    array([[-1.,  1.],
           [ 1., -1.]])
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    C = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(C, dtype=x.dtype))  # (C,)
    running_var = bn_param.get("running_var", np.zeros(C, dtype=x.dtype))  # (C,)
    cache = None
    if mode == "train":
        # Your code: out and cache, and new values of running_mean and running_var.
        raise NotImplementedError("spatial_batchnorm_forward: training mode is not written yet")
    elif mode == "test":
        # Your code: out, from the running statistics.
        raise NotImplementedError("spatial_batchnorm_forward: test mode is not written yet")
    else:
        raise ValueError(f"bn_param['mode']: expected 'train' or 'test', got {mode!r}.")

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    """Carry a gradient back through `spatial_batchnorm_forward` in training mode.

    Parameters
    ----------
    dout : float[N, C, H, W]
        dL/dout.
    cache : object
        What `spatial_batchnorm_forward` returned.

    Returns
    -------
    dx : float[N, C, H, W]
    dgamma : float[C]
    dbeta : float[C]
    """
    # TODO: write spatial_batchnorm_backward.
    raise NotImplementedError("spatial_batchnorm_backward: not written yet")
    return dx, dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    r"""Give every group of channels *of every image* mean 0 and variance 1 [4]_, then a scale and a shift per channel.

    The C channels form G groups of C / G neighbours: with C = 6 and G = 2 the groups are 0, 1, 2 and 3, 4, 5. Mean and
    (biased) variance are those of all pixels of a group in one image, so that no image sees another. G = 1 is layer
    normalisation, G = C instance normalisation.

    Parameters
    ----------
    x : float[N, C, H, W]
    gamma : float[1, C, 1, 1]
        Scale, one per channel.
    beta : float[1, C, 1, 1]
        Shift, one per channel.
    G : int
        Number of groups; divides C.
    gn_param : dict
        ``eps``: added to the variance, inside the square root; default 1e-5.

    Returns
    -------
    out : float[N, C, H, W]
    cache : object
        Anything that `spatial_groupnorm_backward` wants.

    Examples
    --------
    >>> x = np.array([1.0, 3.0, 10.0, 30.0]).reshape(1, 4, 1, 1)  # one image of one pixel and 4 channels
    >>> one = np.ones((1, 4, 1, 1))
    >>> np.asarray(spatial_groupnorm_forward(x, one, 0 * one, 2, {"eps": 0.0})[0].reshape(4), float).round(4) + 0
    array([-1.,  1., -1.,  1.])
    """
    eps = gn_param.get("eps", 1e-5)
    # TODO: write spatial_groupnorm_forward.
    raise NotImplementedError("spatial_groupnorm_forward: not written yet")
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    """Carry a gradient back through `spatial_groupnorm_forward`.

    Parameters
    ----------
    dout : float[N, C, H, W]
        dL/dout.
    cache : object
        What `spatial_groupnorm_forward` returned.

    Returns
    -------
    dx : float[N, C, H, W]
    dgamma : float[1, C, 1, 1]
        Of the shape of gamma.
    dbeta : float[1, C, 1, 1]
    """
    # TODO: write spatial_groupnorm_backward.
    raise NotImplementedError("spatial_groupnorm_backward: not written yet")
    return dx, dgamma, dbeta
