"""M04-07c The negative words have the sign of the outside word.

file: nlp.py
loses: n5_losses, n5_gradients, n5_stability, n5_example_negative
"""


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [-1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = np.logaddexp(0, z).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words, np.outer(error, centerWordVec))
    return loss, gradCenterVec, gradOutsideVecs
