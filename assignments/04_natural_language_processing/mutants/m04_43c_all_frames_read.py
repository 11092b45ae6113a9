"""M04-43c Frames beyond the utterance are read.

file: nlp.py
loses: n7_decode
"""


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    transcripts = []
    input_lengths = [len(log_probs)] * len(input_lengths)
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([[blank], path[: T - 1]])
        is_new = (path[:T] != before) & (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts
