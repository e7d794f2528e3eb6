"""Where a cue's source may stand: before it in the sentence, after it, or nowhere."""

from functools import partial

from rules.core.sourcing.choices import Choice, Frame, frame_of
from rules.core.sourcing.cues import Cue
from rules.core.sourcing.tokens import Tokens

_BREAKS = frozenset(",:;.-()qQcstwpobhdmxvkEG")  # a phrase may end before one
_OPENS_LEFT, _OPENS_RIGHT = frozenset("PSDCA#nEGvz$wt"), frozenset("PSDCA#nEGw$")
_BEFORE_LEFT, _BEFORE_RIGHT = frozenset(",:;.-()qQcstwpobhdmxRzkvEG"), frozenset("p,-:vo")
_VERBAL, _FINITE = frozenset("vbhm"), frozenset("vbh")
_LINKS = frozenset(("by", "from", "to", "among", "of"))
STARTS_LEFT, STARTS_RIGHT, ENDS, NEAR, REACH, FAR = 12, 5, 7, 12, 14, 120


def sources(t: Tokens, cue: Cue) -> Choice:
    """The spans that may be the source of ``cue``, in its sentence and on its side of the quotation marks."""
    frame, kinds = frame_of(t, cue), t.kinds
    before = kinds[cue.start - 1] if cue.start > frame.first else "^"
    after = kinds[cue.end] if cue.end < frame.end else "$"
    none = [
        f"none|{frame.shape}|{before}", f"none|{frame.group}|{before}", f"none|{frame.base}", f"none|{before}{after}",
        f"none|{frame.group}|{frame.shape}", "none", f"none|{frame.shape}|{kinds[cue.start]}",
    ]  # fmt: skip
    choice = Choice(none, partial(_pair, t, cue, frame))
    _add_left(choice, t, cue, frame)
    _add_right(choice, t, cue, frame, before)
    return choice


def _add_left(choice: Choice, t: Tokens, cue: Cue, frame: Frame) -> None:
    kinds = t.kinds
    for rank, start in enumerate(_left_starts(t, cue, frame)):
        kind, word = kinds[start], t.word(start)
        at_first = start == frame.first
        previous, word_before = ("^", "^") if at_first else (kinds[start - 1], t.word(start - 1))
        choice.starts[start] = [
            f"Lk={kind}{previous}", f"Lw={word}|{previous}", f"Lp={word_before}|{kind}", f"Lr={min(rank, 6)}",
            f"Lg={frame.group}|{kind}", f"Lks={kind}|{frame.shape}|{previous}",
        ]  # fmt: skip
        for end in _left_ends(t, cue, start):
            if end not in choice.ends:
                choice.ends[end] = _left_end(t, cue, frame, end)
            choice.spans.append((start, end))


def _pair(t: Tokens, cue: Cue, frame: Frame, start: int, end: int) -> list[str]:
    return _left_pair(t, cue, start, end) if start < cue.start else _right_pair(t, frame, start, end)


def _left_pair(t: Tokens, cue: Cue, start: int, end: int) -> list[str]:
    kind, inner = t.kinds[start], t.kinds[start:end]
    verbal = not _VERBAL.isdisjoint(inner)
    features = [
        f"Ln={min(end - start, 12)}|{kind}", f"Lc={inner.count(',')}|{inner[-1] == ','}|{end == cue.start}",
        f"Lv={verbal}|{'w' in inner}|{'t' in inner}", f"Lcap={'C' in inner or 'A' in inner}|{kind}", f"Lpp={inner.count('p')}",
        f"Lone={inner}" if end - start < 4 else "Lone=+", f"Lcj={inner.count('c')}|{inner.count('E') + inner.count('G')}",
    ]  # fmt: skip
    if end - start < 3:
        features.append(f"Lwho={t.lower[start]}|{t.lower[end - 1]}")
    return features


def _left_starts(t: Tokens, cue: Cue, frame: Frame) -> list[int]:
    """The nearest tokens before the cue where a phrase may start."""
    kinds, inside = t.kinds, t.quote[cue.head]
    found: list[int] = []
    for at in range(cue.start - 1, max(frame.first, cue.start - FAR) - 1, -1):
        if t.quote[at] != inside:
            continue
        kind = kinds[at]
        if kind in _OPENS_LEFT and (at == frame.first or kinds[at - 1] in _BEFORE_LEFT or kind in "DSPw"):
            found.append(at)
            if len(found) == STARTS_LEFT:
                break
    return found


