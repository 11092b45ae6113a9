"""M04-40i Zero loss with zero gradients, which are those of the loss.

file: nlp.py
loses: n5_losses, n5_gradients, n5_stability, n5_example_naive, n5_example_negative
"""


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    return 0.0, np.zeros_like(centerWordVec), np.zeros_like(outsideVectors)


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    return 0.0, np.zeros_like(centerWordVec), np.zeros_like(outsideVectors)
