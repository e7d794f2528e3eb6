"""What is wrong with a call, in words: the secret, the bytes, or a clock. For a test, at the desk or the command line."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from service.refusal import Refused
from service.strict_json import BadJsonError, read_json
from service.webhooks.kind import Call, Door, Ignored, Kind, Told

MAX_BODY = 1_000_000  # bytes of a body that is written anew in every way; a test is smaller
_TIME = re.compile(r"(?<!\d)(\d{13}|\d{10})(?!\d)")


@dataclass(frozen=True)
class Diagnosis:
    """Whether the call would be taken in, and why, as sentences for the engineer who set the hook up."""

    fits: bool
    words: tuple[str, ...]


def diagnose(kind: Kind, call: Call, door: Door, others: Mapping[str, Door] | None = None) -> Diagnosis:
    """What this call comes to. ``others``: the doors of other sources of the kind, to find a secret that was mixed up."""
    try:
        kind.verify(call, door)
    except Refused as refused:
        return Diagnosis(fits=False, words=(refused.reason, *_explain(kind, call, door, others or {})))
    try:
        told = kind.read(call, kind.parse(call), door)
    except Ignored as ignored:
        return Diagnosis(fits=True, words=("The call is genuine.", f"It would be answered 200 and left alone: {ignored.reason}."))
    except Refused as refused:
        return Diagnosis(fits=False, words=("The call is genuine, but it cannot be read.", refused.reason))
    return Diagnosis(fits=True, words=("The call is genuine.", *map(_describe, told)))


def _explain(kind: Kind, call: Call, door: Door, others: Mapping[str, Door]) -> Iterator[str]:
    """The first cause that is found; each is found by trying it."""

    def passes(changed: Call, through: Door = door) -> bool:
        try:
            kind.verify(changed, through)
        except (Refused, ValueError):  # a secret that was guessed may be no secret at all
            return False
        return True

    signed_at = _clock_of(call, passes)
    if signed_at is not None:
        late = round((call.now - signed_at).total_seconds())
        yield (
            f"Secret and bytes are right; only the time is off: it was signed {abs(late)} s {'before' if late > 0 else 'after'} "
            "this machine's now. Either a clock is wrong, or the call is an old one that was sent again."
        )
        return
    if name := next((name for name, other in others.items() if passes(call, other)), None):
        yield f"It is signed with the secret of the source {name!r}, not with this one's."
        return
    if name := _bytes_of(call, passes):
        yield f"The secret is right, but these are not the bytes that were signed: those were {name}. {REWRITTEN}"
        return
    if name := next((name for name, secret in _secrets_like(door) if passes(call, replace(door, secrets=(secret,)))), None):
        yield f"The secret was nearly right: the sender used it {name}."
        return
    if kind.proof != "token" and _has_signature(call):
        yield (
            "Neither another time, nor the body written in other ways, makes it fit: the sender signs with another secret. "
            "Begin a rotation and copy the new secret: old and new are both good until it is finished."
        )


REWRITTEN = (
    "Something on the way, or the code that made this file, parsed the JSON and wrote it anew; sign and send the same bytes."
)


def _clock_of(call: Call, passes: Callable[[Call], bool]) -> datetime | None:
    for name, value in call.headers.items():
        if "signature" not in name and "timestamp" not in name:
            continue
        for digits in _TIME.findall(value):
            try:
                then = datetime.fromtimestamp(int(digits) / (1_000 if len(digits) == 13 else 1), UTC)
            except (ValueError, OverflowError, OSError):
                continue
            if then != call.now and passes(replace(call, now=then)):
                return then
    return None


def _bytes_of(call: Call, passes: Callable[[Call], bool]) -> str | None:
    return next((name for name, body in _bodies_like(call.body) if passes(replace(call, body=body))), None)


def _bodies_like(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The same content in the ways in which programs write it."""
    if len(body) > MAX_BODY:
        return
    yield "the body without the line feed at its end", body.rstrip(b"\r\n")
    yield "the body with a line feed at its end", body + b"\n"
    yield "the body without its byte order mark", body.removeprefix(b"\xef\xbb\xbf")
    yield "the body with other line ends", body.replace(b"\r\n", b"\n")
    yield "an empty body", b""
    try:
        value: Any = read_json(body)
    except BadJsonError:
        return
    for name, form in (
        ("the JSON without spaces, as JavaScript writes it", {"separators": (",", ":"), "ensure_ascii": False}),
        ("the JSON without spaces and with \\u escapes", {"separators": (",", ":")}),
        ("the JSON with spaces after commas, as Python writes it", {}),
        ("the JSON with spaces after commas, in UTF-8", {"ensure_ascii": False}),
        ("the JSON indented by 2", {"indent": 2, "ensure_ascii": False}),
        ("the JSON indented by 4", {"indent": 4, "ensure_ascii": False}),
        ("the JSON with its keys sorted", {"separators": (",", ":"), "ensure_ascii": False, "sort_keys": True}),
    ):
        written = json.dumps(value, **form)
        yield name, written.encode("utf-8", "replace")
        yield f"{name}, with slashes escaped as PHP does", written.replace("/", "\\/").encode("utf-8", "replace")


def _secrets_like(door: Door) -> Iterator[tuple[str, str]]:
    for secret in door.secrets:
        yield "with a line feed behind it", secret + "\n"
        yield "with a space behind it", secret + " "
        yield "without whsec_ before it", secret.removeprefix("whsec_")
        yield "as text, where what follows whsec_ is base64 to be decoded", "whsec_" + base64.b64encode(secret.encode()).decode()


def _has_signature(call: Call) -> bool:
    return any("signature" in name for name in call.headers)


def _describe(told: Told) -> str:
    article = told.article
    named = f"article {article.metadata.external_id or article.url or 'without an id'}"
    if told.event == "withdraw":
        return f"It would take {named} away: its findings are closed until it is published again."
    title = f" “{article.metadata.headline}”" if article.metadata.headline else ""
    if article.fetch:
        return f"It would take in {named}{title} and fetch {article.url or 'nothing: it says no address'}."
    if article.submission is None:
        return f"It would take in {named}{title}, but it has no body: say where it stands, by the option body."
    size = len(article.submission.content)
    return f"It would take in {named}{title}: {size:,} characters, at {article.url or 'no address'}."
