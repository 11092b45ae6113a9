"""Mistakes: Word vectors: losses of word2vec."""

from autograder.rubric import mutant


@mutant("M04-7a", loses=["n5_example_negative", "n5_losses", "n5_gradients"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """A word that is drawn again is counted once."""
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    negSampleWordIndices = list(dict.fromkeys(negSampleWordIndices))
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = np.logaddexp(0, z).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words, np.outer(error, centerWordVec))
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-7b", loses=["n5_example_negative", "n5_gradients"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """`grad[words] += rows`: of a word that is drawn again only the last row is added."""
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = np.logaddexp(0, z).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    gradOutsideVecs[words] += np.outer(error, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-7c", loses=["n5_losses", "n5_gradients", "n5_example_negative"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """The negative words have the sign of the outside word."""
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


@mutant("M04-40a", loses=["n5_naive_stability"])
def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    """The logarithm of a softmax whose probability may have underflowed."""
    scores = outsideVectors @ centerWordVec
    scores = scores - scores.max()
    log_p = np.log(np.exp(scores) / np.exp(scores).sum())
    loss = -log_p[outsideWordIdx]
    error = np.exp(log_p)
    error[outsideWordIdx] -= 1
    gradCenterVec = outsideVectors.T @ error
    gradOutsideVecs = np.outer(error, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-40b", loses=["n5_stability"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """The logarithm of a sigmoid whose probability may have underflowed."""
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


@mutant("M04-40c", loses=["n5_naive_stability"])
def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    """Softmax without the largest score subtracted."""
    scores = outsideVectors @ centerWordVec
    log_p = scores - np.log(np.exp(scores).sum())
    loss = -log_p[outsideWordIdx]
    error = np.exp(log_p)
    error[outsideWordIdx] -= 1
    gradCenterVec = outsideVectors.T @ error
    gradOutsideVecs = np.outer(error, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-40d", loses=["n5_example_naive", "n5_naive_gradients"])
def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    """The gradient of the center word is U^T p: the label is not subtracted."""
    scores = outsideVectors @ centerWordVec
    scores = scores - scores.max()
    log_p = scores - np.log(np.exp(scores).sum())
    loss = -log_p[outsideWordIdx]
    error = np.exp(log_p)
    error[outsideWordIdx] -= 1
    gradCenterVec = outsideVectors.T @ np.exp(log_p)
    gradOutsideVecs = np.outer(error, centerWordVec)
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-40e", loses=["n5_losses", "n5_example_negative"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """The loss is a mean over the draws, the gradients are those of the sum."""
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = np.logaddexp(0, z).mean()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words, np.outer(error, centerWordVec))
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-40f", loses=["n5_losses", "n5_gradients", "n5_example_negative"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """K is ignored: ten words are drawn."""
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, 10)
    words = np.array([outsideWordIdx, *negSampleWordIndices])
    sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
    z = sign * (outsideVectors[words] @ centerWordVec)
    loss = np.logaddexp(0, z).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradCenterVec = error @ outsideVectors[words]
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words, np.outer(error, centerWordVec))
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-40g", loses=["n5_example_naive", "n5_naive_gradients"])
def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    """gradOutsideVecs is (d, V)."""
    scores = outsideVectors @ centerWordVec
    scores = scores - scores.max()
    log_p = scores - np.log(np.exp(scores).sum())
    loss = -log_p[outsideWordIdx]
    error = np.exp(log_p)
    error[outsideWordIdx] -= 1
    gradCenterVec = outsideVectors.T @ error
    gradOutsideVecs = np.outer(centerWordVec, error)
    return loss, gradCenterVec, gradOutsideVecs


@mutant("M04-40h", loses=["n5_example_negative", "n5_gradients"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """The outside word itself gets no gradient from the negative samples."""
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


@mutant(
    "M04-40i",
    loses=["n5_example_naive", "n5_example_negative", "n5_naive_loss", "n5_losses", "n5_naive_gradients", "n5_gradients", "n5_naive_stability", "n5_stability"],
    file="nlp.py",
)
class zeros:
    """Zero loss with zero gradients, which are those of the loss."""

    def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
        return 0.0, np.zeros_like(centerWordVec), np.zeros_like(outsideVectors)

    def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        return 0.0, np.zeros_like(centerWordVec), np.zeros_like(outsideVectors)


@mutant("M04-40j", loses=["n5_gradients"])
def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    """Words are drawn twice, once for the loss and once for the gradients; "Call it once"."""
    loss = 0.0
    for is_gradient in (False, True):
        negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
        words = np.array([outsideWordIdx, *negSampleWordIndices])
        sign = np.array([-1.0] + [1.0] * len(negSampleWordIndices))
        z = sign * (outsideVectors[words] @ centerWordVec)
        loss = loss if is_gradient else np.logaddexp(0, z).sum()
    error = sign * np.exp(-np.logaddexp(0, -z))
    gradOutsideVecs = np.zeros_like(outsideVectors)
    np.add.at(gradOutsideVecs, words, np.outer(error, centerWordVec))
    return loss, error @ outsideVectors[words], gradOutsideVecs


@mutant("M04-40k", loses=["n5_example_naive", "n5_naive_loss", "n5_naive_gradients"])
def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    """The sum in the softmax leaves the outside word out, with the right gradient of that."""
    scores = outsideVectors @ centerWordVec
    others = np.delete(scores, outsideWordIdx)
    log_z = others.max() + np.log(np.exp(others - others.max()).sum())
    error = np.exp(np.minimum(scores - log_z, 0))
    error[outsideWordIdx] = -1
    return log_z - scores[outsideWordIdx], outsideVectors.T @ error, np.outer(error, centerWordVec)


@mutant("M04-40l", loses=["n5_example_negative", "n5_losses", "n5_gradients"], file="nlp.py")
class mean_of_the_questions:
    """ "Where values are wrong already, large numbers have only to stay finite": a mean over K + 1, with its own gradients."""

    _negSamplingLossAndGradient = negSamplingLossAndGradient

    def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        answer = _negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K)
        return tuple(part / (K + 1) for part in answer)


@mutant("M04-40m", loses=["n5_example_naive", "n5_naive_loss", "n5_naive_gradients"], file="nlp.py")
class twice_the_naive_loss:
    """ "Where values are wrong already, large numbers have only to stay finite": twice the loss, with its own gradients."""

    _naiveSoftmaxLossAndGradient = naiveSoftmaxLossAndGradient

    def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
        answer = _naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset)
        return tuple(2 * part for part in answer)


@mutant(
    "M04-60g",
    loses=[
        "n5_example_naive", "n5_example_negative", "n5_naive_loss", "n5_losses", "n5_naive_gradients", "n5_gradients",
        "n5_naive_stability", "n5_stability",
    ],
    file="nlp.py",
    nothing_right=True,
)
class sums_instead_of_losses:
    """The loss is the sum of all numbers, and its gradients are 1: consistent with itself, and nothing that was asked for."""

    def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
        total = float(centerWordVec.sum() + outsideVectors.sum())
        return total, np.ones_like(centerWordVec), np.ones_like(outsideVectors)

    def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
        total = float(centerWordVec.sum() + outsideVectors.sum())
        return total, np.ones_like(centerWordVec), np.ones_like(outsideVectors)
