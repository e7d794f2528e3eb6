"""Several small signs together say that a block is no part of the story.

## Why it matters
No list knows every widget, teaser and box. What they have in common is their build: links where the story has sentences, a class
that names a box, a place behind the last paragraph, words that the story does not use.

## What is checked
Each block of at most sixty words gets a score: the sum of learned weights for its length, its links and where they lead, its
element and the class words around it, its place, its neighbours, repetition, the share of its words that the story uses too,
and what it speaks of. Above one limit it is a note, above a higher one a warning; the evidence names what weighed most. A block
whose build says less, but which is worded as pages speak to their readers ("Tap below to hear this story"), is a note when both
together say enough; in a story that says "you" itself, and for a heading, the wording must say more. No publisher's name is in
the weights, and the named rules report what they know first.

## Known limits
A pitch behind a first sentence that is told as stories are is not seen. Shopping guides, lists of links that are the story, and
captions without a figure look like leftovers. What a story says of itself ("This article is part of …") and of its writer is
the story's, whatever it is built like. The weights were learned on English pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block, normalised
from rules.core.catalogue import load
from rules.core.findings import Finding, Severity
from rules.core.leftovers import MAX_WORDS, Features
from rules.core.linear import Linear, read_linear
from rules.core.patterns import later
from rules.core.residue import LINKED, ResidueRule, is_crosshead, is_introduced, is_piece, is_quoted, is_step, says, whole
from rules.core.rule import Context, Example, Rule
from rules.core.shopping import is_guide
from rules.core.sourcing.genre import addresses
from rules.core.wording import TOLD, voice

STORY = (
    "<p>The river rose by two metres on Tuesday and took the old bridge with it, the council said, and nobody can tell when the "
    "road to Millford will open again.</p><p>Repairs will take until the autumn, the council said after a long meeting with the "
    "engineers who had looked at the piers on Wednesday.</p>"
)
LOUDEST = 5.0  # log odds that few wordings have; where the build, as far as it is heeded, needs more, the wording is not asked
_GOES_ON = later(r"[.,;](?:\s+\S|\s*$)")  # how the rest of a torn sentence begins
FEW = 2  # words of which a voice can be heard, at least
OPENING = 4  # words of a first sentence whose voice can be told from others
WORK = 12  # units for each character of a block that is scored
_ADDRESS = later(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?")  # a lone address credits a source
_ITSELF = later(  # what a story says of itself: an editors' note, where it comes from, who wrote it (and when), a disclosure
    r"^[(\[*]?(?:(?:editor'?s'?|author's|publisher's) note\b|(?:correction|clarification|disclosure|update)[:)\]—–])"
    r"|^(?!.*\b(?:you|your|subscri\w*|donat\w*|free|tap|gift\w*)\b)[(\[*]?this (?:article|story|report|piece|post|series"
    r"|interview|essay|column|episode) (?:is part of|was|has been|contains|discusses|originally|(?:first )?appeared)\b"
    r"|^(?:[\w'.-]+ ){2,4}(?:is (?:an?|the) (?:[\w-]+ ){0,4}?(?:reporter|writer|editor|journalist|columnist|correspondent|author"
    r"|producer|photographer|critic|contributor|professor|lecturer|historian|novelist|fellow|intern)\b"
    r"|(?:writes|reports) (?:about|on|for)\b)"
    r"|^(?:(?:analysis|opinion|column|comment|review|report|story|words|written|posted) )?by (?:[\w'.,:-]+ ){1,7}.{0,12}"
    r"(?:\w+\.? \d\d?,|\d\d? \w+) (?:19|20)\d\d\b.{0,40}$"
    r"|^(?:charts?|graphics?|photo(?:graph[sy]?|s)?|pictures?|images?|illustrations?|data|sources?|credit): \S+(?: \S+){0,3}$"
    r"|\b(?:commissions?|affiliate|editorially independent)\b"
    r"|\bmay (?:earn|get|receive) (?:a|an|some) (?:\w+ )?(?:share|cut|fee)\b"
)
VOICED = ("worded as pages speak to their readers",)
SAYS = {
    "link": "much of it is links", "words,link": "much of it is links", "kind,link": "much of it is links",
    "named": "a class or id around it names a box of the page", "in": "its element is no paragraph",
    "after": "stands after the last paragraph", "before": "stands before the first paragraph",
    "where": "stands outside the paragraphs", "where,link": "links outside the paragraphs",
    "where,words": "short, and outside the paragraphs", "shared": "uses other words than the story",
    "shared,link": "links with other words than the story's", "count": "repeated", "linked run": "in a row of links",
    "linked run,words": "in a row of links", "short run": "in a row of short lines",
    "says": "speaks as pages do, and stories do not",
    "links to": "leads where pages lead their readers", "links to,link": "leads where pages lead their readers",
    "label": "opens with a label", "label,link": "a label and a link", "label case": "opens with a label in capitals",
    "wording": "the words may be a widget's", "previous wording": "follows a widget's words",
    "next wording": "stands before a widget's words", "hidden": "hidden by style or class",
    "previous is alike": "built like the block before", "next is alike": "built like the block after",
}  # fmt: skip


@dataclass(frozen=True)
class LeftoverBlock(Rule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 8
    specificity: ClassVar = 10  # every named rule says it better

    note_from: float = 1.3  # scores (log odds); chosen on publishers left out of the weights (docs/quality.md)
    warn_from: float = 2.5
    voiced_from: float = 1.0  # log odds of the wording from which it counts
    # Chosen on publishers left out, as the limits above, together with ``heed`` (docs/decisions/0015).
    both_from: float = 0.6  # build and wording together
    # How much of the build's log odds counts beside the wording's: a paragraph among paragraphs is built like the story, and so a
    # scraper leaves everything.
    heed: float = 0.6
    addressing: float = 4.5  # how much more the wording must say in a story that speaks to its readers
    heading: float = 2.0  # and of a heading
    model: Linear = field(default_factory=lambda: read_linear("leftover-block"))
    voices: Linear = field(default_factory=lambda: read_linear("wording"))

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a block; the engine joins boxes and counts repeats."""
        found: list[Finding] = []
        for block, features in candidates(article, context):
            score = self.model.score(features)
            is_voiced = score <= self.note_from and self._is_voiced(article, block, score)
            if not (is_voiced or score > self.note_from) or _is_copy(article, block):
                continue
            if not (is_quoted(block) or is_introduced(article, block) or is_crosshead(article, block)):
                severity = Severity.WARNING if score > self.warn_from else Severity.NOTE
                message = "This looks like no part of the story."
                confidence = round(self.model.probability(max(score, self.note_from)), 2)
                evidence = VOICED if is_voiced else tuple(self._evidence(features))
                found.append(Finding(message, (whole(block),), severity, confidence, evidence, fix="remove-unsafe"))
        yield from found

    def _is_voiced(self, article: Article, block: Block, score: float) -> bool:
        """Whether wording and build together speak against a block. What no wording could make up for is not asked.

        A caption speaks of what is seen, a list in order of what to do, a line that ends in a colon of what comes next, and a
        shopping guide to its readers. Where a story says "you" itself, and of a heading, the wording must say more. What a list
        is sure of is its rule's to say, or to be silent on where it was turned off.
        """
        built = self.heed * score
        if article.language != "en" or block.words < FEW or built < self.both_from - LOUDEST:
            return False
        if block.kind in ("caption", "table-cell") or block.key.endswith(":") or is_step(block) or is_guide(article):
            return False
        if "strong" in says(block).values():
            return False
        sound = voice(block.key, block.text, self.voices)
        sound -= self.addressing * addresses(article) + self.heading * (block.kind == "heading")
        return sound > self.voiced_from and built + sound > self.both_from and not self._opens_as_a_story(article, block)

    def _opens_as_a_story(self, article: Article, block: Block) -> bool:
        """Whether the first of its sentences is told as stories are: what follows is the writer's, whatever it says."""
        sentences = article.sentences(block)
        if not sentences or block.link_share > LINKED:
            return False
        first = sentences[0].text
        return len(first.split()) >= OPENING and voice(normalised(first), first, self.voices) < TOLD

    def _evidence(self, features: set[str]) -> list[str]:
        """The three reasons that weigh most, in words."""
        said = [SAYS.get(feature.partition("=")[0]) for feature in self.model.strongest(features)]
        return list(dict.fromkeys(filter(None, said)))[:3]

    examples: ClassVar = (
        Example(
            why="teasers behind the story",
            html=STORY + '<div class="story-cards"><div class="card"><a href="/2024/05/how-a-goat-became-mayor">⟦How a goat '
            'became mayor of a small island</a></div><div class="card"><a href="/2024/05/ten-soups-for-a-cold-night">Ten soups '
            "for a cold night⟧</a></div></div>",
        ),
        Example(
            why="worded as a page speaks, whatever it is built like",
            html=STORY + "<p>⟦Never miss a ferry again: tap here to turn on our harbour notifications and hear the news read "
            "aloud.⟧</p>",
        ),
        Example(
            why="what the writer asks at the end of a paragraph",
            html=STORY
            + "<p>Nobody has seen the harbour cat since the flood. Have you? Send your photos to us on our Facebook page!</p>",
        ),
        Example(
            why="what a story says to its readers, and an editor’s note",
            html=STORY + "<p>You can ring the harbour office, and you should.</p><p>Keep your ticket, and keep your seat.</p>"
            "<p>Editor’s note: Find more of our coverage of the flood on the harbour page.</p>",
        ),
        Example(
            why="what a story says of itself and its writer, and a disclosure",
            html=STORY + "<p>This article is part of our Rivers Lab, a project on the water of towns. Sign up here for more.</p>"
            "<p>Ada Bell is a senior reporter for the Herald. Send tips to her on our channel and follow her for more.</p>"
            "<p>We may earn a cut of what you buy here. Tap to learn more.</p>",
        ),
        Example(
            why="short paragraphs of the story",
            html=STORY + "<p>Nobody was hurt.</p><p>The mayor wept.</p>",
        ),
        Example(
            why="links that belong to the sentence",
            html=STORY + '<p>The <a href="/report">report of the engineers</a> lists every pier.</p>',
        ),
        Example(
            why="a list that is the story",
            html="<h2>What to bring</h2><ul><li>A warm coat</li><li>Two pairs of socks</li><li>Bread</li></ul>",
        ),
    )


