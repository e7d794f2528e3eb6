"""Sends what the CMSs are to be told: signed, to no inside address, again and again until it is taken."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import httpcore2
import structlog
from standardwebhooks.webhooks import Webhook

from reports import outbox
from reports.database import Database
from reports.outbox import Due, Tried
from rules.core.report import ENGINE
from workers.errors import FetchFailedError, WorkersError
from workers.loop import keep_on
from workers.network import PASSING, CheckedNetwork, Deadline, Network, networks

AT_ONCE = 8  # receivers that are waited for at the same time; threads that wait cost little
ROUND = 24  # messages taken at a time: each round ends within the time that they are held, for no try takes over ANSWER_S
CONNECT_S = 5
ANSWER_S = 15  # Standard Webhooks recommends 15 to 30 s; for the whole try, however slowly its bytes come
ANSWER_MAX = 4_096  # bytes of an answer that are read
IDLE_S = 1.0

log = structlog.get_logger("copydesk.outgoing")


@dataclass
class Outgoing:
    """The loop that empties the outbox. Several may run at once: the store gives each message to one of them."""

    database: Database
    clock: Callable[[], datetime]
    inside_allowed: Sequence[str] = ()
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until ``stop``."""
        keep_on(self.step, self._stopped, IDLE_S)

    def step(self) -> int:
        """One round; gives how many messages were tried."""
        with self.database.begin() as session:
            due = outbox.take_due(session, self.clock(), ROUND)
        if due:
            with ThreadPoolExecutor(min(AT_ONCE, len(due))) as pool:
                list(pool.map(self._send, due))
        return len(due)

    def stop(self) -> None:
        """Ends the loop after the current round."""
        self._stopped.set()

    def _send(self, due: Due) -> None:
        try:
            tried = post(due, self.clock(), networks(self.inside_allowed))
        except Exception as error:  # noqa: BLE001 - a message that breaks its sending must not stop the others
            log.warning("fault", message=due.message_id, error=repr(error))
            tried = Tried(None, f"This message could not be sent: {error!r}", 0)
        with self.database.begin() as session:
            outbox.keep_attempt(session, due.message_id, tried, self.clock())
        log.info("told" if tried.taken else "not-told", message=due.message_id, status=tried.status, detail=tried.detail[:200])


def post(due: Due, now: datetime, allowed: Sequence[Network] = ()) -> Tried:
    """One try. Redirects are not followed: an address that moved is for a person to change."""
    body = json.dumps(due.body, ensure_ascii=False).encode("utf-8", "replace")
    name = f"msg_{due.message_id}"
    headers: dict[bytes | str, bytes | str] = {
        "content-type": "application/json",
        "user-agent": f"copydesk/{ENGINE}",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(due.secret).sign(name, now, body.decode()),
    }
    begun = time.monotonic()
    try:
        status, said = _exchange(due.url, headers, body, allowed)
    except WorkersError as error:
        return Tried(None, error.reason, _since(begun))
    except (*PASSING, httpcore2.UnsupportedProtocol) as error:
        return Tried(None, f"{type(error).__name__}: {error}".rstrip(": "), _since(begun))
    return Tried(status, said.decode("utf-8", "replace"), _since(begun))


def _exchange(url: str, headers: Mapping[bytes | str, bytes | str], body: bytes, allowed: Sequence[Network]) -> tuple[int, bytes]:
    timeout = {"connect": CONNECT_S, "read": ANSWER_S, "write": ANSWER_S, "pool": CONNECT_S}
    network = CheckedNetwork(Deadline(time.monotonic() + ANSWER_S), allowed)
    with (
        httpcore2.ConnectionPool(network_backend=network) as pool,
        pool.stream("POST", url, headers=headers, content=body, extensions={"timeout": timeout}) as response,
    ):
        return response.status, _beginning(response)


def _beginning(response: httpcore2.Response) -> bytes:
    """The first bytes of an answer; its status counts, also where the rest does not come in time."""
    read = b""
    try:
        for part in response.iter_stream():
            read += part
            if len(read) >= ANSWER_MAX:
                break
    except (*PASSING, FetchFailedError):
        pass
    return read[:ANSWER_MAX]


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
