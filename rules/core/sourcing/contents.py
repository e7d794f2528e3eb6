"""Where a cue's content may stand: after it, before it, or nowhere; and quotations whose speaker goes on."""

from collections.abc import Sequence
from functools import partial

from rules.core.sourcing.choices import Choice, Frame, Span, frame_of
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.tokens import Tokens

_VERBAL, _VERBAL_OR_DO, _CLAUSE = frozenset("vbhm"), frozenset("vbhmd"), frozenset("vG")
REACH, STARTS, ENDS = 14, 8, 16
WINDOW = 400  # tokens on either side of a cue that are looked at; the corpus' longest content has 300


def after(t: Tokens, cue: Cue, source: Span | None, taken: int) -> Choice:
    """The content after the cue and a source that follows it. ``taken``: where the next cue, or its source, starts."""
    frame, kinds = frame_of(t, cue), t.kinds
    end = _last(t, cue, frame)
    at = source[1] if source and source[0] >= cue.end else cue.end
    side = _side(cue, source)
    next_kind, next_word = (kinds[at], t.word(at)) if at < end else ("$", "$")
    before = kinds[cue.start - 1] if cue.start > frame.first else "^"
    lead_at = source[0] if source and side == "L" else cue.start
    lead = kinds[lead_at - 1] if lead_at > frame.first else "^"
    base, group, shape = frame[:3]
    none = [
        f"none|{group}|{next_kind}", f"none|{base}|{next_kind}", f"none|{next_word}|{shape}", f"none|{shape}|{side}|{next_kind}",
        f"none|{base}", f"none|{lead}|{next_kind}|{side}", f"none|{before}|{side}", f"none|{lead}|{base}", "none",
        f"none|{group}|{shape}|{side}", f"none|{group}|{lead}|{next_word}",
    ]  # fmt: skip
    choice = Choice(none, partial(_after_pair, t, base, end))
    starts = _starts_after(t, at, end)
    ends = _ends_after(t, starts[0], end, taken) if starts else []
    for rank, stop in enumerate(ends):
        following, word = (kinds[stop], t.word(stop)) if stop < end else ("$", "$")
        tail = kinds[stop:end]
        left = len(tail.strip(".Q"))
        clause = not _CLAUSE.isdisjoint(tail[1:5])
        choice.ends[stop] = [
            f"Ae={kinds[stop - 1]}{following}|{left == 0}", f"Aew={word}|{left == 0}", f"Aleft={min(left, 7)}",
            f"Ar={min(rank, 6)}",
            f"Atk={(stop > taken) - (stop < taken)}|{following}",
            f"Aq={t.quote[stop - 1] >= 0}|{following}|{kinds[stop - 1] == 'Q'}",
            f"Ael={left == 0}|{group}|{shape}", f"Aes={word}{clause}|{group}", f"A2={tail[:3]}",
        ]  # fmt: skip
    for rank, start in enumerate(starts):
        kind, word, gap = kinds[start], t.word(start), start - at
        near = gap == 0
        choice.starts[start] = [
            f"Ak={kind}{kinds[start - 1]}", f"Aw={word}|{near}", f"Agap={min(gap, 7)}", f"Arank={rank}",
            f"Ag={group}|{kind}|{near}",
            f"Ab={base}|{word}|{near}", f"Amid={kinds[at:start][:5]}|{kind}", f"Asd={side}|{kind}|{lead}",
            f"Ash={shape}|{kind}|{near}",
            f"Abk={base}|{near}",
        ]  # fmt: skip
        choice.spans += [(start, stop) for stop in ends if stop > start]
    return choice


def _after_pair(t: Tokens, base: str, end: int, start: int, stop: int) -> list[str]:
    inner, size = t.kinds[start:stop], min((stop - start).bit_length(), 6)
    kind = inner[0]
    opening = t.word(start) if kind in "tow" else kind
    verbal = not _VERBAL_OR_DO.isdisjoint(inner)
    return [
        f"An={size}|{kind}", f"Asame={_is_quotation(t, start, stop)}", f"Aopen={_is_open(t, start, stop)}|{kind}",
        f"Ac={min(inner.count(','), 3)}", f"Av={verbal}|{opening}|{t.kinds[stop] if stop < end else '$'}", f"Anb={base}|{size}",
    ]  # fmt: skip


