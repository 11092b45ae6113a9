"""Text."""

from collections import Counter

import numpy as np


def tokenize(text: str) -> list[str]:
    """Lower-case words."""
    # BEGIN SOLUTION
    return text.lower().split()
    # END SOLUTION


def build_vocab(tokens: list[str], max_size: int) -> dict[str, int]:
    """Most common first."""
    # BEGIN SOLUTION
    ranked = sorted(Counter(tokens).items(), key=lambda p: (-p[1], p[0]))
    return {w: i for i, (w, _) in enumerate(ranked[:max_size])}
    # END SOLUTION


def encode_tokens(tokens, vocab):
    """Ids of tokens; -1 for unknown ones.

    Parameters
    ----------
    tokens : list of str
    vocab : dict of str to int
    """
    # BEGIN SOLUTION
    return [vocab.get(t, -1) for t in tokens]
    # END SOLUTION


def bag_of_words(docs, vocab):
    """Counts.

    Parameters
    ----------
    docs : list of list of str
        Tokenised documents.
    vocab : dict[str, int]
    """
    # BEGIN SOLUTION
    out = np.zeros((len(docs), len(vocab)))
    for i, d in enumerate(docs):
        for t in d:
            if t in vocab:
                out[i, vocab[t]] += 1
    return out
    # END SOLUTION


def pad_sequences(sequences, length):
    """Pad with 0.

    sequences : list of lists of int
    length : int
    """
    # BEGIN SOLUTION
    out = np.zeros((len(sequences), length), dtype=int)
    for i, s in enumerate(sequences):
        s = s[:length]
        out[i, :len(s)] = s
    return out
    # END SOLUTION


def bleu1(candidate: list[str], reference: list[str]) -> float:
    """Clipped unigram precision."""
    # BEGIN SOLUTION
    c, r = Counter(candidate), Counter(reference)
    return sum(min(n, r[w]) for w, n in c.items()) / len(candidate)
    # END SOLUTION


def edit_distance(a, b):
    """Levenshtein distance of two strings.

    a : str
    b : str
    """
    # BEGIN SOLUTION
    d = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        prev, d[0] = d[0], i
        for j, y in enumerate(b, 1):
            prev, d[j] = d[j], min(d[j] + 1, d[j - 1] + 1, prev + (x != y))
    return d[-1]
    # END SOLUTION

