"""What can go wrong around the queue."""


class WorkersError(Exception):
    """The root; ``reason`` is a sentence for people, ``permanent`` tells whether trying again is useless."""

    permanent = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoRedisError(WorkersError):
    """There is no Redis to use, and none to start."""


class RedisStartError(WorkersError):
    """A Redis of our own did not come up."""

    permanent = False


class OutOfMemoryError(WorkersError):
    """An article needed more memory than a worker may have."""
