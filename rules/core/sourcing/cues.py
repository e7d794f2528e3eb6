"""Cues, the words that tie a content to its source: where one may be, the features of its head, and how far it reaches."""

from typing import NamedTuple

from rules.core.sourcing.lexicon import NO_FORM, base_of, class_of, head_words, verb_forms
from rules.core.sourcing.tokens import Tokens

AUXILIARY = frozenset("bhdmxRk")
LEFT_MOST, RIGHT_MOST = 6, 5  # tokens that a cue reaches to the left and the right of its head: 99 % of the corpus' cues
BEFORE = 12  # earlier candidates of the sentence that are looked at
_VERBAL = frozenset("vbhm")
_OPEN = "nCA#"  # classes whose words say nothing by themselves


class Cue(NamedTuple):
    """A cue: its tokens from ``start`` to ``end``, and its head among them."""

    start: int
    end: int
    head: int


def candidates(t: Tokens) -> list[int]:
    """The tokens that may be the head of a cue, in order."""
    known, kinds = head_words(), t.kinds
    found = [at for at, low in enumerate(t.lower) if low in known]
    if ":" in kinds or "-" in kinds:
        marks = [at for at, kind in enumerate(kinds) if kind in ":-" and at]
        found = sorted(
            {*found, *(at for at in marks if t.lower[at] == ":" or (kinds[at] == "-" and t.starts[at] > t.ends[at - 1]))}
        )
    return found


def subject_of(t: Tokens, at: int) -> int:
    """The token before the auxiliaries and adverbs of the verb at ``at``; -1 at the sentence's start."""
    first = t.sentences[t.sentence[at]][0]
    at -= 1
    first = max(first, at - BEFORE)
    while at >= first and (t.kinds[at] in AUXILIARY or (t.kinds[at] == "o" and at > first)):
        at -= 1
    return at if at >= first else -1


def head_features(t: Tokens, heads: list[int], number: int) -> list[str]:
    """Whether the paragraph's candidate of that number is the head of a cue.

    The word, its classes and its form; the words and classes around it, with and without these; the subject and the chain of
    auxiliaries; quotation marks near it; what else in the sentence may be a cue.
    """
    kinds, lower, quote, at = t.kinds, t.lower, t.quote, heads[number]
    low = lower[at]
    first, end = t.sentences[t.sentence[at]]
    form = verb_forms().get(low, NO_FORM)
    base, group, shape = form.base or low, form.classes or class_of(low), form.shape
    p1, p2 = kinds[at - 1] if at > first else "^", kinds[at - 2] if at - 1 > first else "^"
    n1, n2, n3 = (kinds[at + k] if at + k < end else "$" for k in (1, 2, 3))
    x1 = "?" if n1 in _OPEN else lower[at + 1] if at + 1 < end else "$"
    w1 = "^" if at == first else lower[at - 1][-3:] if p1 in "nCA#EGv" else lower[at - 1]
    subject = subject_of(t, at)
    ks = kinds[subject] if subject >= 0 else "^"
    chain = "".join(sorted(set(kinds[max(first, subject + 1) : at])))
    inside = quote[at] >= 0
    shut, opens = "Q" in kinds[max(first - 2, 0, at - 6) : at], "q" in kinds[at + 1 : min(end, at + 6)]
    before = [k for k in heads[max(0, number - BEFORE) : number] if k >= first and quote[k] < 0]
    spoken = next((k for k in reversed(before) if "say" in class_of(lower[k])), -1)
    between = "-" if spoken < 0 else "that" if "t" in kinds[spoken:at] else "," if "," in kinds[spoken:at] else "+"
    ahead = kinds[at + 1 : min(end, at + 9)]
    that, finite = "t" in ahead, not _VERBAL.isdisjoint(ahead)
    found = [
        f"b={base}", f"bf={base}|{shape}", f"g={group}", f"gf={group}|{shape}",
        f"p1={p1}", f"n1={n1}", f"gp1={group}|{p1}", f"gn1={group}|{n1}", f"bn1={base}|{n1}", f"bp1={base}|{p1}",
        f"w1={w1}", f"x1={x1}", f"gx1={group}|{x1}", f"bx1={base}|{x1}",
        f"p2p1={p2}{p1}", f"n1n2={n1}{n2}", f"p1n1={p1}{n1}|{shape}", f"n123={n1}{n2}{n3}", f"gn12={group}|{n1}{n2}",
        f"ks={ks}|{shape}", f"ksg={ks}|{group}", f"ksb={ks}|{base}", f"ch={chain}|{shape}", f"chg={chain}|{group}",
        f"in={inside}|{group}", f"qb={shut}|{group}", f"qa={opens}|{group}", f"qq={shut}{opens}{inside}|{shape}",
        f"rest={min(end - at - 1, 4)}|{shape}", f"pos={min(at - first, 5)}|{shape}", f"nb={min(len(before), 3)}",
        f"sp={-1 if spoken < 0 else min(at - spoken, 8)}", f"spg={between}|{group}|{shape}",
        f"that={that}|{base}", f"thatg={that}|{group}", f"fin={finite}|{group}|{shape}",
        f"len={min((end - first) // 8, 4)}|{group}",
        f"prevq={quote[first - 1] >= 0 if first else '-'}|{group}",
    ]  # fmt: skip
    if subject > first:
        found.append(f"k2={kinds[subject - 1]}{ks}|{shape}")
    if subject >= 0:
        found.append(f"sw={lower[subject] if ks in 'PSwD' else lower[subject][-3:]}|{group}")
    if t.words[at][0].isupper():
        found.append(f"cap={shape}|{t.sentence[at] == 0}")
    if kinds[at] in ":-":
        found += [
            f"mark={low}|{p1}|{n1}|{min(at - first, 6)}",
            f"mcap={t.words[at - 1].isupper()}|{low}",
            f"mq={kinds[first]}|{low}",
        ]
    return found


def left_features(t: Tokens, head: int, at: int) -> list[str]:
    """Whether the cue with this head that starts at ``at`` takes in the token before."""
    kind, now = t.kinds[at - 1], t.kinds[at]
    before = t.kinds[at - 2] if at > 1 else "^"
    shape = verb_forms().get(t.lower[head], NO_FORM).shape
    word = kind if kind in _OPEN else t.lower[at - 1]
    return [
        f"k={kind}", f"w={word}", f"kk={before}{kind}", f"kf={kind}|{shape}", f"wf={word}|{shape}",
        f"g={class_of(t.lower[head])}|{kind}", f"far={head - at}|{kind}", f"now={now}{kind}", f"kkk={before}{kind}{now}|{shape}",
    ]  # fmt: skip


def right_features(t: Tokens, head: int, at: int) -> list[str]:
    """Whether the cue with this head that ends before ``at`` takes in the token there."""
    kind, low, far = t.kinds[at], t.lower[head], at - head
    after = t.kinds[at + 1] if at + 1 < len(t.words) else "$"
    shape = verb_forms().get(low, NO_FORM).shape
    word = kind if kind in _OPEN else t.lower[at]
    next_to = far == 1
    return [
        f"k={kind}|{far}", f"w={word}|{min(far, 2)}", f"bw={base_of(low)}|{word}|{next_to}",
        f"gw={class_of(low)}|{word}|{next_to}",
        f"kk={kind}{after}|{next_to}", f"f={shape}|{kind}", f"prev={t.kinds[at - 1]}{kind}{after}", f"far={far}",
        f"q={t.quote[at] != t.quote[head]}",
    ]  # fmt: skip
