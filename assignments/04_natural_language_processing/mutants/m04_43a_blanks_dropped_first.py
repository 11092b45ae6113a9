"""M04-43a Blanks are dropped before repeated labels are merged.

file: nlp.py
loses: n7_decode, n7_example_decode
"""


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    transcripts = []
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        labels = [int(label) for label in path[:T] if label != blank]
        transcripts.append([label for i, label in enumerate(labels) if i == 0 or label != labels[i - 1]])
    return transcripts
