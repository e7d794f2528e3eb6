"""Voices: who is behind a source's words. "He", "the company" and "Keane" are tied to whom they stand for by a few plain rules.

A name is the same voice as an earlier one that ends in the same word ("Maria Keane … Keane"). "He" and "she" are the person named
last, "it" and "the company" the group named last, "they" the last of either, "who" the name right before it. A quotation without
a cue goes on in the voice before it. Where the rules say nothing the source stands for itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rules.core.sourcing.choices import Span
from rules.core.sourcing.lexicon import words
from rules.core.sourcing.tokens import Tokens

_PERSONAL = frozenset(("he", "she", "him", "her", "his", "i"))
_GROUPED = frozenset(("it", "its", "we", "our"))
_PLURAL = frozenset(("they", "their", "them"))
_DEFINITE = frozenset(("the", "this", "that", "these", "those", "his", "her", "its", "their"))
_SOME = frozenset(("some", "many", "most", "several", "few", "one"))
_ONE = frozenset(("a", "an", "one", "two", "three", "another"))
_PEOPLES = (
    "ian", "ean", "ican", "ish", "ese", "rench", "erman", "raqi", "sraeli", "istani", "utch", "elsh", "reek", "wiss", "ern",
)  # fmt: skip
_CROWDED = words("sources", "crowd") | words("sources", "insider") | words("sources", "person") | {"them", "those", "us"}
_KNOWING = frozenset(("knowledge", "familiar", "briefed", "close", "involved"))  # of one whom the reporter knows
_TAKES_OF = words("sources", "group") | words("sources", "title")  # Bank of Millford, Secretary of State
_NAMES = frozenset("CA")
_FACELESS = ("crowd", "insider", "indefinite", "document")


@dataclass(frozen=True, eq=False)
class Voice:
    """Somebody, or something, that statements rest on. ``name``: as the story first gives it.

    ``named``: a reader knows who it is, or to whom they belong ("a White House official"). ``crowd``: people without a face.
    ``anonymous``: one whom the reporter knows and does not name. ``document``: something that can be looked up. ``outlet``:
    another newsroom. ``group``: what "it" may stand for.
    """

    name: str
    named: bool = False
    crowd: bool = False
    anonymous: bool = False
    document: bool = False
    outlet: bool = False
    group: bool = False


def known_names(paragraphs: Iterable[Tokens]) -> frozenset[str]:
    """The words that the story capitalises inside a sentence: names, also where one opens a sentence."""
    found: set[str] = set()
    for t in paragraphs:
        firsts = {first for first, _ in t.sentences}
        for at, kind in enumerate(t.kinds):
            if kind in "CA" and at not in firsts and t.kinds[at - 1] not in "q:-.":
                found.add(t.lower[at])
    return frozenset(found)


@dataclass
class Cast:
    """The story's voices so far."""

    paragraphs: Sequence[Tokens] = ()
    last: Voice | None = None
    person: Voice | None = None
    group: Voice | None = None
    _by_key: dict[str, Voice] = field(default_factory=dict)
    _unnamed: dict[str, Voice] = field(default_factory=dict)  # the last anonymous voice by what it was: "the source"

    @cached_property
    def names(self) -> frozenset[str]:
        """What ``known_names`` says of the story; few sources make anybody ask."""
        return known_names(self.paragraphs)

    def voice_of(self, t: Tokens, source: Span) -> Voice:
        """The voice of a source in this paragraph."""
        start, end = source
        stands_for = self._pronoun(t, start) if end - start == 1 else None
        self.last = stands_for or self._named(t, start, end) or self._definite(t, start, end) or self._described(t, start, end)
        return self.last

    def _pronoun(self, t: Tokens, at: int) -> Voice | None:
        low = t.lower[at]
        if t.kinds[at] == "w":
            name = _name_before(t, at, self)
            return self._named(t, *name) if name else None
        if low in _PERSONAL:
            return self.person
        if low in _GROUPED:
            return self.group
        return self.last if low in _PLURAL else None

    def _named(self, t: Tokens, start: int, end: int) -> Voice | None:
        run = _name_in(t, start, end, self)
        if run is None or _is_one_of_them(t, start, end):
            return None
        if run[0] > 1 and t.lower[run[0] - 1] == "of" and t.lower[run[0] - 2] in _TAKES_OF:
            run = (run[0] - 2, run[1])  # the source was taken from the middle of a title on
        lows = t.lower[run[0] : run[1]]
        said = [low for low in lows if low.strip(".") not in words("sources", "title")] or lows
        key = " ".join(said)
        voice = self._by_key.get(key) or (self._by_key.get(said[-1]) if len(said) > 1 else None)
        if voice is None:
            voice = _new(t, run, said, frozenset(t.lower[start:end]))
        self._by_key[key] = self._by_key[said[-1]] = voice
        self._remember(voice, group=voice.group)
        return voice

    def _definite(self, t: Tokens, start: int, end: int) -> Voice | None:
        low, head = t.lower[start], t.lower[end - 1]
        if low not in _DEFINITE or end - start > 3:
            return None
        if head in words("sources", "group"):
            return self.group
        if head in self._unnamed:
            return self._unnamed[head]
        return self.person if low in ("the", "this", "that") and head in words("sources", "person") else None

    def _described(self, t: Tokens, start: int, end: int) -> Voice:
        first, last = t.span(start, end)
        text = t.text[first:last].strip(" ,")
        voice = self._by_key.get(text.lower())
        if voice is None:
            head = t.lower[_head(t, start, end)]
            crowd = is_crowd(t, start, end)
            definite = t.lower[start] in _DEFINITE and not head.startswith("source")
            insider = not crowd and not definite and head in words("sources", "insider")
            group = head in words("sources", "group") or (t.kinds[start] == "n" and head.endswith("s"))
            document, of_a_name = head in words("sources", "document"), _is_one_of_them(t, start, end)
            voice = Voice(text, of_a_name, crowd=crowd, anonymous=insider, document=document, group=group)
            self._by_key[text.lower()] = voice
            if insider:
                self._unnamed[head] = voice
        if t.kinds[start] not in "PSw":
            self._remember(voice, group=voice.group or voice.crowd)
        return voice

    def _remember(self, voice: Voice, *, group: bool) -> None:
        if group:
            self.group = voice
        else:
            self.person = voice


