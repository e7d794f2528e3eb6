"""What gives a leftover away: the features of a block, of its place in the article and of its neighbours.

A feature is a name such as ``link=5`` or ``after=1``; a block has it or has it not. None of them is a word learned from a text:
words are grouped by what they are about (``rules/data/leftover-block.toml``), and a group is one feature.
"""

import re
import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import re2

from rules.core.article import PROSE_KINDS, Article
from rules.core.blocks import Block
from rules.core.phrases import DATA

MAX_WORDS = 60  # a longer block is prose, whatever stands around it
PROSE_WORDS = 22  # from here on a block that is no list of links is a paragraph of the story
SHORT_WORDS = 20
WORDS = (1, 2, 3, 5, 8, 12, 18, 26, 40, 70)
LENGTHS = (3, 8, 18, 40)
SHARES = (0, 0.15, 0.4, 0.6, 0.85, 0.97)
LINKED = (0.15, 0.6, 0.95)
RUNS = (0, 1, 2, 4, 8)
OVERLAPS = (0, 0.2, 0.4, 0.6, 0.8)
CACHED = 8192  # texts and class words of the last articles; templates repeat them
STEM = 6  # letters of a word that are compared
TAGS = frozenset(
    "aside nav form button footer header figure blockquote table ul ol li section label h1 h2 h3 h4 h5 h6 article time address "
    "video".split()
)
_WORD = re.compile(r"[a-zà-ÿ]{4,}")
_STOP = frozenset(
    "about after again against also among because been before being between could does doing down during each from further "
    "have having here hers herself himself into itself just more most much must myself once only other ours over same "
    "should some such than that their them then there these they this those through under until very were what when where "
    "which while whom will with would your yours said says year years people first last week time news".split()
)
_LABEL = re.compile(r"^[\[(*»>•►-]*\s*([a-z][a-z' -]{1,25}?)\s*[:|–—»-]\s")


class Features:
    """The features of an article's blocks; what depends on the whole article is counted once."""

    def __init__(self, article: Article, wording: Sequence[Sequence[str]]) -> None:
        """``wording`` gives for each block the names of the lists of interface words that all of it is on."""
        self.blocks = article.blocks
        self.wording = wording
        self.headline = article.headline.key if article.headline else ""
        prose = [block for block in self.blocks if _is_prose(block)]
        self.first = prose[0].index if prose else len(self.blocks)
        self.last = prose[-1].index if prose else -1
        self.stems = [_stems(block) for block in self.blocks]
        self.vocabulary = set[str]().union(*(self.stems[block.index] for block in prose))
        self.counts = Counter(block.key for block in self.blocks)
        self.short_runs = _runs([block.words < SHORT_WORDS for block in self.blocks])
        self.linked_runs = _runs([block.link_share > 0.8 for block in self.blocks])
        self.lengths = [_step(block.words, LENGTHS) for block in self.blocks]
        self.linked = [_step(block.link_share, LINKED) for block in self.blocks]

    def of(self, block: Block) -> set[str]:
        """The features of one block."""
        length, linked = self.lengths[block.index], self.linked[block.index]
        found = {*_shape(block, length, linked), *_surroundings(block), *_subjects(block, linked)}
        found.update(self._place(block, length, linked))
        for side, index in (("previous", block.index - 1), ("next", block.index + 1)):
            found.update(self._neighbour(block, side, index) if 0 <= index < len(self.blocks) else (f"{side}=none",))
        return found

    def _place(self, block: Block, length: int, linked: int) -> Iterator[str]:
        index = block.index
        if index < self.first:
            yield f"before={_step(self.first - index, (1, 2, 4, 8))}"
            yield from _where("before", length, linked)
        elif index > self.last:
            yield f"after={_step(index - self.last, (1, 2, 4, 8))}"
            yield from _where("after", length, linked)
        else:
            yield from _where("inside", length, linked)
        stems = self.stems[index]
        if stems:
            yield from _shared(_step(len(stems & self.vocabulary) / len(stems), OVERLAPS), linked)
        count = _step(self.counts[block.key], (1, 2, 4))
        yield from _run_of(count, _step(self.short_runs[index], RUNS), _step(self.linked_runs[index], RUNS), length)
        if block.key == self.headline:
            yield "is headline"
        yield from (f"wording={name}" for name in self.wording[index])

    def _neighbour(self, block: Block, side: str, index: int) -> Iterator[str]:
        length, linked, other = self.lengths[block.index], self.linked[block.index], self.blocks[index]
        yield from _beside(side, self.lengths[index], self.linked[index], other.kind, length, linked)
        if other.tag == block.tag and other.names == block.names:
            yield f"{side} is alike"
            yield f"{side} is alike,link,words={linked},{length}"
        yield from (f"{side} wording={name}" for name in self.wording[index])


