r"""From words to speech: word vectors, attention, CTC, beam search, a Transformer in Keras, and the aligner of Tacotron 2.

Notation
--------
B
    sentences or utterances in a batch.
d
    dimension of a word vector, a query or a key; :math:`d_v` that of a value.
V
    words of the vocabulary.
K
    negative samples of a word; in `location_sensitive_attention` the taps of a filter.
Tq, Tk
    queries, and keys with their values, of one sentence.
T, L, C
    frames of an utterance, labels of its transcript, classes (the blank is one of them); in
    `location_sensitive_attention` T characters and C filters.
S, H, A
    dimensions of the decoder's state, of the encoder's outputs, and of the space in which they are compared.

Everything is float64 (float32 works as well), log is the natural logarithm, and losses are in nats. Nothing that is
passed in is changed.

References
----------
.. [1] T. Mikolov et al., "Distributed representations of words and phrases and their compositionality", 2013,
   arXiv:1310.4546, sections 2 and 2.2: skip-gram and negative sampling.
.. [2] A. Vaswani et al., "Attention is all you need", 2017, arXiv:1706.03762, section 3.2.1: attention; 3.5: positions.
.. [3] A. Graves et al., "Connectionist temporal classification", 2006, ICML, sections 3.1, 4.1 and 4.2.
.. [4] Y. Wu et al., "Google's neural machine translation system", 2016, arXiv:1609.08144, section 7: beam search.
.. [5] J. Chorowski et al., "Attention-based models for speech recognition", 2015, arXiv:1506.07503, section 2.2.
.. [6] J. Shen et al., "Natural TTS synthesis by conditioning WaveNet on mel spectrogram predictions", 2018,
   arXiv:1712.05884, section 2.2: Tacotron 2.
"""

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# N5  word2vec
# ----------------------------------------------------------------------------------------------------------------------


def getNegativeSamples(outsideWordIdx, dataset, K):
    """Draw K words that are not the outside word; the same word may come several times. This function is given.

    Parameters
    ----------
    outsideWordIdx : int
    dataset : object
        Its method ``sampleTokenIdx()`` draws the index of a word.
    K : int

    Returns
    -------
    list of int
        K indices.
    """
    negSampleWordIndices = []
    while len(negSampleWordIndices) < K:
        index = dataset.sampleTokenIdx()
        if index != outsideWordIdx:
            negSampleWordIndices.append(index)
    return negSampleWordIndices


def naiveSoftmaxLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset):
    r"""Predict one outside word from the center word by a softmax over the whole vocabulary [1]_, equation 2.

    .. math:: \hat y = \operatorname{softmax}(U v_c), \qquad J = -\log \hat y_o, \qquad
              \frac{\partial J}{\partial v_c} = U^T (\hat y - y), \qquad
              \frac{\partial J}{\partial U} = (\hat y - y) \, v_c^T

    where y is one-hot at o.

    Parameters
    ----------
    centerWordVec : float[d]
        :math:`v_c`.
    outsideWordIdx : int
        o, the word that stands near the center word.
    outsideVectors : float[V, d]
        U, one row per word.
    dataset : object
        Not needed here: both losses of this module are called in the same way.

    Returns
    -------
    loss : float
        J [nats].
    gradCenterVec : float[d]
    gradOutsideVecs : float[V, d]

    Notes
    -----
    log softmax is computed as such. The logarithm of a softmax is :math:`-\infty` as soon as a probability underflows,
    at scores that are 745 apart.

    Examples
    --------
    >>> loss, _, _ = naiveSoftmaxLossAndGradient(np.zeros(3), 1, np.ones((5, 3)), None)
    >>> print(round(loss, 4))  # five words, all alike: log 5
    1.6094
    """
    # TODO: write naiveSoftmaxLossAndGradient.
    raise NotImplementedError("naiveSoftmaxLossAndGradient: not written yet")
    return loss, gradCenterVec, gradOutsideVecs


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=10):
    r"""Tell the outside word from K drawn words, one logistic regression each [1]_, equation 4.

    .. math:: J = -\log \sigma(u_o^T v_c) - \sum_{k=1}^{K} \log \sigma(-u_{w_k}^T v_c)

    Parameters
    ----------
    centerWordVec : float[d]
        :math:`v_c`.
    outsideWordIdx : int
        o.
    outsideVectors : float[V, d]
        U.
    dataset : object
        What `getNegativeSamples` draws from.
    K : int
        Number of negative samples :math:`w_k`.

    Returns
    -------
    loss : float
        J [nats]. A word that was drawn twice counts twice.
    gradCenterVec : float[d]
    gradOutsideVecs : float[V, d]
        0 for the words that were not drawn.

    Notes
    -----
    :math:`-\log \sigma(z) = \log(1 + e^{-z})` is ``np.logaddexp(0, -z)``, which cannot overflow, and
    :math:`1 - \sigma(z) = \sigma(-z)`.
    """
    negSampleWordIndices = getNegativeSamples(outsideWordIdx, dataset, K)
    # TODO: write negSamplingLossAndGradient.
    raise NotImplementedError("negSamplingLossAndGradient: not written yet")
    return loss, gradCenterVec, gradOutsideVecs


# ----------------------------------------------------------------------------------------------------------------------
# N6  attention
# ----------------------------------------------------------------------------------------------------------------------


def scaled_dot_product_attention(q, k, v, mask=None):
    r"""Let every query read those values whose keys are like it [2]_, equation 1.

    .. math:: out = \operatorname{softmax}\left( \frac{q k^T}{\sqrt d} \right) v

    with the softmax over the keys that the query may see.

    Parameters
    ----------
    q : float[B, Tq, d]
    k : float[B, Tk, d]
    v : float[B, Tk, dv]
    mask : bool[B, Tq, Tk] or bool[1, Tq, Tk], optional
        True where a query may see a key. Without it, all see all.

    Returns
    -------
    out : float[B, Tq, dv]
    weights : float[B, Tq, Tk]
        Each row sums to 1; a query that may see nothing has weights 0, and an output of 0.
    cache : object
        What `attention_backward` needs.

    Notes
    -----
    Keras and many others add -1e9 to masked scores instead. Then a row that is masked everywhere gets uniform weights:
    it reads what it must not see. Scores may be in the thousands: softmax does not change if the largest is subtracted.
    """
    # TODO: write scaled_dot_product_attention.
    raise NotImplementedError("scaled_dot_product_attention: not written yet")
    return out, weights, cache


def attention_backward(dout, cache):
    r"""Compute the gradients of attention.

    With the weights p of one query and the upstream gradient dp of them, the softmax gives
    :math:`p_j (dp_j - \sum_i p_i \, dp_i)` for the score of key j.

    Parameters
    ----------
    dout : float[B, Tq, dv]
        Gradient of the loss with respect to out.
    cache : object
        Of `scaled_dot_product_attention`.

    Returns
    -------
    dq : float[B, Tq, d]
    dk : float[B, Tk, d]
    dv : float[B, Tk, dv]
    """
    # TODO: write attention_backward.
    raise NotImplementedError("attention_backward: not written yet")
    return dq, dk, dv


def positional_encoding(T, d):
    r"""Write every position as d numbers, the hands of clocks of different speed [2]_, section 3.5.

    .. math:: PE_{t, 2i} = \sin\left( t / 10000^{2i/d} \right), \qquad
              PE_{t, 2i+1} = \cos\left( t / 10000^{2i/d} \right)

    Parameters
    ----------
    T : int
        Positions, counted from 0.
    d : int
        An even number.

    Returns
    -------
    float[T, d]

    Examples
    --------
    >>> np.asarray(positional_encoding(2, 4), float).round(3) + 0
    array([[0.   , 1.   , 0.   , 1.   ],
           [0.841, 0.54 , 0.01 , 1.   ]])
    """
    # TODO: write positional_encoding.
    raise NotImplementedError("positional_encoding: not written yet")
    return encoding


# ----------------------------------------------------------------------------------------------------------------------
# N7  speech recognition: CTC
# ----------------------------------------------------------------------------------------------------------------------


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    r"""Compute the loss of a transcript of which nobody knows which frame says which label [3]_.

    A path has one class per frame. It is read by merging what repeats, then dropping blanks: ``--aa-ab`` is ``aab``.

    .. math:: loss = -\log p, \qquad p = \sum_{\text{paths read as the target}} \; \prod_t y_{t, path_t}

    Parameters
    ----------
    log_probs : float[T, B, C]
        :math:`\log y`, finite.
    targets : int[B, L]
        Without blanks; what stands beyond `target_lengths` does not count, whatever it is.
    input_lengths : int[B]
        Frames of each utterance, from 1 to T; what lies beyond does not count.
    target_lengths : int[B]
        Labels of each utterance, from 0 to L.
    blank : int
        The class of the blank.

    Returns
    -------
    loss : float[B]
        [nats]; infinite if no path can be read as the target: there are too few frames.
    grad : float[T, B, C]
        Gradient of each utterance's loss with respect to its own `log_probs`, each of them a free variable: minus the
        probability, given the target, that frame t is in class c. 0 for an infinite loss, and beyond `input_lengths`.

    Notes
    -----
    Probabilities of 400 frames underflow, so all sums are sums of logarithms.

    `torch.nn.functional.ctc_loss` puts ``exp(log_probs)`` on top of this gradient, as if a log-softmax came before;
    `tf.nn.ctc_loss` takes logits.

    Examples
    --------
    >>> y = np.log(np.array([[[0.4, 0.6]], [[0.5, 0.5]]]))  # two frames of one utterance; a blank and one label
    >>> loss, grad = ctc_loss(y, np.array([[1]]), np.array([2]), np.array([1]))
    >>> np.exp(-loss).astype(float).round(4)  # 11, 1- and -1: 0.3 + 0.3 + 0.2
    array([0.8])
    """
    # TODO: write ctc_loss.
    raise NotImplementedError("ctc_loss: not written yet")
    return loss, grad


