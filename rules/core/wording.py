"""How a short text is worded: as pages speak to their readers, or as stories are told.

A linear model over a text's words, pairs of words and build. Its weights (``rules/data/wording.json``) are learned by
``bench/wording_model.py``; a word or a pair has one only where several publishers or lines of our own use it, so that none is a
publisher's name. It knows English.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from rules.core.linear import Linear

MAX_TOKENS = 60  # of a text that are read
CACHED = 8192  # texts of the last articles; templates repeat them
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[^\w\s]")
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"\S@\S|\b\w+\.(?:com|org|net|news|co|tv|uk|us|ie|ca|au|nz|in|pk|ng|ke|za|ph|sg)\b")


def features(key: str, text: str) -> Iterator[str]:
    """The names of a text's features: its tokens, each pair of neighbours (``^`` and ``$`` are its ends), and its build.

    ``text`` as it stands, ``key`` normalised (``rules.core.blocks.normalised``). A number is ``0``.
    """
    tokens = ["0" if token[0].isdigit() else token for token in _TOKEN.findall(key)[:MAX_TOKENS]]
    yield from set(tokens)
    yield from {f"{one} {other}" for one, other in zip(["^", *tokens], [*tokens, "$"], strict=True)}
    words = _WORD.findall(text)
    yield f"length={len(words).bit_length()}"
    yield f"capitals={4 * sum(word[0].isupper() for word in words) // max(len(words), 1)}"
    if text.isupper():
        yield "shouted"
    if _ADDRESS.search(key):
        yield "address"


@lru_cache(maxsize=CACHED)
def voice(key: str, text: str, model: Linear) -> float:
    """How far a text sounds like the page and not like the story: log odds."""
    return model.score(features(key, text))
