"""What was sent, and what became of it."""

from reports import deliveries
from rules.core.submission import time_text
from service.api import shapes
from service.api.blueprint import operations
from service.api.cursors import next_cursor, read_cursor
from service.api.operation import Call
from service.parts import parts

SUMMARY = "What was sent, and how it ended"


@operations.add("GET", "/deliveries", summary=SUMMARY, scope="read", query=shapes.DeliveriesAsked, answer=shapes.DeliveryPage)
def list_deliveries(call: Call) -> shapes.DeliveryPage:
    """The deliveries of all sources or one, the newest first. Each ends in exactly one outcome."""
    asked = call.query
    wanted = deliveries.DeliveryFilter(asked.source, asked.delivery, asked.article, asked.outcome)
    with parts().database.read() as session:
        rows = deliveries.deliveries(session, wanted, limit=asked.limit + 1, before=read_cursor(asked.cursor))
    cursor = next_cursor([row.number or 0 for row in rows], asked.limit)
    return shapes.DeliveryPage(deliveries=[_told(row) for row in rows[: asked.limit]], next_cursor=cursor)


def _told(row: deliveries.LogRow) -> shapes.DeliveryOut:
    return shapes.DeliveryOut(
        id=row.number or 0,
        delivery=row.delivery_id or "",
        received_at=time_text(row.at) or "",
        article=row.article_id,
        outcome=None if row.outcome == deliveries.ON_ITS_WAY else row.outcome,  # type: ignore[arg-type]
        superseded_by=row.superseded_with,
        superseded_by_revision=row.superseded_by,
        reason=row.reason,
        duplicates=row.duplicates,
        conflicts=row.conflicts,
    )
