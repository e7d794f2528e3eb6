"""Where a cue's content may stand: after it, before it, or nowhere; and quotations whose speaker goes on."""

from collections.abc import Sequence
from functools import partial

from rules.core.sourcing.choices import Choice, Frame, Span, frame_of
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.lexicon import traits
from rules.core.sourcing.tables import Reading, T, Table
from rules.core.sourcing.tokens import Tokens

_VERBAL, _VERBAL_OR_DO = frozenset("vbhm"), frozenset("vbhmd")
REACH, STARTS, ENDS = 10, 6, 12
WINDOW = 400  # tokens on either side of a cue that are looked at; the corpus' longest content has 300


def after(t: Tokens, cue: Cue, source: Span | None, taken: int, tables: tuple[Table[T], ...]) -> Choice[T]:
    """The content after the cue and a source that follows it. ``taken``: where the next cue, or its source, starts."""
    frame, kinds = frame_of(t, cue), t.kinds
    end = _last(t, cue, frame)
    at = source[1] if source and source[0] >= cue.end else cue.end
    side = _side(cue, source)
    next_kind, next_word = (kinds[at], t.word(at)) if at < end else ("$", "$")
    before = kinds[cue.start - 1] if cue.start > frame.first else "^"
    lead_at = source[0] if source and side == "L" else cue.start
    lead = kinds[lead_at - 1] if lead_at > frame.first else "^"
    none = tables[0][frame.name, next_kind, next_word, side, lead, before]
    choice = Choice(none, partial(_after_pair, t, frame, end, tables))
    starts = _starts_after(t, at, end)
    if not starts:
        return choice
    name, quote = frame.name, t.quote
    last, at_last = at + len(kinds[at:end].rstrip(".Q")), (tables[3][name, False], tables[3][name, True])
    ends = []
    for rank, stop in enumerate(_ends_after(t, starts[0], end, taken)):
        left = 0 if stop >= last else min(7, last - stop)
        beside = -1 if stop < taken else 0 if stop == taken else 1
        key = kinds[stop - 1 : min(end, stop + 3)], left, min(6, rank), beside, quote[stop - 1] >= 0
        ends.append((tables[2][key] + at_last[left == 0], stop))
    for rank, start in enumerate(starts):
        pair, gap = kinds[start - 1 : start + 1], start - at
        at_start = (
            tables[1][frame.sort, pair, min(gap, 7), rank]
            + tables[5][name, t.word(start), gap == 0]
            + tables[6][side, pair[1], lead]
        )
        choice.starts.append((at_start, start, ends))
    return choice


def _last(t: Tokens, cue: Cue, frame: Frame) -> int:
    """The end of what the cue may govern: its sentence, the quotation open at its end, all that a name and a colon lead into."""
    end = frame.end
    quote = t.quote[end - 1]
    if t.kinds[cue.head] == ":" and frame.first == 0:
        end = len(t.kinds)
    elif quote >= 0 and t.quotes[quote][0] >= cue.end:
        end = max(end, t.quotes[quote][1])
    return min(end, cue.end + WINDOW)


def _starts_after(t: Tokens, at: int, end: int) -> list[int]:
    kinds = t.kinds
    found: list[int] = []
    for start in range(at, min(end, at + REACH)):
        kind, previous = kinds[start], kinds[start - 1]
        if kind not in ",:.;)Q-" and (
            start == at
            or kind in "qtowDPSsp"
            or previous in ",:p-z"
            or (kind == "C" and previous in "nzCA")
            or (kind == "n" and previous in "nC")
        ):
            found.append(start)
            if len(found) == STARTS:
                break
    return found


def _ends_after(t: Tokens, start: int, end: int, taken: int) -> list[int]:
    kinds = t.kinds
    found = [
        stop
        for stop in range(start + 1, end)
        if kinds[stop] in ",;.-(:csw" or kinds[stop - 1] in "Q." or stop == taken or (kinds[stop] in "pG" and stop - start > 2)
    ]
    if end > start:
        found.append(end)
    return found if len(found) <= ENDS else found[: ENDS - 5] + found[-5:]


