"""Metrics."""

import numpy as np


def precision_recall_f1(y_true, y_pred):
    """Of binary labels.

    Parameters
    ----------
    y_true : array of shape (n_samples,)
        Binary labels (0 or 1).
    y_pred : array of shape (n_samples,)
        Binary predictions (0 or 1).
    """
    # BEGIN SOLUTION
    tp = np.sum((y_true == 1) & (y_pred == 1))
    p = tp / np.sum(y_pred == 1)
    r = tp / np.sum(y_true == 1)
    return p, r, 2 * p * r / (p + r)
    # END SOLUTION


def confusion_matrix(y_true, y_pred, n_classes):
    """Rows are true.

    Parameters
    ----------
    y_true, y_pred : ndarray of int, shape (N,)
    n_classes : int
    """
    # BEGIN SOLUTION
    m = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(m, (y_true, y_pred), 1)
    return m
    # END SOLUTION


def mse(y_true, y_pred):
    # BEGIN SOLUTION
    return float(np.mean((y_true - y_pred) ** 2))
    # END SOLUTION


def r2_score(y_true, y_pred):
    """Coefficient of determination of real predictions."""
    # BEGIN SOLUTION
    return 1 - np.sum((y_true - y_pred) ** 2) / np.sum((y_true - y_true.mean()) ** 2)
    # END SOLUTION


def roc_auc(y_true, y_score):
    """Area under the curve.

    y_true : array, shape (N,), 0/1 labels
    y_score : array, shape (N,), probabilities of class 1
    """
    # BEGIN SOLUTION
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    return float(np.mean(pos[:, None] > neg[None]))
    # END SOLUTION


def kl_divergence(p, q):
    """KL divergence of two discrete distributions.

    p : array, shape (K,), probabilities that sum to 1
    q : array, shape (K,), probabilities that sum to 1
    """
    # BEGIN SOLUTION
    return float(np.sum(p * np.log(p / q)))
    # END SOLUTION


def top_k_accuracy(scores, labels, k):
    """Top-k.

    scores : (N, C) array
    labels : (N,) array of class labels
    k : int
    """
    # BEGIN SOLUTION
    top = np.argsort(-scores, axis=1)[:, :k]
    return float(np.mean(np.any(top == labels[:, None], axis=1)))
    # END SOLUTION

