"""M04-42j TensorFlow computes the loss.

file: nlp.py
loses: n7_values, n7_gradient, n7_properties, n7_long, n7_example_loss
"""


import tensorflow as tf


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    x = tf.Variable(log_probs.astype(np.float32))
    with tf.GradientTape() as tape:
        loss = tf.nn.ctc_loss(targets, x, target_lengths, input_lengths, blank_index=blank)
    return loss.numpy(), tape.gradient(loss, x).numpy()
