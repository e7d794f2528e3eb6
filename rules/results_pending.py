"""Results are still announced after the event.

## Why it matters
"Results will appear here" under a race of last month is a page that nobody came back to.

## What is checked
A block that only says that a result, a score or a table is to come, or a scoreboard that still stands at 0-0 before the
kick-off, two days after the article was last changed.

## Known limits
Sentences of the story are left alone, and so are "Awaiting results" as a heading over a paragraph and cells of a table, for a
list of fixtures has "TBC" by right. A 0-0 without a word that the match has not begun may be the result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import re2

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.residue import heads_prose, is_quoted, whole
from rules.core.rule import Context, Example, NotRunError, Rule

_RESULTS = (
    r"(?:the |full |live |final |election |match |race )*"
    r"(?:results?|scores?|standings|tables?|winners?|winning numbers|figures|vote counts?|man of the match)"
)
_PENDING = re2.compile(
    rf"\W*(?:{_RESULTS} (?:will (?:appear|be (?:posted|published|shown|updated|added|available|announced)) "
    r"(?:here|below|on this page|soon|shortly|later|as they come in|when available|after .{2,40})|(?:to be announced|"
    r"to follow|pending|awaited|coming soon))(?: .{0,40})?|"
    rf"(?:{_RESULTS}(?: is| are|\W*[:–—-])? )?(?:tb[acd]|to be (?:announced|confirmed|decided))|"
    rf"{_RESULTS}(?: is| are|\W*[:–—-]) (?:to follow|pending|awaited|coming soon)|awaiting {_RESULTS})\W*"
)
# A scoreboard as it stood before the match: nil-nil, and a word that says nobody has played yet. A goalless draw has none.
_NOT_PLAYED = re2.compile(
    r"(?:.*\W)?0 ?[-–:] ?0(?:\W.*)?\b(?:not (?:yet )?started|(?:yet )?to be played|upcoming|kick-?off(?: at| in)? \d.*)\W*|"
    r"\W*(?:kick-?off(?: at| in)? \d[^a-z]*|not (?:yet )?started|upcoming)\b.*\W0 ?[-–:] ?0(?:\W[^.?!]*)?"
)
_AWAITING = re2.compile(r"\W*awaiting ")  # a heading over a paragraph on those who wait
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
MAX_WORDS = 16  # a line of a table or a box; a sentence of the story is longer


@dataclass(frozen=True)
class ResultsPending(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 4
    specificity: ClassVar = 81
    languages: ClassVar = frozenset({"en"})

    max_age: timedelta = timedelta(days=2)

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each block."""
        context.spend(2 * len(article.text))
        blocks = [
            block
            for block in article.blocks
            if 0 < block.words <= MAX_WORDS
            and _is_pending(block.key)
            and not (is_quoted(block) or (_AWAITING.match(block.key) and heads_prose(article, block)))
        ]
        if not blocks:
            return
        touched = article.touched_at
        if touched is None:
            raise NotRunError("the article carries no date")
        for block in blocks:
            if touched + self.max_age <= context.now:
                yield Finding("Results are still announced.", (whole(block),), None, 0.9, (f"last changed {touched.date()}",))
            else:
                context.expect(block.text, touched + self.max_age)

    examples: ClassVar = (
        Example(
            why="a week later",
            html="<p>The polls have closed.</p><p>⟦Results will appear here.⟧</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=7),
        ),
        Example(
            why="a scoreboard from before the match",
            html="<p>Rovers meet United today.</p><p>⟦Rovers 0–0 United (not started)⟧</p>"
            "<p>The other tie is at three.</p><p>⟦Kick-off 15:00 | City 0-0 Town⟧</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=7),
        ),
        Example(
            why="a goalless draw",
            html="<p>Full time: Rovers 0-0 United</p><p>Rovers drew 0-0 with United.</p><p>City were 0-0 at half time.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=7),
        ),
        Example(
            why="on the evening",
            html="<p>The polls have closed.</p><p>Results will appear here.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(hours=7),
        ),
        Example(
            why="a sentence",
            html="<p>Results of the inquiry will be published here in the town hall, the mayor said, in May.</p>",
            published_at=_DAY,
        ),
    )


def _is_pending(key: str) -> bool:
    return bool(_PENDING.fullmatch(key) or ("0" in key and _NOT_PLAYED.fullmatch(key)))
