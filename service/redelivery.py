"""A delivery read again from the body that was kept: after a fault was mended, or to see what a changed source makes of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from reports.database import Database
from reports.deliveries import find_delivery
from reports.errors import UnknownError
from reports.intake import Accepted
from reports.payloads import find_payload
from reports.sources import get_source
from service.deliveries import incoming_of, store
from service.webhooks.identity import number_of
from service.webhooks.kind import Call
from service.webhooks.kinds import find_kind
from service.webhooks.receiver import door_of


def redeliver(
    database: Database, ring: Callable[[int], object], name: str, delivery: str, now: datetime, mark: str
) -> list[Accepted]:
    """Takes a kept delivery in once more, as a delivery of its own; it keeps the place in order that it had.

    ``delivery`` is its number or id in the log, ``mark`` what tells this time from others. Raises UnknownError when there is
    none or its body was forgotten, Refused or Ignored when it cannot be read now either.
    """
    with database.read() as session:
        source = get_source(session, name)
        known = find_delivery(session, source, delivery)
        kept = find_payload(session, known.id) if known else None
    if known is None:
        raise UnknownError(f"{name} has no delivery {delivery!r}; `copydesk source log {name}` lists them.")
    if kept is None:
        raise UnknownError(f"The body of delivery {delivery!r} is not kept any more.")
    kind, door = find_kind(source.kind), door_of(source)
    call = Call(kept.body, kept.headers, known.received_at, content_type=kept.content_type)
    told = kind.read(call, kind.parse(call), door)
    taken = []
    for one in told:
        number = f"{number_of(call, one, known.delivery_id[:180], several=len(told) > 1)}~again-{mark}"
        incoming = incoming_of(source, number, kept.body, one.article, one.event)
        taken.append(store(database, source, replace(incoming, payload=kept, ordered_at=known.received_at), now))
    for accepted in taken:
        if accepted.job_id is not None:
            ring(accepted.job_id)
    return taken
