"""A source is not named, and the story does not say why.

## Why it matters
Readers can weigh an anonymous source only by what the story tells about it: what it knows, and why it does not give its name.

## What is checked
The first statement of each source that a reporter knows and does not name ("a senior official said", "a White House official",
"a person familiar with it", "one minister", "sources told us"), when neither its paragraph nor the next one gives the reason
("who asked not to be named because …", "on condition of anonymity") and the next one does not open with who it was.

## Known limits
"Officials said" of a place or an institution that the story names is left alone, and so are crowds, which are
`vague-attribution`. Opinion, reviews, advice, sport and live blogs are left alone.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.attributions import Attribution
from rules.core.sourcing.genre import is_free
from rules.core.sourcing.voices import Voice

_ONE = later(
    r"^(?:an?|one|two|three|four|another|senior|top|former)\b|\b(?:sources?|insiders?|familiar|knowledge|close)\b", re.IGNORECASE
)
_REASON = later(
    r"\banonym\w+|\bnot to be (?:named|identified|quoted)|\b(?:not|un)[- ]?(?:authori[sz]ed|named)|\bnot (?:allowed|permitted"
    r"|cleared) to"
    r"|\bpseudonym|\bprivate(?:ly)?\b|\bretaliat\w+|\brepris\w+|\bfear(?:s|ed|ing)? (?:of|for)\b|\bbackground\b|\bsensitiv\w+"
    r"|\bnames? (?:was|were|is|are) withheld",
    re.IGNORECASE,
)
_INTRODUCED = later(r"[A-Z][\w’'-]+ [A-Z][\w’'-]+, (?:an?|the|who)\b")  # a next paragraph that opens with who it was


class AnonymousSource(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.4.0"
    version: ClassVar = 2
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first passage of each such source."""
        context.spend(5 * len(article.text))
        if is_free(article):
            return
        for found in first_of_each(anonymous(article)):
            assert found.source is not None
            following = next((other.text for other in article.after(found.block) if other.kind in ("paragraph", "other")), "")
            if not _REASON.search(f"{found.block.text} {following}") and not _INTRODUCED.match(following):
                place = Place(found.block, found.source.start, found.source.end)
                yield Finding(
                    f"“{place.text}” is not named, and the story does not say why.",
                    (place,),
                    None,
                    0.7,
                    ("no reason stands near",),
                )

    examples: ClassVar = (
        Example(why="no reason", html="<p>⟦A senior official⟧ said the bridge would close. It was built in 1931.</p>"),
        Example(
            why="where somebody belongs is no name",
            html="<p>⟦A White House official⟧ said it would close.</p><p>⟦A person familiar with the plan⟧ said it was old.</p>"
            "<p>⟦One minister⟧ said it was full. An officer found a boat on it.</p>",
        ),
        Example(
            why="the next paragraph says who it was",
            html="<p>A council official said it would close.</p><p>Maria Keane, the head of roads, said it was old.</p>",
        ),
        Example(
            why="a reason",
            html="<p>The bridge will close, said a senior official, who was not authorised to speak publicly.</p>",
        ),
        Example(
            why="a reason in the next paragraph",
            html="<p>A senior official said the bridge would close.</p><p>The official asked not to be named.</p>",
        ),
        Example(why="somebody with a name", html="<p>Maria Keane, a senior official, said the bridge would close.</p>"),
        Example(why="opinion", html="<p>A senior official said the bridge would close.</p>", kind="opinion"),
    )


def anonymous(article: Article) -> Iterator[Attribution]:
    """The sure statements of sources that are known to the reporter and not named, by words of their own."""
    for found in article.attributions:
        voice, source = found.voice, found.source
        if not found.clear or found.kind != "statement" or voice is None or not voice.anonymous or source is None:
            continue
        if _ONE.search(voice.name):
            yield found


def first_of_each(many: Iterator[Attribution]) -> Iterator[Attribution]:
    """The first attribution of each voice."""
    seen: set[Voice] = set()
    for found in many:
        if found.voice is not None and found.voice not in seen:
            seen.add(found.voice)
            yield found
