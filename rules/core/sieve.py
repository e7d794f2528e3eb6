"""The RE2 patterns that rules look for in a block's text, asked at once: a block in which none can match costs next to nothing.

A rule says ``_TOKEN = sift(r"…")`` and then ``_TOKEN.finditer(block)``. The patterns of all rules are one RE2 set, which tells in
a single pass over the block's text which of them occur in it; only those look for their places.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import re2

from rules.core.blocks import Block

_PATTERNS: list[str] = []
_SETS: dict[int, Any] = {}  # the set of the first so many patterns: rules may still be loaded when the first block comes
_MEMORY = 64 << 20  # bytes its automaton may use for its states


class Sifted:
    """One pattern of the set."""

    def __init__(self, number: int, pattern: str) -> None:
        self._number = number
        self._pattern = pattern

    @cached_property
    def _automaton(self) -> Any:
        """Made for the first block in which it occurs: a short check asks few of them."""
        return re2.compile(self._pattern)

    @property
    def groups(self) -> int:
        """How many groups it has."""
        return int(self._automaton.groups)

    def occurs(self, block: Block) -> bool:
        """Whether it, or its hint, matches anywhere in the block's text."""
        return self._number in occurring(block)

    def finditer(self, block: Block) -> Iterator[Any]:
        """Its matches in the block's text, in order."""
        return self._automaton.finditer(block.text) if self.occurs(block) else iter(())


def sift(pattern: str, hint: str | None = None) -> Sifted:
    r"""A pattern to look for in blocks. What RE2 does not take raises re2.error with the first block.

    ``hint`` stands for it in the set: something simpler that occurs wherever the pattern does. A pattern that may begin almost
    anywhere and then counts (``\w{0,60}x``) needs one, for it makes states of its own beside those of every other pattern.
    """
    _PATTERNS.append(pattern if hint is None else hint)
    return Sifted(len(_PATTERNS) - 1, pattern)


def occurring(block: Block) -> frozenset[int]:
    """The numbers of the patterns that occur in a block's text."""
    known = block.sifted.get(len(_PATTERNS))
    if known is None:
        known = block.sifted[len(_PATTERNS)] = frozenset(_set().Match(block.text) or ())
    return known


def _set() -> Any:
    if len(_PATTERNS) not in _SETS:
        options = re2.Options()
        options.max_mem = _MEMORY
        made = re2.Set.SearchSet(options)
        for pattern in _PATTERNS:
            made.Add(pattern)
        made.Compile()
        _SETS[len(_PATTERNS)] = made
    return _SETS[len(_PATTERNS)]