def _last(t: Tokens, cue: Cue, frame: Frame) -> int:
    """The end of what the cue may govern: its sentence, the quotation open at its end, all that a name and a colon lead into."""
    end = frame.end
    quote = t.quote[end - 1]
    if t.kinds[cue.head] == ":" and frame.first == 0:
        end = len(t.words)
    elif quote >= 0 and t.quotes[quote][0] >= cue.end:
        end = max(end, t.quotes[quote][1])
    return min(end, cue.end + WINDOW)


def _starts_after(t: Tokens, at: int, end: int) -> list[int]:
    kinds = t.kinds
    found = [
        start
        for start in range(at, min(end, at + REACH))
        if kinds[start] not in ",:.;)Q-"
        and (
            start == at
            or kinds[start] in "qtowDPSsp"
            or kinds[start - 1] in ",:p-z"
            or (kinds[start] == "C" and kinds[start - 1] in "nzCA")
            or (kinds[start] == "n" and kinds[start - 1] in "nC")
        )
    ]
    return found[:STARTS]


def _ends_after(t: Tokens, start: int, end: int, taken: int) -> list[int]:
    kinds = t.kinds
    found = [
        stop
        for stop in range(start + 1, end + 1)
        if stop in (end, taken)
        or kinds[stop] in ",;.-(:csw"
        or kinds[stop - 1] in "Q."
        or (kinds[stop] in "pG" and stop - start > 2)
    ]
    return found if len(found) <= ENDS else found[: ENDS - 5] + found[-5:]


def before(t: Tokens, cue: Cue, source: Span | None, floor: int) -> Choice:
    """The content before the cue and a source that precedes it. ``floor``: the first token after the cue before this one."""
    frame, kinds = frame_of(t, cue), t.kinds
    side = _side(cue, source)
    stop = source[0] if source and side == "L" else cue.start
    lead, lead2 = (kinds[stop - k] if stop - k >= frame.first else "^" for k in (1, 2))
    at = source[1] if source and side == "R" else cue.end
    following = kinds[at] if at < frame.end else "$"
    base, group, shape = frame[:3]
    none = [
        f"none|{lead2}{lead}|{side}", f"none|{base}|{lead}", f"none|{shape}|{side}|{lead}", f"none|{group}|{lead}|{following}",
        f"none|{group}|{shape}|{side}", "none", f"none|{base}|{side}", f"none|{lead}|{following}|{side}",
        f"none|{min(stop - frame.first, 5)}",
    ]  # fmt: skip
    choice = Choice(none, partial(_before_pair, t, frame))
    ends = _ends_before(t, frame, stop)
    for rank, end in enumerate(ends):
        last, gap = kinds[end - 1], stop - end
        choice.ends[end] = [
            f"Be={last}{kinds[end]}|{gap == 0}", f"Bgap={min(gap, 4)}|{side}", f"Bg={group}|{last}|{kinds[end]}",
            f"Bs={shape}|{gap}|{last}", f"Br={rank}", f"Bgs={group}|{min(gap, 3)}|{side}",
        ]  # fmt: skip
    begin = _begin(t, frame, stop)
    starts = _starts_before(t, frame, begin, stop)
    for rank, start in enumerate(starts):
        kind, word = kinds[start], t.word(start)
        previous, word_before = (kinds[start - 1], t.word(start - 1)) if start > frame.first else ("^", "^")
        choice.starts[start] = [
            f"Bk={kind}{previous}", f"Bw={word}|{previous}", f"Bp={word_before}|{kind}", f"Brank={min(rank, 4)}|{start == begin}",
            f"Bfirst={start == begin}|{start == frame.first}|{kind}", f"Bfl={start < floor}",
            f"Bnear={min(len(starts) - rank, 4)}|{shape}|{side}",
        ]  # fmt: skip
        choice.spans += [(start, end) for end in ends if end > start]
    return choice


