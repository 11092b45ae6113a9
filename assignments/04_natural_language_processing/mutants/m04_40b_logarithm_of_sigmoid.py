"""M04-40b The logarithm of a sigmoid whose probability may have underflowed.

file: nlp.py
loses: n5_stability
"""


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = -np.log(1 / (1 + np.exp(z))).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words, np.outer(error, centerWordVec))
    return loss, gradCenterVec, gradOutsideVecs
