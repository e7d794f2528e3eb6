"""What the story announces has passed.

## Why it matters
A caption that says somebody "will visit on Monday, March 20, 2023", beside a story of the visit, makes the reader wonder
which is true.

## What is checked
A sentence in the future tense (or "is to open", "the deadline is", "applications close on") whose own whole date has passed: in
captions, headings, notes of the desk and standfirsts that the page marks as such, and anywhere in an article that was changed
on a later day than it was published, after the date. The date stands behind the verb, or opens the sentence with the verb
close behind. Before, the report says when it falls due. Languages: English, German, French, Spanish, Italian, Portuguese,
Dutch, Japanese.

## Known limits
Plain stories that nobody changed since are history and are left alone. Dates without a year are not read, nor those more than a
year before the article; quotations are left alone, and so are sentences that report what was said before ("had said", "until").
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.dates import WrittenDate, written_dates
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.phrases import languages, phrases
from rules.core.rule import Context, Example, NotRunError, Rule
from rules.core.sentences import Sentence, sentences

_STANDFIRST = later(r"(?i)(?:^|[\s_-])(?:standfirst|dek|sub-?title|sub-?head(?:line)?)(?=[\s_-]|$)")
_OPENS = later(
    r"(?i)\W*(?:(?:from|on|starting|beginning|as of|by|next|am|ab|vom|zum|le|dès le|"
    r"à partir du|el|a partir del?|il|dal|op|vanaf|em) )*"
)
_NOTHING = later(",?")
_SUBJECT = later(r"(?i),?(?: (?!(?:that|which|who|what|and|but|as|if|when)\b)(?!\w+ed\b)[\w’'-]+){0,4}")  # before its own verb
_ASIDE = later(r"(?i)\b(?:which|who|whose|whom|where|that)\b[^,]*$")  # "the hall, which will be sold, on March 12"
# "is to" says what comes only as a main verb ("the club is to play on March 12"), with nothing between that has its own date.
_IS_TO = later(r"\W?(?:is|are) to\b")
_NO_PLAN = later(
    r"(?i)\b(?:that|which|who|what|aim|answer|challenge|duty|goal|hope|idea|intention|job|mission|plan|point|purpose|role|task|trick"
    r"|way)\b"
)
_PLACE = later(r"\W?(?:is|are) to (?:(?:the|an?|his|her|its|their)\b|[A-Z])")  # "is to the left"
_OTHERS_DAY = later(
    r"(?i)\b(?:of|over|into|against|about|after|for|as|what|who|when|during|by an?)\b"  # "is to appeal against the vote of"
    r"|(?<!\bbe )(?<!ly )\b(?:\w+ed|found|given|held|hit|hurt|made|seen|shot|taken)(?: on| in)? $"  # "of a man found dead on"
)
_MEANWHILE = later(r"(?i),? (?:as|while) ")  # a caption: "Tickets go on sale on March 12, as fans queue"
_DAY = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
DAY_AFTER = timedelta(days=1)
VERB_LAST = frozenset({"ja"})  # languages whose verb closes the sentence


class PassedDate(Rule):
    category: ClassVar = "freshness"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 5
    languages: ClassVar = languages("passed-date")

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each announcement."""
        context.spend(6 * len(article.text))
        found = [item for block in article.blocks for item in _announcements(block, article.language)]
        if not found:
            return
        touched = article.touched_at
        if touched is None:
            raise NotRunError("the article carries no date")
        zone = (article.published_at or touched).tzinfo  # the newsroom's; a time of change is often the system's
        for block, sentence, written in found:
            if written.date is None or written.date.year < touched.year - 1:
                continue
            passed_at = datetime.combine(written.date, time(0), zone) + DAY_AFTER
            furniture = _is_furniture(block, article.language)
            place = Place(block, sentence.start, sentence.end)
            if furniture and context.now < passed_at:
                context.expect(place.text, passed_at)
            elif context.now >= passed_at and (furniture or (_was_edited(article) and touched >= passed_at)):
                yield Finding("What is announced here has passed.", (place,), None, 0.85, (f"{written.date} has passed",))

    examples: ClassVar = (
        Example(
            why="a caption beside the story of the visit",
            html="<p>They met.</p><figure><img src='/x.jpg' alt='Two men'><figcaption>⟦He will visit from Monday, "
            "January 5, 2026.⟧</figcaption></figure>",
            published_at=_DAY,
            now=_DAY + timedelta(days=1),
        ),
        Example(
            why="the article was changed since",
            html="<p>⟦The hall will open on January 12, 2026.⟧ Rain fell.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=9),
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="the date opens the sentence, in a standfirst",
            html="<h1>Hall</h1><p class='standfirst'>⟦From January 12, 2026, the old hall will be closed.⟧</p><p>Rain fell.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="where the hall stands is no caption's date, and a deadline",
            html="<p>Rain.</p><figure><img src='/x.jpg' alt='Hall'><figcaption>⟦The hall, which stands by the river, will have "
            "to close on January 12, 2026.⟧ ⟦The deadline for comments is January 11, 2026.⟧</figcaption></figure>",
            published_at=_DAY,
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="the day that opens the sentence is of what was decided",
            html="<p>Rain.</p><figure><img src='/x.jpg' alt='Hall'><figcaption>On January 12, 2026, the council approved a plan "
            "that will cost more.</figcaption></figure>",
            published_at=_DAY,
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="a note of the desk",
            html="<p>Rain fell.</p><p>⟦Update: the hall will open on January 12, 2026.⟧</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="French, in an article that was changed since",
            html="<p>⟦La salle ouvrira le lundi 12 janvier 2026.⟧ Il pleut.</p>",
            language="fr",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=9),
            now=_DAY + timedelta(days=10),
        ),
        Example(
            why="an archived story",
            html="<p>The hall will open on January 12, 2026.</p>",
            published_at=_DAY,
            now=_DAY + timedelta(days=400),
        ),
        Example(
            why="reported speech about the past",
            html="<p>The council said in 2025 that the hall will have opened by January 5, 2026, and it was.</p>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=9),
        ),
        Example(
            why="the day is of what somebody is to do something about, or is to be seen on the picture",
            html="<p>The club is to appeal against the vote of January 12, 2026.</p><figure><img src='/x.jpg' alt='Ada'>"
            "<figcaption>Ada Bell is to the left of the door on January 12, 2026.</figcaption></figure>",
            published_at=_DAY,
            modified_at=_DAY + timedelta(days=9),
            now=_DAY + timedelta(days=10),
        ),
        Example(why="still to come", html="<p>The hall will open on March 12, 2026.</p>", published_at=_DAY, now=_DAY),
    )


