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


class FetchError(WorkersError):
    """A page did not come."""


class FetchRefusedError(FetchError):
    """It is not to be fetched, or is no page: trying again changes nothing."""


class BlockedAddressError(FetchRefusedError):
    """Its host is at an address that is not on the public internet."""


class FetchFailedError(FetchError):
    """It could not be had now."""

    permanent = False


class StatusError(FetchFailedError):
    """The answer was no 200. 404 may pass: a page is announced before the last cache has it."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status
        self.permanent = status not in (404, 408, 425, 429) and status < 500


class OutOfMemoryError(WorkersError):
    """An article needed more memory than a worker may have."""
