"""A label still calls the story live or breaking.

## Why it matters
A headline that says LIVE a month later sends readers to a page where nothing happens.

## What is checked
"LIVE", "BREAKING", "Live updates", "The Latest", "Just in" and "Developing" at the start of a headline, also in brackets or
behind a sign ("🔴 LIVE"), "… latest:" and "… live updates" inside it, or such a word as a label of its own above the story, a
day after the article was last changed.

## Known limits
Live blogs are judged too once nobody writes in them. Names of programmes and works ("Saturday Night Live", "LIVE AID", "Breaking
Bad") and verbs are left alone: a label stands in capitals before words that do not, or before a colon or bar. Inside a
headline it is a note, and so are "Latest", "Live now", "Watch live" and "Happening now" in small letters: works are called so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, NotRunError, Rule

_LABEL = later(
    r"^(?:[^\w\s“”\"‘’'#@$£€.…-]\ufe0f? ?)?((?:LIVE|BREAKING|DEVELOPING|JUST IN|HAPPENING NOW)\b(?=$|[:|!\])–—-]|"
    r"\s+[–—|-]|\s+(?![A-Z]{2}))|(?i:live updates?|"
    r"live blog|breaking(?: news)?|developing(?: story)?|live|live now|watch live|just in|happening now|(?:the )?latest)"
    r"(?=\s*[:|–—\]]))"
)
_INSIDE = later(  # "bears live", "watch it live" and a company's latest stand at the end or before other marks
    r"(?<=\w )(?<!['’]s )(?:live|LIVE|latest|LATEST|latest news|(?i:live updates?|latest updates?|live blog))(?=\s*:)"
    r"|(?<=[|–—-] )(?:live|LIVE|(?i:live updates?|latest updates?|live blog))$"
)
_USUAL = frozenset(("latest", "live now", "watch live", "happening now"))  # words of titles too, unless in capitals
_ALONE = later(r"(?i)\W{0,3}(?:live|live now|breaking(?: news)?|developing(?: story)?|happening now|just in|live updates)\W{0,2}")
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class StaleLabel(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 3
    specificity: ClassVar = 83
    languages: ClassVar = frozenset({"en"})

    max_age: timedelta = timedelta(days=1)

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The headline's label, and blocks above the story that are only a label."""
        context.spend(2 * len(article.text) // 10 + 100)
        places = dict(_places(article))
        if not places:
            return
        touched = article.touched_at
        if touched is None:
            raise NotRunError("the article carries no date")
        for place, severity in places.items():
            if touched + self.max_age <= context.now:
                days = (context.now - touched).days
                message = f"The label “{place.text}” still stands {days} {'day' if days == 1 else 'days'} later."
                yield Finding(message, (place,), severity, 0.9, (f"last changed {touched.date()}",))
            else:
                context.expect(place.text, touched + self.max_age)

    examples: ClassVar = (
        Example(
            why="a headline",
            html="<h1>⟦LIVE⟧: Storm reaches the coast</h1><p>Rain fell.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="still fresh",
            html="<h1>BREAKING: Storm reaches the coast</h1><p>Rain fell.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(hours=2),
        ),
        Example(
            why="behind a sign",
            html="<h1>\U0001f534 ⟦LIVE⟧: Storm reaches the coast</h1><p>Rain fell.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="in brackets",
            html="<h1>[⟦LIVE⟧] Storm reaches the coast</h1><p>Rain fell.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="in small letters before a colon, and above the story",
            html="<h1>⟦Just in⟧: Storm reaches the coast</h1><p>⟦● LIVE⟧</p><p>Rain fell.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="no label before its noun or inside a quotation",
            html="<h1>“LIVE: a film” opens, and just in time</h1><p>Live now, pay later: they sang.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="inside a headline",
            html="<h1>Storm Ada ⟦latest⟧: ferries stay in port</h1><p>Rain fell.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="works and programmes",
            html="<h1>LIVE AID at forty: what the singers remember</h1><p>They sang on Saturday Night Live.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="a company's latest",
            html="<h1>Saturday Night Live: where to see the maker’s latest: a harbour in which bears live</h1><p>Bears.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
        Example(
            why="verbs and programmes",
            html="<h1>Live music returns to the harbour</h1><p>Breaking the record took years.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=30),
        ),
    )


def _places(article: Article) -> Iterator[tuple[Place, Severity | None]]:
    headline = article.headline
    if headline is not None and (match := _LABEL.match(headline.text)):
        is_usual = not match[1].isupper() and match[1].lower() in _USUAL
        yield Place(headline, match.start(1), match.end(1)), Severity.NOTE if is_usual else None
    elif headline is not None and (match := _INSIDE.search(headline.text)):
        yield Place(headline, match.start(), match.end()), Severity.NOTE  # there "latest" may be the story's own word
    above: tuple[Block, ...] = article.blocks[:3]
    for block in above:
        if block is not headline and _ALONE.fullmatch(block.text):
            yield Place(block, 0, len(block.text)), None
