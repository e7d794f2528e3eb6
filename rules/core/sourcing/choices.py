"""What stands to choose: spans of tokens by their start and their end, each with what it weighs, and the choice of none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple

from rules.core.sourcing.cues import Cue
from rules.core.sourcing.lexicon import NO_FORM, sort_of, verb_forms
from rules.core.sourcing.tables import T
from rules.core.sourcing.tokens import Tokens

Span = tuple[int, int]


@dataclass(slots=True)
class Choice(Generic[T]):
    """The spans to choose from: each start with the ends that go with it, those that lie behind it.

    What a span weighs is what its start, its end and the two together (``pair``) weigh.
    """

    none: T
    pair: Callable[[int, int], T]
    starts: list[tuple[T, int, Sequence[tuple[T, int]]]] = field(default_factory=list)

    def spans(self) -> dict[Span, T]:
        """Every span with what it weighs."""
        return {
            (start, end): at_start + at_end + self.pair(start, end)
            for at_start, start, ends in self.starts
            for at_end, end in ends
            if end > start
        }


class Frame(NamedTuple):
    """What a cue is, for the features of its spans."""

    name: str  # see ``lexicon.traits``
    sort: tuple[str, str]  # see ``lexicon.sort_of``
    first: int  # the sentence's first token
    end: int  # and its end


def frame_of(t: Tokens, cue: Cue) -> Frame:
    """The frame of a cue."""
    low = t.lower[cue.head]
    passive = verb_forms().get(low, NO_FORM).shape == "ed" and "b" in t.kinds[cue.start : cue.head]
    name = low + "!" if passive else low
    return Frame(name, sort_of(name), *t.sentences[t.sentence[cue.head]])
