"""Where a cue's source may stand: before it in the sentence, after it, or nowhere."""

from functools import partial

from rules.core.sourcing.choices import Choice, Frame, frame_of
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.lexicon import traits
from rules.core.sourcing.tables import Reading, T, Table
from rules.core.sourcing.tokens import Tokens

_BREAKS = frozenset(",:;.-()qQcstwpobhdmxvkEG")  # a phrase may end before one
_OPENS_LEFT, _OPENS_RIGHT = frozenset("PSDCA#nEGvz$wt"), frozenset("PSDCA#nEGw$")
_BEFORE_LEFT, _BEFORE_RIGHT = frozenset("^,:;.-()qQcstwpobhdmxRzkvEG"), frozenset("p,-:vo")
_VERBAL, _FINITE = frozenset("vbhm"), frozenset("vbh")
_LINKS = frozenset(("by", "from", "to", "among", "of"))
STARTS_LEFT, STARTS_RIGHT, ENDS, NEAR, REACH, FAR = 12, 3, 6, 12, 8, 120


def sources(t: Tokens, cue: Cue, tables: tuple[Table[T], ...]) -> Choice[T]:
    """The spans that may be the source of ``cue``, in its sentence and on its side of the quotation marks."""
    frame, kinds = frame_of(t, cue), t.kinds
    before = kinds[cue.start - 1] if cue.start > frame.first else "^"
    after = kinds[cue.end] if cue.end < frame.end else "$"
    choice = Choice(tables[0][frame.name, before, after, kinds[cue.start]], partial(_pair, t, cue, frame, tables))
    _add_left(choice, t, cue, frame, tables)
    _add_right(choice, t, cue, frame, tables)
    return choice


def _add_left(choice: Choice[T], t: Tokens, cue: Cue, frame: Frame, tables: tuple[Table[T], ...]) -> None:
    """The nearest tokens before the cue where a phrase may start; it ends before a break, or at the cue."""
    kinds, quote, sort, first, stop = t.kinds, t.quote, frame.sort, frame.first, cue.start
    inside = quote[cue.head]
    at_cue: list[tuple[T, int]] = [(tables[2][sort, kinds[stop - 1] + "!", 0] + tables[8][sort[1], "!"], stop)]
    breaks: list[tuple[T, int]] = []
    rank, nearest = 0, stop
    for at in range(stop - 1, max(first, stop - FAR) - 1, -1):
        kind = kinds[at]
        previous = kinds[at - 1] if at > first else "^"
        if kind in _OPENS_LEFT and (previous in _BEFORE_LEFT or kind in "DSPw") and quote[at] == inside:
            ends = at_cue + breaks[-ENDS:]
            if kind in "PSw" and at + 1 < nearest:
                ends.append((_left_end(t, at + 1, stop, sort, tables), at + 1))
            choice.starts.append((tables[1][sort, previous + kind, rank], at, ends))
            rank += 1
            if rank == STARTS_LEFT:
                break
        if kind in _BREAKS and (stop - at <= NEAR or kind not in "pc"):
            nearest = at
            breaks.append((_left_end(t, at, stop, sort, tables), at))


def _left_end(t: Tokens, end: int, stop: int, sort: tuple[str, str], tables: tuple[Table[T], ...]) -> T:
    """What speaks for a phrase that ends before the token at ``end``, with others between it and the cue."""
    gap = stop - end
    between = t.kinds[end:stop] if gap < 5 else "far"
    return tables[2][sort, t.kinds[end - 1 : end + 1], min(gap, 6)] + tables[8][sort[1], between]


def _add_right(choice: Choice[T], t: Tokens, cue: Cue, frame: Frame, tables: tuple[Table[T], ...]) -> None:
    """The nearest tokens after the cue where a phrase may start; it ends before a break, or with the sentence."""
    kinds, quote, last = t.kinds, t.quote, frame.end
    inside = quote[cue.head]
    before = kinds[max(frame.first, cue.start - 2) : cue.start]
    starts: list[tuple[T, int]] = []
    for at in range(cue.end, min(last, cue.end + REACH)):
        if kinds[at] in _OPENS_RIGHT and quote[at] == inside:
            if at == cue.end:
                link = "!"
            elif kinds[at - 1] in _BEFORE_RIGHT or t.lower[at - 1] in _LINKS:
                link = t.lower[at - 1]
            else:
                continue
            key = (frame.name, kinds[at - 1 : at + 1], link, len(starts), min(at - cue.end, 5), before)
            starts.append((tables[3][key], at))
            if len(starts) == STARTS_RIGHT:
                break
    if starts:
        found = _right_ends(t, frame, (starts[0][1], starts[-1][1]), tables)
        choice.starts += [(score, start, [item for item in found if item[1] > start][:ENDS]) for score, start in starts]


