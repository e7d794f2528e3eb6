"""Cues, the words that tie a content to its source: what speaks for the head of one, and how far it reaches."""

from typing import Any, NamedTuple

from rules.core.sourcing.lexicon import class_of, sort_of, traits
from rules.core.sourcing.tables import Reading, T, Table
from rules.core.sourcing.tokens import Tokens

AUXILIARY = frozenset("bhdmxRk")
LEFT_MOST, RIGHT_MOST = 6, 5  # tokens that a cue reaches to the left and the right of its head: 99 % of the corpus' cues
BEFORE = 12  # earlier candidates of the sentence that are looked at
_SHORT = frozenset("nCA#EGv")  # classes of whose words the ending says most
_OPEN = "nCA#"  # classes whose words say nothing by themselves


class Cue(NamedTuple):
    """A cue: its tokens from ``start`` to ``end``, and its head among them."""

    start: int
    end: int
    head: int


def weigh_neighbours(t: Tokens, at: int, tables: tuple[Table[T], ...]) -> T:
    """Whether the candidate at ``at`` is the head of a cue, as far as the words right beside it tell."""
    kinds, low = t.kinds, t.lower[at]
    first, end = t.sentences[t.sentence[at]]
    before, after = kinds[at - 2 : at] if at - first > 1 else kinds[first:at], kinds[at + 1 : min(at + 3, end)]
    word = t.lower[at - 1] if before else "^"
    next_word = "$" if not after else "?" if after[0] in _OPEN else t.lower[at + 1]
    return (
        tables[0][low, before[-1:]]
        + tables[1][low, after[:1]]
        + tables[2][word if before[-1:] not in _SHORT else word[-3:]]
        + tables[3][low, next_word]
        + tables[8][before]
        + tables[9][sort_of(low)[1], before[-1:], after]
    )


