"""What a CMS sent on an evening, made up: stories, a picture, calls that were refused, callbacks; for the pages of sources.

Everything comes in by the webhook, signed as Ghost signs.
"""

import hashlib
import hmac
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from reports import callbacks, outbox
from reports.database import Database
from reports.models import Delivery, Message
from reports.outbox import Tried
from reports.settings import Settings
from service.app import create_app
from service.sources import Wanted, add_source
from workers.linting import Linting

NAME = "evening-post"
SECRET = "made up for the pictures, and for nothing else"
CALLBACK = "https://cms.evening-post.example/hooks/copydesk"
BODY = "<p>The {0} will be closed until Friday, the county said.</p><p>A crew from Kells is on its way, a foreman said.</p>"
TAKEN = Tried(204, "", 58)
STORIES = (
    ("Bridge at Wharton closed after a lorry strikes it", BODY.format("bridge")),
    ("Old rope works to be sold by sealed bid", BODY.format("works") + "<p>Sign up for our newsletter</p>"),
    ("Tarn Road reopens a day early", BODY.format("road")),
    ("School bus timetable for the winter", BODY.format("depot") + "<p>TK: the fares.</p>"),
    ("Ardmore pier: divers find a second crack", BODY.format("pier")),
)


def make_calls(database: Database, evening: datetime) -> int:
    """The last hours of a source; gives the number of a call to be looked at."""
    hook = Hook(database, evening - timedelta(hours=3))
    with database.begin() as session:
        wanted = Wanted(
            "en",
            "night",
            "https://www.evening-post.example",
            rules={"ignore": ["tracking-link"]},
            reconcile={"reconcile": "ghost", "reconcile_minutes": 60},
        )
        add_source(session, NAME, "ghost", wanted, hook.now, SECRET)
        callbacks.add_callback(session, NAME, CALLBACK, hook.now)
    hook.send(post(0, *STORIES[0], hook.now), secret="the secret of another site's hook")
    for number, (title, html) in enumerate(STORIES):
        hook.now += timedelta(minutes=23)
        for _ in range(2 if number == 2 else 1):
            hook.send(post(number, title, html, hook.now))
    hook.now += timedelta(minutes=9)
    hook.send({"current": {"id": "66d1", "status": "draft", "title": "Harbour master retires"}, "previous": {}})
    hook.read()
    hook.now = evening - timedelta(minutes=2)
    hook.send(post(4, "Ardmore pier: no ships until Friday", STORIES[4][1], hook.now))
    with database.begin() as session:
        for number, message in enumerate(session.scalars(select(Message.id).order_by(Message.id)).all()):
            for tried in (Tried(503, "Service Unavailable", 212), Tried(204, "", 61 + number)) if number == 1 else (TAKEN,):
                outbox.keep_attempt(session, message, tried, hook.now)
        return max(session.scalars(select(Delivery.id).where(Delivery.outcome == "reported")))


class Hook:
    """A CMS that calls, and workers that read what it sent when they are told to."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now, self.queued = database, now, list[int]()

    def send(self, item: dict[str, object], secret: str = SECRET) -> None:
        """One call, signed as Ghost signs."""
        body, milliseconds = json.dumps({"post": item}).encode(), round(self.now.timestamp() * 1_000)
        signature = hmac.new(secret.encode(), body + str(milliseconds).encode(), hashlib.sha256).hexdigest()
        headers = {"X-Ghost-Signature": f"sha256={signature}, t={milliseconds}", "Content-Type": "application/json"}
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder), database_url="")
            app = create_app(settings, self.database, self.queued.append, clock=lambda: self.now)
            app.test_client().post(f"/webhooks/{NAME}", data=body, headers=headers)

    def read(self) -> None:
        """Works off what came in."""
        while self.queued:
            Linting(self.database, lambda: self.now, timedelta(seconds=90)).run(self.queued.pop(0))


def post(number: int, title: str, html: str, now: datetime) -> dict[str, object]:
    """A published post as Ghost sends it."""
    url = f"https://www.evening-post.example/{title.lower().replace(' ', '-').replace(':', '')}/"
    said = {"id": f"66d0f{number}", "title": title, "html": html, "status": "published", "url": url}
    times = {"published_at": now.isoformat(timespec="milliseconds"), "updated_at": now.isoformat(timespec="milliseconds")}
    return {"current": said | times | {"primary_author": {"name": "Nell Ashworth"}}, "previous": {}}
