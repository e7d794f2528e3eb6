"""A quotation has nobody behind it.

## Why it matters
Words in quotation marks are somebody's. When the paragraph does not say whose and its neighbours do not either, a reader cannot
weigh them and the desk cannot stand by them.

## What is checked
A quotation of seven words or more. It has a speaker when its paragraph ties it to one (a citing verb, any verb with a name
behind a comma inside the marks, "according to", a name before a colon or after a dash, a person whom the sentence before is
about), when the paragraph before opens it, asks it or leads into it with a colon, when the line above it
is a person's name, when the same voice goes on from the paragraph before, when the next paragraph names it at once or says
whose the words were ("That was the view of Maria Keane"), or when it is a part of a sentence and somebody named speaks near.

## Known limits
When in doubt it is silent: a word that may be a verb of saying ("found", "read", "put") ties a quotation to a speaker wherever
it stands in the paragraph, at the end of the one before or at the beginning of the next. Speech in single quotation marks is
not asked about. Short quotations are titles, nicknames and scare quotes more often than speech. Headlines and captions are left
alone, and so are opinion, reviews and live blogs. Pull quotes repeat what the story attributes elsewhere. A story with more
than three such quotations is an interview, whose speaker is named once. In other languages than English nobody has judged what
it flags, and no map of sources helps it: there it is a note.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later, lowered
from rules.core.phrases import languages, phrases, words
from rules.core.quotations import Quotation
from rules.core.rule import Context, Example, Rule
from rules.core.sourcing.attributions import Passage
from rules.core.sourcing.genre import is_free
from rules.core.sourcing.summary import clear_voices

_WORD = later(r"[^\W\d_]+")
_LEAD_IN = later(r"(?:[:,]|\bthat)\s*$")
_PERSON = later(r"^(?:[A-Z]\w+\.? )?[A-Z][\w’'-]+ (?:[A-Z]\.? )?[A-Z][\w’'-]+,? (?:[a-z]|$)")
_UTTERED = later(  # a verb and who does it, or the other way round
    r"\s+(?:[a-z]+ed\b (?:[\w’'.,-]+ ){0,5}?(?:[A-Z][\w’'-]+|he\b|she\b)"
    r"|(?:[A-Z][\w’'.-]+ ){1,3}[a-z]+ed\b|(?:he|she|they) [a-z]+ed\b)"
)
_SUBJECT = later(  # of a sentence that ends where the words begin: a person, by name
    r"(?!(?:On|In|At|Last|Next|By|For|From|To|With|Storm|Hurricane|Lake|Mount|Fort|New|North|South|East|West|This|That|These|Those|"
    r"Every|Each|Some|Many|Most|All|No|Nobody|Nothing|There|It)\b)"
    r"(?:(?:[A-Z]\w+\.? )?[A-Z][\w’'-]+ (?:[A-Z]\. )?"
    r"(?!(?:Road|Street|Lane|Council|House|Hall|Bridge|River|Park|Club|City|Town|County)\b)"
    r"[A-Z][\w’'-]+,? [a-z]|(?:The|His|Her) (?:[\w’'-]+ ){0,4}?[\w’'-]+, [A-Z][\w’'-]+ [A-Z]"
    r"|(?:He|She) (?!was (?:shot|killed|found|taken|born))[a-z])"
)
_SENTENCE = later(r"(?<=[.!?”])\s+(?=[A-Z“])")
_LABEL = later(r"(?:^|\b[Bb]y )[A-Z][\w’'-]+ (?:[A-Z]\.? )?[A-Z][\w’'-]+(?:,| \(|$)")
_CREDIT = later(r"\s*(?:[-–—―]|\()\s*\S")
_POINTS_BACK = later(  # a paragraph that opens with the words before it, and says whose they were: "That was the view of Ann Roe"
    r"(?:Th(?:at|ose|ese|is)|Such)(?:[’']s| (?:is|was|are|were))? (?:[\w’'-]{1,20} ){0,4}?"
    r"(?:words?|sentiments?|views?|opinions?|calls?|pleas?|warnings?|verdicts?|messages?|assessments?|descriptions?)\b"
    r"[^.]{0,60}?\b(?:of|from|by) (?:[\w’'-]{1,20},? ){0,6}?[A-Z][\w’'-]{1,30} (?:[A-Z]\.? )?[A-Z][\w’'-]{1,30}"
)
TITLE_SHARE = 0.7  # of a title's longer words start with a capital
MEASURED = "en"  # the language in which readers judged what it flags, and in which the map of sources helps it
_SOURCE = later(r"(?:^|[\s_-])(?:cite|citation|author|attribution|speaker|source)(?:$|[\s_-])")
SENTENCE = 300  # characters before a quotation in which a sentence about its speaker begins
LABEL = 12  # words of a line that says whose portrait follows, at most
LEAD = 8  # characters before a quotation in which what leads into it ends
AT_ONCE = 250  # characters of the next paragraph in which it may name the speaker: two sentences
NEAR = 2  # blocks on either side in which somebody named speaks whose words a part of a sentence may be
INTERVIEW_SHARE = 0.2  # of a story's paragraphs are quotations from end to end
INTERVIEW = 3  # quotations without a speaker in one story; more are its form: one voice, named once


@dataclass(frozen=True)
class UnattributedQuote(Rule):
    category: ClassVar = "sourcing"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.1.0"
    version: ClassVar = 7
    languages: ClassVar = languages("citing")

    min_words: int = 7  # the shortest that is speech more often than a title or a scare quote

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each quotation that nothing ties to a speaker."""
        context.spend(6 * len(article.text))
        if is_free(article) or _is_interview(article):
            return
        alone = [
            quote
            for quote in article.quotations
            if quote.words >= self.min_words and not self._has_speaker(article, quote, context)
        ]
        if len(alone) > INTERVIEW:
            return
        for quote in alone:
            place = Place(quote.block, quote.start, quote.end)
            evidence = ("no citing verb in the paragraph", "no speaker in the paragraphs beside it")
            severity = None if article.language == MEASURED else Severity.NOTE
            yield Finding("A quotation has nobody behind it.", (place,), severity, 0.75, evidence)

    def _has_speaker(self, article: Article, quote: Quotation, context: Context) -> bool:
        block, ties = quote.block, article.once(_Ties)
        if ties.outside(quote) or _CREDIT.match(block.text, quote.end) or _leads_in(quote) or _is_spoken(quote):
            return True
        before, after = _beside(article, block, -1), _beside(article, block, 1)
        if before is not None and (_hands_over(before, quote) or ties.leads_on(before)):
            return True
        if _is_portrait(article, quote):
            return True
        if _is_pull_quote(article, quote) or _is_title(quote) or _is_mapped(article, quote, before, context):
            return True
        if _is_fragment(quote) and any(abs(found.block.index - block.index) <= NEAR for found in clear_voices(article)):
            return True
        if after is None:
            return False
        if _CREDIT.match(after.text) is not None or _is_source(after) or ties[after.index].first <= AT_ONCE:
            return True
        return _POINTS_BACK.match(after.text) is not None

    examples: ClassVar = (
        Example(
            why="nobody speaks",
            html="<p>The river rose by a metre.</p><p>⟦“We had never seen so much water in our lives.”⟧</p><p>It stopped.</p>",
        ),
        Example(
            why="the paragraph names its source",
            html="<p>“We had never seen so much water in our lives,” said Maria Keane, who lives by the bridge.</p>",
        ),
        Example(
            why="the same voice goes on from the paragraph before",
            html="<p>Maria Keane, who lives by the bridge, said she left.</p><p>“We had never seen such a flood here.”</p>",
        ),
        Example(
            why="a paragraph that leads into it",
            html="<p>The notice on the door was short:</p><p>“This house is closed until the water has gone down.”</p>",
        ),
        Example(
            why="the speaker comes at once", html="<p>“We had never seen so much water in our lives.”</p><p>— Maria Keane</p>"
        ),
        Example(
            why="an answer",
            html="<p>What did you see, Maria Keane?</p><p>“We had never seen so much water in our lives.”</p>",
        ),
        Example(
            why="the line above is the speaker's name",
            html="<p>Rain fell.</p><h3>Maria Keane, 34, baker</h3><p>“We had never seen so much water in our lives.”</p>"
            "<p>Given by Tom Brandt</p><p>“The boat stood in our garden for a whole winter.” It hangs in the town hall now.</p>",
        ),
        Example(
            why="the markup names the speaker",
            html="<p>Rain fell.</p><blockquote><p>“We had never seen so much rain in town.”</p><cite>Ada Bell</cite></blockquote>"
            '<p>Rain.</p><p>“The boat stood in our garden for a winter.”</p><p class="quote-author">Tom Brandt</p>',
        ),
        Example(
            why="a heading that is no name",
            html="<h3>How the water came</h3><p>⟦“We had never seen so much water in our lives.”⟧</p><p>Rain fell.</p>",
        ),
        Example(
            why="words in the middle of a paragraph are no portrait's, and a sentence is no label",
            html="<h3>Maria Keane, baker</h3><p>The wall has ⟦“We had never seen so much water in our lives”⟧ on it.</p>"
            "<p>Rain.</p><p>There is a picture of it by Tom Brandt, and for a while it hung in the old town hall.</p>"
            "<p>⟦“The boat stood in our garden for a whole winter.”⟧</p><h3>The Water Board moves the dam</h3>"
            '<div class="post author-keane"><p>⟦“The fish came up the street in the night.”⟧</p><p>Rain.</p></div>',
        ),
        Example(
            why="a part of what somebody near says",
            html="<p>Maria Keane said she left.</p><p>It rained.</p><p>It was not “so much water as we had last year.”</p>",
        ),
        Example(
            why="opinion speaks for itself",
            html="<p>“We shall all of us learn to live with water.”</p><p>Shall we?</p>",
            kind="opinion",
        ),
        Example(
            why="a verb on no list, with its speaker",
            html="<p>“I am over the moon and so is my mum,” beamed winner Kelly Shaw, 19.</p>"
            "<p>Rain.</p><p>“You will not get away with this, any of you,” she thundered.</p>",
        ),
        Example(
            why="the sentence before is about the speaker",
            html="<p>Roy Hatchard shook his head. “The whole place was under water by ten o’clock.”</p>"
            "<p>Rain.</p><p>It rained on Friday. She shook her head. “We had never seen such a flood here in our lives.”</p>"
            "<p>Rain.</p><p>The mayor, Jean Rowe, was blunt. “We have no money and no plan and no time.”</p>",
        ),
        Example(
            why="the sentence before is about a thing",
            html="<p>The closure came as a shock. ⟦“Nobody warned us and we found out from the radio.”⟧</p>",
        ),
        Example(
            why="a motto, and what somebody went through",
            html="<p>⟦“We had never seen so much water in our lives”⟧ adorns Keane House.</p><p>Rain.</p>"
            "<p>Maria Keane keeps ⟦“The boat stood in our garden for a winter”⟧ on her wall.</p><p>Rain.</p>"
            "<p>He was shot at noon. ⟦“The fish came up the street in the night.”⟧</p>",
        ),
        Example(
            why="a voice inside the quotation",
            html="<p>⟦“My boss said that I would lose my job.”⟧ The road has been shut since May.</p>",
        ),
    )


