"""Regular expressions that are compiled when they are first asked: a short check asks a third of the rules' own."""

import re
from typing import Any, cast


class _Later:
    """Stands for a pattern; its methods are the compiled one's from the first question on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._given)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "split", "sub"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern as ``re.compile`` gives it. One that is none raises ``re.error`` when it is first asked."""
    return cast("re.Pattern[str]", _Later(pattern, flags))


def lowered(text: str) -> str:
    """A text in lower case whose characters stand where they stood: "İ" has no small form of one character, and stays."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(small if len(small := one.lower()) == 1 else one for one in text)
