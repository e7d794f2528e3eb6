"""The headline gives a number or a name that the story does not have.

## Why it matters
"Storm kills 12" above a story that counts nine: one of the two was corrected. A reader who looks for the headline's name in the
story and does not find it has been misled.

## What is checked
Counts in the headline as readers see it, in digits or (from five on) in words: sums of money, millions, percentages, and people,
homes, jobs and the like that the story speaks of too; at the headline's start only the dead, the hurt and the arrested. One that
stands nowhere in the story, as a number, in words, as a share ("four in five") or as something that sums or rounds to it. Then
(a note) a full name in a headline of plain sentence case of which no part stands in the story.

## Known limits
Years, times, scores, ranks, versions, lists ("10 ways to …") and numbers that belong to a name are left alone (in words: those
with a capital letter inside the headline), and so are headlines of more than 500 characters, stories of fewer than 120 words,
which may be cut short, live blogs, and languages other than English.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from math import ceil, floor
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.findings import Finding, Place, Severity
from rules.core.numerals import ONES, SPELLED, TENS
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_SCALE = r"(?:[\s-]?(?P<scale>(?i:million|billion|trillion|mn|bn)|[MBKkmb])\b)?"
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
# Below five a story names them one by one: a man and his wife.
_IN_WORDS = "|".join(word for word, number in SPELLED.items() if number > 4)
_COUNT = later(
    rf"(?<![\w.,:/#’'&+-])(?P<sign>[$€£¥]\s?)?(?:{_NUMBER}|(?P<word>(?i:{_IN_WORDS})\b)){_SCALE}"
    r"(?P<percent>\s?(?:%|percent\b|per cent\b))?"
    r"(?![\w:/’'+-]|\.\d)(?:\s+(?P<noun>[^\W\d_]{4,}))?"
)
_ANY = later(rf"(?<![\w.,]){_NUMBER}{_SCALE}")
# What a news headline counts; other counts are of lists, and of things that a story names one by one.
_COUNTED = later(
    r"(?i)(?:people|persons?|dead|deaths|killed|injured|wounded|hurt|missing|arrested|arrests|victims|children|students|pupils|workers|"
    r"soldiers|troops|jobs|homes|houses|cases|infections|passengers|hostages|migrants|prisoners|patients|protesters|employees|"
    r"flights|acres|hectares|residents|families|votes|civilians|firefighters|officers)$"
)
_HARMED = later(
    r"(?i)\s*(?:(?:are|were|people|persons?|children|men|women) )?(?:dead|killed|injured|wounded|hurt|die[ds]?|arrested)\b"
)
_RANK = later(
    r"(?i)(?:\b(?:no|nos|number|year|class|grade|ward|squadron|best|worst|season|part|episode|chapter|volume|week|day|round|"
    r"game|phase|step|page|level|top|class of|under|age|aged|route|flight|section|article|title|proposition|prop|measure|act|"
    r"bill|rule|issue)\.?\s*|[#(])$"
)
_NEARLY = later(
    r"(?i)\b(?:over|more than|nearly|almost|up to|about|around|some|at least|under|less than|close to|as many as)\s*$"
)
_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "trillion": 1e12}
_WORDS = SPELLED | {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_OPENS = later(r"(?:^|[:;.!?“\"‘|–—])\s*$")  # where a capital letter says nothing
_WRITTEN = (
    rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|(?:(?:{'|'.join(TENS)})-)?(?:{'|'.join(ONES)})|"
    rf"{'|'.join(TENS)})\b"
)
_SHARE = later(  # four in five, 160 of its 200 pupils; of 200 pupils, 160
    rf"(?i)(?<![\w.,])(?P<part>{_WRITTEN})(?: [^\W\d_]+){{0,2}} (?:in|of|out of)(?: (?:the|its|their|every|all))? "
    rf"(?P<whole>{_WRITTEN})|\bof (?:[^\W\d_]+(?:['’]s)? ){{0,3}}(?P<all>{_WRITTEN})[^.!?\n]{{0,60}}?, (?P<some>{_WRITTEN})"
)
_BESIDE = later(  # the driver and 17 passengers; 17 passengers and the driver
    rf"(?i)\b(?P<who>[^\W\d_]+),? (?:and|with|plus) (?:(?:his|her|their) )?(?P<others>{_WRITTEN}) [^\W\d_]{{4}}|"
    rf"(?<![\w.,])(?P<many>{_WRITTEN}) [^\W\d_]{{3,}}s and (?:an?|the|his|her|their) [^\W\d_]"
)
_PLURAL = ("s", "men", "people", "children")
_SENTENCE_END = later(r"(?<=[.!?])\s+")
_TIMES = {
    "halved": 50,
    "all": 100,
    "unanimously": 100,
    "doubled": 100,
    "trebled": 200,
    "tripled": 200,
    "quadrupled": 300,
}  # per cent
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_PART = later(rf"\b(?:(\w{{3,5}})[ -])?({'|'.join(_PARTS)})s?\b")
_SITE = later(r"\s+(?:[|»•]|[-–—])\s+[^|»•]{2,40}$")
_NAME = later(r"(?<![\w’'-])(?<!: )(?<![“\"‘(] )[A-Z][^\W\d_]{2,}(?: [A-Z][^\W\d_]{2,})+")
ENOUGH_WORDS = 120  # a shorter story may be the beginning of one
SUMMED = 60  # numbers of a story whose sums are tried too, and at most so many whose differences are
LARGE = 2_200  # above any year, so that a difference is no chance: a majority of votes
WHOLE = 0.5  # how far off an amount may be that the headline gives without its pence
MANY = 2  # from here on a count is one
MANY_AT_THE_START = 5  # fewer may be named one by one in the story
EXACT = 100  # a headline rounds smaller counts by a third of their last place at most: 47 to 50, and not 45
TOGETHER = 10  # numbers of a paragraph, and of a sentence, that are summed by three
LONGEST = 500  # characters; what is longer is no headline
_FILL = "<p>Rain fell on the coast and the river rose.</p>" * 14
STEM = 5  # letters that two forms of a name share: Ukraine and Ukrainian


class HeadlineNumberMissing(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.3.0"
    version: ClassVar = 3
    languages: ClassVar = frozenset({"en"})

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each number, then each name."""
        headline = article.headline
        body = [block for block in article.blocks if block is not headline and block.kind != "headline"]
        if headline is None or len(headline.text) > LONGEST or article.kind == "live-blog":
            return
        if sum(block.words for block in body) < ENOUGH_WORDS:
            return
        shown = _SITE.sub("", headline.text)
        context.spend(8 * len(article.text))
        text = "\n".join(block.text for block in body)
        counts = list(_counts(shown))
        if counts:
            yield from _missing(headline, counts, text)
        names = list(_names(shown))
        if names:
            yield from _unnamed(headline, names, text)

    examples: ClassVar = (
        Example(
            why="another number in the story",
            html="<h1>Storm kills ⟦12 people⟧ on the coast of Norland</h1><p>The storm killed nine people.</p>" + _FILL,
        ),
        Example(
            why="years apart are no dead",
            html="<h1>Storm kills ⟦12 people⟧ on the coast of Norland</h1><p>It killed nine people in 2026, and more in 2014.</p>"
            + _FILL,
        ),
        Example(
            why="a percentage, and twice a number that stands once",
            html="<h1>Output falls by ⟦30%⟧ and a strike hurts ⟦26 people⟧</h1><p>It fell by 13 per cent. People were hurt.</p>"
            + _FILL,
        ),
        Example(
            why="the dead at the start",
            html="<h1>⟦12 people⟧ killed by a storm on the coast</h1><p>The storm killed nine people.</p>" + _FILL,
        ),
        Example(
            why="in words",
            html="<h1>Storm kills ⟦fifty people⟧ on the coast</h1><p>The storm killed forty people.</p>" + _FILL,
        ),
        Example(
            why="as many men as women",
            html="<h1>Storm hurts 26 people on the coast</h1><p>The storm hurt 13 men and 13 women, people said.</p>" + _FILL,
        ),
        Example(
            why="the dead of three villages, and a part in words",
            html="<h1>18 people killed by a storm that hit 67% of the coast</h1><p>Ten people were killed in one village, five "
            "in another and three in a third. It hit two thirds of the coast.</p>" + _FILL,
        ),
        Example(
            why="few at the start, whom the story names",
            html="<h1>2 people killed by a storm on the coast</h1><p>Ada Bell and her son died. People fled.</p>" + _FILL,
        ),
        Example(
            why="a sum",
            html="<h1>Council pays ⟦$4.5 million⟧ for the hall</h1><p>The hall cost $3.2 million, the council said.</p>" + _FILL,
        ),
        Example(
            why="a name",
            html="<h1>Hall is sold after a speech by ⟦Ada Bell⟧</h1><p>The hall was sold by the mayor.</p>" + _FILL,
        ),
        Example(
            why="in words, and rounded",
            html="<h1>Storm kills 12 people and drives 50,000 people out</h1><p>It killed a dozen people, and 48,700 fled.</p>"
            + _FILL,
        ),
        Example(
            why="without its pence, in words, and a majority",
            html="<h1>Fare of £92, a bridge of £7bn and a win by 86 votes</h1><p>£92.14. Seven billion pounds went into the "
            "bridge. She had 12,207 votes and he 12,121.</p>" + _FILL,
        ),
        Example(
            why="a list, a year, a rank",
            html="<h1>10 ways to dry a cellar in 2026: the No. 1 guide</h1><p>Open the door.</p>" + _FILL,
        ),
        Example(why="a story that may be cut short", html="<h1>Storm kills 12 people</h1><p>The storm killed people.</p>"),
    )


