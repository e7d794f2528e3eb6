"""Another newsroom's report is used without a link to it.

## Why it matters
Whoever found something out is owed the link, and a reader can see there what they really wrote.

## What is checked
The first statement of each other news outlet ("CNN reported", "told the Guardian") in a story that links elsewhere and not in
that paragraph.

## Known limits
A story without any link is left alone: its system strips them, or its desk does not set them. An agency whose copy this is is
named in the byline.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.anonymous_source import first_of_each
from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.attributions import Attribution
from rules.core.sourcing.genre import is_free

_REPORTS = frozenset(
    "report say write reveal publish announce according confirm note tell find claim cite quote describe state".split()
)


class SecondhandWithoutLink(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.4.0"
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first such statement of each outlet."""
        context.spend(5 * len(article.text))
        linked = any(link.startswith(("http://", "https://")) for block in article.prose for link in block.links)
        if is_free(article) or not linked:
            return
        for found in first_of_each(_of_outlets(article)):
            assert found.source is not None
            if not found.block.links:
                place = Place(found.block, found.source.start, found.source.end)
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
        Example(why="a story without links", html="<p>The Millford Herald reported that the council met on Monday.</p>"),
    )


def _of_outlets(article: Article) -> Iterator[Attribution]:
    byline = (article.metadata.byline or "").lower()
    for found in article.attributions:
        voice = found.voice
        if not (found.clear and found.source is not None and voice is not None and voice.outlet and found.head in _REPORTS):
            continue
        if voice.name.lower() not in byline and found.source.text.removeprefix("the ").removeprefix("The ").startswith(
            voice.name
        ):
            yield found
