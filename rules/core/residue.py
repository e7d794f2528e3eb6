"""Residue rules: whole blocks that are a phrase of an interface, believed when structure says so too.

Lists are ``strong`` (a widget's own words), ``weak`` (words that widgets and stories share) and ``filler`` (what stands beside a
strong clause in one block and means nothing alone). A block is known when every clause of it is on a list, or speaks to the
reader beside a strong one. The text alone is one signal. The second is structure: a class or id that names the widget, an element
that is a control, hiding, or repetition inside the page. A strong phrase and structure make an error; a strong phrase alone, or a
weak one and structure, a warning; a weak one alone nothing. Alone, a strong phrase that others have too is a note, and so is one
beside a clause that is on no list. Where only a list speaks against an English text that is worded as stories are told, it is
doubted: a strong phrase is a note, and what would have been a note is nothing. A list that is one sentence is the story's.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import ClassVar, Literal

from rules.core.article import Article
from rules.core.blocks import BREAK, Block, normalised
from rules.core.catalogue import load
from rules.core.findings import Finding, Place, Severity
from rules.core.linear import Linear, read_linear
from rules.core.phrases import PhraseIndex, clauses, first_clause, phrases, trimmed
from rules.core.rule import Context, Rule
from rules.core.wording import TOLD, voice

_SPEECH = re.compile(  # a policy and preferences say nothing
    r"\b(?:he|she|they) (?:said|says|told|tells)\b|, (?:[\w’'-]+ ){1,4}(?:said|says)\b|,[\"”'’]? (?:said|says) \w"
    r"|\baccording to (?!(?:our|your|the|its) (?:[\w-]+ ){0,2}(?:polic|terms|interest|preference|privacy|cookie))"
)
CONTROLS = frozenset({"button", "form", "label", "legend", "fieldset", "input", "output", "dialog", "nav", "textarea"})
QUOTING = frozenset({"blockquote", "q", "code", "pre", "samp", "kbd", "td", "th", "dt", "dd", "cite"})
CROSSHEAD = 3  # words of a heading inside a story that an interface could say too
PIECE = 4  # words from which a line that begins with a small letter is a piece of a sentence
PROSE_WORDS = 12  # of a paragraph under a heading, at least; a widget's line is shorter
LINKED = 0.5  # of its characters: from there on it is a link to another story
MAX_WORDS = 60  # a longer block is prose, whatever it holds; a rule may ask for less
CACHED = 16_384  # texts of the last articles: each is looked up by several rules, and templates repeat them
_LEADS = frozenset({"b", "strong", "em", "i"})
_APART = f":–—-{BREAK}"  # between a term in bold and what is said of it
EXPLAINED = 4  # words that are said of it, at least
_QUOTED = re.compile(  # a single mark may begin a title ('Rain' Comes to Town), a double angle may be an arrow ("« Older posts")
    r"^(?:[\"»]|«(?!\s*(?:prev|previous|next|older|newer|back|first|last)\b)|'\w.*(?:[.!?,…]'|'$))"
)
_SENTENCE_END = re.compile(r"[.!?…]+['\"]?\s")
SPOKEN = 6  # sentences of a pitch, at most
LONG = 25  # words of a sentence that is no pitch's
Strength = Literal["strong", "weak", "spoken"]  # "spoken": beside a strong clause the others speak to the reader
UNKNOWN = 0.65  # of a text's characters may be in later sentences that no list knows, at most
LISTS = ("filler", "weak", "strong")  # the weakest first


def whole(block: Block) -> Place:
    """All of a block's text."""
    return Place(block, 0, len(block.text))


def repeats_in(article: Article) -> Counter[str]:
    """How often each block's normalised text stands in the article."""
    return article.once(_repeats)


def _repeats(article: Article) -> Counter[str]:
    return Counter(block.key for block in article.blocks)


def _suspects(article: Article) -> list[Block]:
    """The short blocks that the lists of some rule know."""
    return [b for b in article.blocks if 0 < b.words <= MAX_WORDS and b.kind != "headline" and says(b)]


def says(block: Block) -> dict[str, Strength]:
    """What the lists say of a block: of its text, or of its parts (``Block.parted``). Looked for once, for many rules ask.

    Nothing where somebody says it: "An error occurred in the count, the clerk said".
    """
    if not block.said:
        found = strengths(block.key) or strengths(block.parted)
        block.said.append({} if found and _SPEECH.search(block.key) else found)
    return block.said[0]


def is_introduced(article: Article, block: Block) -> bool:
    """Whether the paragraph before announces it ("The page showed:"), so that the story itself quotes it."""
    before = article.blocks[block.index - 1] if block.index > 0 else None
    return before is not None and before.words > 3 and before.key.endswith(":")


def is_piece(block: Block) -> bool:
    """Whether it reads like a piece of a sentence and no label: it begins with a small letter, and has some words."""
    return block.text[:1].islower() and block.words >= PIECE


def is_step(block: Block) -> bool:
    """Whether it is the whole of an item of a list in order: what a story tells its readers to do, one thing after another."""
    item = next((node for node in block.ancestors if node.tag == "li"), None)
    if item is None or (item is not block.element and len(item) > 1):
        return False
    parent = item.getparent()
    return parent is not None and parent.tag == "ol"


def is_crosshead(article: Article, block: Block) -> bool:
    """Whether it is one of the story's own headings: short, a paragraph under it, and others of its level like that.

    "Logging in" is what such a paragraph is about, and no button.
    """
    return block.kind == "heading" and block.words <= CROSSHEAD and block.index in article.once(_crossheads)


def _crossheads(article: Article) -> frozenset[int]:
    """The indexes of the headings with a paragraph under them, of the levels that have two such or more."""
    found: dict[str, list[Block]] = {}
    for index in article.once(_over_prose):
        found.setdefault(article.blocks[index].tag, []).append(article.blocks[index])
    return frozenset(block.index for many in found.values() if len({block.key for block in many}) > 1 for block in many)


def heads_prose(article: Article, block: Block) -> bool:
    """Whether it is a heading with a paragraph under it, and so says what that is about."""
    return block.index in article.once(_over_prose)


def _over_prose(article: Article) -> frozenset[int]:
    found: set[int] = set()
    for block, below in pairwise(block for block in article.blocks if block.text):
        prose = below.kind in ("paragraph", "list-item") and below.words >= PROSE_WORDS and below.link_share < LINKED
        if block.kind == "heading" and prose:
            found.add(block.index)
    return frozenset(found)


def is_explained(block: Block) -> bool:
    """Whether it is a term in bold and what an editor has to say of it: "**Session expired**: log in again and …"."""
    runs = [run for run in block.runs if run.text.strip() or run.text == BREAK]
    first = runs[0] if runs else None
    if first is None or first.tail or first.node is None or first.node.tag not in _LEADS:
        return False
    rest = "".join(run.text for run in runs[1:])
    said = normalised(rest.lstrip(f"{_APART} "))
    is_apart = rest.startswith(tuple(_APART)) or first.text.rstrip().endswith((":", ".", "!", "?"))
    return is_apart and said.count(" ") >= EXPLAINED - 1 and not _known(clauses(said)) and not strengths(said)


def is_quoted(block: Block) -> bool:
    """Whether the block is a quotation or code, or begins with one."""
    if _QUOTED.match(block.key) is not None or block.tags & QUOTING or block.kind == "quote":
        return True
    first = next((run for run in block.runs if run.text.strip()), None)
    return first is not None and first.node is not None and not first.tail and first.node.tag in QUOTING


@lru_cache(maxsize=CACHED)
def strengths(key: str) -> dict[str, Strength]:
    """What the residue rules' lists say of a whole normalised text, by slug: it is on the strong one, or every clause on one.

    Of a rule whose lists know every clause, one clause must be on more than filler. Where each rule knows a part of them, or
    some speak as the house does to its readers, the text is the rule's of which a clause is strong.
    """
    opening = first_clause(key)  # where this says nothing, as in most texts, the rest is not taken apart
    is_listed = bool(_index().lists_of(opening))
    parts = _known(clauses(key)) if is_listed else []
    found: dict[str, Strength] = {}
    for slug in set.intersection(*map(set, parts)) if parts else ():
        names = {part[slug] for part in parts}
        if names != {"filler"}:
            found[slug] = "strong" if "strong" in names else "weak"
    strong = (slug for slug, name in _index().lists_of(trimmed(key)) if name == "strong")
    found |= {slug: "strong" for slug in strong if _is_known(key, slug)}
    return found or (_spoken(key) if is_listed or _speaks(opening) else {})


def _spoken(key: str) -> dict[str, Strength]:
    """The same for a text of several clauses: one is strong, and every other one is a rule's or speaks to the reader."""
    parts = clauses(key)
    if not 2 <= len(parts) <= SPOKEN or phrases("residue", "reports").occurs(key):
        return {}
    lists = [_more_than_filler(part) for part in parts]
    is_asked = key.endswith("?") and not lists[-1]  # a pitch begins with a question, an interview's block ends on it
    if is_asked or not all(known or _speaks(part) for known, part in zip(lists, parts, strict=True)):
        return {}
    strong = [slug for known in lists for slug, name in known if name == "strong"]
    return {strong[0]: "strong" if all(lists) else "spoken"} if strong else {}


def _speaks(part: str) -> bool:
    """Whether a clause, and no long one, speaks to the reader."""
    return part.count(" ") < LONG and phrases("residue", "addresses").occurs(part)


def _more_than_filler(part: str) -> list[tuple[str, str]]:
    return sorted((slug, name) for slug, name in _index().lists_of(part) if name != "filler")


def _is_known(key: str, slug: str) -> bool:
    """Whether a rule's lists know enough of a text: the open end of a phrase takes in whatever somebody wrote behind it."""
    first, *others = map(trimmed, _SENTENCE_END.split(key))
    unknown = sum(len(part) for part in others if slug not in dict(_index().lists_of(part)))
    return unknown <= UNKNOWN * (len(first) + sum(map(len, others)))


def _known(parts: Sequence[str]) -> list[dict[str, str]]:
    """For each clause the slugs that know it, and the strongest of their lists; nothing where no slug knows one of them."""
    found: list[dict[str, str]] = []
    for part in parts:
        lists = _index().lists_of(part)
        if not lists:
            return []
        found.append(dict(sorted(lists, key=lambda item: LISTS.index(item[1]))))
    return found


@cache
def _index() -> PhraseIndex:
    """The lists of every residue rule."""
    return PhraseIndex((rule.name, name) for rule in load() if isinstance(rule, ResidueRule) for name in LISTS)


class ResidueRule(Rule):
    """A rule that is lists of phrases in ``rules/data/<slug>.toml``, for whole blocks."""

    message: ClassVar[str]
    widget: ClassVar[re.Pattern[str]]  # class, id and role words of the widget
    widget_says: ClassVar[str]  # the evidence in words
    max_words: ClassVar[int] = 45  # at most MAX_WORDS
    may_be_told: ClassVar[bool] = True  # whether stories have its words too; the wording is asked then

    @cached_property
    def voices(self) -> Linear:
        """The weights of the wording (``rules.core.wording``)."""
        return read_linear("wording")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a block; the engine joins boxes and counts repeats."""
        context.spend(len(article.text))
        for block in article.once(_suspects) if self.applies(article) else ():
            strength = self.strength(block) if block.words <= self.max_words else None
            if strength and not (
                self._is_item(block) or is_quoted(block) or is_introduced(article, block) or is_explained(block)
            ):
                found = self._weigh(article, block, strength)
                yield from () if is_crosshead(article, block) and not self._has_structure(block) else found

    def applies(self, article: Article) -> bool:  # noqa: ARG002 - for the rules that leave a kind of article alone
        """Whether the article is of a kind in which such a block is a fault."""
        return True

    def may_be_copy(self, block: Block) -> bool:  # noqa: ARG002 - for the rules whose words others have too
        """Whether the words are not the house's alone: without a sign in the structure they are worth a note."""
        return False

    def strength(self, block: Block) -> Strength | None:
        """How sure the wording alone is; None where the lists do not know the block."""
        return says(block).get(self.name)

    def beside(self, article: Article, block: Block) -> bool:
        """Whether a neighbouring block is a strong phrase of the same widget."""
        near = article.blocks[max(0, block.index - 1) : block.index + 2]
        others = (other for other in near if other is not block and other.words <= self.max_words and not self.may_be_copy(other))
        return any(self.strength(other) == "strong" for other in others)

    def _is_item(self, block: Block) -> bool:
        """Whether it is an item of a list that is one sentence: "You are owed a refund if it / failed to send a reminder;"."""
        is_item = block.kind == "list-item" and is_piece(block) and block.text.endswith((";", ",", ".", " and", " or"))
        return is_item and not self._has_structure(block)

    def _has_structure(self, block: Block) -> bool:
        return self.widget.search(block.names) is not None or bool(block.tags & CONTROLS) or block.hidden

    def _weigh(self, article: Article, block: Block, strength: Strength) -> Iterator[Finding]:
        beside = self.beside(article, block)
        evidence = list(self._structure(block, repeats_in(article)[block.key], beside=beside))
        if strength == "weak" and not evidence:
            return
        is_sure = strength == "strong"
        severity = Severity.ERROR if is_sure and evidence else Severity.WARNING
        if (strength == "spoken" or self.may_be_copy(block)) and len(evidence) == beside:  # nothing in the structure says so
            severity = Severity.NOTE
        if not evidence and self._is_doubted(article, block):
            if severity is Severity.NOTE:
                return
            severity, is_sure = Severity.NOTE, False
        confidence = min(0.99, (0.9 if is_sure else 0.75) + 0.04 * len(evidence))
        said = ("the words are a widget's",) if is_sure else ("the words may be a widget's",)
        yield Finding(self.message, (whole(block),), severity, confidence, said + tuple(evidence), fix="remove")

    def _is_doubted(self, article: Article, block: Block) -> bool:
        """Whether an English text is worded as stories are told, where that counts."""
        return self.may_be_told and article.language == "en" and voice(block.key, block.text, self.voices) < TOLD

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
