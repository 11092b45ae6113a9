"""M04-43b Repeated labels are not merged.

file: nlp.py
loses: n7_decode, n7_example_decode
"""


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    transcripts = []
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([[blank], path[: T - 1]])
        is_new = (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts
