"""The headline stops in the middle of a sentence.

## Why it matters
"… as the leaders discuss peace proposal for" is the first thing a reader sees and the last thing a content system checks: a field
with a limit of characters cut it, and nobody looked.

## What is checked
The headline that readers see. It ends on a word that cannot end one (an article, a possessive, a conjunction), on a preposition
that nothing earlier in it asks for, on a comma, or on an ellipsis; or it is the cut beginning of another headline field of the
same article. "In", "on" and the like, which many verbs own, count behind a noun with its own preposition ("searches for savings
in"). An ellipsis, a dash at the end, a bracket or quotation mark that is never closed, and a preposition in a short
headline are notes.

## Known limits
Prepositions end good headlines too ("What to look for"); words that ask for them keep the rule silent, and so does "she", "he" or
"you" nearby, or near the start of a headline without a comma or a colon ("The boat he built … with"). Titles of works that end
so, verbs that leave out what everybody knows ("… because the trust cannot"), and "Plan A" or "Formula …" with a capital letter,
are left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.phrases import languages, words
from rules.core.rule import Context, Example, Rule

_ELLIPSIS = later(r"(?:…|\.\.\.+)\s*$")
_WORD = later(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MARK = later(r"[,;–—-]$")
_MARKS = {",": "a comma", ";": "a semicolon", "-": "a dash", "–": "a dash", "—": "a dash"}
_SMILE = later(r"[:;=]-?\(")
_ADVERBS = frozenset("up down out off back away forward along together".split())  # stand between a verb and its preposition
_NO_NOUNS = _ADVERBS | frozenset("and or then now there here all".split())  # "for children of ten and under", "for all in"
NEARBY = 5  # words before the preposition in which a subject of its own asks for it, or a verb
EARLY = 6  # words at the start in which the subject of a relative clause stands: "The son she gave up … of"
_OPENERS = frozenset(
    "say says said claim claims fear fears as after before and but if".split()
)  # of a clause that is no relative
_BREAK = later(r"[:,;]")
_LAST = later(r"([^\W\d_]+(?:['’][^\W\d_]+)*)$")


@dataclass(frozen=True)
class TruncatedHeadline(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    version: ClassVar = 4
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
        mark = _MARK.search(bare)
        evidence += [f"ends on {_MARKS[mark[0]]}"] if mark else []
        evidence += [f"{what} is never closed" for what in _left_open(bare)]
        if not evidence:
            return None
        is_cut = longer or (ending and (not _is_soft(ending) or dots or len(text) >= self.long)) or (mark and mark[0] in ",;")
        return (Severity.WARNING if is_cut else Severity.NOTE), tuple(evidence)

    def _ending(self, text: str, language: str) -> str | None:
        match = _LAST.search(text)
        if not match:
            return None
        last = match[1]
        if (last if len(last) == 1 else last.lower()) in words("truncated-headline", "hard", language) and not _is_name(
            last, text, language
        ):
            return f"ends on “{last}”"
        plain = last.lower() if _is_title_case(text) and len(last) > 1 else last
        earlier = [word.lower().replace("’", "'").partition("'")[0] for word in _WORD.findall(text[: match.start()])]
        if plain in words("truncated-headline", "particle", language):
            cut = _is_governed(earlier, language)
        else:
            cut = plain in words("truncated-headline", "soft", language)
        asked = _is_asked_for(earlier, language, is_broken=_BREAK.search(text) is not None)
        return f"ends on the preposition “{last}”" if cut and not asked else None

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
            why="the commonest preposition",
            html="<h1>⟦Borough cuts the hours of its branch as the cabinet searches for savings in⟧</h1><p>It voted.</p>",
        ),
        Example(why="a comma", html="<h1>⟦Council votes to close the hall,⟧</h1><p>It voted.</p>"),
        Example(why="a bracket", html="<h1>⟦Council votes to close the hall (once built⟧</h1><p>It voted.</p>"),
        Example(
            why="a subject far from the preposition",
            html="<h1>⟦It is over: the council closes the old hall in the market square of the town for⟧</h1><p>It voted.</p>",
        ),
        Example(
            why="a verb owns its particle", html="<h1>Council warns the owners of the hall as a storm moves in</h1><p>Rain.</p>"
        ),
        Example(
            why="a gerund", html="<h1>Council warns the owners of the hall in the market square of moving in</h1><p>Rain.</p>"
        ),
        Example(why="a range", html="<h1>Shop shoes for $100 and under</h1><p>Rain.</p>"),
        Example(why="a dash", html="<h1>⟦Council votes to close the hall –⟧</h1><p>It voted.</p>"),
        Example(why="a colon and a smile", html="<h1>Council votes to close the hall :( Here is why:</h1><p>It voted.</p>"),
        Example(why="a subject asks from nearby", html="<h1>The old hall in the market square he paid for</h1><p>It did.</p>"),
        Example(
            why="a noun and its long relative clause",
            html="<h1>The boat he built in a shed on the coast of Norland and never once sailed to sea with</h1><p>It did.</p>",
        ),
        Example(why="two of them", html="<h1>A school roof to look up to</h1><p>It leaks.</p>"),
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


def _is_asked_for(earlier: list[str], language: str, *, is_broken: bool) -> bool:
    """Whether something before the preposition asks for it: "what to look for", "the hall he paid for", "to look up to"."""
    lists = ("licence", "near", "subject", "particle")
    asking, near, subjects, particles = (words("truncated-headline", name, language) for name in lists)
    infinitive = "to" in earlier[-2:-1] or ("to" in earlier[-3:-2] and (earlier[-1] in particles or earlier[-1] in _ADVERBS))
    opening = [] if is_broken else pairwise(earlier[:EARLY])  # a subject as the first word begins a sentence
    relative = [word for before, word in opening if before not in _OPENERS]
    found = asking.intersection(earlier) or (near | subjects).intersection(earlier[-NEARBY:]) or subjects.intersection(relative)
    return infinitive or bool(found)


def _is_governed(earlier: list[str], language: str) -> bool:
    """Whether a noun behind a preposition stands at the end, which no verb before the particle can be ("for savings in")."""
    return (
        len(earlier) > 1
        and earlier[-2] in words("truncated-headline", "governs", language)
        and not earlier[-1].endswith("ing")
        and earlier[-1] not in _NO_NOUNS
    )


def _left_open(text: str) -> list[str]:
    """Brackets and quotation marks that are opened and not closed; German closes with what English opens with."""
    bare = _SMILE.sub("", text)
    found = ["a bracket"] if bare.count("(") > bare.count(")") or bare.count("[") > bare.count("]") else []
    return [*found, "a quotation mark"] if "“" in bare and not any(mark in bare for mark in '”"„') else found


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