def _right_ends(t: Tokens, frame: Frame, starts: tuple[int, int], tables: tuple[Table[T], ...]) -> list[tuple[T, int]]:
    """The breaks after the first of the starts and as many as are wanted after the last."""
    kinds, name, last, behind = t.kinds, frame.name, frame.end, 0
    found: list[tuple[T, int]] = []
    for end in range(starts[0] + 1, min(last, starts[1] + FAR)):
        if kinds[end] in _BREAKS:
            found.append((tables[4][kinds[end - 1 : end + 1], min(last - end, 3)] + tables[5][name, kinds[end]], end))
            behind += end > starts[1]
            if behind == ENDS:
                return found
    found.append((tables[4][kinds[last - 1] + "$", 0] + tables[5][name, "$"], last))
    return found


def _pair(t: Tokens, cue: Cue, frame: Frame, tables: tuple[Table[T], ...], start: int, end: int) -> T:
    if start < cue.start:
        return tables[6][t.kinds[start:end], end == cue.start]
    return tables[7][t.kinds[start:end], t.kinds[end] if end < frame.end else "$"]


def _none(key: tuple[str, str, str, str]) -> list[str]:
    name, before, after, now = key
    base, group, shape = traits(name)
    return [
        f"none|{shape}|{before}", f"none|{group}|{before}", f"none|{base}", f"none|{before}{after}",
        f"none|{group}|{shape}", "none", f"none|{shape}|{now}",
    ]  # fmt: skip


def _left_start(key: tuple[tuple[str, str], str, int]) -> list[str]:
    (group, shape), pair, rank = key
    previous, kind = tuple(pair)
    return [f"Lk={kind}{previous}", f"Lr={rank}", f"Lg={group}|{kind}", f"Lks={kind}|{shape}|{previous}"]


def _left_gap(key: tuple[tuple[str, str], str, int]) -> list[str]:
    (group, shape), pair, gap = key
    return [f"Le={pair}", f"Lgap={gap}", f"Lge={group}|{min(gap, 2)}|{shape}"]


def _left_between(key: tuple[str, str]) -> list[str]:
    shape, between = key
    return [f"Lch={between}", f"Lmid={''.join(sorted(set(between)))}|{shape}"]


def _right_start(key: tuple[str, str, str, int, int, str]) -> list[str]:
    name, pair, link, rank, gap, before = key
    previous, kind = tuple(pair)
    base, group, shape = traits(name)
    adjacent, last = link == "!", before[-1:] or "^"
    quoted = last == "," or "Q" in before
    return [
        f"Rk={kind}{previous}", f"Rp={link}|{shape}", f"Rr={rank}", f"Rg={group}|{link}", f"Rgap={gap}",
        f"Rcl={quoted}|{adjacent}|{base}", f"Rb={last}|{adjacent}|{shape}",
    ]  # fmt: skip


def _right_end(key: tuple[str, int]) -> list[str]:
    pair, left = key
    return [f"Re={pair}", f"Rleft={left}"]


def _right_break(key: tuple[str, str]) -> list[str]:
    name, following = key
    base, _, shape = traits(name)
    return [f"Reb={base}|{following}", f"Res={shape}|{following}"]


def _left_pair(key: tuple[str, bool]) -> list[str]:
    inner, at_cue = key
    kind = inner[0]
    verbal = not _VERBAL.isdisjoint(inner)
    return [
        f"Ln={min(len(inner), 12)}|{kind}", f"Lc={inner.count(',')}|{inner[-1] == ','}|{at_cue}",
        f"Lv={verbal}|{'w' in inner}|{'t' in inner}", f"Lone={inner if len(inner) < 4 else '+'}",
        f"Lcap={'C' in inner or 'A' in inner}|{kind}", f"Lpp={inner.count('p')}",
        f"Lcj={inner.count('c')}|{inner.count('E') + inner.count('G')}",
    ]  # fmt: skip


def _right_pair(key: tuple[str, str]) -> list[str]:
    inner, following = key
    return [
        f"Rn={min(len(inner), 12)}|{inner[0]}", f"Rc={inner.count(',')}|{inner[-1] == ','}",
        f"Rv={not _FINITE.isdisjoint(inner)}|{'w' in inner}", f"Rcap={'C' in inner or 'A' in inner}|{following}",
        f"Rpp={min(inner.count('p'), 4)}", f"Rq={'q' in inner}", f"Rcj={inner.count('c')}|{inner.count('E') + inner.count('G')}",
        f"Rone={inner + following if len(inner) < 4 else '+'}",
    ]  # fmt: skip


SOURCE: tuple[Reading, ...] = (
    _none,
    _left_start,
    _left_gap,
    _right_start,
    _right_end,
    _right_break,
    _left_pair,
    _right_pair,
    _left_between,
)
