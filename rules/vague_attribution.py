"""The attribution names nobody who could be asked.

## Why it matters
"Critics say", "experts believe", "it is understood": a reader cannot tell one voice from a hundred, and the desk cannot call
them back.

## What is checked
A crowd without a face in a source's place ("some argue", "sources said", "experts warn", "studies show"), which is a warning
when no source with a name speaks in its paragraph or the two after it. A note: a crowd that such a source follows or that the
reporter met ("sources told me"), studies in a story on a paper whose journal it names, the public's reactions ("one user wrote"),
what a crowd thinks, a passive, an adverb, hearsay or a bare "criticism" in a source's place ("it is believed", "is seen as",
"questions have been raised", "according to reports", "reportedly", "rumours have it", "has drawn criticism"). A source named in
the same sentence answers.

## Known limits
Quotations are the speaker's words. Opinion, reviews, advice, sport and live blogs are left alone. Reporting of a court case may
say "allegedly" when the charge itself is named. "Officials said" is somebody, if nobody in particular, and is left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later, lowered
from rules.core.phrases import languages, phrases, search
from rules.core.rule import Context, Example, Rule
from rules.core.sentences import Sentence
from rules.core.sourcing.attributions import Attribution
from rules.core.sourcing.genre import is_free
from rules.core.sourcing.summary import clear_voices

_FULL_NAME = later(r"\b[A-Z][\w'’-]+ (?:[A-Z]\. )?[A-Z][\w'’-]+")
_MEMBER = later(r"\b(?:among (?:them|others)|including|such as|like|led by|for one)\b.{0,40}?[A-Z]")
_BY_SOMEBODY = r"\bby (?!the (?:end|time)\b|\d|then\b|now\b|next\b|early\b|late\b|mid)"
_BY = later(_BY_SOMEBODY)
_FROM = later(_BY_SOMEBODY + r"|\b(?:from|among) (?:[\w’'-]+ ){0,4}[A-Z]")
_BORNE_OUT = {"nobody": _MEMBER, "reaction": _FROM, "hedge": _BY}  # by whom, later in the sentence
_STRAIGHT = str.maketrans("’‘“”\n", "''\"\" ")
_LISTS = {"nobody": Severity.WARNING, "reaction": Severity.NOTE, "hedge": Severity.NOTE}
_MODAL = later(r"\b(?:should|would|could|can|may|might|must|will|needs?)\b", re.IGNORECASE)
_PUBLIC = later(r"\b(?:people|consumers|investors|traders|viewers|readers|listeners|parents|users|fans|folks)$", re.IGNORECASE)
NEAR = 300  # characters before and behind a crowd in which it is borne out
FOLLOWS = 2  # paragraphs after it in which a source with a name may bear a crowd out
_REACTS = later(
    r"^(?:others?|another|one|someone|somebody)\b|\b(?:users?|viewers?|fans?|followers?|readers?|listeners?|commenters?|consumers?"
    r"|residents|people|folks|locals|man|woman|person|parents)\b|\b(?:generally|usually|widely|often)\b"
    r"|\b(?:believed?|think|thought|suspect(?:ed)?|felt|feel|feared?|hoped?|expect|predict|forecast)$",
    re.IGNORECASE,
)
_REPORTER = later(r"(?:\b(?:told|tells?) me|\btold us)\b", re.IGNORECASE)  # "experts tell us" is everybody
_STUDIES = later(r"\b(?:stud(?:y|ies)|research|trials?|evidence)\b", re.IGNORECASE)
_PAPER = later(  # the one the story is about, with the journal's name; a month or a day is none
    r"\b(?:[Pp]aper|[Ss]tudy|[Ff]indings)\b[^\n]{0,160}?\bpublished (?:\w+ ){0,3}?in (?:the )?(?:(?:\w+ ){0,2}journals? )?"
    r"(?!(?:(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|English)\b)[“\"]?[A-Z]"
)
_DEFINITE = later(  # "the experts", "an analysis of 15 studies" can be asked
    r"(?:\b(?:the|this|that|these|those|his|her|its|their|our|own|same)|['’]s) (?:\w+ )?$|\bof (?:\d[\d,]* )?$", re.IGNORECASE
)
_AT = later(r"\b(?:at|from|with) (?:the|a|an|its|[A-Z]\w+)\b")  # "experts at the museum" can be asked
_WHOSE = later(  # "Central Bank figures show", "hospital data show", and not "Latest figures show"
    r"(?:[^.!?\s] |^[A-Z]\w+ )[A-Z][\w’'-]+ $|\b(?:[Oo]fficial|(?:local |central )?government|ministry|treasury|council|hospital"
    r"|police|court|census|parliamentary|company|industry|university|school|department|agency|state|federal|city|county)"
    r"(?: \w+)? $",
)
_DEEDS = frozenset(  # more than words, or knowledge
    "continue add show count look seek try sound support back hold deliver include feature know learn remember understand "
    "realize realise see recognize recognise need use enjoy respond present release focus agree push lift pass adopt sign send "
    "ignore hear face accept embrace love like hate".split()
)
_NOISES = frozenset("sing shout chant cheer yell scream hum".split())  # of a crowd that is there, unless they say "that …"
_NO_NAMES = frozenset(("there", "media", "news", "press"))  # the map takes one that opens a sentence for a name
_STANDS_FOR = frozenset("he she they it who which that i we you".split())


class VagueAttribution(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    version: ClassVar = 8
    languages: ClassVar = languages("vague-attribution")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each sentence with a crowd, a passive or an adverb where a source belongs."""
        context.spend(30 * len(article.text))
        if is_free(article):
            return
        speaking = {found.block.index for found in clear_voices(article)}
        crowds: dict[int, list[Attribution]] = {}
        named: dict[int, list[Attribution]] = {}
        for number, found in enumerate(article.attributions):
            after = article.attributions[number + 1] if number + 1 < len(article.attributions) else None
            if _is_crowd(found) and not _is_joined(after, found):
                crowds.setdefault(found.block.index, []).append(found)
            elif found.sure and found.voice is not None and found.voice.named:
                named.setdefault(found.block.index, []).append(found)
        for block in article.prose:
            if block.kind == "quote":
                continue
            sentences, here, known = article.sentences(block), crowds.get(block.index, []), named.get(block.index, [])
            followed = any(block.index + step in speaking for step in range(FOLLOWS + 1))
            for number, sentence in enumerate(sentences):
                next_one = sentences[number + 1] if number + 1 < len(sentences) else None
                context.spend(len(here))
                finding = _in(article, block, sentence) or _crowd(article, sentence, here)
                if finding and not _is_linked(finding.places[0]) and not any(_stands_for(found, sentence) for found in known):
                    is_near = followed or (next_one is not None and _FULL_NAME.search(next_one.text))
                    is_light = is_near or _is_light(finding) or (_names_studies(finding) and article.once(_is_on_a_paper))
                    yield replace(finding, severity=Severity.NOTE) if is_light else finding

    examples: ClassVar = (
        Example(why="a crowd without a face", html="<p>⟦Critics say⟧ the bridge is too narrow for lorries.</p>"),
        Example(why="a crowd in other words", html="<p>⟦Several of the bridge’s users complained⟧ that it is too narrow.</p>"),
        Example(why="a crowd that judges", html="<p>⟦Fans found⟧ the bridge too narrow.</p>"),
        Example(why="one of them", html="<p>“The bridge is a joke and everybody in town knows it,” ⟦one user wrote⟧.</p>"),
        Example(why="a passive in a source's place", html="<p>⟦It is understood⟧ that the bridge will close in May.</p>"),
        Example(
            why="a crowd and its verb with something between them",
            html="<p>Bridge ⟦experts, however, are not so sure⟧ that it will hold.</p>",
        ),
        Example(
            why="what a crowd takes it for, hearsay, and blame by nobody",
            html="<p>The bridge ⟦is widely seen as⟧ a waste of money.</p><p>⟦Rumours have spread⟧ that it will close.</p>"
            "<p>The ferrymen ⟦have been blamed for⟧ the delay.</p>",
        ),
        Example(
            why="a suggestion, a concern, a fear and reports of nobody",
            html="<p>⟦It has been suggested that⟧ a ferry would be cheaper.</p><p>⟦Questions have been raised⟧ about it.</p>"
            "<p>⟦There are fears that⟧ it will close.</p><p>⟦According to reports⟧, the deck is rotten.</p><p>⟦Media reports "
            "said⟧ it was sold.</p>",
        ),
        Example(
            why="a concern of somebody, and whose report it is",
            html="<p>Concerns have been raised by the harbour board about the cost.</p><p>According to reports by the engineer, "
            "the deck is rotten.</p><p>It suggested that a ferry would be cheaper.</p>",
        ),
        Example(
            why="a place answers nobody’s question",
            html="<p>A toll ⟦left users furious⟧ in Lower Millford.</p><p>The bell ⟦is thought to⟧ come from Lower "
            "Millford.</p><p>The crack ⟦is reported to be⟧ longer than a boat.</p>",
        ),
        Example(why="an analysis that counted", html="<p>An analysis of 15 studies found that wide bridges last longer.</p>"),
        Example(why="what was foreseen", html="<p>The toll brought in less than economists had forecast.</p>"),
        Example(why="a report to somebody", html="<p>The fault was reported to the harbour office.</p>"),
        Example(why="criticism by nobody", html="<p>The plan has ⟦drawn sharp criticism⟧ since it was published.</p>"),
        Example(why="studies without a name", html="<p>⟦Studies show⟧ that wide bridges last longer.</p>"),
        Example(why="a name answers", html="<p>Critics say the bridge is too narrow, among them Maria Keane of the council.</p>"),
        Example(why="a named voice goes on", html="<p>Critics say the bridge is too narrow, and Maria Keane said so too.</p>"),
        Example(
            why="the noises of a crowd that is there",
            html="<p>Away fans sang through the rain until the lights went out.</p><p>It rained.</p>"
            "<p>⟦Fans shouted⟧ that the bridge was too narrow for lorries.</p>",
        ),
        Example(
            why="a link answers", html='<p><a href="https://doi.example/9">Studies show</a> that wide bridges last longer.</p>'
        ),
        Example(
            why="somebody's figures",
            html="<p>Central Bank figures show a fall.</p><p>Latest ⟦figures show⟧ a fall.</p><p>Thefts fell to 352, official "
            "figures show, and to 12 in town, NHS data show.</p><p>It rose, new ⟦figures show⟧.</p>",
        ),
        Example(why="experts with an address", html="<p>Experts at the museum say it is a copy of the old bell.</p>"),
        Example(why="criticism by somebody", html="<p>The plan has drawn criticism from Maria Keane of the council.</p>"),
        Example(why="a speaker's words", html="<p>“Critics say the bridge is too narrow,” Keane said.</p>"),
        Example(why="a group that can be asked", html="<p>Teachers at Millford school said the bridge is too narrow.</p>"),
        Example(why="opinion", html="<p>Some argue that the bridge is too narrow.</p>", kind="opinion"),
    )


