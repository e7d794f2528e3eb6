"""A note says that the article changed, and not what or when.

## Why it matters
"This article has been updated." asks the reader to trust a change that nobody names. A correction must say what was wrong.

## What is checked
A note of its own that says no more than that the article was updated, corrected or amended, or that an earlier version had an
error. "To reflect new information" and "for legal reasons" say no more than that.

## Known limits
A note with a date, a reason or the change itself is left alone, and so is one that ends on a colon: the change follows.
"""

from collections.abc import Iterator
from typing import ClassVar

import re2

from rules.core.article import Article
from rules.core.findings import Finding, Severity
from rules.core.residue import is_quoted, whole
from rules.core.rule import Context, Example, Rule

_STORY = r"(?:this|the) (?:story|article|post|report|piece|page|copy)"
_MORE = r"(?:more|new|additional|further|the latest|latest)"
_NOTE = re2.compile(
    r"\W*(?:(?:update|updated|correction|clarification|editor's note|note)[:.] ?)?"
    rf"(?:{_STORY} (?:has been|was|has since been) "
    r"(?:updated|corrected|amended|edited|changed|revised|clarified)(?: (?:since (?:it was )?(?:first |"
    r"originally )?(?:published|publication)|since|from (?:an earlier|a previous|its original) version|after publication|"
    r"throughout|"
    rf"with {_MORE} (?:information|details|reporting|developments)|to reflect {_MORE} (?:information|details|developments)|"
    r"to (?:correct|fix) (?:an error|errors|a mistake|mistakes)|for legal reasons|following a complaint))?|"
    rf"(?:an|the) (?:earlier|previous|original) version of {_STORY} (?:(?:contained|had|included) "
    r"(?:an error|errors|a mistake|mistakes|an inaccuracy|inaccuracies|(?:inaccurate|incorrect) information)|"
    r"was (?:incorrect|inaccurate|wrong))"
    r"(?:\. we (?:apologi[sz]e for|regret) (?:the|this|any) (?:error|mistake|confusion))?|"
    r"this is (?:an updated|a corrected) version(?: of (?:an earlier|a previous) (?:story|article|report))?|"
    r"(?:updated|corrected|amended)(?: story| version| article)?)[^\w:]*"
)


class VagueUpdateNote(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.NOTE
    since: ClassVar = "0.2.0"
    version: ClassVar = 3
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each note."""
        context.spend(2 * len(article.text))
        for block in article.blocks:
            if (
                0 < block.words <= 25
                and block.kind not in ("headline", "heading")
                and _NOTE.fullmatch(block.key)
                and not is_quoted(block)
            ):
                yield Finding("The note does not say what was changed, or when.", (whole(block),), None, 0.9, ())

    examples: ClassVar = (
        Example(why="no what, no when", html="<p>Rain fell.</p><p>⟦This article has been updated.⟧</p>"),
        Example(
            why="what and when",
            html="<p>Rain fell.</p><p>This article was corrected on March 5 to give the mayor’s first name.</p>",
        ),
        Example(why="a sentence", html="<p>The article has been updated by the court to include ferries.</p>"),
    )
