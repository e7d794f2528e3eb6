"""How a short text is worded: as pages speak to their readers, or as stories are told.

A linear model over a text's words, two and three of them in a row, and its build. Its weights (``rules/data/wording.json``) are
learned by ``bench/wording_model.py``; words have one only where several publishers or lines of our own use them, so that none is
a publisher's name. It knows English.
"""

import re
from functools import lru_cache
from itertools import pairwise

from rules.core.linear import Linear

MAX_TOKENS = 60  # of a text that are read
CACHED = 8192  # texts of the last articles; templates repeat them
# Log odds below which a text is told as stories are. Of 955 leftovers that the lists find among lines by strangers (seven sets,
# docs/decisions/0015) 16 score less, six of them lines of copyright; of seven false finds beside them six do.
TOLD = -1.0
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[^\w\s]")
_CAPITAL = re.compile(r"\b[A-Z]")
_ADDRESSES = ("@", "www.", ".com", ".org", ".net", ".co.", ".news", ".tv")


def features(key: str, text: str) -> list[str]:
    """The names of a text's features: its tokens, each two and three in a row (``^`` and ``$`` are its ends), and its build.

    ``text`` as it stands, ``key`` normalised (``rules.core.blocks.normalised``). A number is ``0``.
    """
    tokens = ["0" if token[0].isdigit() else token for token in _TOKEN.findall(key)[:MAX_TOKENS]]
    words, ends = key.count(" ") + 1, ["^", *tokens, "$"]
    pairs = [f"{one} {other}" for one, other in pairwise(ends)]
    found = [*{*tokens, *pairs, *(f"{pair} {token}" for pair, token in zip(pairs, ends[2:], strict=False))}]
    found += [f"length={words.bit_length()}", f"capitals={4 * len(_CAPITAL.findall(text)) // words}"]
    if text.isupper():
        found.append("shouted")
    if any(mark in key for mark in _ADDRESSES):
        found.append("address")
    return found


@lru_cache(maxsize=CACHED)
def voice(key: str, text: str, model: Linear) -> float:
    """How far a text sounds like the page and not like the story: log odds."""
    return model.score(features(key, text))
