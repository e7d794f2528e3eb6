"""Residue rules: whole blocks that are a phrase of an interface, believed when structure says so too.

Lists are ``strong`` (a widget's own words), ``weak`` (words that widgets and stories share) and ``filler`` (what stands beside a
strong clause in one block and means nothing alone). The text alone is one signal. The second is structure: a class or id that
names the widget, an element that is a control, hiding, or repetition inside the page. Two that agree make an error; a strong
phrase alone a warning; a weak one nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.phrases import clauses, phrases
from rules.core.rule import Context, Rule

CONTROLS = frozenset({"button", "form", "label", "legend", "fieldset", "input", "output", "dialog", "nav", "textarea"})
QUOTING = frozenset({"blockquote", "q", "code", "pre", "samp", "kbd", "td", "th", "cite"})
CACHED = 16_384  # texts of the last articles: each is looked up by several rules, and templates repeat them
EDGES = " .,!-–—\"'()[]→›»×"
_QUOTED = re.compile(r"^[\"«»]")
Strength = Literal["strong", "weak"]


def whole(block: Block) -> Place:
    """All of a block's text."""
    return Place(block, 0, len(block.text))


def repeats_in(article: Article) -> Counter[str]:
    """How often each block's normalised text stands in the article."""
    return Counter(block.key for block in article.blocks)


def is_introduced(article: Article, block: Block) -> bool:
    """Whether the paragraph before announces it ("The page showed:"), so that the story itself quotes it."""
    before = article.blocks[block.index - 1] if block.index > 0 else None
    return before is not None and before.words > 3 and before.key.endswith(":")


def is_quoted(block: Block) -> bool:
    """Whether the block is a quotation or code."""
    return _QUOTED.match(block.key) is not None or bool(block.tags & QUOTING) or block.kind == "quote"


@lru_cache(maxsize=CACHED)
def strength_of(slug: str, key: str) -> Strength | None:
    """What the lists of ``slug`` say of a whole normalised text: every clause must be on one, and one on more than filler."""
    if phrases(slug, "strong").is_whole(key.strip(EDGES)):
        return "strong"
    found = {_list_of(slug, clause) for clause in clauses(key)}
    if None in found or not found:
        return None
    return "strong" if "strong" in found else "weak" if "weak" in found else None


def _list_of(slug: str, clause: str) -> str | None:
    return next((name for name in ("strong", "weak", "filler") if phrases(slug, name).is_whole(clause)), None)


@dataclass(frozen=True)
class ResidueRule(Rule):
    """A rule that is lists of phrases in ``rules/data/<slug>.toml``, for whole blocks."""

    message: ClassVar[str]
    widget: ClassVar[re.Pattern[str]]  # class, id and role words of the widget
    widget_says: ClassVar[str]  # the evidence in words
    max_words: ClassVar[int] = 45  # a longer block is prose, whatever it holds

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a block; the engine joins boxes and counts repeats."""
        counts = repeats_in(article)
        for block in article.blocks if self.applies(article) else ():
            if not block.text or block.words > self.max_words or block.kind == "headline":
                continue
            context.spend(len(block.key))
            strength = self.strength(block)
            if strength and not is_quoted(block) and not is_introduced(article, block):
                yield from self._weigh(block, strength, counts[block.key], self.beside(article, block))

    def applies(self, article: Article) -> bool:  # noqa: ARG002 - for the rules that leave a kind of article alone
        """Whether the article is of a kind in which such a block is a fault."""
        return True

    def strength(self, block: Block) -> Strength | None:
        """How sure the wording alone is: every clause of the block must be on a list, and one on the strong one."""
        return strength_of(self.name, block.key)

    def beside(self, article: Article, block: Block) -> bool:
        """Whether a neighbouring block is a strong phrase of the same widget."""
        near = article.blocks[max(0, block.index - 1) : block.index + 2]
        return any(other is not block and self.strength(other) == "strong" for other in near if other.words <= self.max_words)

    def _weigh(self, block: Block, strength: Strength, count: int, beside: bool) -> Iterator[Finding]:  # noqa: FBT001
        evidence = list(self._structure(block, count, beside=beside))
        if strength == "weak" and not evidence:
            return
        severity = Severity.ERROR if strength == "strong" and evidence else Severity.WARNING
        confidence = min(0.99, (0.9 if strength == "strong" else 0.75) + 0.04 * len(evidence))
        said = ("the words are a widget's",) if strength == "strong" else ("the words may be a widget's",)
        yield Finding(self.message, (whole(block),), severity, confidence, said + tuple(evidence), fix="remove")

    def _structure(self, block: Block, count: int, *, beside: bool) -> Iterator[str]:
        if self.widget.search(block.names):
            yield self.widget_says
        if block.tags & CONTROLS:
            yield f"stands in <{min(block.tags & CONTROLS)}>"
        if block.hidden:
            yield "hidden by style or class"
        if count > 1:
            yield f"same text {count} times"
        if beside:
            yield "beside another text of the same widget"