def _before_pair(t: Tokens, frame: Frame, start: int, end: int) -> list[str]:
    inner, size = t.kinds[start:end], min((end - start).bit_length(), 6)
    kind = inner[0]
    verbal = not _VERBAL.isdisjoint(inner)
    return [
        f"Bn={size}|{kind}", f"Bsame={_is_quotation(t, start, end)}", f"Bone={end - start == 1}|{kind}",
        f"Bq={t.quote[end - 1] >= 0}|{kind}|{t.quote[start] >= 0}", f"Bv={verbal}|{kind}|{frame.shape}",
        f"Bng={frame.group}|{size}",
    ]  # fmt: skip


def _ends_before(t: Tokens, frame: Frame, stop: int) -> list[int]:
    kinds = t.kinds
    found = [
        end
        for end in range(stop, max(frame.first, stop - 8), -1)
        if kinds[end - 1] not in "-:(" and (end == stop or kinds[end] in ",-:c" or kinds[end - 1] in "Q,.")
    ]
    if stop == frame.first and stop and kinds[stop - 1] == "Q":  # “…!” he said: the quotation ended the sentence
        found.append(stop)
    return found


def _begin(t: Tokens, frame: Frame, stop: int) -> int:
    """The first token of what may come before: the sentence's, or that of a quotation that ends here and began earlier."""
    quote = t.quote[stop - 1] if stop else -1
    first = min(frame.first, t.quotes[quote][0]) if quote >= 0 else frame.first
    return max(first, stop - WINDOW)


def _starts_before(t: Tokens, frame: Frame, begin: int, stop: int) -> list[int]:
    kinds = t.kinds
    found = [
        start
        for start in range(begin, stop)
        if start in (begin, frame.first)
        or (kinds[start] not in ",.;)Q" and (kinds[start] in "qwDPt" or kinds[start - 1] in ",;cs-:qQR"))
    ]
    return found if len(found) <= 12 else found[:8] + found[-4:]


def _side(cue: Cue, source: Span | None) -> str:
    return "-" if source is None else "L" if source[0] < cue.start else "R"


def _is_quotation(t: Tokens, start: int, end: int) -> bool:
    quote = t.quote[start]
    return quote >= 0 and t.quotes[quote] == (start, end)


def _is_open(t: Tokens, start: int, end: int) -> bool:
    quote = t.quote[start]
    return quote >= 0 and end < t.quotes[quote][1]


def quotation_features(t: Tokens, number: int, cues: Sequence[Cue], contents: Sequence[Span], *, carried: bool) -> list[str]:
    """Whether a quotation that no cue took is somebody's words all the same.

    ``contents``: those before it in the paragraph; ``carried``: the paragraph before ended inside a quotation.
    """
    start, end = t.quotes[number]
    size = max(end - start - 2, 0)
    previous = t.kinds[start - 1] if start else "^"
    spoken = any(cue.head < start for cue in cues)
    quoted = any(t.quote[first] >= 0 for first, _ in contents)
    adjacent = any(last <= start <= last + 1 for _, last in contents)
    first = t.kinds[start + 1] if start + 1 < end else "$"
    return [
        f"w={min(size.bit_length(), 5)}", f"cue={spoken}", f"p={previous}", f"qb={quoted}", f"st={start == 0}",
        f"car={carried}|{start == 0}", f"wp={size > 6}|{previous}", f"cl={t.closed[number]}|{start == 0}",
        f"adj={adjacent}|{previous}",
        f"end={end >= len(t.words)}|{start == 0}", f"qp={quoted}|{previous}|{size > 3}", f"k={first}|{previous}",
        f"n={len(t.quotes) > 1}|{previous}", f"cues={min(len(cues), 2)}|{quoted}|{previous in '.^'}",
    ]  # fmt: skip
