"""A claim stands in the paper's own voice where a desk would ask "says who?".

## Why it matters
A figure, a motive, a superlative or an accusation without a source is the paper's own word. Readers cannot weigh it, and when it
is wrong nobody else said it.

## What is checked
Sentences that no source answers for, by kind: statistic, superlative, motive, cause, finding, prediction, accusation. That a
person named in full committed a crime is an error, unless a longer story names them once and says nothing of them; everything
else is a note. The finding names the nearest sources considered.

## Known limits
A source carries over to the sentences after it in its paragraph, and a link in the sentence is a source. Opinion, reviews,
advice, sport, recipes, live blogs and pieces in the first person are left alone; so are quotations, questions and headings.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.phrases import languages, phrases, search
from rules.core.rule import Context, Example, Rule
from rules.core.sentences import Sentence
from rules.core.sourcing.attributions import Attribution
from rules.core.sourcing.genre import is_free, is_long_ago
from rules.core.sourcing.lexicon import words
from rules.core.sourcing.summary import unanswered

KINDS = ("accusation", "motive", "statistic", "superlative", "finding", "cause", "prediction")
_KINDS_IN_WORDS = {
    "accusation": "an accusation", "motive": "a motive", "statistic": "a figure", "superlative": "a superlative",
    "finding": "a finding", "cause": "a cause", "prediction": "a prediction",
}  # fmt: skip
MIN_WORDS = 6
_COUNTED = ("statistic", "finding")
_COUNT = later(
    r"\b(?:polls?|pollsters?|surveys?|surveyed|census|trials?|stud(?:y|ies)|analysis|researchers|questionnaires?|interviewed|sample)\b"
)
COUNTS_FOR = 3  # paragraphs after a count that may tell its results
_TITLES_OF_ALL_TIMES = frozenset(  # titles that history has too, or that say nothing
    "mr mrs ms miss sir lady lord dame king queen prince princess pope father captain capt colonel col general gen".split()
)
SOME_LENGTH = 4  # paragraphs of a story, from which on it would name the accused again
_SEEMS = frozenset(("seem", "appear", "look", "sound", "intend", "mean"))
_STRAIGHT = str.maketrans("’‘“”\n", "''\"\" ")
_NAME = r"(?:[A-ZÀ-ÖØ-Þ][\w.’'-]+ (?:(?:van|von|de|der|da|di|du|bin|al|el) ){0,2}){1,3}[A-ZÀ-ÖØ-Þ][\w’'-]+"
_ROLE = (  # what somebody is by trade or office; a verdict ("killer") or a prize ("winner") is none
    r"(?!(?:killer|murderer|robber|fraudster|gangster|dealer|winner|champion|contender|dictator|number|member|supporter|other|over|under"
    r"|after|never|ever|however|whether|rather|for|or|nor)\b)(?:\w+(?:er|or|man|woman|ist|ian|ant|ent)|mayor|chief|coach|nurse|judge"
    r"|pilot|head|boss|aide|official|vicar|bishop|guard|clerk|tycoon)"
)
_VERDICT = later(r"\b(?:killer|murderer|robber|fraudster|gangster|dictator|tyrant|pirate|king|queen|emperor)\b")
_NOT_FIRST = (
    r"(?!(?:In|On|At|Last|When|After|Before|By|For|With|As|But|And|While|Since|If|Although|Because|Perhaps|Maybe|Then|So)\b)"
)
_ACCUSED = later(  # at the start of a sentence: a name, with a role or an age before or behind it, and what they did
    rf"^(?P<role>(?:The|His|Her|Their) (?:[\w’'-]+ ){{0,4}}[\w’'-]+, (?={_NAME},)"
    rf"|(?:(?:The|A|An) )?(?:[\w’'-]+ ){{0,2}}?(?i:{_ROLE}) )??"
    rf"(?P<name>{_NOT_FIRST}{_NAME})(?P<age>, [^,.;]{{1,60}},|,)?(?: (?:has|have|had|also|then|later))?(?= [a-z])"
)
_PROCEEDINGS = later(
    r"\b(?:(?<!tennis )(?<!squash )court|police|prosecutors?|charged|convicted|pleaded|sentenced|guilty|alleged(?:ly)?|accused"
    r"|indict\w+|trial|jury|lawsuit|investigat\w+|arrested|hanged|executed|jail\w*|prison\w*|confess\w+)\b",
    re.IGNORECASE,
)
_FICTION = later(r"\b(?:film|movie|novel|series|episode|character|plays?|opera|legend|myth)s?\b", re.IGNORECASE)
_GOES_ON = later(r"(?:She|He|They|Her|His|Their)\b")  # of whoever was just named
_WORD = later(r"[\w’'-]+")
_OWN_AGE = later(r"^ lied about (?:his|her|their) age\b")
ABOUT_FICTION = 2  # such words in a story about a story; one is "a series of storms"


class UnattributedClaim(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.4.0"
    version: ClassVar = 5
    languages: ClassVar = languages("unattributed-claim")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each sentence without a source that makes a claim of one of the kinds."""
        context.spend(30 * len(article.text))
        if is_free(article):
            return
        answering = [found for found in article.attributions if _answers(found)]
        first = {found.block.index: found for found in reversed(answering)}
        for sentence in unanswered(article, answering):
            block = sentence.block
            carried = first.get(block.index)
            if carried is not None and _start(carried) < sentence.start:
                continue
            if block.kind == "quote" or not _is_claim(sentence) or article.is_quoted(block, sentence.start):
                continue
            if block.links_within(sentence.start, sentence.end):  # the document that it leads to answers
                continue
            accused = _accused(article, sentence)
            kind = None if accused else _claim(article, sentence)
            if accused or kind:
                context.spend(len(article.attributions))
            if accused:
                yield _accusation(article, sentence, accused)
            elif kind:
                message = f"Nobody is named for {_KINDS_IN_WORDS[kind]}."
                yield _finding(article, sentence, message, Severity.NOTE, 0.7, kind)

    examples: ClassVar = (
        Example(why="a figure", html="<p>⟦Roughly 300 people are homeless after the fire in the old town.⟧</p>"),
        Example(why="a superlative", html="<p>⟦It was the worst flood in the country’s history by any measure.⟧</p>"),
        Example(why="a motive", html="<p>⟦They seem intent on closing the market hall for good.⟧</p>"),
        Example(why="a finding", html="<p>⟦There is mounting evidence of a fault in the roof of the hall.⟧</p>"),
        Example(why="a crime of somebody named", html="<p>⟦Maria Keane embezzled the money that was meant for the roof.⟧</p>"),
        Example(
            why="bribes, forgery, killing and a bare name for it",
            html="<p>⟦The chairman, Alan Pike, took bribes from the contractor.⟧</p><p>It rained.</p><p>⟦Skipper Neil Bell forged"
            " the boat’s safety certificates.⟧</p><p>It rained.</p><p>⟦Cal Dunmore killed his wife with a spade in May.⟧</p>"
            "<p>It rained.</p><p>⟦Roy Hatchard is a thief who cannot be trusted.⟧</p>",
        ),
        Example(
            why="what is forged and killed without a crime",
            html="<p>Alan Pike forged a career as a writer of long books.</p><p>Neil Bell forged the gates of the hall.</p>"
            "<p>Cal Dunmore killed his speed before the last bend.</p><p>Roy Hatchard is a thief of time in the best sense.</p>",
        ),
        Example(
            why="what is no crime, and what is history",
            html="<p>Maria Keane stole the show with a song about the bridge.</p><p>Maria Keane bribed her little brother with "
            "cake to come along.</p><p>Maria Keane murdered her landlady in 1911, and the house has been haunted since.</p>",
        ),
        Example(
            why="a role before the name, or an age behind it",
            html="<p>⟦The mayor, Maria Keane, lied to the council about the cost of the hall.⟧</p><p>It rained.</p>"
            "<p>⟦Former treasurer Tom Brandt has stolen £2m from the club over the years.⟧</p><p>In the old days Ada Bell lied "
            "to the council too.</p><p>⟦Cal van der Roe, 52, pocketed 40,000 euros of the takings.⟧</p>",
        ),
        Example(
            why="the other kinds, however they are put",
            html="<p>⟦Three in ten families in the district do not have a bed for every child.⟧</p>"
            "<p>⟦The junction is the most dangerous in the county.⟧</p><p>⟦A drain that nobody had cleared is what sank the "
            "ferry.⟧</p><p>⟦A child who skips breakfast is twice as likely to fall asleep in class.⟧</p><p>⟦The merger will "
            "cost three hundred jobs in the valley.⟧</p><p>⟦He shut the ferry because he stood to gain from the toll.⟧</p>"
            "<p>⟦The harbour office turned a blind eye to the leaking barges.⟧</p>",
        ),
        Example(
            why="what was just counted, a survey’s result, and whoever gave the rank",
            html="<p>The council asked 400 families in a survey.</p><p>Three in ten families in the district do not have a bed "
            "for every child.</p><p>It rained.</p><p>It snowed.</p><p>It thawed.</p><p>That means three in ten families have no "
            "bed for every child.</p><p>The league table lists it as the most "
            "dangerous junction in the county.</p><p>The hat was found in a ditch a mile away.</p>",
        ),
        Example(why="a sum is no year", html="<p>⟦Maria Keane embezzled £1500 that was meant for the roof of the hall.⟧</p>"),
        Example(why="a source", html="<p>Roughly 300 people are homeless after the fire, the council said on Monday.</p>"),
        Example(
            why="a source that carries over",
            html="<p>The council blamed the fire. Roughly 300 people are homeless after the fire.</p>",
        ),
        Example(
            why="a link",
            html='<p><a href="https://council.example/a">Roughly 300 people</a> are homeless after the fire in the old town.</p>',
        ),
        Example(why="what a court heard", html="<p>Maria Keane embezzled the money for the roof, the court heard.</p>"),
        Example(why="opinion", html="<p>Roughly 300 people are homeless after the fire in the old town.</p>", kind="opinion"),
        Example(why="somebody's words", html="<p>“It was the worst flood in the country’s history,” said Maria Keane.</p>"),
        Example(
            why="somebody's words over several paragraphs",
            html="<p>“I had not planned to speak,” said Maria Keane. “I was 24.</p><p>“There was a moment when it rained. The "
            "junction is the most dangerous in the county.</p><p>“So I stood up.”</p>",
        ),
    )