class _Tied(NamedTuple):
    """Where in a text the first cue that ties words to a source ends, and where the last one begins (code points)."""

    first: float = math.inf
    last: float = -math.inf


class _Ties(dict[int, _Tied]):
    """The citing verbs and other cues of each block, by its index; looked for once, however many quotations a block has."""

    def __init__(self, article: Article) -> None:
        super().__init__()
        self._blocks, self._language = article.blocks, article.language
        self._quoted = frozenset(quote.block.index for quote in article.quotations)

    def __missing__(self, index: int) -> _Tied:
        key = lowered(self._blocks[index].text)
        verbs = words("citing", "verbs", self._language)
        spans = [word.span() for word in _WORD.finditer(key) if word[0] in verbs]
        spans += phrases("citing", "phrases", self._language).spans(key)
        self[index] = tied = _Tied(min(end for _, end in spans), max(start for start, _ in spans)) if spans else _Tied()
        return tied

    def outside(self, quote: Quotation) -> bool:
        """Whether a cue stands before or after a quotation in its paragraph."""
        tied = self[quote.block.index]
        return tied.first <= quote.start or tied.last >= quote.end

    def leads_on(self, before: Block) -> bool:
        """Whether the paragraph before speaks for somebody, in its own words or with a quotation."""
        return before.index in self._quoted or self[before.index].first < math.inf