def _after_pair(t: Tokens, frame: Frame, end: int, tables: tuple[Table[T], ...], start: int, stop: int) -> T:
    kinds = t.kinds
    kind, quote = kinds[start], t.quote[start]
    same, open_ = (t.quotes[quote] == (start, stop), stop < t.quotes[quote][1]) if quote >= 0 else (False, False)
    verbal = not _VERBAL_OR_DO.isdisjoint(kinds[start:stop])
    size = min((stop - start).bit_length(), 6)
    opening = t.lower[start] if kind in "tow" else kind
    following = kinds[stop] if stop < end else "$"
    return tables[4][size, kind, opening, same, open_, verbal, following] + tables[7][frame.name, size]


def _after_none(key: tuple[str, str, str, str, str, str]) -> list[str]:
    name, next_kind, next_word, side, lead, before = key
    base, group, shape = traits(name)
    return [
        f"none|{group}|{next_kind}", f"none|{base}|{next_kind}", f"none|{next_word}|{shape}", f"none|{shape}|{side}|{next_kind}",
        f"none|{base}", f"none|{lead}|{next_kind}|{side}", f"none|{before}|{side}", f"none|{lead}|{base}", "none",
        f"none|{group}|{shape}|{side}", f"none|{group}|{lead}|{next_word}",
    ]  # fmt: skip


def _after_start(key: tuple[tuple[str, str], str, int, int]) -> list[str]:
    (group, shape), pair, gap, rank = key
    previous, kind = tuple(pair)
    near = gap == 0
    return [f"Ak={kind}{previous}", f"Agap={gap}", f"Arank={rank}", f"Ag={group}|{kind}|{near}", f"Ash={shape}|{kind}|{near}"]


def _after_end(key: tuple[str, int, int, int, bool]) -> list[str]:
    window, left, rank, beside, quoted = key
    last, tail = window[0], window[1:]
    following = tail[:1] or "$"
    return [
        f"Ae={last}{following}|{left == 0}", f"Aleft={left}", f"Ar={rank}", f"Atk={beside}|{following}",
        f"Aq={quoted}|{following}|{last == 'Q'}", f"A2={tail}",
    ]  # fmt: skip


def _after_closing(key: tuple[str, bool]) -> list[str]:
    name, closing = key
    _, group, shape = traits(name)
    return [f"Ael={closing}|{group}|{shape}"]


def _after_both(key: tuple[int, str, str, bool, bool, bool, str]) -> list[str]:
    size, kind, opening, same, open_, verbal, following = key
    return [
        f"An={size}|{kind}", f"Asame={same}", f"Aopen={open_}|{kind}", f"Av={verbal}|{opening}|{following}",
    ]  # fmt: skip


def _after_word(key: tuple[str, str, bool]) -> list[str]:
    name, word, near = key
    base = traits(name)[0]
    return [f"Aw={word}|{near}", f"Ab={base}|{word}|{near}", f"Abk={base}|{near}"]


def _after_side(key: tuple[str, str, str]) -> list[str]:
    side, kind, lead = key
    return [f"Asd={side}|{kind}|{lead}"]


def _after_size(key: tuple[str, int]) -> list[str]:
    name, size = key
    return [f"Anb={traits(name)[0]}|{size}"]


AFTER: tuple[Reading, ...] = (
    _after_none,
    _after_start,
    _after_end,
    _after_closing,
    _after_both,
    _after_word,
    _after_side,
    _after_size,
)


def before(t: Tokens, cue: Cue, source: Span | None, floor: int, tables: tuple[Table[T], ...]) -> Choice[T]:
    """The content before the cue and a source that precedes it. ``floor``: the first token after the cue before this one."""
    frame, kinds = frame_of(t, cue), t.kinds
    side = _side(cue, source)
    stop = source[0] if source and side == "L" else cue.start
    at = source[1] if source and side == "R" else cue.end
    leads = kinds[max(frame.first, stop - 2) : stop] if stop > frame.first else ""
    following = kinds[at] if at < frame.end else "$"
    none = tables[0][frame.name, leads, side, following, min(stop - frame.first, 5)]
    choice = Choice(none, partial(_before_pair, t, frame, tables[3]))
    ends = [
        (tables[2][frame.sort, kinds[end - 1 : end + 1], stop - end, side, rank], end)
        for rank, end in enumerate(_ends_before(t, frame, stop))
    ]
    if not ends:
        return choice
    begin = _begin(t, frame, stop)
    for start in _starts_before(t, frame, begin, stop):
        pair = kinds[start - 1 : start + 1] if start > frame.first else "^" + kinds[start]
        choice.starts.append((tables[1][pair, start == begin, start == frame.first, start < floor], start, ends))
    return choice


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


