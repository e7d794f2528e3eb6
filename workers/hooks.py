"""Telling a webhook, Slack-style: ``{"text": …}`` to an address that a person gave, and never to an inside one."""

import json
import time
from collections.abc import Iterable, Sequence

import httpcore2

from reports.subscriptions import Item, Parcel
from workers.errors import WorkersError
from workers.network import PASSING, CheckedNetwork, Deadline, networks

TIMEOUT_S = 10
LINES = 20  # findings in one message; chat programs cut longer ones
_AGAIN = (408, 425, 429)  # statuses below 500 that may be another one in a minute


class NotTakenError(WorkersError):
    """The other side did not take a message; ``permanent`` where it never will."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


def post(parcel: Parcel, desk: str | None, inside: Iterable[str] = ()) -> None:
    """Sends one message. Raises NotTakenError, or what the way there raises; ``inside`` are networks opened on purpose."""
    body = json.dumps({"text": text_of(parcel.items, desk)}).encode()
    network = CheckedNetwork(Deadline(time.monotonic() + TIMEOUT_S), networks(inside))
    headers: dict[bytes | str, bytes | str] = {"Content-Type": "application/json", "User-Agent": "Copydesk"}
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
    try:
        with (
            httpcore2.ConnectionPool(network_backend=network) as pool,  # it follows no redirects
            pool.stream("POST", parcel.address, headers=headers, content=body, extensions={"timeout": timeouts}) as answer,
        ):
            status = answer.status
    except (*PASSING, OSError) as error:
        raise NotTakenError(f"The webhook could not be reached: {type(error).__name__}.", permanent=False) from error
    if not 200 <= status < 300:
        raise NotTakenError(f"The webhook answered {status}.", permanent=status < 500 and status not in _AGAIN)


def text_of(items: Sequence[Item], desk: str | None) -> str:
    """The message in Slack's markup; what strangers wrote is escaped, so that it links nowhere and calls nobody."""
    lines, last = [], None
    for item in items[:LINES]:
        if item.article_id != last:
            head = _plain(item.headline)
            lines.append(f"*<{desk}/articles/{item.article_id}|{head}>*" if desk else f"*{head}*")
            last = item.article_id
        lines.append(f"• {item.severity}: {_plain(item.message)} ({item.rule})")
    if len(items) > LINES:
        lines.append(f"… and {len(items) - LINES} more on the desk.")
    return "\n".join(lines)


def _plain(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")[:300]
