"""A field that this source always fills is empty.

## Why it matters
A story without its section is in no list, one without a date is sorted last, and one without a byline is nobody's.

## What is checked
Nothing until a configuration says which fields a source must fill (`required`): headline, byline, published_at, modified_at,
section, language, url. Then each of them that neither the sender nor the page gives.

## Known limits
A field counts as given when the page has it in any form that the engine reads (JSON-LD, OpenGraph, meta, `<time>`). A byline that
names nobody is the business of byline-missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.errors import BadRuleError
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule

FIELDS = ("headline", "byline", "published_at", "modified_at", "section", "language", "url")


@dataclass(frozen=True)
class MissingMetadata(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.3.0"

    required: tuple[str, ...] = ()  # nothing is missing where nothing is required

    def __post_init__(self) -> None:
        """Raises BadRuleError for a field that does not exist."""
        if unknown := [name for name in self.required if name not in FIELDS]:
            raise BadRuleError(f"missing-metadata: there is no field {unknown[0]!r}; known are {', '.join(FIELDS)}.")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for each field."""
        context.spend(len(self.required))
        for name in self.required:
            if not self._given(name, article):
                message = f"The article has no {name.replace('_at', ' date').replace('_', ' ')}."
                yield Finding(message, (), None, 0.97, ("this source must fill it",), subject=name)

    def _given(self, name: str, article: Article) -> bool:
        if name == "headline":
            return article.headline is not None and bool(article.headline.text)
        return bool(getattr(article.metadata, name))

    examples: ClassVar = (
        Example(
            why="the source must fill it",
            html="<h1>Flood</h1><p>Rain fell.</p>",
            options={"required": ["byline"]},
            whole_input=True,
        ),
        Example(why="nothing is required", html="<p>Rain fell.</p>"),
        Example(
            why="the page gives it",
            html='<html><head><meta name="author" content="Ada Bell"></head><body><h1>Flood</h1><p>Rain fell.</p></body></html>',
            options={"required": ["headline", "byline"]},
        ),
    )
