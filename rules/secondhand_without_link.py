"""Another newsroom's report is used without a link to it.

## Why it matters
Whoever found something out is owed the link, and a reader can see there what they really wrote.

## What is checked
The first statement of each other news outlet ("CNN reported", "first reported by Reuters") in a story that links elsewhere and
not in that paragraph. What somebody told another outlet ("told the Guardian") and what it has learned count where the story's
address is known and is not that outlet's own.

## Known limits
A story without any link is left alone: its system strips them, or its desk does not set them. An agency whose copy this is is
named in the byline.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.genre import is_free
from rules.core.sourcing.lexicon import words
from rules.core.sourcing.voices import Voice

_REPORTS = frozenset(
    "report say write reveal publish announce according confirm note tell find claim cite quote describe state".split()
)
_LEARNS = frozenset(("learn", "understand"))
_TOLD = later(
    r"\b(?:(?P<first>first reported by)|told|tells|(?:[Ii]n|during) an interview with)(?P<the> [Tt]he)? "
    r"(?P<name>(?:[A-Z][\w&’'-]{0,30} ){0,3}[A-Z][\w&’'-]{1,30})"
)
_WIRES = frozenset(("ap", "afp", "reuters", "xinhua", "npr"))  # "told Reuters" stands in its copy, wherever that is printed
SHORT = 2  # letters; longer words of an outlet's name are in its address
_HOST = later(r"https?://([^/:?#]+)")


class SecondhandWithoutLink(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.4.0"
    version: ClassVar = 2
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first such statement of each outlet."""
        context.spend(7 * len(article.text))
        linked = any(link.startswith(("http://", "https://")) for block in article.prose for link in block.links)
        if is_free(article) or not linked:
            return
        told: set[str] = set()
        for place in (*_reports(article), *_hears(article)):
            name = place.text.lower().removeprefix("the ")
            if name not in told and not place.block.links:
                told.add(name)
                evidence = ("the story links elsewhere, and this paragraph does not",)
                yield Finding(f"What {place.text} reported is not linked.", (place,), None, 0.7, evidence)

    examples: ClassVar = (
        Example(
            why="a report without its link",
            html='<p>The <a href="https://council.example/">council</a> met.</p>'
            "<p>⟦The Millford Herald⟧ reported that it was short.</p>",
        ),
        Example(
            why="a link",
            html='<p>The <a href="https://herald.example/a">Millford Herald</a> reported that the council met.</p>',
        ),
        Example(
            why="what somebody told another outlet, and what one has learned",
            html='<p>The <a href="https://council.example/">council</a> met.</p><p>Maria Keane told ⟦CNN⟧ it was short, and'
            " told the board so.</p><p>It was first reported by the ⟦Millford Gazette⟧.</p><p>⟦Sky News⟧ understands that she "
            "left.</p>",
            url="https://www.valleycourier.example/a",
        ),
        Example(
            why="what somebody told this outlet, or one that it may be",
            html='<p>The <a href="https://council.example/">council</a> met.</p><p>Maria Keane told the Valley Courier it was '
            "short.</p><p>She told Sky News so, too.</p><p>“He told Reuters,” she said.</p>",
            url="https://news.sky.example/a",
        ),
        Example(
            why="a story whose address nobody knows",
            html='<p>The <a href="https://council.example/">council</a> met.</p><p>Maria Keane told CNN it was short.</p>',
        ),
        Example(
            why="an agency's own copy, and an outlet that is linked before",
            html='<p>She said so <a href="https://herald.example/a">to the Millford Herald</a>.</p><p>Keane told Reuters it '
            "was short.</p><p>She told the Millford Herald it was late.</p>",
            url="https://www.valleycourier.example/a",
        ),
        Example(why="a story without links", html="<p>The Millford Herald reported that the council met on Monday.</p>"),
    )


def _reports(article: Article) -> Iterator[Place]:
    """Where an outlet is the source. What "we have learned" under its name is its own story on its own site."""
    byline = (article.metadata.byline or "").lower()
    seen: set[Voice] = set()
    for found in article.attributions:
        voice, source = found.voice, found.source
        if source is None or voice is None or not voice.outlet or voice in seen or voice.name.lower() in byline:
            continue
        is_report = found.clear and found.head in _REPORTS
        is_news = found.likely and found.head in _LEARNS and _is_elsewhere(article, voice.name)
        if (is_report or is_news) and source.text.removeprefix("the ").removeprefix("The ").startswith(voice.name):
            seen.add(voice)
            yield Place(found.block, source.start, source.end)


def _hears(article: Article) -> Iterator[Place]:
    """Where somebody told an outlet, or it was the first to report."""
    for block in article.prose:
        for match in _TOLD.finditer(block.text):
            name = _outlet(match["name"].split(), has_article=bool(match["the"]))
            if not name or article.is_quoted(block, match.start()) or name in article.once(_linked_text):
                continue
            if match["first"] or (name.lower() not in _WIRES and _is_elsewhere(article, name)):
                yield Place(block, match.start("name"), match.start("name") + len(name))


def _linked_text(article: Article) -> str:
    """The paragraphs that have a link, in which the outlet may be linked already."""
    return "\n".join(block.text for block in article.prose if block.links)


def _outlet(said: list[str], *, has_article: bool) -> str:
    """The outlet that a row of words with capitals begins with: "Fox News Digital", "Reuters Monday"."""
    for end in range(len(said), 0, -1):
        name = " ".join(said[:end])
        if name.lower() in words("sources", "agency"):
            return name
        if said[end - 1].lower() in words("sources", "outlet") and (end > 1 or has_article):
            return name
    return ""


def _is_elsewhere(article: Article, outlet: str) -> bool:
    """Whether the story is known to stand on a site that is not called after the outlet."""
    host = _HOST.match((article.metadata.url or "").lower())
    return host is not None and not any(word in host[1] for word in outlet.lower().split() if len(word) > SHORT)