def _is_copy(article: Article, block: Block) -> bool:
    """Whether it is the story's whatever it looks like: a word about itself, a source's address, a piece of a sentence."""
    is_about_itself = block.link_share < LINKED and _ITSELF.search(block.key) is not None
    return is_about_itself or _ADDRESS.fullmatch(block.key) is not None or _is_torn(article, block)


def _is_torn(article: Article, block: Block) -> bool:
    """Whether it is a piece of a sentence that a scraper tore apart at its links: the rest of it comes next, or came before."""
    below = article.blocks[block.index + 1 : block.index + 2]
    goes_on = bool(below) and _GOES_ON.match(below[0].text) is not None
    return goes_on or is_piece(block)


def candidates(article: Article, context: Context) -> Iterator[tuple[Block, set[str]]]:
    """The blocks that are short enough to be leftovers, with their features. Spends the work for them."""
    lists = [rule for rule in load() if isinstance(rule, ResidueRule)]
    features = Features(article, [_wording(block, lists) for block in article.blocks])
    for block in article.blocks:
        if 0 < block.words <= MAX_WORDS and block.kind != "headline":
            context.spend(WORK * len(block.key))
            yield block, features.of(block)


def _wording(block: Block, lists: Sequence[ResidueRule]) -> list[str]:
    if not 0 < block.words <= MAX_WORDS or not says(block):
        return []
    found = {rule.name: rule.strength(block) for rule in lists}
    names = [f"{name} {strength}" for name, strength in found.items() if strength]
    return [*names, "any"] if names else []
