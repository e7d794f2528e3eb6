"""A word stands twice in a row.

## Why it matters
"the the" is the slip that spelling checkers and tired eyes miss, above all where a link or italics begin between the two.

## What is checked
An English function word twice in a row, across inline elements too. It is a note between quotation marks, for a sign may say
so, and where both may be right ("what she looked at at the time", "whoever finds it it is theirs", "the friend she turned to to
get through it", "how old the tower really is is unclear", "it is not not a comedy").

## Known limits
Doublings that are right ("had had", "that that", "her her", "what it is is a list"), "in in" and "on on", which verbs make
("logged in in May"), and names ("New York, New York") are left alone; so are other languages, where doublings are often right.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.code import CODE
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift

_WORDS = (
    "the a an of and for with at by from as or but this their its our your my which has have will would "
    "can could should than into are were be been "
    "if when because while we they he she you to is was it not"
).split()
_PAIRS = "|".join(rf"{word}[ \n]{word}" for word in _WORDS)
_VERBS = frozenset("have has will would can could should are were be been is was".split())
_COPULAS = frozenset(("is", "was"))  # at the end of a clause both are right: "what it is is a list"
_CLAUSE = later(
    r"(?i)\b(?:who|whoever|that|what|whatever|which|where|how|why|all)\b(?: [\w'’]+){0,2} $"
)  # may end in a verb, or a preposition
_LONG_CLAUSE = later(  # "how tall the tower of the church really is is unclear"
    r"(?i)\b(?:how|whoever|who|whatever|what|why)\b(?: [\w'’-]+){0,8} $"
)
_ENDS_IN_TO = later(  # "the friend she turned to to get through it"
    r"(?i)\b(?:turn|go|c[ao]m|writ|wrote|went|listen|talk|sp[eo]ak|look|us(?=ed))(?:e|s|es|ed|ing|ne|ten)?"
    r"(?: back| forward| up)? $"
)
_THING = later(r"\s*(?:(?:the|an?|his|her|its|their|our|my|your)\b|[A-Z\d])")  # no verb follows
_FREE = later(r"(?i)\b(?:what|whatever|where|how|why|all)\b(?: [\w'’]+){0,2} $")  # such a clause is a subject of its own
_PREPOSITIONS = frozenset("of for with at by from as to".split())
_SET_PHRASE = later(  # … that begins with the preposition by which the clause before it ends: "looked at at the time"
    r"\s*(?:the (?:time|moment|start|end|beginning|most part|same)|noon|night|midnight|least|first|last|once|mistake|accident"
    r"|example|instance|now|then|all)\b"
)
_TWICE = sift(rf"(?i)(?:^|[\s(“\"])({_PAIRS})(?:[\s.,;:?!)”\"]|$)")


class RepeatedWord(Rule):
    category: ClassVar = "duplication"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 3
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each doubling; the fix writes the word once."""
        context.spend(3 * len(article.text))
        for block in article.blocks:
            for match in _TWICE.finditer(block):
                if block.tags & CODE:
                    break
                word = match[1].split()[0]
                if match[1].split()[1][0].isupper():
                    continue
                if word.lower() in _COPULAS and _ends_a_clause(block.text, match.start(1), _FREE):
                    continue
                place = Place(block, match.start(1), match.end(1))
                is_doubtful = article.is_quoted(block, match.start(1)) or _may_be_right(
                    block.text, word.lower(), match.start(1), match.end(1)
                )
                severity = Severity.NOTE if is_doubtful else None
                message = f"“{word}” stands twice in a row."
                yield Finding(message, (place,), severity, 0.93, (), fix="replace-unsafe", replacement=word)

    examples: ClassVar = (
        Example(why="a slip", html="<p>Rain fell on ⟦the the⟧ town.</p>"),
        Example(why="across a link", html='<p>Rain fell in ⟦the <a href="/t">the⟧ town</a>.</p>'),
        Example(
            why="right doublings",
            html="<p>He had had enough, and said that that was that; they gave her her hat. New York, New York.</p>",
        ),
        Example(
            why="between quotation marks it may have been meant", html="<p>“Do not feed ⟦the the⟧ ducks,” the sign says.</p>"
        ),
        Example(why="to and is", html="<p>They plan ⟦to to⟧ sell. The roof ⟦is is⟧ old. It ⟦was was⟧ cold.</p>"),
        Example(
            why="a clause and its verb, and particles",
            html="<p>What it is is a list. He logged in in May, whom they count on on Monday.</p>",
        ),
        Example(why="a name", html="<p>The The played in Bora Bora.</p>"),
        Example(
            why="a verb at the end of a clause and at the beginning of what follows, or a preposition: a note",
            html="<p>Those who ⟦can can⟧ stay. What they ⟦were were⟧ friends. It was what she looked ⟦at at⟧ the time.</p>",
        ),
        Example(
            why="a long clause as a subject, a verb that ends in its particle, and two that deny one another: notes",
            html="<p>How old the bell of the chapel really ⟦is is⟧ a mystery. The aunt he went ⟦to to⟧ hear of it knew. It is "
            "⟦not not⟧ a farce.</p>",
        ),
    )


def _may_be_right(text: str, word: str, start: int, end: int) -> bool:
    """Whether one of the two may belong to a clause that ends there, and the other to what comes."""
    if word in ("it", "not"):  # "to whoever finds it it is a gift", "it is not not a comedy"
        return True
    if word == "to" and _ends_a_clause(text, start, _ENDS_IN_TO):
        return not _THING.match(text, end)
    if word in _COPULAS and _ends_a_clause(text, start, _LONG_CLAUSE):
        return True
    return _ends_a_clause(text, start, _CLAUSE) and (
        word in _VERBS or (word in _PREPOSITIONS and _SET_PHRASE.match(text, end) is not None)
    )


def _ends_a_clause(text: str, start: int, clause: re.Pattern[str]) -> bool:
    return clause.search(text, max(0, start - 100), start) is not None
