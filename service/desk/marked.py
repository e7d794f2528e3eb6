"""Text with ``⟦…⟧`` around what is found, cut into pieces for showing."""

import re

_MARK = re.compile("⟦(.*?)⟧", re.DOTALL)


def marked(text: str) -> list[tuple[str, bool]]:
    """The pieces of a text in order, and whether each is marked."""
    pieces = [(piece, bool(place % 2)) for place, piece in enumerate(_MARK.split(text))]
    return [piece for piece in pieces if piece[0]]