def _counts(headline: str) -> Iterator[re.Match[str]]:
    """The numbers of a headline that a story must have."""
    for match in _COUNT.finditer(headline):
        before = headline[: match.start()]
        if _is_marked(match) or (_COUNTED.match(match["noun"] or "") and _is_of_the_news(match) and not _RANK.search(before)):
            yield match


def _is_of_the_news(match: re.Match[str]) -> bool:
    """Whether a count is more than one, and at the headline's start, where lists have theirs, one of those who came to harm.

    A word with a capital letter inside the headline is a name's: Year Seven pupils.
    """
    before = match.string[: match.start()]
    opens = not before.strip() or (match["word"] and _OPENS.search(before))
    if not opens:
        return _value(match) >= MANY and not (match["word"] or "").istitle()
    return _value(match) >= MANY_AT_THE_START and _HARMED.match(match.string, match.start("noun")) is not None


def _is_marked(match: re.Match[str]) -> bool:
    """Whether a sign, a scale or a percent sign says that it is a quantity."""
    return any(match[name] for name in ("sign", "percent", "scale"))


def _missing(headline: Block, counts: list[re.Match[str]], text: str) -> Iterator[Finding]:
    said = {_value(match) for match in _ANY.finditer(text)} | _spelled(text)
    smaller = sorted(said)[:SUMMED]
    larger = [number for number in sorted(said)[-SUMMED:] if number >= LARGE]
    sums = {one + other for one, other in combinations(smaller, 2)} | {one - other for one in larger for other in larger}
    together, parts = sorted(_together(text)), sorted(_parts(text))
    words = {word.lower()[:STEM] for word in re.findall(r"[^\W\d_]{4,}", text)}
    for match in counts:
        value, rounded = _value(match), _rounding(match, headline.text[: match.start()])
        marked = _is_marked(match)
        if any(abs(value - other) <= (rounded or (marked and other % 1 and WHOLE)) for other in said):
            continue
        slack = min(rounded, 1) if match["percent"] else rounded  # a sum of percentages is not rounded to tens as well
        if any(abs(value - other) <= (slack or (marked and other % 1 and WHOLE)) for other in sums):
            continue
        if _is_near(value, parts, 0) if match["percent"] else _is_near(value, together, slack):
            continue
        if not marked and match["noun"].lower()[:STEM] not in words:
            continue
        end = max(match.end(name) for name in (("number", "word", "scale", "percent") if marked else ("noun",)))
        evidence = (f"nothing in the story is, sums to or rounds to {match['number'] or match['word']}",)
        place = Place(headline, match.start(), end)
        yield Finding("The headline's number does not stand in the story.", (place,), None, 0.85, evidence)


