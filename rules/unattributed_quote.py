"""A quotation has nobody behind it.

## Why it matters
Words in quotation marks are somebody's. When the paragraph does not say whose and its neighbours do not either, a reader cannot
weigh them and the desk cannot stand by them.

## What is checked
A quotation of seven words or more. It has a speaker when its paragraph ties it to one (a citing verb, "according to", a name
before a colon or after a dash), when the paragraph before opens it, asks it or leads into it with a colon, when the same voice
goes on from the paragraph before, when the next paragraph names it at once, or when it is a part of a sentence and somebody named
speaks near.

## Known limits
Short quotations are titles, nicknames and scare quotes more often than speech. Headlines and captions are left alone, and so are
opinion, reviews and live blogs. Pull quotes repeat what the story attributes elsewhere. A story with more than three such
quotations is an interview, whose speaker is named once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.phrases import languages, phrases, words
from rules.core.quotations import Quotation
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.genre import is_free
from rules.core.sourcing.summary import clear_voices

_WORD = re.compile(r"[^\W\d_]+")
_LEAD_IN = re.compile(r"(?:[:,]|\bthat)\s*$")
_PERSON = re.compile(r"^(?:[A-Z]\w+\.? )?[A-Z][\w’'-]+ (?:[A-Z]\.? )?[A-Z][\w’'-]+,? (?:[a-z]|$)")
_CREDIT = re.compile(r"^\s*(?:[-–—―]|\()\s*\S")
TITLE_SHARE = 0.7  # of a title's longer words start with a capital
AT_ONCE = 250  # characters of the next paragraph in which it may name the speaker: two sentences
NEAR = 2  # blocks on either side in which somebody named speaks whose words a part of a sentence may be
INTERVIEW_SHARE = 0.2  # of a story's paragraphs are quotations from end to end
INTERVIEW = 3  # quotations without a speaker in one story; more are its form: one voice, named once


@dataclass(frozen=True)
class UnattributedQuote(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    version: ClassVar = 2
    languages: ClassVar = languages("citing")

    min_words: int = 7  # the shortest that is speech more often than a title or a scare quote

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each quotation that nothing ties to a speaker."""
        context.spend(6 * len(article.text))
        if is_free(article) or _is_interview(article):
            return
        alone = [
            quote
            for quote in article.quotations
            if quote.words >= self.min_words and not self._has_speaker(article, quote, context)
        ]
        if len(alone) > INTERVIEW:
            return
        for quote in alone:
            place = Place(quote.block, quote.start, quote.end)
            evidence = ("no citing verb in the paragraph", "no speaker in the paragraphs beside it")
            yield Finding("A quotation has nobody behind it.", (place,), None, 0.75, evidence)

    def _has_speaker(self, article: Article, quote: Quotation, context: Context) -> bool:
        block, language = quote.block, article.language
        outside = block.text[: quote.start] + " · " + block.text[quote.end :]
        if _ties(outside, language) or _CREDIT.match(block.text[quote.end :]) or _LEAD_IN.search(block.text[: quote.start]):
            return True
        before, after = _beside(article, block, -1), _beside(article, block, 1)
        if before is not None and (_hands_over(before, quote) or _leads_on(article, before, language)):
            return True
        if _is_pull_quote(article, quote) or _is_title(quote) or _is_mapped(article, quote, before, context):
            return True
        if _is_fragment(quote) and any(abs(found.block.index - block.index) <= NEAR for found in clear_voices(article)):
            return True
        return after is not None and (_CREDIT.match(after.text) is not None or _ties(after.text[:AT_ONCE], language))

    examples: ClassVar = (
        Example(
            why="nobody speaks",
            html="<p>The river rose by a metre.</p><p>⟦“We had never seen so much water in our lives.”⟧</p><p>It stopped.</p>",
        ),
        Example(
            why="the paragraph names its source",
            html="<p>“We had never seen so much water in our lives,” said Maria Keane, who lives by the bridge.</p>",
        ),
        Example(
            why="the same voice goes on from the paragraph before",
            html="<p>Maria Keane, who lives by the bridge, said she left.</p><p>“We had never seen such a flood here.”</p>",
        ),
        Example(
            why="a paragraph that leads into it",
            html="<p>The notice on the door was short:</p><p>“This house is closed until the water has gone down.”</p>",
        ),
        Example(
            why="the speaker comes at once", html="<p>“We had never seen so much water in our lives.”</p><p>— Maria Keane</p>"
        ),
        Example(
            why="an answer",
            html="<p>What did you see, Maria Keane?</p><p>“We had never seen so much water in our lives.”</p>",
        ),
        Example(
            why="a part of what somebody near says",
            html="<p>Maria Keane said she left.</p><p>It rained.</p><p>It was not “so much water as we had last year.”</p>",
        ),
        Example(
            why="opinion speaks for itself",
            html="<p>“We shall all of us learn to live with water.”</p><p>Shall we?</p>",
            kind="opinion",
        ),
    )


def _ties(text: str, language: str) -> bool:
    """Whether a text has a citing verb or another cue that ties words to a source."""
    key = text.lower()
    verbs = words("citing", "verbs", language)
    return (
        any(word in verbs for word in _WORD.findall(key))
        or next(phrases("citing", "phrases", language).spans(key), None) is not None
    )


def _leads_on(article: Article, before: Block, language: str) -> bool:
    """Whether the paragraph before speaks for somebody, in its own words or with a quotation."""
    return _ties(before.text, language) or any(quote.block is before for quote in article.quotations)


def _hands_over(before: Block, quote: Quotation) -> bool:
    """Whether the paragraph before ends on a colon or a question, or is about one person by name and the words come next."""
    return before.text.rstrip().endswith((":", "?")) or (quote.start == 0 and _PERSON.match(before.text) is not None)


def _is_interview(article: Article) -> bool:
    """Whether the story is one voice, named once: many of its paragraphs are that voice's words and nothing else."""
    spoken = {quote.block.index for quote in article.quotations if quote.start == 0 and quote.end >= len(quote.block.text) - 1}
    return len(spoken) > INTERVIEW and len(spoken) > INTERVIEW_SHARE * len(article.prose)


def _beside(article: Article, block: Block, step: int) -> Block | None:
    """The next block of text in a direction; headings stand between two voices."""
    index = block.index + step
    while 0 <= index < len(article.blocks):
        other = article.blocks[index]
        if other.text:
            return None if other.kind in ("heading", "headline") else other
        index += step
    return None


def _is_fragment(quote: Quotation) -> bool:
    """Whether it is a part of a sentence, set into the paper's own."""
    first = quote.text.strip("“”\"'‘’ ")[:1]
    return first.islower()


def _is_title(quote: Quotation) -> bool:
    """Whether its words are set as a title's are, with capitals."""
    words_in_it = [word for word in quote.text.split() if len(word) > 3 and word[0].isalpha()]
    return bool(words_in_it) and sum(word[0].isupper() for word in words_in_it) > TITLE_SHARE * len(words_in_it)


def _is_mapped(article: Article, quote: Quotation, before: Block | None, context: Context) -> bool:
    """Whether the attribution map has a voice in its paragraph, or a named one in the paragraph before."""
    context.spend(len(article.attributions))
    for found in article.attributions:
        if found.voice is not None and (
            (found.block is quote.block and found.source is not None) or (found.block is before and found.voice.named)
        ):
            return True
    return False


def _is_pull_quote(article: Article, quote: Quotation) -> bool:
    """Whether the story says the same words again elsewhere."""
    inner = " ".join(quote.text.lower().split()).strip(" .,!?")
    return any(inner in other.key for other in article.blocks if other is not quote.block)
