"""House rules: lists of phrases that a newsroom wrote at the desk, run like any other rule.

A phrase is plain text and nothing else; ``*`` stands for the rest of a word. So no house rule can be slow, whatever it says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from typing import Any, ClassVar

import re2

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.engine import lint
from rules.core.examples import NOW
from rules.core.findings import SEVERITIES, Category, Finding, Place, Severity
from rules.core.phrases import PhraseList
from rules.core.rule import Context, Rule
from rules.core.submission import Metadata, Submission

SLUG = re.compile(r"house-[a-z0-9][a-z0-9-]{0,56}")
MOST_PHRASES = 500
LONGEST_PHRASE = 200  # characters
MOST_EXAMPLES = 50
LONGEST_EXAMPLE = 2_000
ARTICLE_KINDS = ("news", "opinion", "analysis", "review", "live-blog", "recipe", "advertisement")  # Article.kind
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Definition:
    """A house rule as its author wrote it. Empty scopes mean everywhere; ``replacement`` is what to write instead."""

    slug: str
    title: str
    why: str
    phrases: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    replacement: str = ""
    severity: str = "warning"
    match_case: bool = False
    in_quotes: bool = False  # whether what people are quoted as saying is flagged too
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    catches: tuple[str, ...] = field(default=())  # sentences that it must flag
    spares: tuple[str, ...] = field(default=())  # sentences that it must leave alone

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> "Definition":
        """A definition from JSON, as ``to_mapping`` gives it."""
        known = {item.name for item in fields(cls)}
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        return cls(**{name: value for name, value in values.items() if name in known})

    def to_mapping(self) -> dict[str, Any]:
        """The definition as JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def problems(definition: Definition) -> dict[str, str]:
    """What is wrong with a definition, by its field, in words for its author; nothing where it can be kept.

    Its examples are run: what must be flagged is, and what must be left alone is.
    """
    found = dict(_shape(definition))
    if found:
        return found
    rule = make_rule(definition, 1)
    missed = [text for text in definition.catches if not _flags(rule, definition, text)]
    flagged = [text for text in definition.spares if _flags(rule, definition, text)]
    if missed:
        found["catches"] = f"It does not flag “{missed[0]}”."
    if flagged:
        found["spares"] = f"It flags “{flagged[0]}”. Add an exception, or make a phrase narrower."
    return found


def make_rule(definition: Definition, version: int) -> Rule:
    """The rule that a definition describes. Version, severity and category are of the class, so it gets one of its own."""
    of_class = {"version": version, "severity": Severity[definition.severity.upper()], "__module__": __name__}
    kind = type("HouseRule", (_HouseRule,), of_class)
    made = kind(definition)
    assert isinstance(made, Rule)
    return made


@dataclass(frozen=True)
class _HouseRule(Rule):
    category: ClassVar[Category] = "consistency"
    since: ClassVar = "house"
    definition: Definition

    @property
    def name(self) -> str:
        """The slug that its author gave it."""
        return self.definition.slug

    @property
    def help(self) -> str:
        """Its title and reason, in the form of a help page."""
        checked = ", ".join(f"“{phrase}”" for phrase in self.definition.phrases)
        return f"{self.definition.title}\n\n## Why it matters\n{self.definition.why}\n\n## What is checked\n{checked}"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Every place where a phrase stands, but for exceptions, quotations and what is out of its scope."""
        if not self._is_meant(article):
            return
        for block in article.blocks:
            context.spend(4 * len(block.text))
            if self.definition.in_quotes or block.kind != "quote":
                yield from self._in(block, article)

    def _is_meant(self, article: Article) -> bool:
        given, section = self.definition, (article.metadata.section or "").casefold().strip("/")
        in_section = not given.sections or any(
            section == wanted or section.startswith(f"{wanted}/") for wanted in (s.casefold().strip("/") for s in given.sections)
        )
        return in_section and (not given.kinds or article.kind in given.kinds)

    def _in(self, block: Block, article: Article) -> Iterator[Finding]:
        text = _plain(block.text)
        left_alone = _spans(self.definition.exceptions, text, match_case=self.definition.match_case)
        if not self.definition.in_quotes:
            left_alone += article.quoted(block)
        for start, end in _spans(self.definition.phrases, text, match_case=self.definition.match_case):
            if not any(a <= start and end <= b for a, b in left_alone):
                yield self._finding(Place(block, start, end))

    def _finding(self, place: Place) -> Finding:
        instead = self.definition.replacement
        if instead and place.text[:1].isupper() and instead[:1].islower():
            instead = instead[0].upper() + instead[1:]
        fix = "replace-unsafe" if instead else None
        return Finding(f"{self.definition.title.rstrip('.')}.", (place,), None, 0.95, (), fix=fix, replacement=instead)  # type: ignore[arg-type]


def _spans(phrases: tuple[str, ...], text: str, *, match_case: bool) -> list[tuple[int, int]]:
    """Where phrases stand as words of their own."""
    found = _matcher(phrases, match_case).spans(text) if phrases else ()
    return [(start, end) for start, end in found if _is_apart(text, start, end)]


@lru_cache(maxsize=512)
def _matcher(phrases: tuple[str, ...], match_case: bool) -> PhraseList:  # noqa: FBT001 - a part of the cache's key
    longest_first = sorted(phrases, key=len, reverse=True)
    return PhraseList(tuple(("" if match_case else "(?i)") + _pattern(phrase) for phrase in longest_first))


def _pattern(phrase: str) -> str:
    """A phrase as RE2: every letter stands for itself, blanks for any white space, ``*`` for the rest of a word."""
    words = _SPACE.split(_plain(phrase).strip())
    return r"[ \n]+".join(r"[\pL\pN_'-]*".join(re2.escape(part) for part in word.split("*")) for word in words)


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether neither end cuts a word in two."""
    cuts_before = start > 0 and text[start].isalnum() and text[start - 1].isalnum()
    cuts_after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not cuts_before and not cuts_after


