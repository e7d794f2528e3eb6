"""What stands to choose: spans of tokens by their start and their end, each with features, and the choice of none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.core.sourcing.cues import Cue
from rules.core.sourcing.lexicon import NO_FORM, class_of, verb_forms
from rules.core.sourcing.tokens import Tokens

Span = tuple[int, int]


@dataclass
class Choice:
    """The spans to choose from. The features of a span are those of its start, its end and the two together (``pair``)."""

    none: list[str]
    pair: Callable[[int, int], list[str]]
    starts: dict[int, list[str]] = field(default_factory=dict)
    ends: dict[int, list[str]] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)

    def features(self, span: Span) -> list[str]:
        """All features of one span."""
        return [*self.starts[span[0]], *self.ends[span[1]], *self.pair(*span)]


class Frame(NamedTuple):
    """What a cue is, for the features of its spans."""

    base: str
    group: str
    shape: str  # the form, or ``passive``
    first: int  # the sentence's first token
    end: int  # and its end


def frame_of(t: Tokens, cue: Cue) -> Frame:
    """The frame of a cue."""
    low = t.lower[cue.head]
    form = verb_forms().get(low, NO_FORM)
    passive = form.shape == "ed" and "b" in t.kinds[cue.start : cue.head]
    return Frame(form.base or low, class_of(low), "passive" if passive else form.shape, *t.sentences[t.sentence[cue.head]])