def _is_light(finding: Finding) -> bool:
    """Whether it is the public that speaks, nobody says but thinks, or the reporter was told: no desk calls these back."""
    place = finding.places[0]
    is_told = _REPORTER.search(place.block.text[place.start : place.end + len(" me")]) is not None
    return is_told or _REACTS.search(place.text) is not None


def _names_studies(finding: Finding) -> bool:
    """Whether the crowd is one of studies; what a story on a paper says of them is the paper's own account."""
    return _STUDIES.search(finding.places[0].text) is not None


def _is_on_a_paper(article: Article) -> bool:
    return _PAPER.search(article.text) is not None


def _is_crowd(found: Attribution) -> bool:
    return bool(
        found.likely
        and found.voice
        and found.voice.crowd
        and found.source
        and found.cue
        and found.kind != "intention"
        and found.head not in _DEEDS
        and not (found.head in _NOISES and not found.block.text.startswith(" that ", found.cue.end))
        and found.voice.name.lower() == found.source.text.strip(" ,").lower() != "people"
        and not _MODAL.search(found.block.text[found.source.start : found.cue.end])
        and not (found.kind == "belief" and _PUBLIC.search(found.source.text))
        and found.source.text.lower() not in _STANDS_FOR
    )


def _is_joined(following: Attribution | None, found: Attribution) -> bool:
    """Whether a named voice is quoted right after, in the same paragraph: one of the crowd speaks."""
    if following is None or following.block is not found.block or following.type == "indirect":
        return False
    return following.voice is not None and following.voice.named


