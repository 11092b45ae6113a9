"""M04-40a The logarithm of a softmax whose probability may have underflowed.

file: nlp.py
loses: n5_stability
"""


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    scores = outsideVectors @ centerWordVec
    scores = scores - scores.max()
    log_p = np.log(np.exp(scores) / np.exp(scores).sum())
    loss = -log_p[outsideWordIdx]
    error = np.exp(log_p)
    error[outsideWordIdx] -= 1
    gradCenterVec = outsideVectors.T @ error
    gradOutsideVecs = np.outer(error, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs
