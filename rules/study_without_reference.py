"""A study is cited without saying which.

## Why it matters
"A study found" lets nobody look it up: not the reader, not the desk, not whoever made it and was misquoted.

## What is checked
A study, survey, poll, analysis or "new research" as a source with nothing in its paragraph or the next one that would find it: no
institution, journal, author, year or link. That it was published, or published this week, does not say where. A later paragraph
that speaks of the research and names such a thing is the reference.

## Known limits
"The study" goes back to one that was named before. Opinion, reviews, advice and sport are left alone.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.attributions import Attribution
from rules.core.sourcing.genre import is_free

_STUDY = later(
    r"^(?:(?:an?|one|another|new|recent|latest|some)\b.{0,40}\b(?:study|survey|poll|analysis|review|trial|report)"
    r"|(?:new|recent|latest|some) research)\b",
    re.IGNORECASE,
)
_FOUND = later(
    r"\b(?:19|20)\d\d\b|\b(?:Universit|Institut|Colleg|Cent(?:er|re)|Journal|Lancet|Nature|Science|Foundation|Hospital|School|Associat"
    r"|Bureau|Office|Department|Agency|Council|Gallup|Pew|YouGov|Ipsos)"
    r"|\bpublished (?:\w+ ){0,4}?(?:in|by) (?!(?:\w+ )?(?:week|month|year|day)s?\b)|(?<=[a-z,] )[A-Z]\w+ (?:and )?[A-Z]\w+"
)
_TEXT = frozenset(("paragraph", "other", "quote"))
_FINDS = frozenset("find show suggest indicate conclude reveal link warn claim estimate according".split())
_RESEARCH = later(r"\b(?:stud(?:y|ies)|research\w*|survey\w*|poll\w*|analysis|review|report|paper|findings)\b", re.IGNORECASE)


class StudyWithoutReference(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.4.0"
    version: ClassVar = 2
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each study that cannot be found."""
        context.spend(5 * len(article.text))
        if is_free(article):
            return
        known: dict[int, bool] = {}  # by the block's index: one may speak of many
        for found in article.attributions:
            if not _is_study(found) or found.source is None:
                continue
            if found.block.index not in known:
                known[found.block.index] = _can_be_found(article, found.block)
            if not known[found.block.index]:
                place = Place(found.block, found.source.start, found.source.end)
                evidence = ("no institution, journal, author, year or link near it",)
                yield Finding(f"Which one is “{place.text}”?", (place,), None, 0.7, evidence)

    examples: ClassVar = (
        Example(why="a study by nobody", html="<p>⟦A new study⟧ found that wide bridges last longer than narrow ones.</p>"),
        Example(
            why="an institution", html="<p>A new study by the University of Millford found that wide bridges last longer.</p>"
        ),
        Example(
            why="research, a result that stands first, and publication without a place",
            html="<p>⟦New research⟧ suggests that wide bridges last longer.</p><p>Wide bridges last longer, ⟦a survey⟧ has "
            "found.</p><p>⟦A new study, published this week,⟧ found that wide bridges last longer.</p>",
        ),
        Example(
            why="where it was published, and a story that comes to it later",
            html="<p>New research suggests that wide bridges last longer than narrow ones.</p><p>It rained.</p><p>It snowed.</p>"
            "<p>The research was done at Millford University. A study found the same, published last May in Bridges.</p>",
        ),
        Example(why="a year", html="<p>A 2019 study found that wide bridges last longer than narrow ones.</p>"),
        Example(why="a link", html='<p><a href="https://example.org/s">A study</a> found that wide bridges last longer.</p>'),
        Example(why="one that was named before", html="<p>The study found that wide bridges last longer than narrow ones.</p>"),
    )


def _is_study(found: Attribution) -> bool:
    says_so = found.clear or (found.sure and found.head in _FINDS)
    return bool(says_so and found.source and found.voice and not found.voice.named and _STUDY.search(found.source.text))


def _can_be_found(article: Article, block: Block) -> bool:
    following = next((other for other in article.after(block) if other.kind in _TEXT), None)
    near = [block] if following is None else [block, following]
    return any(other.links or _FOUND.search(other.text) for other in near) or article.once(_last_named) > block.index


def _last_named(article: Article) -> int:
    """The last paragraph that speaks of research and has what would find it: there the story says which it was."""
    named = (
        block.index
        for block in reversed(article.blocks)
        if block.kind in _TEXT and _RESEARCH.search(block.text) and _FOUND.search(block.text)
    )
    return next(named, -1)
