"""M04-44a Texts that have ended leave the beam: it always holds beam_size others.

file: nlp.py
loses: n8_beam, n8_penalty, n8_work
"""


def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    beam, ended = [([], 0.0)], []
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            pool += [([*tokens, token], log_p + step) for token, step in enumerate(step_fn([bos, *tokens]))]
        pool = sorted(pool, key=lambda one: one[1], reverse=True)
        ended += [one for one in pool[:beam_size] if one[0][-1] == eos]
        beam = [one for one in pool if one[0][-1] != eos][:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in ended + beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)[:beam_size]
