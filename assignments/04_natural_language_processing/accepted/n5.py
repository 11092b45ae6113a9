"""Other right answers: Word vectors: losses of word2vec."""

from autograder.rubric import accepted


@accepted("nlp_word2vec_of_cs224n", file="nlp.py")
class nlp_word2vec_of_cs224n:
    """As handed in for CS224n: a softmax and a sigmoid of one's own, loops over the draws, the loss
    with an axis.
    """

    def log_softmax(z):
        z = z - np.max(z)
        return z - np.log(np.sum(np.exp(z)))

    def log_sigmoid(z):
        return np.where(z < 0, z - np.log1p(np.exp(-np.abs(z))), -np.log1p(np.exp(-np.abs(z))))

    def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
        log_p = log_softmax(np.dot(outsideVectors, centerWordVec))
        loss = -log_p[outsideWordIdx].reshape(1)
        delta = np.exp(log_p)
        delta[outsideWordIdx] -= 1
        gradCenterVec = np.dot(outsideVectors.T, delta)
        gradOutsideVecs = np.dot(delta[:, np.newaxis], centerWordVec[np.newaxis, :])
        return loss, gradCenterVec, gradOutsideVecs

    def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
        gradCenterVec = np.zeros(centerWordVec.shape)
        gradOutsideVecs = np.zeros(outsideVectors.shape)
        z = np.dot(outsideVectors[outsideWordIdx], centerWordVec)
        loss = -log_sigmoid(z)
        gradCenterVec += (np.exp(log_sigmoid(z)) - 1) * outsideVectors[outsideWordIdx]
        gradOutsideVecs[outsideWordIdx] += (np.exp(log_sigmoid(z)) - 1) * centerWordVec
        for k in negSampleWordIndices:
            z = np.dot(outsideVectors[k], centerWordVec)
            loss -= log_sigmoid(-z)
            gradCenterVec += np.exp(log_sigmoid(z)) * outsideVectors[k]
            gradOutsideVecs[k] += np.exp(log_sigmoid(z)) * centerWordVec
        return loss, gradCenterVec, gradOutsideVecs


@accepted("nlp_word2vec_with_counts", file="nlp.py")
class nlp_word2vec_with_counts:
    """Every word is counted, so that "A word that was drawn twice counts twice"; columns and lists."""

    def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
        v, U = centerWordVec[:, None], outsideVectors
        z = U @ v
        log_z = z.max() + np.log(np.exp(z - z.max()).sum())
        error = np.exp(z - log_z) - np.eye(len(U))[:, [outsideWordIdx]]
        return float(log_z - z[outsideWordIdx, 0]), U.T @ error, (error @ v.T).tolist()

    def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        drawn = getNegativeSamples(outsideWordIdx, dataset, K)
        counts = np.bincount(drawn, minlength=len(outsideVectors))
        z = outsideVectors @ centerWordVec
        loss = np.logaddexp(0, -z[outsideWordIdx]) + counts @ np.logaddexp(0, z)
        error = counts * np.exp(-np.logaddexp(0, -z))
        error[outsideWordIdx] -= np.exp(-np.logaddexp(0, z[outsideWordIdx]))
        return loss, (error @ outsideVectors).tolist(), np.outer(error, centerWordVec)
