"""The attribution names nobody who could be asked.

## Why it matters
"Critics say", "experts believe", "it is understood": a reader cannot tell one voice from a hundred, and the desk cannot call
them back.

## What is checked
A crowd without a face in a source's place ("some argue", "sources said", "studies show"), which is a warning; a passive or an
adverb in a source's place ("it is believed", "reportedly"), which is a note. A source named in the same sentence, or in the
next one, answers.

## Known limits
Quotations are the speaker's words. Opinion, reviews and live blogs are left alone. Reporting of a court case may say
"allegedly" when the charge itself is named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.phrases import languages, phrases
from rules.core.rule import Context, Example, Rule
from rules.core.sentences import Sentence

_FREE = frozenset({"opinion", "review", "live-blog", "recipe", "advertisement"})
_FULL_NAME = re.compile(r"\b[A-Z][\w'’-]+ (?:[A-Z]\. )?[A-Z][\w'’-]+")
_STRAIGHT = str.maketrans("’‘“”\n", "''\"\" ")


@dataclass(frozen=True)
class VagueAttribution(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    languages: ClassVar = languages("vague-attribution")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each phrase that stands where a source belongs."""
        context.spend(8 * len(article.text))
        if article.kind in _FREE:
            return
        quoted = {(quote.block.index, at) for quote in article.quotations for at in range(quote.start, quote.end)}
        for block in article.prose:
            if block.kind == "quote":
                continue
            sentences = article.sentences(block)
            for number, sentence in enumerate(sentences):
                following = sentences[number + 1].text if number + 1 < len(sentences) else ""
                yield from self._in(block, sentence, following, article.language, quoted)

    def _in(
        self, block: Block, sentence: Sentence, following: str, language: str, quoted: set[tuple[int, int]]
    ) -> Iterator[Finding]:
        text = sentence.text.translate(_STRAIGHT).lower()
        for name, severity in (("nobody", Severity.WARNING), ("hedge", Severity.NOTE)):
            for start, end in phrases("vague-attribution", name, language).spans(text):
                place = Place(block, sentence.start + start, sentence.start + end)
                if (block.index, place.start) in quoted or _answered(sentence.text[end:], following, text, language):
                    continue
                message = f"“{place.text}” names nobody who could be asked."
                yield Finding(message, (place,), severity, 0.8, ("nobody is named in the sentence or the next",), kind=name)
                return

    examples: ClassVar = (
        Example(why="a crowd without a face", html="<p>⟦Critics say⟧ the bridge is too narrow for lorries.</p>"),
        Example(why="a passive in a source's place", html="<p>⟦It is understood⟧ that the bridge will close in May.</p>"),
        Example(why="studies without a name", html="<p>⟦Studies show⟧ that wide bridges last longer.</p>"),
        Example(why="a name answers", html="<p>Critics say the bridge is too narrow, among them Maria Keane of the council.</p>"),
        Example(why="a speaker's words", html="<p>“Critics say the bridge is too narrow,” Keane said.</p>"),
        Example(why="opinion", html="<p>Some argue that the bridge is too narrow.</p>", kind="opinion"),
    )


def _answered(rest: str, following: str, text: str, language: str) -> bool:
    """Whether the sentence goes on to name a source, or the next one does, as "critics say … Keane, for one, …"."""
    if next(phrases("vague-attribution", "named", language).spans(text), None) is not None:
        return True
    return _FULL_NAME.search(rest) is not None or _FULL_NAME.search(following) is not None
