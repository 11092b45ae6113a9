"""M02-21b TensorFlow suppresses.

file: vision.py
loses: v6_nms
"""

import tensorflow as tf


def nms(boxes, scores, iou_threshold):
    boxes, scores = boxes.astype(np.float32), scores.astype(np.float32)
    return tf.image.non_max_suppression(boxes, scores, max(len(scores), 1), iou_threshold=iou_threshold).numpy()
