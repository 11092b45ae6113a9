"""M04-40h The outside word itself gets no gradient from the negative samples.

file: nlp.py
loses: n5_gradients
"""


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = np.logaddexp(0, z).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words[1:], np.outer(error[1:], centerWordVec))
    return loss, gradCenterVec, gradOutsideVecs
