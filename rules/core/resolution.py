"""One fault, one finding: overlaps, repeats and boxes are resolved here, in this order.

1. A block that several rules flag as a whole is reported by the most specific one (``Rule.specificity``, then name).
2. What other rules found inside such a block is dropped when the block is no part of the story (junk, template). A rule that only
   guesses so gives way to a placeholder or a stale note that is known to stand inside.
3. Neighbouring blocks that one rule flags, with different texts, are one box: one finding, its texts joined.
4. The same text flagged again by the same rule is a repeat of the first.
"""

from collections.abc import Iterable
from dataclasses import replace

from rules.core.findings import REMOVES, Finding
from rules.core.rule import Rule

Found = tuple[Rule, Finding]
GUESSES = 10  # the specificity up to which a rule only guesses
TELLING = REMOVES | {"freshness"}  # what is wrong with a block although it is found in a part of it


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
    told = {index for rule, said in found if not said.whole and rule.category in TELLING for index in said.blocks}
    found = [(rule, said) for rule, said in found if rule.specificity > GUESSES or told.isdisjoint(said.blocks)]
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
    boxes: list[tuple[Rule, list[Finding]]] = []
    for rule, finding in found:
        if boxes and boxes[-1][0] is rule and _adjoins(boxes[-1][1][-1], finding):
            boxes[-1][1].append(finding)
        else:
            boxes.append((rule, [finding]))
    return [(rule, _unroll(_join(box))) for rule, box in boxes]


def _adjoins(last: Finding, finding: Finding) -> bool:
    near = last.whole and finding.whole and finding.places[0].block.index == last.places[-1].block.index + 1
    return near and finding.kind == last.kind


def _join(box: list[Finding]) -> Finding:
    if len(box) == 1:
        return box[0]
    strongest = max(box, key=lambda item: (item.severity or 0, item.confidence))
    return replace(strongest, places=tuple(place for item in box for place in item.places), evidence=_evidence(box))


def _evidence(found: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for finding in found for line in finding.evidence))


def _unroll(box: Finding) -> Finding:
    """A box whose blocks all say the same is no box but one text with repeats."""
    if len(box.places) < 2 or len({place.block.key for place in box.places}) > 1:
        return box
    again = tuple((place,) for place in box.places[1:])
    return replace(box, places=box.places[:1], repeats=again, rewritten=(box.replacement,) * len(again))


def _repeats(found: list[Found]) -> list[Found]:
    first: dict[tuple[str, str, str | None], int] = {}
    kept: list[tuple[Rule, list[Finding]]] = []
    for rule, finding in found:
        key = (rule.name, " ".join(finding.shown.lower().split()), finding.kind)
        if key in first and finding.places:
            kept[first[key]][1].append(finding)
            continue
        first[key] = len(kept)
        kept.append((rule, [finding]))
    return [(rule, _repeated(said)) for rule, said in kept]


def _repeated(said: list[Finding]) -> Finding:
    """The first of the findings that say the same, with the places of the others."""
    known, *others = said
    if not others:
        return known
    again = (*known.repeats, *(places for finding in others for places in (finding.places, *finding.repeats)))
    rewritten = (*known.rewritten, *(text for finding in others for text in (finding.replacement, *finding.rewritten)))
    severity = max(filter(None, (finding.severity for finding in said)), default=None)
    return replace(known, repeats=again, rewritten=rewritten, severity=severity, evidence=_evidence(said))