def _is_furniture(block: Block, language: str) -> bool:
    """Whether the block stands beside the story (a caption, a heading, a note of the desk) and is read as of today."""
    marks = " ".join(block.element.get(name, "") for name in ("class", "itemprop")) if block.element is not None else ""
    is_set_apart = block.kind in ("caption", "heading") or _STANDFIRST.search(marks) is not None
    return is_set_apart or phrases("passed-date", "note", language).occurs(block.text)


def _was_edited(article: Article) -> bool:
    published, modified = article.published_at, article.metadata.modified_at
    return published is not None and modified is not None and modified.astimezone(published.tzinfo).date() > published.date()


def _announcements(block: Block, language: str) -> Iterator[tuple[Block, Sentence, WrittenDate]]:
    future, past, shown = (phrases("passed-date", name, language) for name in ("future", "past", "shown"))
    if "20" not in block.text or block.kind in ("quote", "headline", "table-cell") or any(mark in block.text for mark in "“„«"):
        return
    for sentence in sentences(block):
        if "20" not in sentence.text or past.occurs(sentence.text):
            continue
        start = next((start for start, end in future.spans(sentence.text) if not _is_no_future(sentence.text, start, end)), None)
        if start is None:
            continue
        for written in written_dates(sentence.text, language):
            if _is_of_the_verb(written, start, sentence.text, language):
                between = sentence.text[start : written.start]
                is_told = shown.occurs(between) or (_IS_TO.match(between) and _OTHERS_DAY.search(between))
                is_aside = "," in between and _ASIDE.search(sentence.text, 0, start)
                is_seen = (
                    start == 0 and language == "en" and block.kind == "caption" and _MEANWHILE.match(sentence.text, written.end)
                )
                if not is_told and not is_aside and not is_seen:
                    yield block, sentence, written
                break


def _is_no_future(text: str, start: int, end: int) -> bool:
    """Whether it is a man called Will, or an "is to" that says where somebody stands, what for, or is no main verb."""
    if text[start:end].strip() == "Will":
        return text[end : end + 1].isupper()
    return _IS_TO.match(text, start) is not None and bool(_PLACE.match(text, start) or _NO_PLAN.search(text, 0, start))


def _is_of_the_verb(written: WrittenDate, start: int, text: str, language: str) -> bool:
    """Whether a date says when: "will open on March 12", or "On March 12 the hall will open", before any other verb."""
    if language in VERB_LAST or written.start >= start:
        return True
    between = _SUBJECT if language == "en" else _NOTHING
    return _OPENS.fullmatch(text, 0, written.start) is not None and between.fullmatch(text, written.end, start) is not None
