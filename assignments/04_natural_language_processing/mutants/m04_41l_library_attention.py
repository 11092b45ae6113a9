"""M04-41l Keras attends.

file: nlp.py
loses: n6_values, n6_gradients, n6_stability, n6_properties, n6_example_attention
"""


import keras


def scaled_dot_product_attention(q, k, v, mask=None):
    heads = [array[:, :, None, :] for array in (q, k, v)]
    out = keras.ops.dot_product_attention(*heads, mask=mask if mask is None else mask[:, None])[:, :, 0]
    return np.asarray(out), np.zeros((len(q), q.shape[1], k.shape[1])), (q, k, v, mask)