@cache
def _where(where: str, length: int, linked: int) -> tuple[str, ...]:
    return f"where={where}", f"where,link={where},{linked}", f"where,words={where},{length}"


@cache
def _shared(share: int, linked: int) -> tuple[str, ...]:
    return f"shared={share}", f"shared,link={share},{linked}"


@cache
def _run_of(count: int, short: int, linked: int, length: int) -> tuple[str, ...]:
    return f"count={count}", f"short run={short}", f"linked run={linked}", f"linked run,words={linked},{length}"


@cache
def _beside(side: str, its_length: int, its_linked: int, kind: str, length: int, linked: int) -> tuple[str, ...]:
    return (
        f"{side} words={its_length}",
        f"{side} link={its_linked}",
        f"{side} kind={kind}",
        f"{side} words,link,words={its_length},{its_linked},{length}",
        f"{side} link,link={its_linked},{linked}",
    )


@cache
def _built(words: int, share: int, length: int, linked: int, end: str, kind: str) -> tuple[str, ...]:
    return (
        f"words={words}",
        f"link={share}",
        f"words,link={length},{share}",
        f"end={end}",
        f"kind={kind}",
        f"kind,link={kind},{linked}",
    )


def _shape(block: Block, length: int, linked: int) -> Iterator[str]:
    key = block.key
    yield from _built(_step(block.words, WORDS), _step(block.link_share, SHARES), length, linked, _end(key), block.kind)
    if label := _LABEL.match(key + " "):
        shouted = block.text.strip("[(*»>•►- ")[: len(label[1])].isupper()
        yield "label"
        yield f"label case={'upper' if shouted else 'other'}"
        yield f"label,link={linked}"
    if key[:1] in "[(" and key[-1:] in ")]":
        yield "brackets"
    if key[:1] == '"':
        yield "quoted"
    if key[:1].isdigit():
        yield "digit"
    if block.text[:1].islower():
        yield "lower case"


def _surroundings(block: Block) -> Iterator[str]:
    yield from (f"in={tag}" for tag in block.tags & TAGS)
    if block.hidden:
        yield "hidden"
    yield from _names(block.names)
    if not block.names.strip():
        yield "no names"


def _subjects(block: Block, linked: int) -> Iterator[str]:
    yield from _says(block.key)
    for name in sorted({name for address in block.links[:12] for name in _groups("links", address)}):
        yield f"links to={name}"
        yield f"links to,link={name},{linked}"


@lru_cache(maxsize=CACHED)
def _says(key: str) -> tuple[str, ...]:
    names, patterns = _texts()
    return tuple(f"says={names[number]}" for number in sorted(patterns.Match(key) or ()))


@lru_cache(maxsize=CACHED)
def _groups(table: str, word: str) -> tuple[str, ...]:
    """The groups of class words or of addresses that one of them belongs to."""
    return tuple(name for name, pattern in _patterns(table) if pattern.search(word))


@cache
def _texts() -> tuple[list[str], Any]:
    """The names of the groups, and one automaton for all of them."""
    patterns = re2.Set.SearchSet()
    for pattern in _data()["texts"].values():
        patterns.Add(pattern)
    patterns.Compile()
    return list(_data()["texts"]), patterns


@cache
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in _data()[table].items())


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads((DATA / "leftover-block.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=CACHED)
def _names(names: str) -> tuple[str, ...]:
    return tuple(sorted({f"named={name}" for word in set(names.split()) for name in _groups("names", word)}))


def _is_prose(block: Block) -> bool:
    return block.words >= PROSE_WORDS and block.link_share < 0.5 and block.kind in PROSE_KINDS


def _stems(block: Block) -> set[str]:
    return {word[:STEM] for word in _WORD.findall(block.key) if word not in _STOP}


def _step(value: float, edges: Sequence[float]) -> int:
    """Which of the steps between ``edges`` a value is on; an edge belongs to the step below it."""
    return bisect_left(edges, value)


def _end(key: str) -> str:
    bare = key.rstrip("\"')]")
    if bare.endswith(("...", "…")):
        return "dots"
    last = bare[-1:]
    return {".": "stop", "!": "mark", "?": "mark", ":": "colon"}.get(last, "arrow" if last in tuple("»›→>|+") else "none")


def _runs(flags: Sequence[bool]) -> list[int]:
    """For each flag that is set: how many in a row it belongs to; else 0."""
    lengths = [0] * len(flags)
    start = 0
    for end in range(len(flags) + 1):
        if end == len(flags) or not flags[end]:
            lengths[start:end] = [end - start] * (end - start)
            start = end + 1
    return lengths
