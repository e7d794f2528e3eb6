"""A call that is turned away, before anything of it is kept."""

from service.errors import ServiceError


class Refused(ServiceError):  # noqa: N818 - it reads as what happened to the call
    """``status`` is the HTTP answer, ``reason`` a sentence that tells the sender what to change."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
