"""Somebody named is accused, and does not answer in the story.

## Why it matters
Whoever is accused of wrongdoing has a right to reply, and a reader to know what they say or that they would not say anything.

## What is checked
A person named in full whom somebody accuses of something, when that person nowhere speaks in the story and it does not say that
they denied it, declined to comment, could not be reached or have a lawyer who answers. A denial, a dismissal or a spokesperson
counts where it stands right after the accusation, or in a sentence about the accused or about what the accusation says. A note:
a state, what somebody alleges, and an accusation that the story makes in the passive without saying whose it is.

## Known limits
Reports of court cases are left alone, where the plea is the reply; so are opinion, reviews, sport and live blogs. A story that
knows of an arrest, a charge or a trial may say in the passive what somebody is accused of.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.genre import is_free, is_long_ago

_NAME = (  # two or three words with capitals
    r"(?!(?:In|On|At|Last|When|After|Before|By|For|With|As|But|And|While|Since|If|Although|Because|The|A|An|Former|Late"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day) )(?:[A-Z][\w’'-]{1,30} ){1,2}[A-Z][\w’'-]{1,30}"
)
_ROLE = (  # before a name
    r"(?:(?:the|his|her|its|their) (?:[\w’'-]+ ){0,4}?[\w’'-]+, "
    r"|(?:(?:the|a|an) )?(?:(?!(?:of|in|at|near|from|to|by|who|and|nor)\b)[a-z][\w’'-]* ){1,3})?"
)
_BEHIND = r"(?:, (?:the|an?|\d\d|chair|chief|head|leader|mayor|boss)\b[^,.;:]{0,60},|,)?"  # what somebody is, after the name
_CHARGED = (  # somebody named in full, by role or not
    later(rf"\baccus(?:e|ed|es|ing) {_ROLE}({_NAME})(?: and {_NAME})?{_BEHIND} of\b"),
    later(
        rf"\b({_NAME}){_BEHIND} (?:(?:was|were|is|are|(?:has|have|had) been)(?: \w+ly| also| now)? accused"
        r"(?: by [^,.;:]{1,60}?)? of\b|(?:faces|is facing) (?:\w+ ){0,2}(?:allegation|accusation|claim)s (?:of|that)\b)"
    ),
    later(rf"\balleg(?:e|ed|es|ing) that {_ROLE}({_NAME}){_BEHIND} (?:had|has)\b"),
)
_STATE = later(r"(?:North|South|East|West|United|Saudi|Sri|New|Costa|El|Ivory|Sierra|Burkina) ")  # begins the names of countries
_REPLY = later(  # of whomever: it has to stand near the accused, or near what it is about
    r"\bden(?:y|ies|ied|ying|ial)\b|\brefut\w+|\brejected\b|\bdismissed\b|\bresponded\b|\brepl(?:ied|ies)\b|\bcourt\b"
    r"|\bspokes\w+|\bunsuccessful\b|\bapolog(?:y|i[sz]ed)\b|\bhit back\b|\b(?:convicted|acquitted|cleared)\b"
    r"|\bst(?:ood|ands?) by (?:every|each|all|his|her|its|their|them|it|the (?:figures?|claims?|report|decision|statement))\b",
    re.IGNORECASE,
)
_ASKED = later(  # words that only somebody who was asked, or a court, gives rise to
    r"\bdeclined? (?:to|any|an)\b|\b(?:did|has|have|had) not (?:immediately |yet )?(?:respond|repl|comment|return)"
    r"|\bdidn['’]t (?:immediately )?(?:respond|reply|comment|return)|\bcould not (?:immediately )?be reached"
    r"|\brequests? for comment|\bcountersu\w+|\bpleaded\b|\bjury\b"
    r"|\b(?:lawyers?|attorneys?|solicitors?) for\b"
    r"|\b(?:contacted|approached|asked) for (?:a |an )?(?:comment|response|reply)"
    r"|\b(?:has|have|had) been (?:contacted|approached)\b|\bnot be drawn\b|\bno comment\b"
    r"|\b(?:claim|charge|allegation|accusation)s? (?:was|were|is|are|as|had been|has been|have been) (?:\w+ )?"
    r"(?:baseless|absurd|untrue|false|nonsense|unfounded|groundless|malicious|ridiculous|wrong|withdrawn|dropped|thrown out)\b"
    r"|\bthr(?:ew|own) (?:it |them |the (?:case|claim|charge) )?out\b",
    re.IGNORECASE,
)
_PROCEEDINGS = later(
    r"\b(?:court|prosecut\w+|charged|trial|indict\w+|arrested|lawsuit|sued|sentenced|tribunal|magistrates?)\b", re.IGNORECASE
)
_OF_THE_ACCUSED = later(  # a pronoun, or the accusation by its name
    r"\b(?:he|she|they|him|hers?|them|his|their|its?|we|our|us|I|this|these|accus\w+|alleg\w+|claims?|charges?|wrongdoing)\b",
    re.IGNORECASE,
)
_SERVICE = later(r"\b(?:police|fire|ambulance|weather|rail|hospital)(?: \w+)? spokes\w+", re.IGNORECASE)  # speaks of other things
_ACCUSES = later(r"\b(?:accus|alleg)", re.IGNORECASE)
_NOBODY = frozenset("the a an his her its their and of by was were is are has have had been that also now faces facing".split())
_WORD = later(r"[\w’'-]{4,}")
_COMMON = frozenset("that this with from have been were says said which their there about after before would will when".split())
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
    version: ClassVar = 4
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The first accusation of each person who does not answer."""
        context.spend(8 * len(article.text))
        accusing = [block for block in article.prose if _ACCUSES.search(block.text)]
        if not accusing or is_free(article) or any(_ASKED.search(block.text) for block in article.blocks):
            return
        charges = [(block, match, active) for block in accusing for match, active in _charges(block.text)]
        if not charges or _is_answered(article, charges):
            return
        in_court = any(_PROCEEDINGS.search(block.text) for block in article.blocks)
        speaks = {word for found in article.attributions if found.source for word in found.source.text.lower().split()}
        told: set[str] = set()
        for block, match, active in charges:
            if in_court and not active:  # the charge itself, and the plea comes later
                continue
            if _NO_MATTER.search(block.text) or is_long_ago(block.text) or _ANSWER.search(block.text, match.end()):
                continue
            last = match[1].lower().split()[-1]
            if last not in told and speaks.isdisjoint(
                _who(match[0].split(" accused by ")[0])
            ):  # the president, the company or she herself
                told.add(last)
                place = Place(block, match.start(), match.end(1))
                evidence = ("the story has no reply, no denial and no “declined to comment”",)
                severity = None if active and not _STATE.match(match[1]) else Severity.NOTE
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
        Example(
            why="in the present, in the passive, and by other words",
            html="<p>Three clerks ⟦accuse John Hale⟧ of hiding the bill.</p><p>⟦Tom Brandt⟧ was accused by a porter of breaking "
            "the window.</p><p>⟦Ada Bell⟧ has been accused of selling the boat.</p><p>⟦Cal Dunmore⟧, the cook, faces "
            "allegations of bullying.</p><p>Keane ⟦alleged that Roy Hatchard⟧ had taken the keys.</p>",
        ),
        Example(
            why="an office behind the name, two names, and an answer by the second of them",
            html="<p>Keane ⟦accused John Hale⟧, the chairman, of hiding the bill.</p><p>Keane accused Tom Brandt and Ada Bell of "
            "selling the boat.</p><p>Bell said that it was hers.</p>",
        ),
        Example(
            why="others who deny, dismiss or speak of something else are no reply",
            html="<p>Keane ⟦accused John Hale⟧ of hiding the bill.</p><p>The road is shut, a police spokesman said.</p><p>The "
            "mill dismissed two cooks, and the tennis court is wet.</p>",
        ),
        Example(
            why="a reply to what the accusation is about, two paragraphs later",
            html="<p>Keane accused John Hale of hiding the bill.</p><p>It rained.</p><p>A council spokesman said no bill was "
            "hidden.</p>",
        ),
        Example(why="a charge", html="<p>John Hale was arrested in May. John Hale is accused of hiding the bill.</p>"),
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


