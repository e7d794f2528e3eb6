"""Somebody named is accused, and does not answer in the story.

## Why it matters
Whoever is accused of wrongdoing has a right to reply, and a reader to know what they say or that they would not say anything.

## What is checked
A person named in full whom somebody accuses, blames or alleges something of, when that person nowhere speaks in the story and it
does not say that they denied it, declined to comment, could not be reached or have a lawyer who answers.

## Known limits
Reports of court cases are left alone, where the plea is the reply; so are opinion, reviews, sport and live blogs.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift
from rules.core.sourcing.genre import is_free

_ACCUSED = later(r"\baccus(?:ed|es|ing) ((?:[A-Z][\w’'-]+ ){1,2}[A-Z][\w’'-]+) of\b")
_REPLY = sift(
    r"(?i)\bden(?:y|ies|ied|ying|ial)\b|\bdeclined? (?:to|any|an)\b|\b(?:did|has|have|had) not (?:immediately |yet )?(?:respond"
    r"|repl|comment|return)"
    r"|\bdidn['’]t (?:immediately )?(?:respond|reply|comment|return)|\bcould not (?:immediately )?be reached"
    r"|\brequests? for comment|\brefut\w+"
    r"|\brejected\b|\bdismissed\b|\bcountersu\w+|\bresponded\b|\bhit back\b|\bpleaded\b|\bcourt\b|\bjury\b|\b(?:lawyer"
    r"|attorney|spokes\w+) for\b"
)


class AccusationWithoutReply(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.4.0"
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first accusation of each person who does not answer."""
        context.spend(8 * len(article.text))
        if is_free(article) or any(_REPLY.occurs(block) for block in article.blocks):
            return
        accusing = [block for block in article.prose if " accus" in f" {block.text}"]
        if not accusing:
            return
        answered = {
            found.voice.name.split()[-1] for found in article.attributions if found.voice is not None and found.voice.named
        }
        for block in accusing:
            for match in _ACCUSED.finditer(block.text):
                last = match[1].split()[-1]
                if last not in answered:
                    answered.add(last)
                    place = Place(block, match.start(), match.end(1))
                    evidence = ("the story has no reply, no denial and no “declined to comment”",)
                    yield Finding(f"{match[1]} is accused and does not answer.", (place,), None, 0.7, evidence)

    examples: ClassVar = (
        Example(
            why="no reply", html="<p>Maria Keane ⟦accused John Hale⟧ of hiding the bill for the bridge from the council.</p>"
        ),
        Example(
            why="a reply", html="<p>Maria Keane accused John Hale of hiding the bill.</p><p>Hale said the bill was public.</p>"
        ),
        Example(why="a denial", html="<p>Maria Keane accused John Hale of hiding the bill, which he denies.</p>"),
        Example(why="no comment", html="<p>Keane accused John Hale of hiding the bill. He declined to comment.</p>"),
        Example(why="opinion", html="<p>Keane accused John Hale of hiding the bill.</p>", kind="opinion"),
    )