def _is_linked(place: Place) -> bool:
    """Whether the words lead to what they speak of: "several studies" as a link."""
    return bool(place.block.links_within(place.start, place.end))


def _stands_for(found: Attribution, sentence: Sentence) -> bool:
    """Whether a named voice answers for the sentence: "Critics say it is too narrow, the council said"."""
    is_nobody = found.source is not None and found.source.text.lower() in _NO_NAMES
    return found.cue is not None and sentence.start <= found.cue.start < sentence.end and not is_nobody


def _crowd(article: Article, sentence: Sentence, crowds: list[Attribution]) -> Finding | None:
    if not crowds or sentence.text.startswith("Here") or _MEMBER.search(sentence.text):
        return None
    for found in crowds:
        source, cue = found.source, found.cue
        assert source is not None
        assert cue is not None
        if not sentence.start <= source.start < sentence.end or article.is_quoted(source.block, source.start):
            continue
        if _FULL_NAME.search(source.text) or _AT.search(source.text):
            continue
        end = cue.end if 0 <= cue.start - source.end <= 2 else source.end
        place = Place(source.block, source.start, end)
        message = f"“{place.text}” names nobody who could be asked."
        return Finding(message, (place,), Severity.WARNING, 0.8, ("nobody is named or quoted by name beside it",), kind="nobody")
    return None


def _in(article: Article, block: Block, sentence: Sentence) -> Finding | None:
    language = article.language
    text = lowered(sentence.text.translate(_STRAIGHT))
    names = search("vague-attribution", tuple(_LISTS), language).lists_in(text)
    told = list(phrases("vague-attribution", "named", language).spans(text)) if names else []
    for name in names:
        for start, end in phrases("vague-attribution", name, language).spans(text):
            place = Place(block, sentence.start + start, sentence.start + end)
            before, rest = sentence.text[max(0, start - NEAR) : start], sentence.text[end : end + NEAR]
            if name == "nobody" and (_DEFINITE.search(before) or _WHOSE.search(before)):
                continue
            is_told = any(last <= start or first >= end for first, last in told)
            if is_told or article.is_quoted(block, place.start) or _BORNE_OUT[name].search(rest):
                continue
            message = f"“{place.text}” names nobody who could be asked."
            return Finding(message, (place,), _LISTS[name], 0.8, ("nobody is named in the sentence",), kind=name)
    return None