_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\u202f": " "})


def _plain(text: str) -> str:
    """The same length, with straight quotes and plain blanks, so that a phrase is found however it was typed."""
    return text.translate(_STRAIGHT)


def _flags(rule: Rule, definition: Definition, text: str) -> bool:
    """Whether the rule flags a sentence in a story of its own scope."""
    section = definition.sections[0] if definition.sections else None
    kind = definition.kinds[0] if definition.kinds else None
    submission = Submission(f"Example.\n\n{text}", "text", metadata=Metadata(section=section, kind=kind))
    return bool(lint(submission, now=NOW, rules=[rule])["findings"])


def _shape(given: Definition) -> Iterator[tuple[str, str]]:
    """What is wrong before anything is run."""
    if not SLUG.fullmatch(given.slug):
        yield "slug", "Its name is house- and lower-case letters, digits and hyphens, at most 63 characters."
    if not 3 <= len(given.title) <= 150:
        yield "title", "Say in 3 to 150 characters what is wrong; editors see it beside the finding."
    if not given.why.strip() or len(given.why) > 2_000:
        yield "why", "Say why it matters, in at most 2,000 characters."
    for name, least, most, longest in (
        ("phrases", 1, MOST_PHRASES, LONGEST_PHRASE),
        ("exceptions", 0, MOST_PHRASES, LONGEST_PHRASE),
        ("catches", 1, MOST_EXAMPLES, LONGEST_EXAMPLE),
        ("spares", 1, MOST_EXAMPLES, LONGEST_EXAMPLE),
        ("sections", 0, 100, 128),
    ):
        values: tuple[str, ...] = getattr(given, name)
        if len(values) < least:
            yield name, _MISSING[name]
        elif len(values) > most or any(len(value) > longest for value in values):
            yield name, f"At most {most} lines of at most {longest} characters each."
    wild = [phrase for phrase in (*given.phrases, *given.exceptions) if len(re.sub(r"[\W_]", "", phrase)) < 2]
    if wild:
        yield "phrases", f"“{wild[0]}” would be found nearly everywhere; a phrase has at least two letters or digits."
    if given.severity not in SEVERITIES:
        yield "severity", "The severity is error, warning or note."
    if unknown := [kind for kind in given.kinds if kind not in ARTICLE_KINDS]:
        yield "kinds", f"{unknown[0]!r} is no kind of story; they are {', '.join(ARTICLE_KINDS)}."
    if len(given.replacement) > LONGEST_PHRASE:
        yield "replacement", f"At most {LONGEST_PHRASE} characters."


_MISSING = {
    "phrases": "Give at least one phrase, each on a line of its own.",
    "catches": "Give at least one sentence that the rule must flag.",
    "spares": "Give at least one sentence that the rule must leave alone.",
}