def weigh_sentence(t: Tokens, number: int, tables: tuple[Table[T], ...]) -> T:
    """The same, as far as the sentence around it tells: its subject, quotation marks, what else in it may be a cue."""
    kinds, quote, heads = t.kinds, t.quote, t.heads
    at = heads[number]
    low = t.lower[at]
    sort = sort_of(low)
    first, end = t.sentences[t.sentence[at]]
    subject = subject_of(t, at)
    chain = "^" + kinds[max(first, at - BEFORE) : at] if subject < 0 else kinds[subject:at]
    if t.quotes:
        shut, opens = "Q" in kinds[max(first - 2, 0, at - 6) : at], "q" in kinds[at + 1 : min(end, at + 6)]
        marks = (sort, quote[at] >= 0, shut, opens, "-" if not first else quote[first - 1] >= 0)
    else:
        marks = (sort, False, False, False, False if first else "-")
    before, spoken = 0, -1
    for earlier in range(number - 1, max(0, number - BEFORE) - 1, -1):
        head = heads[earlier]
        if head < first:
            break
        if quote[head] < 0:
            before += 1
            if spoken < 0 and "say" in class_of(t.lower[head]):
                spoken = head
    between = "-" if spoken < 0 else "that" if "t" in kinds[spoken:at] else "," if "," in kinds[spoken:at] else "+"
    others = (sort, min(before, 3), -1 if spoken < 0 else min(at - spoken, 8), between, min((end - first) // 8, 4))
    total = tables[4][low, chain] + tables[5][marks] + tables[6][others]
    if kinds[at] in "CA:-":
        around = kinds[at - 1 : at], kinds[at + 1 : min(at + 2, end)]
        total = total + tables[7][low, kinds[at], t.sentence[at] == 0, around, min(at - first, 6), kinds[first]]
    return total


def subject_of(t: Tokens, at: int) -> int:
    """The token before the auxiliaries and adverbs of the verb at ``at``; -1 at the sentence's start."""
    kinds = t.kinds
    first = max(t.sentences[t.sentence[at]][0], at - 1 - BEFORE)
    at -= 1
    while at >= first and (kinds[at] in AUXILIARY or (kinds[at] == "o" and at > first)):
        at -= 1
    return at if at >= first else -1


def _before(key: tuple[str, str]) -> list[str]:
    low, before = key
    base, group, shape = traits(low)
    p1 = before or "^"
    return [
        f"b={base}", f"bf={base}|{shape}", f"g={group}", f"gf={group}|{shape}",
        f"p1={p1}", f"gp1={group}|{p1}", f"bp1={base}|{p1}",
    ]  # fmt: skip


def _after(key: tuple[str, str]) -> list[str]:
    low, after = key
    base, group, _ = traits(low)
    n1 = after or "$"
    return [f"n1={n1}", f"gn1={group}|{n1}", f"bn1={base}|{n1}"]


def _two_before(before: str) -> list[str]:
    return [f"p2p1={before:^>2}"]


def _around(key: tuple[str, str, str]) -> list[str]:
    shape, before, after = key
    return [f"n1n2={after:$<2}", f"p1n1={before or '^'}{after[:1] or '$'}|{shape}"]


def _word_before(word: str) -> list[str]:
    return [f"w1={word}"]


def _word_after(key: tuple[str, str]) -> list[str]:
    low, word = key
    base, group, _ = traits(low)
    return [f"x1={word}", f"gx1={group}|{word}", f"bx1={base}|{word}"]


def _chain(key: tuple[str, str]) -> list[str]:
    low, words = key
    base, group, shape = traits(low)
    subject, chain = words[0], "".join(sorted(set(words[1:])))
    return [
        f"ks={subject}|{shape}", f"ksg={subject}|{group}", f"ksb={subject}|{base}",
        f"ch={chain}|{shape}", f"chg={chain}|{group}",
    ]  # fmt: skip


def _marks(key: tuple[tuple[str, str], bool, bool, bool, Any]) -> list[str]:
    (group, shape), inside, shut, opens, quoted_before = key
    return [
        f"in={inside}|{group}", f"qb={shut}|{group}", f"qa={opens}|{group}", f"qq={shut}{opens}{inside}|{shape}",
        f"prevq={quoted_before}|{group}",
    ]  # fmt: skip


def _others(key: tuple[tuple[str, str], int, int, str, int]) -> list[str]:
    (group, shape), before, since, between, length = key
    return [f"nb={before}", f"sp={since}", f"spg={between}|{group}|{shape}", f"len={length}|{group}"]


def _head(key: tuple[str, str, bool, tuple[str, str], int, str]) -> list[str]:
    low, kind, opening, (previous, following), far, first = key
    if kind in "CA":
        return [f"cap={traits(low)[2]}|{opening}"]
    return [f"mark={low}|{previous}|{following or '$'}|{far}", f"mcap={previous == 'A'}|{low}", f"mq={first}|{low}"]


HEAD: tuple[Reading, ...] = (_before, _after, _word_before, _word_after, _chain, _marks, _others, _head, _two_before, _around)


def weigh_left(t: Tokens, head: int, at: int, tables: tuple[Table[T], ...]) -> T:
    """Whether the cue with this head that starts at ``at`` takes in the token before."""
    kinds = t.kinds
    kind = kinds[at - 1]
    window = kinds[at - 2 : at + 1] if at > 1 else "^" + kinds[:2]
    return tables[0][sort_of(t.lower[head]), window, head - at, kind if kind in _OPEN else t.lower[at - 1]]


def _left(key: tuple[tuple[str, str], str, int, str]) -> list[str]:
    (group, shape), window, far, word = key
    before, kind, now = tuple(window)
    return [
        f"k={kind}", f"w={word}", f"kk={before}{kind}", f"kf={kind}|{shape}", f"wf={word}|{shape}",
        f"g={group}|{kind}", f"far={far}|{kind}", f"now={now}{kind}", f"kkk={before}{kind}{now}|{shape}",
    ]  # fmt: skip


LEFT: tuple[Reading, ...] = (_left,)


def weigh_right(t: Tokens, head: int, at: int, tables: tuple[Table[T], ...]) -> T:
    """Whether the cue with this head that ends before ``at`` takes in the token there."""
    kind = t.kinds[at]
    word = kind if kind in _OPEN else t.lower[at]
    return tables[0][t.lower[head], t.kinds[at - 1 : at + 2], at - head, word, t.quote[at] != t.quote[head]]


def _right(key: tuple[str, str, int, str, bool]) -> list[str]:
    low, window, far, word, marked = key
    base, group, shape = traits(low)
    kind, after, next_to = window[1], window[2:] or "$", far == 1
    return [
        f"k={kind}|{far}", f"w={word}|{min(far, 2)}", f"bw={base}|{word}|{next_to}", f"gw={group}|{word}|{next_to}",
        f"kk={kind}{after}|{next_to}", f"f={shape}|{kind}", f"prev={window[0]}{kind}{after}", f"far={far}", f"q={marked}",
    ]  # fmt: skip


RIGHT: tuple[Reading, ...] = (_right,)
