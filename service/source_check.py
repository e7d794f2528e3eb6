"""A test of a source's hook: what became of its last call, or what a call that somebody has before them would come to."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from reports.deliveries import LogRow, delivery_log
from reports.models import Source
from reports.sources import list_sources
from service.sources import hook_path
from service.webhooks.diagnosis import Diagnosis, diagnose
from service.webhooks.kind import Call
from service.webhooks.kinds import find_kind
from service.webhooks.receiver import door_of

NOTHING = "Nothing has called yet. Send a test from the CMS, then ask again."


def check_call(
    session: Session, source: Source, headers: Iterable[str], body: bytes, at: datetime, address: str = ""
) -> Diagnosis:
    """What a call would come to. ``headers``: each as ``Name: value``. ``address``: the one that was called, with its token.

    Raises Refused for a source that has no webhook.
    """
    kind, path = find_kind(source.kind), hook_path(source)
    others = {
        other.name: door_of(other) for other in list_sources(session) if other.kind == source.kind and other.id != source.id
    }
    _, _, token = address.partition(path)
    pairs = (header.partition(":") for header in headers)
    read = {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}
    content_type = read.get("content-type", "application/x-www-form-urlencoded" if kind.form_encoded else "application/json")
    target = address[address.find(path) :] if path in address else path
    call = Call(body, read, at, target=target, content_type=content_type, token=token.strip("/") or None)
    return diagnose(kind, call, door_of(source), others)


def last_call(session: Session, source: Source) -> Diagnosis:
    """What became of the last call, in a sentence."""
    last = next(iter(delivery_log(session, source, limit=1)), None)
    if last is None:
        return Diagnosis(fits=False, words=(NOTHING,))
    said = f": {last.reason}" if last.reason else "."
    words = f"The last call came {last.at:%Y-%m-%d %H:%M:%S}Z and was {became(last)}{said}"
    return Diagnosis(fits=last.kind != "refused", words=(words,))


def became(row: LogRow) -> str:
    """What a call was answered, in words."""
    return {"delivery": "taken in", "ignored": "answered 200 and left alone", "refused": f"refused ({row.outcome})"}[row.kind]
