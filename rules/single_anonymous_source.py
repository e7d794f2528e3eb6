"""The whole story rests on one source without a name.

## Why it matters
A story that one unnamed voice carries cannot be checked by a reader, and one mistake of that voice is the paper's.

## What is checked
A story of 100 words or more with two statements or more, all of them by one anonymous source ("a source … the source … she"): no
other person, document, outlet or institution says anything in it.

## Known limits
Short notices are left alone, and so are opinion, reviews, advice, sport and live blogs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.anonymous_source import anonymous
from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.genre import is_free

STATEMENTS = 2
_MORE = (
    "<p>The bridge was built in 1931 and has been closed twice since then, once for a flood and once for the war. It has two"
    " lanes and a footpath on its western side, and some nine thousand cars use it on a weekday. The"
    " council owns it. The ferry has not"
    " run since the bridge was opened, and the next way over the river is at Millford, eleven miles up the valley. The road to it"
    " is narrow. Lorries are not allowed on it between six in the evening and six in the morning, and in winter it is often shut"
    " for days on end when the snow lies deep on the pass above the town.</p>"
)


@dataclass(frozen=True)
class SingleAnonymousSource(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.4.0"
    version: ClassVar = 2
    languages: ClassVar = frozenset({"en"})

    min_words: int = 100

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding, at the source's first words."""
        context.spend(5 * len(article.text))
        if is_free(article) or article.words < self.min_words:
            return
        voices = {found.voice for found in article.attributions if found.voice is not None and found.contents and found.likely}
        statements = list(anonymous(article))
        if len(voices) == 1 and len(statements) >= STATEMENTS and statements[0].source is not None:
            place = Place(statements[0].block, statements[0].source.start, statements[0].source.end)
            message = f"Everything that is said in this story is said by “{place.text}”."
            yield Finding(message, (place,), None, 0.8, (f"{len(statements)} statements, and no other source",))

    examples: ClassVar = (
        Example(
            why="one voice without a name",
            html=f"<p>⟦A source⟧ said the bridge would close in May.</p>{_MORE}<p>A source said it would stay shut.</p>",
        ),
        Example(
            why="the source goes on under the same noun, and nobody speaks who lays a deck",
            html="<p>Workers are laying a new deck on the bridge this month.</p><p>⟦A source close to the council⟧ said the"
            f" bridge would close.</p>{_MORE}<p>It is old, the source said.</p>",
        ),
        Example(
            why="the source, and a second voice",
            html=f"<p>A source said the bridge would close. “It is old,” the source said.</p>{_MORE}<p>Maria Keane said it was "
            "not.</p>",
        ),
        Example(
            why="a second voice",
            html=f"<p>A source said the bridge would close.</p>{_MORE}<p>Maria Keane said it would stay open.</p>",
        ),
        Example(why="a notice", html="<p>A source said the bridge would close. A source said it was old.</p>"),
    )
