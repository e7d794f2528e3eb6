"""Word lists as data: ``rules/data/<slug>.toml`` holds RE2 patterns by language; a rule names the lists it uses.

Patterns see text as ``Block.key`` has it: lower case, straight quotes, single spaces. A clause is a sentence of it without its
end marks, so a pattern says ``something went wrong`` and needs no punctuation. RE2 is linear in the text, whatever the pattern.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import re2

MEMORY = 64 << 20  # bytes an automaton may use for its states; the largest list needs a quarter of it
_CLAUSE_END = re.compile(r"(?<=[^\W\d])[.!?…:;]+(?=\s|$)|[!?…|•·]+|\.(?=\s|$)|\.{2,}")
_PART = re.compile(r"<(\w+)>")
_COUNTED = re.compile(r"(?<!\\)([.\]])\{\d+(?:,\d*)?\}")  # "any of these so many times"
EDGES = " .,!-–—\"'()[]→›»←«×"
DATA = Path(__file__).resolve().parent.parent / "data"


class PhraseList:
    """The patterns of one list, for one or all languages, as one automaton, which is made when first asked."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        """``patterns``: of RE2; what it does not take raises ValueError when the list is first asked."""
        self.patterns = patterns

    @cached_property
    def _automaton(self) -> Any:
        try:
            return re2.compile("|".join(f"(?:{pattern})" for pattern in self.patterns), _options()) if self.patterns else None
        except re2.error as error:
            raise ValueError(f"a pattern is not RE2: {error}") from error

    def is_whole(self, key: str) -> bool:
        """Whether the whole text is one of the phrases."""
        return self._automaton is not None and self._automaton.fullmatch(key) is not None

    def begins(self, key: str) -> bool:
        """Whether the text begins with one of the phrases."""
        return self._automaton is not None and self._automaton.match(key) is not None

    def occurs(self, text: str) -> bool:
        """Whether one of the phrases stands anywhere in the text."""
        return self._automaton is not None and self._automaton.search(text) is not None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the phrases stand in a text: code points, leftmost first, not overlapping."""
        if self._automaton is not None:
            for match in self._automaton.finditer(text):
                yield match.start(), match.end()


class PhraseIndex:
    """Which of many lists a whole text is on: all of them as one RE2 set, so that a text on none costs a few of its bytes.

    In the set "up to 200 characters" is "any number of them": counting makes most of the states. The lists that it names are
    asked themselves.
    """

    def __init__(self, lists: Iterable[tuple[str, str]]) -> None:
        """``lists``: pairs of a slug and a name, as ``phrases`` takes them."""
        self._lists: list[tuple[str, str]] = []
        self._set = re2.Set.FullMatchSet(_options())
        for slug, name in lists:
            patterns = phrases(slug, name).patterns
            if patterns:
                self._set.Add("|".join(f"(?:{_uncounted(pattern)})" for pattern in patterns))
                self._lists.append((slug, name))
        self._set.Compile()

    def lists_of(self, text: str) -> list[tuple[str, str]]:
        """The lists that the whole text is on, in no order."""
        near = (self._lists[number] for number in self._set.Match(text) or ())
        return [(slug, name) for slug, name in near if phrases(slug, name).is_whole(text)]


class PhraseSearch:
    """Which of many lists have a phrase anywhere in a text: one question instead of one for each list."""

    def __init__(self, lists: Iterable[tuple[str, PhraseList]]) -> None:
        """``lists``: with the names that are told; an empty one is never told."""
        given = [(name, listed.patterns) for name, listed in lists if listed.patterns]
        self._names = [name for name, _ in given]
        self._set = re2.Set.SearchSet(_options())
        for _, patterns in given:
            self._set.Add("|".join(f"(?:{pattern})" for pattern in patterns))
        self._set.Compile()

    def lists_in(self, text: str) -> list[str]:
        """Their names, in the order they were given in."""
        return [self._names[number] for number in sorted(self._set.Match(text) or ())] if self._names else []


def _uncounted(pattern: str) -> str:
    return _COUNTED.sub(r"\1*", pattern)


def clauses(key: str) -> tuple[str, ...]:
    """The sentences of a normalised text without their end marks."""
    return tuple(filter(None, map(trimmed, _CLAUSE_END.split(key))))


def trimmed(part: str) -> str:
    """A text without what stands around it: end marks, arrows, brackets. One that was opened inside stays closed."""
    bare = part.strip(EDGES)
    return f"{bare})" if bare.count("(") > bare.count(")") and part.rstrip(EDGES.replace(")", "")).endswith(")") else bare


def first_clause(key: str) -> str:
    """The first of them, for which most of a long text need not be read; "" where there is none."""
    at = 0
    for end in _CLAUSE_END.finditer(key):
        clause = trimmed(key[at : end.start()])
        if clause:
            return clause
        at = end.end()
    return trimmed(key[at:])


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    return options


@cache
def phrases(slug: str, name: str, language: str | None = None) -> PhraseList:
    """The list ``name`` of ``rules/data/<slug>.toml``: in one language, or in all (a page mixes them)."""
    lists = _read(slug)
    chosen = [lists[language]] if language else list(lists.values())
    return PhraseList(tuple(_whole(pattern, table) for table in chosen for pattern in table.get(name, ())))


@cache
def search(slug: str, names: tuple[str, ...], language: str) -> PhraseSearch:
    """The search for several lists of ``rules/data/<slug>.toml`` in one language, by their names."""
    return PhraseSearch((name, phrases(slug, name, language)) for name in names)


@cache
def search_languages(slug: str, name: str) -> PhraseSearch:
    """The search for one list of ``rules/data/<slug>.toml`` in every language, by the language."""
    return PhraseSearch((language, phrases(slug, name, language)) for language in sorted(languages(slug)))


def _whole(pattern: str, lists: dict[str, Any]) -> str:
    """The pattern with each ``<name>`` replaced by the language's part of that name; parts may name parts."""
    parts: dict[str, str] = lists.get("parts", {})
    return _PART.sub(lambda match: f"(?:{_whole(parts[match[1]], lists)})", pattern) if parts else pattern


@cache
def languages(slug: str) -> frozenset[str]:
    """The languages a list speaks."""
    return frozenset(_read(slug))


def table(slug: str, language: str) -> dict[str, list[str]]:
    """The plain lists of one language; empty where the file does not know it."""
    return _read(slug).get(language, {})


@cache
def _read(slug: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((DATA / f"{slug}.toml").read_text(encoding="utf-8"))


@cache
def words(slug: str, name: str, language: str) -> frozenset[str]:
    """A list of plain words (no patterns) in one language; empty where that language has none."""
    return frozenset(_read(slug).get(language, {}).get(name, ()))