def _charges(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    """The accusations in a paragraph, and whether it says who makes them."""
    for number, pattern in enumerate(_CHARGED):
        for match in pattern.finditer(text):
            yield match, number == 0 or " accused by " in match[0]


def _who(charge: str) -> set[str]:
    """The words for the accused, by which they may speak later: names, office, company."""
    return {word for word in charge.lower().replace(",", "").split() if word not in _NOBODY and not word.startswith("accus")}


def _is_answered(article: Article, charges: list[tuple[Block, re.Match[str], bool]]) -> bool:
    """Whether a word of reply stands right after an accusation, or where the accused or what it is about are spoken of."""
    accusing = {block.index for block, _, _ in charges}
    about = {word for block, _, _ in charges for word in _WORD.findall(block.text.lower())} - _COMMON
    follows = False
    for block in article.blocks:
        is_first = block.index in accusing
        text = _SERVICE.sub("", block.text) if follows else block.text
        if (is_first or follows) and _REPLY.search(text):
            return True
        if any(_is_about(sentence.text, about) for sentence in article.sentences(block)):
            return True
        follows = is_first
    return False


def _is_about(sentence: str, about: set[str]) -> bool:
    if not _REPLY.search(sentence):
        return False
    return _OF_THE_ACCUSED.search(sentence) is not None or not about.isdisjoint(_WORD.findall(sentence.lower()))
