"""What each sender has to say of itself: how a call is verified, what it is known by, and what it tells.

A kind is one file with one class. The receiver asks it three things, in this order, and nothing else:
``verify`` over the raw bytes, ``identify``, ``read``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from reports.intake import Event
from service.article_json import Article
from service.refusal import Refused
from service.strict_json import BadJsonError, read_json

Proof = Literal["whsec", "text", "64 characters", "token"]
MAX_OPTION = 2_000  # characters of one option


@dataclass(frozen=True)
class Call:
    """One call as it came. ``headers`` by their names in lower case; ``token`` is what stood after the source's name."""

    body: bytes
    headers: Mapping[str, str]
    now: datetime
    method: str = "POST"
    target: str = ""  # the path as it was sent, with its query
    content_type: str = "application/json"
    token: str | None = None


@dataclass(frozen=True)
class Door:
    """What a kind may know of the source that is called."""

    secrets: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a call says of one article."""

    event: Event
    article: Article
    dated: bool | None = None  # None: as the article's metadata say

    @property
    def is_dated(self) -> bool:
        """Whether the sender says which revision this is; without, two edits may look the same."""
        said = bool(self.article.metadata.revision or self.article.metadata.modified_at)
        return said if self.dated is None else self.dated


class Ignored(Exception):  # noqa: N818 - it reads as what happened to the event
    """An event that is of no concern here: a picture, a draft, a test. It is answered 200."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Kind(ABC):
    """One sender. ``guide`` says in two sentences what to do in the CMS (docs/webhooks.md says it at length).

    ``proof`` is the form of its secret, ``options`` what may be set for it, with a line of help each.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    guide: ClassVar[str]
    proof: ClassVar[Proof] = "text"
    form_encoded: ClassVar[bool] = False
    needs_origin: ClassVar[bool] = False
    options: ClassVar[Mapping[str, str]] = {}
    kept_headers: ClassVar[tuple[str, ...]] = ()  # what ``read`` looks at; kept for delivering again

    @abstractmethod
    def verify(self, call: Call, door: Door) -> None:
        """Raises Refused unless one of the door's secrets vouches for exactly this call."""

    def parse(self, call: Call) -> dict[str, Any]:
        """The payload. Raises Refused (400) for anything but a JSON object with one meaning."""
        return read_object(call.body)

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002 - most say nothing
        """The id that the sender gave the delivery; None when it gives none."""
        return None

    @abstractmethod
    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:
        """What it tells. Raises Ignored for an event of no concern, Refused (400) for what cannot be read."""

    def kept(self, call: Call) -> bytes:
        """The body as the delivery log may keep it."""
        return call.body

    def check(self, options: Mapping[str, Any]) -> None:
        """Raises Refused for options that this kind cannot work with."""
        for name, value in options.items():
            if name not in self.options:
                known = ", ".join(sorted(self.options)) or "none"
                raise Refused(400, f"{self.label} has no option {name!r}; it has: {known}.")
            if not isinstance(value, str) or not 0 < len(value) <= MAX_OPTION:
                raise Refused(400, f"The option {name} must be a text of 1 to {MAX_OPTION} characters.")


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Raises Refused (400) for anything else."""
    try:
        payload = read_json(body)
    except BadJsonError as error:
        raise Refused(400, error.reason) from error
    if not isinstance(payload, dict):
        raise Refused(400, "The body must be a JSON object.")
    return payload
