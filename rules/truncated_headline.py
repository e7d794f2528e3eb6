"""The headline stops in the middle of a sentence.

## Why it matters
"… as the leaders discuss peace proposal for" is the first thing a reader sees and the last thing a content system checks: a field
with a limit of characters cut it, and nobody looked.

## What is checked
The headline that readers see. It ends on a word that cannot end one (an article, a possessive, a conjunction), on a preposition
that nothing earlier in it asks for, or on an ellipsis; or it is the cut beginning of another headline field of the same
article. An ellipsis alone, and a preposition in a short headline, are notes.

## Known limits
Prepositions end good headlines too ("What to look for"); words that ask for them keep the rule silent. Titles of works that end
so, and "Plan A" or "Formula …" with a capital letter, are left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.phrases import languages, words
from rules.core.rule import Context, Example, Rule

_ELLIPSIS = later(r"(?:…|\.\.\.+)\s*$")
_WORD = later(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LAST = later(r"([^\W\d_]+(?:['’][^\W\d_]+)*)$")


@dataclass(frozen=True)
class TruncatedHeadline(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    version: ClassVar = 3
    languages: ClassVar = languages("truncated-headline")

    long: int = 60  # characters; a shorter headline ends on a preposition by choice more often than by a cut

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """At most one finding: the whole headline."""
        headline = article.headline
        if headline is None or not headline.text:
            return
        context.spend(10 * len(headline.text))
        found = self._judge(headline.text, article)
        if found:
            severity, evidence = found
            place = Place(headline, 0, len(headline.text))
            yield Finding("The headline stops in the middle of a sentence.", (place,), severity, 0.9, evidence)

    def _judge(self, text: str, article: Article) -> tuple[Severity, tuple[str, ...]] | None:
        bare = _ELLIPSIS.sub("", text).rstrip()
        dots = bare != text.rstrip()
        ending = self._ending(bare, article.language)
        longer = next((name for name, field in article.headline_fields.items() if _continues(bare, field, dots=dots)), None)
        evidence = [ending] if ending else []
        if longer:
            evidence.append(f"{longer} goes on where it stops")
        if dots:
            evidence.append("ends on an ellipsis")
        if not evidence:
            return None
        weak = not longer and (evidence == ["ends on an ellipsis"] or (not dots and _is_soft(ending) and len(text) < self.long))
        return (Severity.NOTE if weak else Severity.WARNING), tuple(evidence)

    def _ending(self, text: str, language: str) -> str | None:
        match = _LAST.search(text)
        if not match:
            return None
        last = match[1]
        if (last if len(last) == 1 else last.lower()) in words("truncated-headline", "hard", language) and not _is_name(
            last, text, language
        ):
            return f"ends on “{last}”"
        if last not in words("truncated-headline", "soft", language) and not (
            _is_title_case(text) and last.lower() in words("truncated-headline", "soft", language) and len(last) > 1
        ):
            return None
        earlier = [word.lower().replace("’", "'").partition("'")[0] for word in _WORD.findall(text[: match.start()])]
        asked = not words("truncated-headline", "licence", language).isdisjoint(earlier) or "to" in earlier[-2:-1]
        return None if asked else f"ends on the preposition “{last}”"

    examples: ClassVar = (
        Example(
            why="cut after a preposition",
            html="<h1>⟦City leaders meet in the market hall as both sides discuss a peace proposal for⟧</h1><p>They met.</p>",
        ),
        Example(why="ends on an article", html="<h1>⟦Council votes to close the⟧</h1><p>It voted.</p>"),
        Example(why="ends on the shortest one", html="<h1>⟦How the council came to own a⟧</h1><p>It voted.</p>"),
        Example(
            why="another field goes on where the headline stops",
            html="<html><head><meta property='og:title' content='River rises by a metre in a single night, council says'></head>"
            "<body><article><h1>⟦River rises by a metre in a sing⟧</h1><p>It rose.</p></article></body></html>",
        ),
        Example(
            why="a letter that is a name, and a word that asks",
            html="<h1>Council turns to Plan A</h1><p>It voted.</p>",
        ),
        Example(why="a German noun", html="<h1>Ein Leben ohne Wenn und Aber</h1><p>Es ging gut.</p>", language="de"),
        Example(why="a German conjunction", html="<h1>⟦Der Rat tagt lange und aber⟧</h1><p>Es ging gut.</p>", language="de"),
        Example(why="an ellipsis in front", html="<h1>... Unless It's GGG</h1><p>He boxed.</p>"),
        Example(
            why="something asks for the preposition", html="<h1>The long winter is here: what to look out for</h1><p>Snow.</p>"
        ),
        Example(
            why="so does an infinitive",
            html="<h1>Eight steps to building an office that workers want to return to</h1><p>Desks.</p>",
        ),
        Example(
            why="a site's name behind the title is no cut",
            html="<html><head><title>River rises | The Daily</title></head><body><article><h1>River rises</h1>"
            "<p>It rose.</p></article></body></html>",
        ),
    )


def _is_soft(ending: str | None) -> bool:
    return ending is not None and "preposition" in ending


def _is_name(last: str, text: str, language: str) -> bool:
    """Whether a capital letter says that the word is a name's or a title's and no article; in German, that it is a noun."""
    capital = last.isupper() or (language == "de" and last[0].isupper())
    return capital and len(last) > 1 and not text.isupper()


def _is_title_case(text: str) -> bool:
    longer = [word for word in _WORD.findall(text) if len(word) > 3]
    return bool(longer) and sum(word[0].isupper() for word in longer) >= 0.8 * len(longer)


def _continues(bare: str, field: Block, *, dots: bool) -> bool:
    """Whether another headline field has the same beginning and goes on in the middle of a word or a phrase."""
    mine, theirs = bare.lower(), field.text.lower()
    if len(mine) < 20 or not theirs.startswith(mine) or len(theirs) <= len(mine) + 2:
        return False
    following = theirs[len(mine)]
    return following.isalnum() or (dots and following == " " and theirs[len(mine) + 1].isalnum())
