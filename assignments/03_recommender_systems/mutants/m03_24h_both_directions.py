"""M03-24h: the mean of the losses over items and over users, as for pairs of images and texts.

file: recsys.py
loses: r6_example, r6_loss, r6_gradients, r6_properties
"""


_one_way = in_batch_softmax_loss


def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    loss, dU, dV = _one_way(U, V, temperature, log_q)
    other, dV_other, dU_other = _one_way(V, U, temperature, None)
    return (loss + other) / 2, (dU + dU_other) / 2, (dV + dV_other) / 2
