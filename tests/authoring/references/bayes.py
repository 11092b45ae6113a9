"""Classes."""

import numpy as np


class GaussianNB:
    """Naive Bayes."""

    def fit(self, X, y):
        """Fit.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Class labels, integers from 0 to n_classes - 1.
        """
        # BEGIN SOLUTION
        self.classes_ = np.unique(y)
        self.mu_ = np.stack([X[y == c].mean(0) for c in self.classes_])
        self.var_ = np.stack([X[y == c].var(0) + 1e-3 for c in self.classes_])
        return self
        # END SOLUTION

    def predict(self, X):
        """Predict.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        """
        # BEGIN SOLUTION
        ll = -0.5 * (np.log(self.var_)[None] + (X[:, None] - self.mu_[None]) ** 2 / self.var_[None]).sum(-1)
        return self.classes_[ll.argmax(1)]
        # END SOLUTION


class Momentum:
    """SGD with momentum.

    Parameters
    ----------
    lr : float
    beta : float
    """

    def __init__(self, lr, beta):
        self.lr, self.beta, self.v = lr, beta, 0.0

    def step(self, w, grad):
        """One step.

        w : array (D,)
        grad : array (D,)
        """
        # BEGIN SOLUTION
        self.v = self.beta * self.v + grad
        return w - self.lr * self.v
        # END SOLUTION


class Vocabulary:
    """Words and their ids.

    Parameters
    ----------
    words : list of str
    """

    def __init__(self, words):
        self.ids = {w: i for i, w in enumerate(dict.fromkeys(words))}

    def encode(self, text):
        """Ids.

        text : str
        """
        # BEGIN SOLUTION
        return [self.ids.get(w, -1) for w in text.split()]
        # END SOLUTION

    def __len__(self):
        # BEGIN SOLUTION
        return len(self.ids)
        # END SOLUTION

    def value(self, word):
        """The id of a word; word : str"""
        # BEGIN SOLUTION
        return self.ids.get(word, -1)
        # END SOLUTION

