"""How alike two texts are, from a few numbers each: the smallest hashes of their word sequences (a bottom-k sketch).

Broder, "On the resemblance and containment of documents" (1997). The share of equal numbers in two sketches estimates the
share of word sequences that two texts have in common.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from itertools import accumulate

SEQUENCE = 5  # words
SIZE = 32  # numbers in a sketch: an estimate of .8 is right within .14 in 19 of 20 cases
MIN_WORDS = 80  # a shorter text is a brief; two of them are alike by chance
ALIKE = 0.75  # share from which one story was filed twice
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Neighbour:
    """Another article of the store: where it is, its headline, and the estimated share of common word sequences."""

    url: str
    headline: str
    share: float


def sketch(text: str) -> tuple[int, ...]:
    """The sketch of a text: up to ``SIZE`` numbers below 2**63, rising; none for a brief."""
    words = _WORD.findall(text.lower())
    if len(words) < MIN_WORDS:
        return ()
    said = " ".join(words).encode("utf-8", "replace")
    ends = list(accumulate((len(word.encode("utf-8", "replace")) + 1 for word in words), initial=0))
    found = {blake2b(said[at : end - 1], digest_size=8).digest() for at, end in zip(ends, ends[SEQUENCE:], strict=False)}
    least = {int.from_bytes(digest) >> 1 for digest in nsmallest(2 * SIZE, found)}  # twice, for two may differ in the last bit
    return tuple(sorted(least)[:SIZE])
