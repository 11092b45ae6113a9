"""M04-40g gradOutsideVecs is (d, V).

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
    gradCenterVec = outsideVectors.T @ error
    gradOutsideVecs = np.outer(centerWordVec, error)
    return loss, gradCenterVec, gradOutsideVecs
