"""Any other sender: an HMAC in a header of one's choice, or a secret; and paths into its JSON."""

from collections.abc import Mapping
from typing import Any

from service.refusal import Refused
from service.webhooks.kind import Call, Door, Kind, Told
from service.webhooks.signatures import (
    ALGORITHMS,
    check_hmac,
    check_seconds,
    check_token,
    decode,
    delivery_id,
    header,
    is_signed,
    only,
    parts_of,
)
from service.webhooks.story import STORY_OPTIONS, at, story, words

GITHUB = "X-Hub-Signature-256"
SCHEMES = ("hub", "stamped", "token")
ENCODINGS = ("hex", "base64")
PATHS = {
    "headline": ("headline", "title"), "byline": ("byline", "author"), "body": ("html", "body", "content"), "url": ("url",),
    "external_id": ("id",), "published_at": ("published_at",), "modified_at": ("modified_at", "updated_at"),
    "language": ("language",), "section": ("section",), "revision": ("revision", "version"),
}  # fmt: skip


class Generic(Kind):
    """By ``scheme``: a signature of the body, as GitHub has it; one of time and body, as Stripe has it; or the secret itself."""

    name = "generic"
    label = "Any other sender"
    guide = (
        "POST the story as JSON, signed as GitHub does (sha256= and hex, in X-Hub-Signature-256) unless the "
        "options say otherwise. The options also say where address, headline and body stand in the JSON."
    )
    options = STORY_OPTIONS | {
        "scheme": "how it proves itself: hub (a signature, the default), stamped (t=…,v1=…) or token (the secret itself)",
        "signature_header": f"where the signature stands; {GITHUB} without it",
        "algorithm": f"of the signature: {', '.join(sorted(ALGORITHMS))}; sha256 without it",
        "encoding": f"of the signature: {' or '.join(ENCODINGS)}; hex without it",
        "timestamp_header": "a header with the seconds since 1970; time, a dot and the body are then what is signed",
        "token_header": "with scheme token: a header that carries the secret, if it is not Authorization",
        "id_header": "a header with the delivery's id, such as X-GitHub-Delivery",
        "event": "path to the event's name in the JSON",
        "withdrawn": "the event's names that take a story away, with commas between; deleted,unpublished without it",
    }

    def verify(self, call: Call, door: Door) -> None:
        """By the scheme of the source."""
        scheme = door.options.get("scheme", "hub")
        if scheme == "token":
            check_token(call, door, door.options.get("token_header"))
        elif scheme == "stamped":
            _check_stamped(call, door)
        else:
            _check_hub(call, door)

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002
        """What stands in the source's ``id_header``."""
        name = door.options.get("id_header")
        return delivery_id(call, str(name)) if name else None

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """One story."""
        event = words(at(payload, str(door.options["event"]))) if "event" in door.options else None
        gone = [name.strip() for name in str(door.options.get("withdrawn", "deleted,unpublished")).split(",")]
        return [Told("withdraw" if event in gone else "publish", story(payload, PATHS, door))]

    def check(self, options: Mapping[str, Any]) -> None:
        """Only what can be done."""
        super().check(options)
        for name, known in (("scheme", SCHEMES), ("algorithm", tuple(ALGORITHMS)), ("encoding", ENCODINGS)):
            if options.get(name, known[0]) not in known:
                raise Refused(400, f"The option {name} must be one of {', '.join(known)}.")


def _check_hub(call: Call, door: Door) -> None:
    name = str(door.options.get("signature_header", GITHUB))
    algorithm = str(door.options.get("algorithm", "sha256"))
    given = header(call, name).removeprefix(f"{algorithm}=")
    signed = call.body
    if stamp := door.options.get("timestamp_header"):
        time = header(call, str(stamp))
        check_seconds(time, str(stamp), call.now)
        signed = f"{time}.".encode() + signed
    check_hmac(door, given, signed, name, algorithm=algorithm, encoding=door.options.get("encoding", "hex"))


def _check_stamped(call: Call, door: Door) -> None:
    name = str(door.options.get("signature_header", "X-Signature"))
    parts = parts_of(header(call, name), name)
    time = only(parts, "t", name)
    check_seconds(time, f"t= in {name}", call.now)
    signed = f"{time}.".encode() + call.body
    given = [decode(one, name, "hex") for one in parts.get("v1", [])[:16]]
    if not any([is_signed(door.secrets, one, signed) for one in given]):  # noqa: C419 - all are compared, always
        raise Refused(401, f"No v1= in {name} fits this body and the source's secret.")
