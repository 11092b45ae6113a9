"""Accepted: Beam search with heapq, a class of hypotheses, arrays as prefixes and tuples of tokens; it stops when all have ended.

file: nlp.py
loses:
"""

import heapq
from dataclasses import dataclass, field


@dataclass(order=True)
class Hypothesis:
    log_p: float
    tokens: tuple = field(compare=False, default=())

    def has_ended(self, eos):
        return bool(self.tokens) and self.tokens[-1] == eos


def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    beam = [Hypothesis(0.0)]
    for _ in range(max_len):
        if all(one.has_ended(eos) for one in beam):
            break
        pool = [one for one in beam if one.has_ended(eos)]
        for one in beam:
            if not one.has_ended(eos):
                log_probs = np.asarray(step_fn(np.array((bos,) + one.tokens)))
                best = np.argsort(-log_probs)[
                    :beam_size
                ]  # more than beam_size of one hypothesis can never stay
                pool.extend(
                    Hypothesis(one.log_p + log_probs[token], one.tokens + (token,))
                    for token in best
                )
        beam = heapq.nlargest(beam_size, pool)
    ranked = [(one.tokens, one.log_p * len(one.tokens) ** -alpha) for one in beam]
    ranked.sort(key=lambda pair: -pair[1])
    return tuple(ranked)
