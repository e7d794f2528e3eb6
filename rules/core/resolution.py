"""One fault, one finding: overlaps, repeats and boxes are resolved here, in this order.

1. A block that several rules flag as a whole is reported by the most specific one (``Rule.specificity``, then name).
2. What other rules found inside such a block is dropped when the block is no part of the story (junk, template).
3. Neighbouring blocks that one rule flags, with different texts, are one box: one finding, its texts joined.
4. The same text flagged again by the same rule is a repeat of the first.
"""

from collections.abc import Iterable
from dataclasses import replace

from rules.core.findings import REMOVES, Finding
from rules.core.rule import Rule

Found = tuple[Rule, Finding]


def resolve(found: Iterable[Found]) -> list[Found]:
    """The findings to report, in reading order."""
    kept = _most_specific(list(found))
    joined = _repeats(_boxes(sorted(kept, key=_reading_order)))
    return sorted(joined, key=_reading_order)


def _reading_order(item: Found) -> tuple[int, int, int, str]:
    rule, finding = item
    if not finding.places:
        return (-2, 0, 0, rule.name)
    first = finding.places[0]
    return (first.block.index, first.start, -first.end, rule.name)


def _most_specific(found: list[Found]) -> list[Found]:
    owner: dict[int, Rule] = {}
    for rule, finding in found:
        for index in finding.blocks if finding.whole else ():
            if index not in owner or _rank(rule) > _rank(owner[index]):
                owner[index] = rule
    return [item for item in found if _survives(*item, owner)]


def _rank(rule: Rule) -> tuple[int, str]:
    return (rule.specificity, rule.name)


def _survives(rule: Rule, finding: Finding, owner: dict[int, Rule]) -> bool:
    owners = {owner[index].name: owner[index] for index in finding.blocks if index in owner and index >= 0}
    if not owners or rule.name in owners:
        return True
    if finding.whole:
        return False
    return not any(other.category in REMOVES for other in owners.values())


def _boxes(found: list[Found]) -> list[Found]:
    joined: list[Found] = []
    for rule, finding in found:
        if joined and joined[-1][0] is rule and _adjoins(joined[-1][1], finding):
            joined[-1] = (rule, _join(joined[-1][1], finding))
        else:
            joined.append((rule, finding))
    return [(rule, _unroll(finding)) for rule, finding in joined]


def _adjoins(box: Finding, finding: Finding) -> bool:
    near = box.whole and finding.whole and finding.places[0].block.index == box.places[-1].block.index + 1
    return near and finding.kind == box.kind


def _join(box: Finding, finding: Finding) -> Finding:
    stronger = max(box, finding, key=lambda item: (item.severity or 0, item.confidence))
    evidence = tuple(dict.fromkeys(box.evidence + finding.evidence))
    return replace(stronger, places=box.places + finding.places, evidence=evidence)


def _unroll(box: Finding) -> Finding:
    """A box whose blocks all say the same is no box but one text with repeats."""
    if len(box.places) < 2 or len({place.block.key for place in box.places}) > 1:
        return box
    return replace(box, places=box.places[:1], repeats=tuple((place,) for place in box.places[1:]))


def _repeats(found: list[Found]) -> list[Found]:
    first: dict[tuple[str, str, str | None], int] = {}
    kept: list[Found] = []
    for rule, finding in found:
        key = (rule.name, " ".join(finding.shown.lower().split()), finding.kind)
        if key in first and finding.places:
            rule, known = kept[first[key]]  # noqa: PLW2901
            again = (*known.repeats, finding.places, *finding.repeats)
            severity = max(filter(None, (known.severity, finding.severity)), default=None)
            evidence = tuple(dict.fromkeys(known.evidence + finding.evidence))
            kept[first[key]] = (rule, replace(known, repeats=again, severity=severity, evidence=evidence))
            continue
        first[key] = len(kept)
        kept.append((rule, finding))
    return kept
