"""Somebody speaks by surname before the story has said who that is.

## Why it matters
A paragraph was moved or cut: the reader meets "Keane" and learns two paragraphs later that this is Maria Keane, who leads the
council.

## What is checked
A source given by one word whose full name with a first name comes only later in the text ("Keane said", "according to Keane").
The headline and the standfirst do not count as an introduction, and neither does a caption. With a courtesy title ("Mr Keane
said") only where the full name comes with what they are behind a comma: else it may be a relative's.

## Known limits
People whom everybody knows by one name are introduced late by custom: a surname that the headline has too is left alone.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.genre import is_free
from rules.core.sourcing.lexicon import closed_classes, verb_forms, words

_SPEAKS = frozenset(
    "say tell add explain recall argue write admit joke continue insist according".split()
)  # as people do; companies announce
_NAME = later(r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.? |Professor )?([A-Z][\w’'-]{2,})$")
_INTRODUCES = later(
    r", (?:an?|the|who|aged|\d\d|chief|head|leader|chair\w*|director|mayor|owner|secretary|treasurer)\b"
)  # after it
_WORD = r"[A-Z][\w-]+(?:[’'](?!s\b)[\w-]+)*"
_CAPITALS = later(rf"\b{_WORD}(?: (?:[A-Z]\. )?{_WORD})*")  # words with capitals in a row


class SurnameBeforeFullName(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.4.0"
    version: ClassVar = 3
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
            speaks = _NAME.fullmatch(source.text) if source is not None and found.head in _SPEAKS else None
            if source is None or speaks is None or speaks[1] in told or (found.voice is not None and found.voice.outlet):
                continue
            name = speaks[1]
            told.add(name)
            full, block, *where = first.get(name, ("", None, -1, -1))
            if not full or block is None or (block.index, where[0]) <= (found.block.index, source.start):
                continue
            if _is_plural(name, article) or (source.text != name and not _INTRODUCES.match(block.text, where[1])):
                continue
            if name not in headline and found.block.kind != "headline":
                place = Place(found.block, source.start, source.end)
                yield Finding(f"“{place.text}” speaks before the story says that this is {full}.", (place,), None, 0.7)

    examples: ClassVar = (
        Example(
            why="the name comes later",
            html="<p>The bridge will close, ⟦Keane⟧ said.</p><p>Maria Keane, the council leader, spoke on Monday.</p>",
        ),
        Example(
            why="a courtesy title, and another cue",
            html="<p>The bridge will close, ⟦Ms Keane⟧ said. According to ⟦Brandt⟧, it will not.</p>"
            "<p>Maria Keane, the council leader, spoke on Monday. So did Tom Brandt.</p>",
        ),
        Example(
            why="a relative of the same name",
            html="<p>The bridge will close, Mr Keane said.</p><p>He came with his wife, Maria Keane, on Monday.</p>",
        ),
        Example(
            why="the name came first",
            html="<p>Maria Keane, the council leader, spoke on Monday.</p><p>The bridge will close, Keane said.</p>",
        ),
        Example(
            why="the name stands behind another capital",
            html="<p>Ask Maria Keane, the council leader.</p><p>The bridge will close, Keane said.</p>"
            "<p>Both Keane and Tom Brandt were elected in May.</p>",
        ),
        Example(
            why="another capital before a surname makes no full name",
            html="<p>The bridge will close, Keane said.</p><p>Both Keane and Tom Brandt were elected in May.</p>"
            "<p>Say Keane did it.</p>",
        ),
        Example(
            why="a country and a party are no surnames",
            html="<p>Norland said it will pay.</p><p>The Global Affairs Norland office is closed.</p>"
            "<p>The bridge will close, Liberals said.</p><p>Coast Liberals met, and a Liberal left.</p>",
        ),
        Example(
            why="a title before the name and an s behind it",
            html="<p>The bridge will close, ⟦Keane⟧ said.</p><p>Minister Maria Keane’s house is near.</p>",
        ),
        Example(
            why="somebody everybody knows",
            html="<h1>Keane will close the bridge</h1><p>The bridge will close, Keane said.</p>"
            "<p>Maria Keane was elected in May.</p>",
        ),
    )


def _is_plural(name: str, article: Article) -> bool:
    """Whether the story has the same word without its s: "Democrats" are no person."""
    return name.endswith("s") and name[:-1] in article.once(_words)


def _words(article: Article) -> frozenset[str]:
    return frozenset(re.findall(r"[\w’'-]+", article.text))


def _introductions(article: Article) -> dict[str, tuple[str, Block, int, int]]:
    """Each surname with its first full name, its block, its start and its end.

    A full name is two words with capitals and none beside them ("Global Affairs Canada" is nobody's). The last word of any such
    run has been introduced too, though not by a name to show: "Ask Damien Chazelle".
    """
    found: dict[str, tuple[str, Block, int, int]] = {}
    for block in article.prose:
        for match in _CAPITALS.finditer(block.text):
            said = [word for word in match[0].split() if word.lower().strip(".") not in words("sources", "title")]
            if len(said) > 1 and (said[0].lower() in closed_classes() or said[0].lower() in verb_forms()):
                del said[0]
            if len(said) > 1:
                name = " ".join(said) if len(said) == 2 or len(said[1]) == 2 else ""
                found.setdefault(said[-1], (name, block, match.start(), match.end()))
    return found
