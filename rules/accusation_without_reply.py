"""Somebody named is accused, and does not answer in the story.

## Why it matters
Whoever is accused of wrongdoing has a right to reply, and a reader to know what they say or that they would not say anything.

## What is checked
A person named in full whom somebody accuses of something, when that person nowhere speaks in the story and it does not say that
they denied it, declined to comment, could not be reached or have a lawyer who answers. A state is worth a note.

## Known limits
Reports of court cases are left alone, where the plea is the reply; so are opinion, reviews, sport and live blogs.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift
from rules.core.sourcing.genre import is_free, is_long_ago

_ACCUSED = later(  # somebody named in full, by role or not
    r"\baccus(?:ed|es|ing) (?:(?:the|his|her|its|their) (?:[\w’'-]+ ){0,4}?[\w’'-]+, "
    r"|(?:(?:the|a|an) )?(?:(?!(?:of|in|at|near|from|to|by|who|and|nor)\b)[a-z][\w’'-]* ){1,3})?"
    r"((?:[A-Z][\w’'-]+ ){1,2}[A-Z][\w’'-]+),? of\b"
)
_STATE = later(r"(?:North|South|East|West|United|Saudi|Sri|New|Costa|El|Ivory|Sierra|Burkina) ")  # begins the names of countries
_REPLY = sift(
    r"(?i)\bden(?:y|ies|ied|ying|ial)\b|\bdeclined? (?:to|any|an)\b|\b(?:did|has|have|had) not (?:immediately |yet )?(?:respond"
    r"|repl|comment|return)"
    r"|\bdidn['’]t (?:immediately )?(?:respond|reply|comment|return)|\bcould not (?:immediately )?be reached"
    r"|\brequests? for comment|\brefut\w+"
    r"|\bst(?:ood|ands?) by (?:every|each|all|his|her|its|their|them|it|the (?:figures?|claims?|report|decision|statement))\b"
    r"|\brejected\b|\bdismissed\b|\bcountersu\w+|\bresponded\b|\brepl(?:ied|ies)\b|\bhit back\b|\bpleaded\b|\bcourt\b|\bjury\b"
    r"|\b(?:lawyers?|attorneys?|solicitors?) for\b|\bspokes\w+"
    r"|\b(?:contacted|approached|asked) for (?:a |an )?(?:comment|response|reply)"
    r"|\b(?:has|have|had) been (?:contacted|approached)\b"
    r"|\bunsuccessful\b|\bnot be drawn\b|\bno comment\b"
    r"|\b(?:claim|charge|allegation|accusation)s? (?:was|were|is|are|as|had been|has been|have been) (?:\w+ )?"
    r"(?:baseless|absurd|untrue|false|nonsense|unfounded|groundless|malicious|ridiculous|wrong|withdrawn|dropped|thrown out)\b"
    r"|\bapolog(?:y|i[sz]ed)\b|\bthr(?:ew|own) (?:it |them |the (?:case|claim|charge) )?out\b|\b(?:convicted|acquitted|cleared)\b"
)
_ANSWER = later(
    r"(?:[.;:]|, but) (?:he|she|they|it)\b.{0,40}\b(?:said|says|told|replied|insist\w*|call\w*|argue\w*|maintain\w*)\b",
    re.IGNORECASE,
)
_NO_MATTER = later(  # nobody is accused, or it is a joke
    r"\b(?:nobody|no one|not|never|\w+n['’]t)\b(?: \w+){0,3} accus\w+|\b(?:laugh|jok|teas|jest)\w*\b"
    r"|\b(?:referee|umpire|linesman)\b"
    r"|\bonce accus\w+|\bin the (?:play|film|movie|novel|series|opera|musical)\b",
    re.IGNORECASE,
)


class AccusationWithoutReply(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.4.0"
    version: ClassVar = 3
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first accusation of each person who does not answer."""
        context.spend(8 * len(article.text))
        accusing = [block for block in article.prose if " accus" in f" {block.text}"]
        if not accusing or is_free(article) or any(_REPLY.occurs(block) for block in article.blocks):
            return
        speaks = {word for found in article.attributions if found.source for word in found.source.text.lower().split()}
        told: set[str] = set()
        for block in accusing:
            for match in _ACCUSED.finditer(block.text):
                name = match[1].lower().split()
                if _NO_MATTER.search(block.text) or is_long_ago(block.text) or _ANSWER.search(block.text, match.end()):
                    continue
                if name[-1] not in told and speaks.isdisjoint(name):  # the president, the company or she herself
                    told.add(name[-1])
                    place = Place(block, match.start(), match.end(1))
                    evidence = ("the story has no reply, no denial and no “declined to comment”",)
                    severity = Severity.NOTE if _STATE.match(match[1]) else None
                    yield Finding(f"{match[1]} is accused and does not answer.", (place,), severity, 0.7, evidence)

    examples: ClassVar = (
        Example(
            why="no reply", html="<p>Maria Keane ⟦accused John Hale⟧ of hiding the bill for the bridge from the council.</p>"
        ),
        Example(
            why="whoever has an office",
            html="<p>A resident ⟦accused the deputy mayor, John Hale⟧, of taking bribes.</p><p>It rained.</p>"
            "<p>They ⟦accused developer Tom Brandt⟧ of paying them.</p>",
        ),
        Example(
            why="in a play, long ago, and in a match",
            html="<p>In the play Abigail accuses Elizabeth Proctor of witchcraft.</p><p>She once accused Winston Hale of being "
            "drunk.</p><p>They accused the referee, Ada Bell, of losing her nerve.</p>",
        ),
        Example(why="a sum is no year", html="<p>Maria Keane ⟦accused John Hale⟧ of taking £1500 from the bridge.</p>"),
        Example(
            why="a reply", html="<p>Maria Keane accused John Hale of hiding the bill.</p><p>Hale said the bill was public.</p>"
        ),
        Example(
            why="an answer by the title or the company's name",
            html="<p>They accused President Ada Roe of hiding the bill and accused Acme Holdings Limited of paying it.</p>"
            "<p>The president said on Monday that there was none, and Acme said it would go on.</p>",
        ),
        Example(why="a denial", html="<p>Maria Keane accused John Hale of hiding the bill, which he denies.</p>"),
        Example(
            why="an office that stands by them",
            html="<p>Keane accused the minister, John Hale, of hiding it. The ministry said that Hale stood by the figures.</p>",
        ),
        Example(why="no comment", html="<p>Keane accused John Hale of hiding the bill. He declined to comment.</p>"),
        Example(
            why="an answer in the next clause",
            html="<p>Maria Keane accused John Hale of hiding the bill; he said that it had hung in the hall for a year.</p>",
        ),
        Example(
            why="nobody accuses, somebody jokes, or all of them are dead",
            html="<p>Nobody has accused John Hale of hiding it.</p><p>Laughing, she accused Tom Brandt of eating her cake.</p>"
            "<p>The council hasn’t accused Cal Deeming Roe of anything.</p><p>In 1431 they accused Joan Arc Keane of heresy.</p>",
        ),
        Example(
            why="asked in vain", html="<p>Keane accused John Hale of hiding the bill. Efforts to reach him were unsuccessful.</p>"
        ),
        Example(why="opinion", html="<p>Keane accused John Hale of hiding the bill.</p>", kind="opinion"),
    )