def _answers(found: Attribution) -> bool:
    """Whether it says who says so: somebody's statement or stated belief, not what a crowd says or how somebody seems."""
    known = found.voice is not None and not found.voice.crowd
    return found.sure and known and found.kind != "intention" and found.head not in _SEEMS


def _start(found: Attribution) -> int:
    return min(part.start for part in (found.source, found.cue, *found.contents) if part is not None)


def _is_claim(sentence: Sentence) -> bool:
    text = sentence.text
    return len(text.split()) >= MIN_WORDS and text.endswith((".", ".”", '."', ".)")) and not text.startswith(("“", '"'))


def _claim(article: Article, sentence: Sentence) -> str | None:
    """The kind of claim that the sentence makes."""
    text = sentence.text.translate(_STRAIGHT).lower()
    kind = next(iter(search("unattributed-claim", tuple(KINDS), article.language).lists_in(text)), None)
    if kind is None or phrases("unattributed-claim", "answers", article.language).occurs(text):
        return None
    return None if kind in _COUNTED and _is_of_a_count(article, sentence) else kind


def _is_of_a_count(article: Article, sentence: Sentence) -> bool:
    """Whether the paragraphs before tell of a poll, a study or the like, whose result this may be."""
    return not article.once(_counts).isdisjoint(range(sentence.block.index - COUNTS_FOR, sentence.block.index + 1))