def _before_pair(t: Tokens, frame: Frame, table: Table[T], start: int, end: int) -> T:
    inner, size = t.kinds[start:end], min((end - start).bit_length(), 6)
    quote = t.quote[start]
    same = quote >= 0 and t.quotes[quote] == (start, end)
    return table[frame.sort, size, inner[0], same, t.quote[end - 1] >= 0, quote >= 0, not _VERBAL.isdisjoint(inner)]


def _before_none(key: tuple[str, str, str, str, int]) -> list[str]:
    name, leads, side, following, far = key
    base, group, shape = traits(name)
    lead, lead2 = leads[-1:] or "^", leads[-2:-1] or "^"
    return [
        f"none|{lead2}{lead}|{side}", f"none|{base}|{lead}", f"none|{shape}|{side}|{lead}", f"none|{group}|{lead}|{following}",
        f"none|{group}|{shape}|{side}", "none", f"none|{base}|{side}", f"none|{lead}|{following}|{side}", f"none|{far}",
    ]  # fmt: skip


def _before_start(key: tuple[str, bool, bool, bool]) -> list[str]:
    pair, begins, opens, below = key
    previous, kind = tuple(pair)
    return [f"Bk={kind}{previous}", f"Bfirst={begins}|{opens}|{kind}", f"Bfl={below}"]


def _before_end(key: tuple[tuple[str, str], str, int, str, int]) -> list[str]:
    (group, shape), pair, gap, side, rank = key
    last, following = tuple(pair)
    return [
        f"Be={last}{following}|{gap == 0}", f"Bgap={min(gap, 4)}|{side}", f"Bg={group}|{last}|{following}",
        f"Bs={shape}|{gap}|{last}", f"Br={rank}", f"Bgs={group}|{min(gap, 3)}|{side}",
    ]  # fmt: skip


def _before_both(key: tuple[tuple[str, str], int, str, bool, bool, bool, bool]) -> list[str]:
    (group, shape), size, kind, same, quoted_end, quoted_start, verbal = key
    return [
        f"Bn={size}|{kind}", f"Bsame={same}", f"Bq={quoted_end}|{kind}|{quoted_start}", f"Bv={verbal}|{kind}|{shape}",
        f"Bng={group}|{size}",
    ]  # fmt: skip


BEFORE: tuple[Reading, ...] = (_before_none, _before_start, _before_end, _before_both)


def _side(cue: Cue, source: Span | None) -> str:
    return "-" if source is None else "L" if source[0] < cue.start else "R"


def weigh_quotation(
    t: Tokens, number: int, cues: Sequence[Cue], contents: Sequence[Span], tables: tuple[Table[T], ...], *, carried: bool
) -> T:
    """Whether a quotation that no cue took is somebody's words all the same.

    ``contents``: those before it in the paragraph; ``carried``: the paragraph before ended inside a quotation.
    """
    start, end = t.quotes[number]
    around = t.kinds[start - 1] if start else "^", t.kinds[start + 1] if start + 1 < end else "$"
    spoken = any(cue.head < start for cue in cues)
    quoted = any(t.quote[first] >= 0 for first, _ in contents)
    adjacent = any(last <= start <= last + 1 for _, last in contents)
    places = t.closed[number], start == 0, end >= len(t.kinds), carried
    size = min(max(end - start - 2, 0), 16)  # longer ones are all alike
    return tables[0][around, size, spoken, quoted, adjacent, places, len(t.quotes) > 1, min(len(cues), 2)]


def _quotation(key: tuple[tuple[str, str], int, bool, bool, bool, tuple[bool, bool, bool, bool], bool, int]) -> list[str]:
    (previous, first), size, spoken, quoted, adjacent, (closed, opens, ends, carried), several, cues = key
    return [
        f"w={min(size.bit_length(), 5)}", f"cue={spoken}", f"p={previous}", f"qb={quoted}", f"st={opens}",
        f"car={carried}|{opens}", f"wp={size > 6}|{previous}", f"cl={closed}|{opens}", f"adj={adjacent}|{previous}",
        f"end={ends}|{opens}", f"qp={quoted}|{previous}|{size > 3}", f"k={first}|{previous}",
        f"n={several}|{previous}", f"cues={cues}|{quoted}|{previous in '.^'}",
    ]  # fmt: skip


QUOTATION: tuple[Reading, ...] = (_quotation,)
