"""A dictionary that makes what it does not hold, and holds on to what was asked for of late."""

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(dict[K, V], Generic[K, V]):
    """What ``make`` gives for each key. It holds the last ``limit`` keys at least and twice as many at most."""

    def __init__(self, make: Callable[[K], V], limit: int) -> None:
        """``make`` must give the same for the same key."""
        super().__init__()
        self._make, self._limit = make, limit
        self._older: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        value = self._older[key] if key in self._older else self._make(key)
        if len(self) >= self._limit:
            self._older = dict(self)
            self.clear()
        self[key] = value
        return value