def _counts(article: Article) -> frozenset[int]:
    return frozenset(block.index for block in article.prose if _COUNT.search(block.text))


def _accused(article: Article, sentence: Sentence) -> re.Match[str] | None:
    """Whom a sentence says to have committed a crime, named in full, in a story that knows of no proceedings."""
    accused = _ACCUSED.match(sentence.text)
    if accused is None:
        return None
    rest = sentence.text[accused.end() :].translate(_STRAIGHT).lower()
    if not phrases("unattributed-claim", "crime", article.language).begins(rest) or _OWN_AGE.search(rest):
        return None
    is_told = is_long_ago(sentence.text) or "according to" in sentence.block.key or article.once(_knows_better)
    return None if is_told else accused


def _knows_better(article: Article) -> bool:
    """Whether the story knows of proceedings, or is about a story."""
    return _PROCEEDINGS.search(article.text) is not None or len(_FICTION.findall(article.text)) >= ABOUT_FICTION


def _is_named_in_passing(article: Article, sentence: Sentence, accused: re.Match[str]) -> bool:
    """Whether a story of some length names somebody once and says nothing of them, or their verdict: no newly accused."""
    first, *_, last = accused["name"].split()
    has_office = first.lower().strip(".") in words("sources", "title") - _TITLES_OF_ALL_TIMES
    if _VERDICT.search(accused["role"] or ""):
        return True
    if accused["role"] or accused["age"] or has_office or len(article.prose) < SOME_LENGTH:
        return False
    follows = sentence.block.text[sentence.end :].lstrip() or next((block.text for block in article.after(sentence.block)), "")
    return article.once(_words_in)[last] == 1 and not _GOES_ON.match(follows)


def _words_in(article: Article) -> Counter[str]:
    return Counter(_WORD.findall(article.text))


def _accusation(article: Article, sentence: Sentence, accused: re.Match[str]) -> Finding:
    severity = Severity.NOTE if _is_named_in_passing(article, sentence, accused) else Severity.ERROR
    message = f"{accused['name']} is accused in the paper’s own voice; nobody is named for it."
    return _finding(article, sentence, message, severity, 0.8, "accusation")


def _finding(article: Article, sentence: Sentence, message: str, severity: Severity, confidence: float, kind: str) -> Finding:
    place = Place(sentence.block, sentence.start, sentence.end)
    return Finding(message, (place,), severity, confidence, _considered(article, sentence), kind=kind)


def _considered(article: Article, sentence: Sentence) -> tuple[str, ...]:
    """The nearest sources before and after, which do not reach as far as this sentence."""
    here = (sentence.block.index, sentence.start)
    before = after = None
    for found in article.attributions:
        if found.sure and found.voice is not None and found.voice.named:
            if (found.block.index, _start(found)) < here:
                before = found
            elif after is None:
                after = found
    said = [
        f"{found.voice.name} {where}, {_far(here[0], found.block.index)}"
        for found, where in ((before, "before it"), (after, "after it"))
        if found is not None and found.voice is not None
    ]
    return tuple(said) or ("no source is named in the story",)


def _far(here: int, there: int) -> str:
    blocks = abs(here - there)
    return "in the same paragraph" if not blocks else "a paragraph away" if blocks == 1 else f"{blocks} paragraphs away"