def _leads_in(quote: Quotation) -> bool:
    """Whether a colon, a comma or "that" stands right before the quotation."""
    return _LEAD_IN.search(quote.block.text, max(0, quote.start - LEAD), quote.start) is not None


def _is_spoken(quote: Quotation) -> bool:
    """Whether the sentence says who speaks, whatever its verb ("…," beamed Ann Roe), or the one before is about a person."""
    text = quote.block.text
    inner = text[quote.start : quote.end].rstrip("”\"’'»«")
    if inner.endswith((",", "?", "!")) and _UTTERED.match(text, quote.end):
        return True
    before = text[max(0, quote.start - SENTENCE) : quote.start].rstrip()
    return before.endswith((".", "!")) and _SUBJECT.match(_SENTENCE.split(before)[-1]) is not None


def _hands_over(before: Block, quote: Quotation) -> bool:
    """Whether the paragraph before ends on a colon or a question, or is about one person by name and the words come next."""
    return before.text.rstrip().endswith((":", "?")) or (quote.start == 0 and _PERSON.match(before.text) is not None)


def _is_source(after: Block) -> bool:
    """Whether the line's own markup says that it names the speaker; what stands around it may be called after an author."""
    cited = any(run.node is not None and run.node.tag == "cite" for run in after.runs)
    own = after.element.get("class", "") if after.element is not None else ""
    return cited or _SOURCE.search(own) is not None


