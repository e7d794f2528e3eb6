"""The article still promises more, long after anyone last touched it.

## Why it matters
"This story will be updated." tells readers to come back. Half a day later, with nothing added, it tells them that nobody did; a
year later, in an archive or a scrape, it is simply untrue.

## What is checked
A note of its own (a paragraph, heading, list item or caption that is no longer than some forty words) with a sentence that
promises readers more, once `max_age` has passed since the article was last changed. Before that, the report says when it will
fall due.

## Known limits
Live blogs and quotations are left alone, and so is prose that uses such words of something else ("the rule will be updated every
three years"). An article without a date cannot be judged: the rule says that it did not run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block, normalised
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.phrases import EDGES, clauses, phrases, search_languages
from rules.core.residue import is_quoted, strengths, whole
from rules.core.rule import Context, Example, NotRunError, Rule
from rules.core.sentences import Sentence, sentences

_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
_WIDE = "。※＊（）【】"
_CJK_SENTENCE = later(r"[^。]+。?[）】]?")
_QUOTED = later(r"[\"«»„].*[\"«»]")


@dataclass(frozen=True)
class StaleNote(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    version: ClassVar = 4
    specificity: ClassVar = 82

    max_age: timedelta = timedelta(hours=12)  # a night's shift: what was to be added by then has been added or was forgotten
    max_words: int = 45  # a note; what is longer is prose

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each promise; before its time it is only expected."""
        context.spend(2 * len(article.text))
        if article.kind == "live-blog":
            return
        places = [place for block in article.blocks for place in self._promises(block)]
        touched = article.touched_at
        if touched is None:
            raise NotRunError("the article carries no date")
        due = touched + self.max_age
        for place in places:
            if due <= context.now:
                yield self._finding(place, context.now - touched)
            else:
                context.expect(place.text, due)

    def _promises(self, block: Block) -> Iterator[Place]:
        if not 0 < block.words <= self.max_words or is_quoted(block) or block.kind in ("headline", "table-cell"):
            return
        spoken = search_languages(self.name, "hint").lists_in(block.key)
        if not spoken or strengths(block.key).get("newsletter-promo") == "strong":  # "Subscribe for updates" sells, and goes on
            return
        said = _sentences(block)
        found = [sentence for sentence in said if _promises(sentence.text, spoken)]
        if found and len(found) == len(said):
            yield whole(block)
        else:
            yield from (Place(block, sentence.start, sentence.end) for sentence in found)

    def _finding(self, place: Place, age: timedelta) -> Finding:
        message = f"The article still promises more, {_ago(age)} after it was last changed."
        return Finding(message, (place,), None, 0.92, ("a promise to readers", f"last changed {_ago(age)} ago"))

    examples: ClassVar = (
        Example(
            why="the promise is a day old",
            html="<p>Two people were hurt.</p><p>⟦More to follow.⟧</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=1),
        ),
        Example(
            why="an hour later it may still be kept",
            html="<p>Two people were hurt.</p><p>This story will be updated.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(hours=1),
        ),
        Example(
            why="somebody changed the article since",
            html="<p>Two people were hurt.</p><p>This is a developing story.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(hours=20),
            now=_DAY + timedelta(days=1),
        ),
        Example(why="a live blog means it", html="<p>This is a developing story.</p>", kind="live-blog", published_at=_DAY),
        Example(
            why="prose about something else",
            html="<p>The rule will be updated every three years.</p><p>Six were shut, with a dozen to follow by mid-October.</p>",
            published_at=_DAY,
        ),
        Example(
            why="a crew that is no newsroom's, a page of paper, and an invitation",
            html="<p>A crew is working at the north end until Friday.</p><p>Keep the page open with a clip.</p>"
            "<p>Join us on Saturday at 10 a.m. on the slipway.</p>",
            published_at=_DAY,
        ),
        Example(
            why="a live blog by its class",
            html='<article class="story liveblog"><p>More to follow.</p></article>',
            published_at=_DAY,
        ),
        Example(why="a hotel", html="<p><b>6pm: Check in.</b> The Customs House is by the harbour.</p>", published_at=_DAY),
        Example(
            why="a newsletter's pitch",
            html="<p>Subscribe for updates on the harbour and the council, in your inbox every Friday.</p>",
            published_at=_DAY,
        ),
        Example(why="a quotation", html="<p>“This story will be updated.”</p>", published_at=_DAY),
    )


def _sentences(block: Block) -> list[Sentence]:
    """The block's sentences, ended by the full stop of Chinese and Japanese too."""
    if "。" not in block.text:
        return list(sentences(block))
    return [Sentence(block, match.start(), match.end()) for match in _CJK_SENTENCE.finditer(block.text)]


def _promises(sentence: str, spoken: Sequence[str]) -> bool:
    """Whether a sentence promises more, in one of the languages that the block may speak."""
    key = normalised(sentence)
    if phrases("stale-note", "speech").occurs(key) or _QUOTED.search(key):
        return False
    whole_texts = (key.strip(EDGES + _WIDE), *clauses(key))
    if any(phrases("stale-note", "strong", language).is_whole(said) for language in spoken for said in whole_texts):
        return True
    return phrases("stale-note", "within").occurs(key)


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
