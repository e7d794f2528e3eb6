"""A linear model over named features: weights as data, a sum as its score."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from rules.core.phrases import DATA


@dataclass(frozen=True)
class Linear:
    """``bias`` and a weight for each known feature; unknown features weigh nothing. ``digest`` names the weights."""

    digest: str
    bias: float = field(repr=False)
    weights: dict[str, float] = field(repr=False, hash=False)

    def score(self, features: Iterable[str]) -> float:
        """The log odds; summed in a fixed order, so that the last bit is the same everywhere."""
        return self.bias + math.fsum(filter(None, map(self.weights.get, features)))

    def total(self, features: Sequence[str]) -> float:
        """The same where thousands are asked for: a plain sum, in the order of ``features``."""
        known = self.weights
        score = self.bias
        for feature in features:
            if feature in known:
                score += known[feature]
        return score

    @staticmethod
    def probability(score: float) -> float:
        """The logistic function of a score."""
        return 1 / (1 + math.exp(-score))

    def strongest(self, features: Iterable[str]) -> list[str]:
        """The features that speak for it, the heaviest first."""
        known = [(self.weights.get(feature, 0.0), feature) for feature in features]
        return [feature for weight, feature in sorted(known, key=lambda item: (-item[0], item[1])) if weight > 0]


@cache
def read_linear(slug: str) -> Linear:
    """The model of ``rules/data/<slug>.json``."""
    data = json.loads((DATA / f"{slug}.json").read_text(encoding="utf-8"))
    return Linear(data["digest"], data["bias"], data["weights"])