def _is_portrait(article: Article, quote: Quotation) -> bool:
    """Whether the line right above, be it a heading, is somebody's name with what they are, and the paragraph their words."""
    before = range(quote.block.index - 1, -1, -1)
    above = next((article.blocks[index] for index in before if article.blocks[index].text), None)
    return above is not None and quote.start == 0 and above.words <= LABEL and _LABEL.search(above.text) is not None


def _is_interview(article: Article) -> bool:
    """Whether the story is one voice, named once: many of its paragraphs are that voice's words and nothing else."""
    spoken = {quote.block.index for quote in article.quotations if quote.start == 0 and quote.end >= len(quote.block.text) - 1}
    return len(spoken) > INTERVIEW and len(spoken) > INTERVIEW_SHARE * len(article.prose)


def _beside(article: Article, block: Block, step: int) -> Block | None:
    """The next block of text in a direction; headings stand between two voices."""
    index = block.index + step
    while 0 <= index < len(article.blocks):
        other = article.blocks[index]
        if other.text:
            return None if other.kind in ("heading", "headline") else other
        index += step
    return None


def _is_fragment(quote: Quotation) -> bool:
    """Whether it is a part of a sentence, set into the paper's own."""
    first = quote.text.strip("“”\"'‘’ ")[:1]
    return first.islower()


def _is_title(quote: Quotation) -> bool:
    """Whether its words are set as a title's are, with capitals."""
    words_in_it = [word for word in quote.text.split() if len(word) > 3 and word[0].isalpha()]
    return bool(words_in_it) and sum(word[0].isupper() for word in words_in_it) > TITLE_SHARE * len(words_in_it)


def _is_mapped(article: Article, quote: Quotation, before: Block | None, context: Context) -> bool:
    """Whether the attribution map has a voice in its paragraph, outside of what is quoted, or a named one in the one before."""
    context.spend(len(article.attributions))
    for found in article.attributions:
        if found.voice is None:
            continue
        here = found.block is quote.block and found.source is not None and not _stands_in(found.source, quote)
        if here or (found.block is before and found.voice.named):
            return True
    return False


def _stands_in(source: Passage, quote: Quotation) -> bool:
    """Whether a source is named inside the quotation, by whoever speaks there."""
    return quote.start <= source.start and source.end <= quote.end


def _is_pull_quote(article: Article, quote: Quotation) -> bool:
    """Whether the story says the same words again elsewhere."""
    inner = " ".join(quote.text.lower().split()).strip(" .,!?")
    return any(inner in other.key for other in article.blocks if other is not quote.block)
