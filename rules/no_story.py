"""There is nothing here that reads like an article.

## Why it matters
A fetch that met an error page, a bot wall or a consent wall gives HTML that has no faults, because it has no story. A clean
report on it would be a lie.

## What is checked
No text at all, or a headline with nothing under it; a page that is mostly an error, a bot wall or a consent wall by its words
and has little else; a whole page in which no paragraphs of prose were found. The finding's kind says which: empty, error-page,
bot-wall, consent-wall, no-prose.

## Known limits
A short brief is a story: a fragment with a line under its headline passes, and so does one with a picture, a video or a place
that a script fills, and a live blog. A story about such walls is longer than one.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.region import MIN_STORY
from rules.core.rule import Context, Example, Rule

MAX_WALL = 150  # words; a wall's text is shorter, a story about walls longer
# Wordings of Cloudflare, Akamai, DataDome, PerimeterX, Imperva and of servers' own error pages.
_WALLS = (
    (
        "bot-wall",
        later(
            r"(?:verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|checking your browser|just a moment\.\.\.|"
            r"attention required! \| cloudflare|enable javascript and cookies to continue|"
            r"unusual (?:traffic|activity)|press (?:&|and) hold to confirm|"
            r"access (?:to this page has been )?denied|ray id:|pardon our interruption|you have been blocked|"
            r"please enable js and disable any ad blocker)",
            re.IGNORECASE,
        ),
    ),
    (
        "error-page",
        later(
            r"^(?:http )?(?:error:? )?(?:403|404|410|451|500|502|503)"
            r"(?:\W*$|[\s:|–—-]+(?:error|not found|forbidden|gone|internal|bad|service|unavailable)\b)|"
            r"page (?:could )?not (?:be )?found|^(?:(?:http|error|451)\W+)*unavailable (?:due to|for) legal reasons\W*$|"
            r"page you (?:are|were) looking for|"
            r"(?:bad gateway|service unavailable|internal server error|gateway time-?out)|"
            r"this page (?:no longer exists|is unavailable)|"
            r"seite (?:wurde )?nicht gefunden|page introuvable|página no encontrada|pagina non trovata|pagina niet gevonden",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "consent-wall",
        later(
            r"before you continue|we (?:and our partners )?(?:value|use|store)(?: and/or access)? "
            r"(?:your privacy|cookies|information on a device)|"
            r"accept all(?: cookies)?|manage (?:your )?(?:cookie|privacy) (?:settings|preferences)|"
            r"mit werbung weiterlesen|accepter et continuer",
            re.IGNORECASE,
        ),
    ),
)


class NoStory(Rule):
    category: ClassVar = "integrity"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.1.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding, without a place."""
        context.spend(3 * len(article.text))
        kind = _kind(article)
        if kind and not article.limits:  # what was cut off is not known to be no story
            yield Finding(_MESSAGES[kind], (), None, 0.95, (f"{article.words} words in all",), kind=kind)

    examples: ClassVar = (
        Example(why="an empty body", html="<html><body><div> </div></body></html>", whole_input=True),
        Example(
            why="a bot wall",
            html="<html><body><h1>Just a moment...</h1><p>Verify you are human by completing the action below.</p></body></html>",
            whole_input=True,
        ),
        Example(
            why="an error page",
            html="<html><head><title>404</title></head><body><h1>404</h1><p>Page not found</p></body></html>",
            whole_input=True,
        ),
        Example(
            why="a consent wall",
            html="<html><body><h2>We value your privacy</h2><button>Accept all</button></body></html>",
            whole_input=True,
        ),
        Example(
            why="a page of links only",
            html='<html><body><nav><a href="/">Home</a></nav><ul><li><a href="/a">News</a></li></ul></body></html>',
            whole_input=True,
        ),
        Example(why="a headline alone", html="<article><h1>Bridge closed after flood</h1><p> </p></article>", whole_input=True),
        Example(why="a video", html="<article><h1>Bridge closed after flood</h1><video src='/v.mp4'></video></article>"),
        Example(why="a brief is a story", html="<p>Two people were hurt in a crash on the A6 near Kendal on Monday.</p>"),
    )


_SHOWN = frozenset({"img", "picture", "svg", "video", "audio", "iframe", "object", "embed", "canvas", "script", "form"})
_MESSAGES = {
    "empty": "The story has no text.",
    "bot-wall": "This is no article but a wall that asks whether the reader is a robot.",
    "error-page": "This is no article but an error page.",
    "consent-wall": "This is no article but a wall that asks for consent.",
    "no-prose": "Nothing on this page reads like an article.",
}


def _kind(article: Article) -> str | None:
    if not article.words:
        return "empty"
    if article.words <= MAX_WALL:
        wall = next((kind for kind, pattern in _WALLS if pattern.search(article.text)), None)
        if wall and _sentences(article) <= 4:
            return wall
    prose = article.region.prose if article.region is not None else len(article.text)
    if article.page and prose < MIN_STORY and not _sentences(article):
        return "no-prose"
    return "empty" if all(block.kind == "headline" for block in article.blocks) and not _is_filled_otherwise(article) else None


def _is_filled_otherwise(article: Article) -> bool:
    """Whether something other than text stands there, or comes later: plain text has no headline that is sure."""
    if article.region is None or article.kind == "live-blog":
        return True
    nodes = (node for node in article.region.element.iter() if isinstance(node.tag, str))
    return any(node.tag in _SHOWN or "-" in node.tag or any(name.startswith("data-") for name in node.attrib) for node in nodes)


def _sentences(article: Article) -> int:
    """Sentences of eight words or more that end with a full stop: what prose is made of."""
    return sum(
        1
        for block in article.prose
        for sentence in article.sentences(block)
        if len(sentence.text.split()) >= 8 and sentence.text.rstrip("\"'”’").endswith((".", "!", "?"))
    )
