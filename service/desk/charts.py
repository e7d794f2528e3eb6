"""Charts as SVG: across in per cent, so that they fill any width, and down in pixels, so that their words stay readable."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.precision import Precision
from rules.core.findings import SEVERITIES

HEIGHT = 160  # pixels of the columns
TOP = 18  # above them, for the figure over the highest
FOOT = 22  # below them, for the weeks


@dataclass(frozen=True)
class Bar:
    """A rectangle: ``x`` and ``width`` in per cent, ``y`` and ``height`` in pixels; ``tone`` is a severity's class."""

    x: float
    width: float
    y: float
    height: float
    tone: str = ""


@dataclass(frozen=True)
class Label:
    """A word: ``x`` in per cent, ``y`` in pixels. ``spare`` ones are left out where there is little room."""

    x: float
    y: float
    text: str
    spare: bool = False


@dataclass(frozen=True)
class Columns:
    """Columns over the weeks, stacked by severity, with lines at round figures."""

    height: float
    bars: tuple[Bar, ...]
    weeks: tuple[Label, ...]
    lines: tuple[Label, ...]


@dataclass(frozen=True)
class Whisker:
    """A share with its interval, in per cent of the width."""

    low: float
    high: float
    at: float


def stack(weeks: Sequence[datetime], counts: Mapping[str, Sequence[int]]) -> Columns:
    """Columns of the counts of each severity in each week."""
    totals = [sum(values) for values in zip(*counts.values(), strict=True)] if counts else [0] * len(weeks)
    top = round_up(max(totals, default=0))
    step, bars = 100 / len(weeks), []
    for week in range(len(weeks)):
        y = float(TOP + HEIGHT)
        for severity in SEVERITIES:
            height = HEIGHT * (counts[severity][week] if severity in counts else 0) / top
            y -= height
            if height:
                bars.append(
                    Bar(
                        round(step * week + step * 0.2, 3),
                        round(step * 0.6, 3),
                        round(y, 2),
                        round(max(height - 1, 1), 2),
                        severity,
                    )
                )
    labels = tuple(_labels(weeks, step))
    lines = tuple(Label(0, round(TOP + HEIGHT * (1 - share), 2), f"{top * share:g}") for share in (0, 0.5, 1))
    return Columns(TOP + HEIGHT + FOOT, tuple(bars), labels, lines)


def _labels(weeks: Sequence[datetime], step: float) -> Iterator[Label]:
    """The weeks' names, as many as there is room for: about 13, and a third of them on a narrow page."""
    wide = math.ceil(len(weeks) / 13)
    narrow = wide * (3 if len(weeks) > 6 else 1)
    for week, start in enumerate(weeks):
        back = len(weeks) - 1 - week
        if back % wide == 0:
            yield Label(round(step * (week + 0.5), 3), TOP + HEIGHT + FOOT - 6, f"{start:%-d %b}", spare=back % narrow > 0)


def round_up(value: int) -> int:
    """The next even round figure, so that half of it is a whole number too."""
    if value <= 10:
        return max(2, value + value % 2)
    size = 10 ** (len(str(value)) - 1)
    return next(int(size * part) for part in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if size * part >= value)


def spark(values: Sequence[int], height: float = 24) -> tuple[Bar, ...]:
    """A small row of columns, one a week, the highest as high as there is room."""
    top, step = max(values, default=0), 100 / max(len(values), 1)
    return tuple(
        Bar(round(step * n + step * 0.15, 2), round(step * 0.7, 2), round(height - tall, 2), round(tall, 2))
        for n, value in enumerate(values)
        if (tall := max(1.5, height * value / top) if value else 0)
    )


def whisker(precision: Precision) -> Whisker | None:
    """A rule's precision with its interval; None where nothing was judged."""
    if precision.share is None:
        return None
    return Whisker(*(round(100 * share, 2) for share in (precision.low, precision.high, precision.share)))


def share_of(value: int, most: int) -> float:
    """A bar's length in per cent of the longest."""
    return round(100 * value / most, 2) if most else 0.0
