"""M04-40d The gradient of the center word is U^T p: the label is not subtracted.

file: nlp.py
loses: n5_gradients, n5_example_naive
"""


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    scores = outsideVectors @ centerWordVec
    scores = scores - scores.max()
    log_p = scores - np.log(np.exp(scores).sum())
    loss = -log_p[outsideWordIdx]
    error = np.exp(log_p)
    error[outsideWordIdx] -= 1
    gradCenterVec = outsideVectors.T @ np.exp(log_p)
    gradOutsideVecs = np.outer(error, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs
