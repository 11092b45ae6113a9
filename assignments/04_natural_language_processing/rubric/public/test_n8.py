"""Chatbots: beam search, and a Transformer in Keras"""

import numpy as np

from autograder.rubric import assert_close, assert_loss_agrees, check, criterion, unpack

# The next token behind a text: 0 and 1 are words, 2 begins a text, 3 ends it.
NEXT = {
    (2,): [0.6, 0.35, 0.01, 0.04],
    (2, 0): [0.3, 0.3, 0.1, 0.3],
    (2, 1): [0.02, 0.02, 0.01, 0.95],
}


@criterion(
    "beam_search: an example to do by hand",
    points=1,
    tests=["beam_search"],
    hint="[0] is the best first token with 0.6, but its best text has 0.6 * 0.3; [1, 3] has 0.35 "
    "* 0.95. A beam of one never finds it, a beam of two does. bos is not among the tokens that "
    "are returned; eos is.",
)
def test_n8_example_beam(submission):
    def step(prefix):
        return np.log(NEXT.get(tuple(int(token) for token in prefix), [0.25, 0.25, 0.25, 0.25]))

    for beam_size, max_len, text, p in ((2, 2, [1, 3], 0.35 * 0.95), (1, 1, [0], 0.6)):
        found = submission.beam_search(
            submission.callback(step, max_calls=100), 2, 3, beam_size, max_len
        )
        is_list = isinstance(found, (list, tuple)) and len(found) == beam_size
        check(
            is_list,
            f"expected a list of {beam_size} pairs (tokens, score) for a beam of {beam_size}.",
            kind="type",
        )
        tokens, score = unpack(found[0], "tokens score", of="the first hypothesis")
        tokens = tokens.tolist() if isinstance(tokens, np.ndarray) else tokens
        is_right = isinstance(tokens, (list, tuple)) and list(tokens) == text
        check(
            is_right,
            f"the best text of a beam of {beam_size} with at most {max_len} tokens is {text}, got {tokens}.",
        )
        assert_close(score, np.log(p), name="its score")


@criterion(
    "build_reverser: a model of tokens, compiled with a loss that fits",
    points=1,
    tests=["build_reverser"],
    uses=("keras",),
    timeout_s=20,
    hint="Return the model, and compile it first, with the cross-entropy of integer labels: "
    "from_logits=True if your outputs are logits, from_logits=False if they went through a "
    "softmax. Tokens go in as whole numbers of shape (B, T), and every position gets one output "
    "per word of the vocabulary.",
)
def test_n8_example_model(submission, rng):
    for vocab, T in ((7, 5), (4, 8), (5, 2)):
        model = submission.build_reverser(vocab, T)
        shape = np.shape(model.predict_on_batch(rng.integers(0, vocab, size=(2, T))))
        check(
            shape == (2, T, vocab),
            f"the outputs for 2 texts have the shape {shape}, expected (B, T, vocab) = {(2, T, vocab)}.",
            "model",
        )
        assert_loss_agrees(model, rng.integers(0, vocab, size=(4, T)))