# Functions of your own are welcome anywhere: the recursion over the frames is worth one.


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    """Read the most probable class of every frame: merge what repeats, then drop blanks [3]_, section 3.2.

    Parameters
    ----------
    log_probs : float[T, B, C]
    input_lengths : int[B]
        Frames of each utterance.
    blank : int

    Returns
    -------
    list of list of int
        The labels of each utterance.

    Notes
    -----
    This is the reading of the best path, not the best reading: many paths of less probability may have one in common.
    """
    # TODO: write ctc_greedy_decode.
    raise NotImplementedError("ctc_greedy_decode: not written yet")
    return transcripts


# ----------------------------------------------------------------------------------------------------------------------
# N8  beam search, and a Transformer in Keras
# ----------------------------------------------------------------------------------------------------------------------


def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    r"""Write the most probable texts, as far as a beam of hypotheses finds them [4]_.

    In each of at most `max_len` steps every hypothesis that does not end with `eos` is replaced by its V continuations;
    those that do stay as they are. Of all these the `beam_size` most probable go on. In the end, and only then, they are
    ranked by

    .. math:: score = \frac{\log p}{len^{\alpha}}

    Parameters
    ----------
    step_fn : callable
        ``step_fn(prefix)`` returns the log-probabilities float[V] of the next token; prefix is a list of int, with `bos`
        in front. It is never asked about what has ended.
    bos, eos : int
        Tokens that begin and end a text.
    beam_size : int
        Hypotheses that are kept.
    max_len : int
        Tokens behind `bos`, `eos` included, at which a hypothesis is cut off.
    alpha : float
        How much long texts are preferred; 0 for the plain log-probability.

    Returns
    -------
    list of (list of int, float)
        Tokens, without `bos` and with `eos` if it was reached, and score; the best first, `beam_size` of them at most. len
        is the number of these tokens.
    """
    # TODO: write beam_search.
    raise NotImplementedError("beam_search: not written yet")


def build_reverser(vocab, T, d=32):
    """Build and compile a small Transformer [2]_ that can learn to write a sequence backwards.

    Parameters
    ----------
    vocab : int
        Number of tokens.
    T : int
        Length of every sequence.
    d : int
        Width of the model.

    Returns
    -------
    keras.Model
        A functional model that maps tokens int[B, T] to logits float[B, T, vocab], with

        * positions: without them a sequence is a bag of tokens;
        * at least one layer of attention, in which every position may look at every other;
        * a residual connection around it: an addition.

        Compiled with the cross-entropy of integer labels, for logits.

    Notes
    -----
    Positions are learned only if they are made from the model's input: ``Embedding(T, d)(keras.ops.arange(T))`` is
    computed once, while the model is built, and is a constant from then on.
    """
    # TODO: write build_reverser.
    raise NotImplementedError("build_reverser: not written yet")


# ----------------------------------------------------------------------------------------------------------------------
# N9  speech synthesis: location-sensitive attention
# ----------------------------------------------------------------------------------------------------------------------


def location_sensitive_attention(query, memory, cumulative, lengths, params):
    r"""Find the character that is to be spoken next, knowing which have been spoken [5]_, [6]_.

    .. math:: f_{jc} = \sum_{k=0}^{K-1} F_{kc} \; cumulative_{j + k - (K-1)/2}, \qquad
              e_j = v \cdot \tanh(W s + V h_j + U f_j + b)

    and the weights are the softmax of e over the characters of the utterance, those with j < length. The context is
    :math:`\sum_j weights_j h_j`.

    Parameters
    ----------
    query : float[B, S]
        State s of the decoder.
    memory : float[B, T, H]
        Outputs h of the encoder, one per character; padding beyond `lengths`.
    cumulative : float[B, T]
        Sum of the weights of all steps before this one, 0 at the first step and beyond `lengths`. What lies outside of it
        is 0 as well.
    lengths : int[B]
        Characters of each utterance, from 1 to T.
    params : dict
        ``W`` float[S, A], ``V`` float[H, A], ``U`` float[C, A], ``b`` float[A], ``v`` float[A]; ``F`` float[K, C], C
        filters with an odd number K of taps. W, V and U act on rows: W s is ``s @ W``.

    Returns
    -------
    context : float[B, H]
    weights : float[B, T]
        Each row sums to 1; 0 for padding.
    cumulative : float[B, T]
        With this step's weights: what the next step gets.

    Notes
    -----
    The filters are not flipped: a cross-correlation, as in all deep-learning libraries. Tacotron 2 has 32 filters of 31
    taps and A = 128; [5]_ feeds the previous weights, [6]_ their sum, so that no character is forgotten.
    """
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    # TODO: write location_sensitive_attention.
    raise NotImplementedError("location_sensitive_attention: not written yet")
    return context, weights, cumulative + weights
