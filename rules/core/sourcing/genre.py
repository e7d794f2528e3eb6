"""Which articles are asked "who says so?": news. Opinion, reviews, advice, recipes, sport, first-person pieces are left alone."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.linear import read_linear
from rules.core.patterns import later
from rules.core.residue import MAX_WORDS, says
from rules.core.sieve import sift
from rules.core.wording import voice

FREE = frozenset({"opinion", "review", "live-blog", "recipe", "advertisement"})
_LONG_AGO = later(  # a year, and no sum; whoever acted then can hardly be accused now
    r"\b[Ii]n (?:\w+ )?1(?:[0-8]\d|9[0-4])\d\b"
    r"|\b(?:election|war|flood|fire|winter|summer|spring|autumn|year|battle|siege|plague|famine) of 1(?:[0-8]\d|9[0-4])\d\b"
    r"|\b(?:1[0-9]|[5-9])th[- ]century [a-z]+ [A-Z]|\bcenturies ago\b"
)
FIRST_PERSON = 0.12  # share of the sentences outside quotations that say "I" or "my"; news reports have next to none
SECOND_PERSON = 0.15  # the same of "you" and "your": advice
PITCH = 1.0  # log odds of the wording from which a text is the page's
_ADVICE = re.compile(
    r"^(?:how (?:to|do|can|much|many|long)|what to (?:know|do|expect|watch)|where to|when to|everything (?:you|to|we)|why you"
    r"|should you|here['’]s (?:how|what|why|everything)|(?:the )?(?:\d+|best|top) |review\b|opinion\b|watch live|live\b)"
    r"|\b(?:review|recap|explained|guide|tips|horoscope|recipe|ranked|deals|crossword|quiz|live updates)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"/(?:opinion|columns?|reviews?|recipes?|sports?|football|soccer|nfl|nba|mlb|nhl|horoscopes?|lifestyle|shopping|games)/"
)

_I = sift(r"\b(?:I|I['’](?:m|ve|d|ll)|my|My)\b")
_YOU = sift(r"\b[Yy](?:ou|our|ou['’](?:re|ve|ll|d))\b")
_SPORT = sift(
    r"(?i)\b(?:touchdowns?|quarterback|halftime|innings?|home runs?|penalt(?:y|ies)|midfielder|striker|goalkeeper|playoffs?"
    r"|wickets?|league|season|coach|championship|tournament|rebounds?|points per game|transfer window"
    r"|final score|knockout|grand prix)\b"
)
SPORT_WORDS = 0.008  # share of a story's words that are sport's own; stories that mention a match have fewer


def is_free(article: Article) -> bool:
    """Whether nobody would ask this article for its sources."""
    return article.once(_is_free)


def _is_free(article: Article) -> bool:
    if article.kind in FREE or (article.metadata.url and _ADDRESS.search(article.metadata.url.lower())):
        return True
    if article.headline is not None and _ADVICE.search(article.headline.text):
        return True
    if sum(1 for block in article.blocks for _ in _SPORT.finditer(block)) > SPORT_WORDS * article.words + 2:
        return True
    return addresses(article)


def addresses(article: Article) -> bool:
    """Whether the writer says "I", or "you" to the reader, outside quotations and pitches that stand in the story."""
    return article.once(_addresses)


def _addresses(article: Article) -> bool:
    total = first = second = 0
    for block in article.prose:
        spans = article.quoted(block)
        you = _outside(_YOU.finditer(block), spans)
        if says(block) or (you and _is_pitch(article, block)):
            continue
        total += len(article.sentences(block))
        first += _outside(_I.finditer(block), spans)
        second += you
    return first > FIRST_PERSON * total or second > SECOND_PERSON * total


def _is_pitch(article: Article, block: Block) -> bool:
    """Whether a text that no list knows sounds like the page and not like the writer."""
    is_short = block.words <= MAX_WORDS and article.language == "en"
    return is_short and voice(block.key, block.text, read_linear("wording")) > PITCH


def _outside(matches: Iterable[Any], spans: list[tuple[int, int]]) -> int:
    """How many matches stand in none of the spans; the spans are in order and apart."""
    starts = [start for start, _ in spans]
    count = 0
    for match in matches:
        at = match.start()
        before = bisect_right(starts, at) - 1
        count += before < 0 or at >= spans[before][1]
    return count


def is_long_ago(text: str) -> bool:
    """Whether a sentence or paragraph is about a year whose people are history."""
    return _LONG_AGO.search(text) is not None