def _rounding(match: re.Match[str], before: str) -> float:
    """How far off a story's number may be: half of the headline's last written place, all of it after "over" or "nearly"."""
    digits = _digits(match)
    places = len(digits.partition(".")[2])
    zeros = 0 if places else len(digits) - len(digits.rstrip("0"))
    unit = 10.0 ** (zeros - places) * _SCALES.get((match["scale"] or "").lower(), 1)
    if _NEARLY.search(before):
        return unit
    if zeros and _value(match) < EXACT and not _is_marked(match):
        return unit / 3
    return unit / 2 if zeros or places or match["scale"] else 0.0


def _value(match: re.Match[str]) -> float:
    return float(_digits(match)) * _SCALES.get((match["scale"] or "").lower(), 1)


def _digits(match: re.Match[str]) -> str:
    word = match.groupdict().get("word")
    return str(_WORDS[word.lower()]) if word else match["number"].replace(",", "")


def _is_near(value: float, numbers: list[float], slack: float) -> bool:
    """Whether one of the sorted numbers is as near as that."""
    at = bisect_left(numbers, value - slack)
    return at < len(numbers) and numbers[at] <= value + slack


def _read(written: str) -> float:
    parts = written.lower().split("-")
    return float(sum(_WORDS[part] for part in parts)) if parts[0].isalpha() else float(written.replace(",", ""))