def _new(t: Tokens, run: Span, said: list[str], lows: frozenset[str]) -> Voice:
    first, last = t.span(*run)
    outlet = " ".join(said) in words("sources", "agency") or (said[-1] in words("sources", "outlet") and len(said) > 1)
    group = outlet or bool(lows & words("sources", "group")) or t.kinds[run[1] - 1] == "A" or _is_group(t, run)
    return Voice(t.text[first:last], named=True, outlet=outlet, group=group, document=bool(lows & words("sources", "document")))


def is_crowd(t: Tokens, start: int, end: int) -> bool:
    """Whether a source without a name is people without a face, as "critics", "some users", "many of his followers"."""
    low = t.lower[start]
    if end - start == 1 and low in words("sources", "indefinite"):
        return True
    if low in _SOME and start + 1 < end and t.lower[start + 1] == "of":
        return not _CROWDED.isdisjoint(t.lower[start + 2 : end])
    if low in ("those", "people", "anyone") and "w" in t.kinds[start:end]:
        return True
    if low in _DEFINITE or t.kinds[start] in "#S" or not _KNOWING.isdisjoint(t.lower[start:end]):
        return False
    head = _head(t, start, end)
    noun = t.lower[head]
    if noun in words("sources", "crowd"):
        return not any(kind in t.kinds[start:head] for kind in "Sk")
    return noun in words("sources", "singular") and low in ("one", "another", "some", "a", "an") and head - start < 3


def _head(t: Tokens, start: int, end: int) -> int:
    """The token of a phrase that says what it is: the last one before a preposition, a comma or a clause."""
    for at in range(start + 1, end):
        if t.kinds[at] in "p,wt(-EGbhm" or t.lower[at] in _KNOWING or (t.kinds[at] == "v" and at + 1 < end):
            return at - 1
    return end - 1


def _name_in(t: Tokens, start: int, end: int, cast: Cast) -> Span | None:
    """The longest run of capitalised words of a source up to its first comma; a people's name before a noun is none."""
    best: Span | None = None
    at = start
    while at < end and not (t.kinds[at] in ",w(" and best):
        if t.kinds[at] in "CA" and _is_name(t, at, end, cast):
            stop = _run_end(t, at, end)
            if best is None or stop - at > best[1] - best[0]:
                best = (at, stop)
            at = stop
        else:
            at += 1
    return best


def _is_one_of_them(t: Tokens, start: int, end: int) -> bool:
    """Whether a name only says where somebody without one belongs: "a White House official"."""
    head = _head(t, start, end)
    is_insider = t.kinds[head] == "n" and t.lower[head] in words("sources", "insider")
    return is_insider and t.lower[start] in _ONE and not _NAMES.isdisjoint(t.kinds[start:head])


def _run_end(t: Tokens, at: int, end: int) -> int:
    stop = at + 1
    while stop < end:
        joins = t.lower[stop] == "&" or (t.lower[stop] == "of" and t.lower[stop - 1] in _TAKES_OF)
        if t.kinds[stop] not in "CA" and not (joins and stop + 1 < end and t.kinds[stop + 1] in "CA"):
            break
        stop += 1
    return stop


def _is_name(t: Tokens, at: int, end: int, cast: Cast) -> bool:
    low = t.lower[at]
    following = t.kinds[at + 1] if at + 1 < end else "!"
    if following in "CA":
        return True
    if following in "nv" and low.endswith(_PEOPLES):
        return False
    opens = at == t.sentences[t.sentence[at]][0] or t.kinds[at - 1] in "q:-"
    if not opens:
        return True
    if any(low in words("sources", name) for name in _FACELESS):
        return False
    return following != "n" or low in cast.names


def _name_before(t: Tokens, at: int, cast: Cast) -> Span | None:
    """The name that a "who" at ``at`` goes back to."""
    stop = at - 1 if at and t.kinds[at - 1] == "," else at
    first = t.sentences[t.sentence[at]][0]
    start = stop
    while start > first and t.kinds[start - 1] in "CA":
        start -= 1
    return (start, stop) if start < stop and (start > first or stop - start > 1 or t.lower[start] in cast.names) else None


def _is_group(t: Tokens, run: Span) -> bool:
    """Whether a name is that of many: it holds a common noun of groups, or stands with an article."""
    return bool(frozenset(t.lower[run[0] : run[1]]) & words("sources", "group")) or (run[0] > 0 and t.lower[run[0] - 1] == "the")