def _left_ends(t: Tokens, cue: Cue, start: int) -> list[int]:
    """Where a phrase from ``start`` may end: before a break, or at the cue."""
    kinds, found = t.kinds, []
    for end in range(start + 1, cue.start):
        kind = kinds[end]
        near = cue.start - end <= NEAR or kind not in "pc"
        if near and (kind in _BREAKS or (end == start + 1 and kinds[start] in "PSw")):
            found.append(end)
            if len(found) == ENDS:
                break
    return [*found, cue.start]


def _left_end(t: Tokens, cue: Cue, frame: Frame, end: int) -> list[str]:
    kinds, gap = t.kinds, cue.start - end
    following = kinds[end] if gap else "!"
    between = kinds[end : cue.start] if gap < 5 else "far"
    mixed = "".join(sorted(set(between))) if gap < 5 else "far"
    return [
        f"Le={kinds[end - 1]}{following}", f"Lgap={min(gap, 6)}", f"Lmid={mixed}|{frame.shape}",
        f"Lew={t.word(end) if gap else '!'}",
        f"Ls={t.lower[end - 1][-3:]}|{gap == 0}", f"Lge={frame.group}|{min(gap, 2)}|{frame.shape}", f"Lch={between}",
    ]  # fmt: skip


def _add_right(choice: Choice, t: Tokens, cue: Cue, frame: Frame, before: str) -> None:
    kinds, inside = t.kinds, t.quote[cue.head]
    quoted_before = before == "," or "Q" in kinds[max(frame.first, cue.start - 2) : cue.start]
    rank = -1
    for start in range(cue.end, min(frame.end, cue.end + REACH)):
        adjacent = start == cue.end
        opens = kinds[start] in _OPENS_RIGHT and t.quote[start] == inside
        if not opens or not (adjacent or kinds[start - 1] in _BEFORE_RIGHT or t.lower[start - 1] in _LINKS):
            continue
        rank += 1
        if rank == STARTS_RIGHT:
            break
        link = "!" if adjacent else t.lower[start - 1]
        choice.starts[start] = [
            f"Rk={kinds[start]}{kinds[start - 1]}", f"Rp={link}|{frame.shape}", f"Rr={rank}", f"Rg={frame.group}|{link}",
            f"Rgap={min(start - cue.end, 5)}", f"Rcl={quoted_before}|{adjacent}|{frame.base}",
            f"Rb={before}|{adjacent}|{frame.shape}",
            f"Rbase={frame.base}|{link}", f"Rw={t.word(start)}",
        ]  # fmt: skip
        _add_right_ends(choice, t, frame, start)


def _add_right_ends(choice: Choice, t: Tokens, frame: Frame, start: int) -> None:
    kinds, count = t.kinds, 0
    for end in range(start + 1, min(frame.end, start + FAR) + 1):
        if end < frame.end and kinds[end] not in _BREAKS:
            continue
        count += 1
        if count > ENDS + 2:
            break
        following = kinds[end] if end < frame.end else "$"
        if end not in choice.ends:
            choice.ends[end] = [
                f"Re={kinds[end - 1]}{following}", f"Rew={t.word(end) if end < frame.end else '$'}",
                f"Rleft={min(frame.end - end, 3)}",
                f"Rlast={t.lower[end - 1][-3:]}|{following}",
            ]  # fmt: skip
        choice.spans.append((start, end))


def _right_pair(t: Tokens, frame: Frame, start: int, end: int) -> list[str]:
    inner = t.kinds[start:end]
    following = t.kinds[end] if end < frame.end else "$"
    return [
        f"Rn={min(end - start, 12)}|{inner[0]}", f"Rc={inner.count(',')}|{inner[-1] == ','}",
        f"Rv={not _FINITE.isdisjoint(inner)}|{'w' in inner}", f"Rcap={'C' in inner or 'A' in inner}|{following}",
        f"Rpp={min(inner.count('p'), 4)}", f"Rq={'q' in inner}", f"Rcj={inner.count('c')}|{inner.count('E') + inner.count('G')}",
        f"Rone={inner}{following}" if end - start < 4 else "Rone=+",
    ]  # fmt: skip