def _together(text: str) -> set[float]:
    """What the numbers of one paragraph make: twice one that stands twice, as many men as women, and the dead of three towns.

    The numbers of one sentence too, and one person and those beside her.
    """
    found = {
        1 + _read(match["others"] or match["many"])
        for match in _BESIDE.finditer(text)
        if match["many"] or match["who"][0].isupper() or not match["who"].endswith(_PLURAL)
    }
    for line in text.split("\n"):
        written = [_value(match) for match in _ANY.finditer(line)]
        found |= {2 * number for number, times in Counter(written).items() if times > 1}
        few = sorted(number for number in {*written, *_spelled(line)} if number < EXACT)[:TOGETHER]
        found |= {sum(three) for three in combinations(few, 3)}
        for sentence in _SENTENCE_END.split(line):
            several = [_value(match) for match in _ANY.finditer(sentence)][:TOGETHER]
            found |= {sum(three) for three in combinations(several, 3)}
    return found


def _parts(text: str) -> set[float]:
    """The parts of a whole that are written in words or as two numbers, in hundredths: two thirds are 66 and 67."""
    plain = text.lower()
    found = {float(_TIMES[word]) for word in _TIMES.keys() & set(re.findall(r"[a-z]+", plain))}
    shares = [_WORDS.get(count, 1) / _PARTS[part] for count, part in _PART.findall(plain)]
    for match in _SHARE.finditer(text):
        part, whole = _read(match["part"] or match["some"]), _read(match["whole"] or match["all"])
        shares += [part / whole] if part < whole else []
    for share in shares:
        found |= {float(floor(100 * share)), float(ceil(100 * share))}
    return found


def _spelled(text: str) -> set[float]:
    """Numbers written in words, tens and ones joined."""
    found: set[float] = set()
    before: int | None = None
    for word in re.findall(r"[a-z]+", text.lower()):
        number = _WORDS.get(word.removesuffix("s"), _WORDS.get(word))
        if number is not None:
            found.add(float(number))
            if before is not None and before >= 20 and number < 10:
                found.add(float(before + number))
            if before is not None and (number == _WORDS["dozen"] or number >= _WORDS["hundred"]):
                found.add(float(before * number))
        before = number
    return found


def _names(headline: str) -> Iterator[re.Match[str]]:
    """Full names inside a headline that is written as a sentence: elsewhere capital letters say nothing."""
    longer = re.findall(r"[^\W\d_]{4,}", headline)
    if not longer or sum(word[0].isupper() for word in longer) > len(longer) // 2:
        return
    for match in _NAME.finditer(headline):
        if match.start() and not match[0].isupper():
            yield match


def _unnamed(headline: Block, names: list[re.Match[str]], text: str) -> Iterator[Finding]:
    plain = _fold(text)
    for match in names:
        if not any(_fold(word)[:STEM] in plain for word in match[0].split()):
            place = Place(headline, match.start(), match.end())
            yield Finding(
                "The headline's name does not stand in the story.", (place,), Severity.NOTE, 0.75, ("no part of it does",)
            )


def _fold(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).lower()
