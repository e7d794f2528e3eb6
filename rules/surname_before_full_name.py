"""Somebody speaks by surname before the story has said who that is.

## Why it matters
A paragraph was moved or cut: the reader meets "Keane" and learns two paragraphs later that this is Maria Keane, who leads the
council.

## What is checked
A source given by one word whose full name with a first name comes only later in the text. The headline and the standfirst do not
count as an introduction, and neither does a caption.

## Known limits
People whom everybody knows by one name are introduced late by custom: a surname that the headline has too is left alone.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.genre import is_free
from rules.core.sourcing.lexicon import words

_SPEAKS = frozenset(
    "say tell add explain recall argue write admit joke continue insist".split()
)  # as people do; companies announce
_NAME = later(r"[A-Z][\w’'-]{2,}$")
_FULL = later(r"\b([A-Z][a-zà-ÿ’'-]+) (?:[A-Z]\. )?([A-Z][\w’'-]{2,})\b")


class SurnameBeforeFullName(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.4.0"
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first time each such source speaks."""
        context.spend(8 * len(article.text))
        if is_free(article):
            return
        first = _introductions(article)
        headline = article.headline.text if article.headline else ""
        told: set[str] = set()
        for found in article.attributions:
            source = found.source
            if source is None or found.head not in _SPEAKS or not _NAME.fullmatch(source.text) or source.text in told:
                continue
            told.add(source.text)
            full, *where = first.get(source.text, ("", -1, -1))
            if (
                tuple(where) > (found.block.index, source.start)
                and source.text not in headline
                and found.block.kind != "headline"
            ):
                place = Place(found.block, source.start, source.end)
                yield Finding(f"“{place.text}” speaks before the story says that this is {full}.", (place,), None, 0.7)

    examples: ClassVar = (
        Example(
            why="the name comes later",
            html="<p>The bridge will close, ⟦Keane⟧ said.</p><p>Maria Keane, the council leader, spoke on Monday.</p>",
        ),
        Example(
            why="the name came first",
            html="<p>Maria Keane, the council leader, spoke on Monday.</p><p>The bridge will close, Keane said.</p>",
        ),
        Example(
            why="somebody everybody knows",
            html="<h1>Keane will close the bridge</h1><p>The bridge will close, Keane said.</p>"
            "<p>Maria Keane was elected in May.</p>",
        ),
    )


def _introductions(article: Article) -> dict[str, tuple[str, int, int]]:
    """Each surname with the first full name that ends in it, its block and its place."""
    found: dict[str, tuple[str, int, int]] = {}
    for block in article.prose:
        for match in _FULL.finditer(block.text):
            if match[1].lower() not in words("sources", "title"):
                found.setdefault(match[2], (match[0], block.index, match.start()))
    return found
