"""M04-44c Every text is continued by its best token alone.

file: nlp.py
loses: n8_beam, n8_penalty
"""


def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs) if not tokens or step == max(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)
