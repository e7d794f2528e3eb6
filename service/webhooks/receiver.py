"""``POST /webhooks/<source>``: seen to be genuine, stored whole, answered; only then read by anyone."""

from dataclasses import replace

import structlog
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from reports.models import Source
from reports.payloads import Kept
from reports.refusals import IGNORED, keep_refusal
from reports.sources import NAME, find_source, secrets_of
from service.body import read_body
from service.deliveries import answer, incoming_of, take_in
from service.limits import count_refusal
from service.parts import parts
from service.problems import answer_refused
from service.refusal import Refused
from service.webhooks.identity import number_of
from service.webhooks.kind import Call, Door, Ignored, Kind
from service.webhooks.kinds import find_kind

receiver = Blueprint("receiver", __name__)
log = structlog.get_logger("copydesk.webhooks")


@receiver.post("/webhooks/<name>")
@receiver.post("/webhooks/<name>/<token>")
def receive(name: str, token: str | None = None) -> ResponseReturnValue:
    """200 with the delivery's id and whether it is new; a call turned away is kept by its reason and header names."""
    source = _source(name)
    kind = find_kind(source.kind)
    try:
        call, door = _prove(source, kind, token)
    except Refused as refused:
        count_refusal(source)  # past the limit, neither a row nor a line
        _keep(source, refused.status, refused.reason)
        return answer_refused(refused)
    try:
        return _take(source, kind, call, door)
    except Ignored as ignored:
        _keep(source, IGNORED, ignored.reason)
        return {"status": "ignored", "reason": ignored.reason}
    except Refused as refused:
        _keep(source, refused.status, refused.reason)
        return answer_refused(refused)


def door_of(source: Source) -> Door:
    """What a kind may know of a source."""
    return Door(secrets_of(source), source.options, tuple((source.origin or "").split()))


def _source(name: str) -> Source:
    source = None
    if NAME.fullmatch(name):
        with parts().database.read() as session:
            source = find_source(session, name)
    if source is None:
        raise Refused(404, "There is no such source.")
    return source


def _prove(source: Source, kind: Kind, token: str | None) -> tuple[Call, Door]:
    """The call, seen to be genuine. Raises Refused."""
    if token is not None and kind.proof != "token" and source.options.get("scheme") != "token":
        raise Refused(404, "This source's address ends with its name.")
    door, call = door_of(source), _call(kind, token)
    kind.verify(call, door)
    return call, door


def _take(source: Source, kind: Kind, call: Call, door: Door) -> dict[str, object]:
    payload = kind.parse(call)
    given = kind.identify(call, payload, door)
    told = kind.read(call, payload, door)
    kept = Kept(
        kind.kept(call), call.content_type, {name: call.headers[name] for name in kind.kept_headers if name in call.headers}
    )
    taken = []
    for one in told:
        number = number_of(call, one, given, several=len(told) > 1)
        incoming = incoming_of(source, number, call.body, one.article, one.event)
        taken.append(take_in(source, replace(incoming, payload=kept, dated=given is not None or one.is_dated)))
    return answer(taken)


def _call(kind: Kind, token: str | None) -> Call:
    return Call(
        body=read_body(request, parts().settings.max_body, form=kind.form_encoded),
        headers={name.lower(): value for name, value in request.headers},
        now=parts().clock(),
        method=request.method,
        target=request.environ.get("RAW_URI") or request.full_path.removesuffix("?"),
        content_type=request.headers.get("Content-Type", ""),
        token=token,
    )


def _keep(source: Source, status: int, reason: str) -> None:
    """Time, source, reason and the names of the headers; never the body, which anyone may have written."""
    if status == IGNORED:
        log.info("webhook-ignored", source=source.name, reason=reason)
    else:
        log.warning("webhook-refused", source=source.name, status=status, reason=reason)
    with parts().database.begin() as session:
        keep_refusal(session, source.name, reason, list(request.headers.keys()), parts().clock(), status=status)
