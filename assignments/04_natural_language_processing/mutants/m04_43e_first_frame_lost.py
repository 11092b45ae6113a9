"""M04-43e A label at the first frame is not read.

file: nlp.py
loses: n7_decode, n7_example_decode
"""


def ctc_greedy_decode(log_probs, input_lengths, blank=0):
    transcripts = []
    for path, T in zip(log_probs.argmax(axis=2).T, input_lengths, strict=True):
        before = np.concatenate([path[:1], path[: T - 1]])
        is_new = (path[:T] != before) & (path[:T] != blank)
        transcripts.append(path[:T][is_new].tolist())
    return transcripts
