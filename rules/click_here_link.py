"""A link does not say where it leads.

## Why it matters
Out of its sentence, in a list of links or read aloud, "here" leads nowhere.

## What is checked
Links whose whole text is "here", "click here", "this link" or the like; one finding for all of them.

## Known limits
English, German, French and Spanish wordings are known.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_EMPTY_WORDS = later(
    r"(?:click |tap |read it |found |see |available )?(?:here|this link|this page|link)|(?:hier|"
    r"diesen link)(?: klicken)?|klicken sie hier|(?:cliquez )?ici|(?:haga clic |haz clic )?aquí"
)


class ClickHereLink(Rule):
    category: ClassVar = "accessibility"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for the article."""
        found = [link for link in elements(article, context, "a") if link.get("href") and _says_nothing("".join(link.itertext()))]
        if found:
            message = (
                "A link does not say where it leads." if len(found) == 1 else f"{len(found)} links do not say where they lead."
            )
            shown = tuple(dict.fromkeys(" ".join("".join(link.itertext()).split()) for link in found[:3]))
            yield Finding(message, (), None, 0.9, shown, element=found[0], subject="links")

    examples: ClassVar = (
        Example(why="here", html='<p>Read the report ⟦<a href="/r">⟧here</a>.</p>'),
        Example(why="words that say it", html='<p>Read <a href="/r">the report of the engineers</a>, which is kept here.</p>'),
    )


def _says_nothing(text: str) -> bool:
    return _EMPTY_WORDS.fullmatch(" ".join(text.lower().split()).strip(" .,:;!>»›→()[]")) is not None
