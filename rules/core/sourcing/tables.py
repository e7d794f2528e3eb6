"""What a decision sees, as keys, and what each key weighs.

A decision is described by a few keys, each standing for all the features that depend on it alone. For the tagger a table gives a
key's weight, summed over its features once and then remembered; for the training it gives the features themselves. Either kind
adds up with ``+``, so that what is trained is what is used.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from rules.core.linear import Linear
from rules.core.sourcing.memory import Memory

Reading = Callable[[Any], list[str]]
T = TypeVar("T", float, list[str])
T_co = TypeVar("T_co", covariant=True)
REMEMBERED = 1 << 15  # keys of a table; sixty stories have up to 6,000


class Table(Protocol[T_co]):
    """What a key stands for."""

    def __getitem__(self, key: Any, /) -> T_co:
        """Its weight, or its features."""


class Features:
    """The features of each key."""

    def __init__(self, reading: Reading) -> None:
        """``reading``: a key's features."""
        self._reading = reading

    def __getitem__(self, key: Any) -> list[str]:
        return self._reading(key)


def weigh(readings: Sequence[Reading], model: Linear) -> tuple[Table[float], ...]:
    """Tables of weights by a linear model, one for each reading."""
    known = model.weights

    def table(reading: Reading) -> Table[float]:
        return Memory(lambda key: sum([known[feature] for feature in reading(key) if feature in known], 0.0), REMEMBERED)

    return tuple(map(table, readings))


def spell_out(readings: Sequence[Reading]) -> tuple[Features, ...]:
    """Tables of features, one for each reading."""
    return tuple(map(Features, readings))
