"""What never ends goes on, whatever happens in it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from reports.callbacks import add_callback
from reports.database import Database
from reports.errors import StoreDownError
from reports.models import Message
from reports.retention import erase_article
from reports.sources import create_source
from tests.conftest import NOW
from tests.reports.made import deliver
from workers import outgoing
from workers.linting import Linting
from workers.loop import keep_on
from workers.outgoing import Outgoing
from workers.schedule import Schedule


def test_a_step_that_breaks_is_followed_by_the_next() -> None:
    stopped, done = threading.Event(), []
    says = [StoreDownError("It is away."), ValueError("a fault"), 1, 0, 1]

    def step() -> int:
        said = says[len(done)]
        done.append(said)
        if len(done) == len(says):
            stopped.set()
        if isinstance(said, Exception):
            raise said
        return said

    keep_on(step, stopped, 0.01)
    assert done == says


def test_a_part_of_a_round_that_breaks_holds_up_no_other(database: Database) -> None:
    did: list[str] = []

    def part(name: str, error: Exception | None = None):
        def run(_: datetime) -> None:
            did.append(name)
            if error is not None:
                raise error

        return run

    def step(*parts, waiting: int = 0) -> None:
        did.clear()
        second = timedelta(seconds=1)
        Schedule(database, id, lambda: NOW, second, second, ringers=parts[:1], chores=parts[1:], waiting=lambda: waiting).step()

    step(part("rings", ValueError("a fault")), part("counts"))
    assert did == ["rings", "counts"]
    step(part("rings"), part("counts"), waiting=1_000)
    assert did == ["counts"], "what rings waits until others have been answered"
    with pytest.raises(StoreDownError):
        step(part("rings", StoreDownError("It is away.")), part("counts"))
    assert did == ["rings"], "and a store that is away, for the next round"


def test_a_story_that_is_erased_while_its_cms_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message is gone when the answer comes; those of other stories are sent all the same."""
    now = datetime.now(UTC)
    with database.begin() as session:
        source = create_source(session, "daily", now)
        add_callback(session, "daily", "https://cms.example/hook", now)
        made = [deliver(session, source, number, now=now, external_id=number) for number in ("d1", "d2")]
    for item in made:
        assert item.job_id is not None
        Linting(database, lambda: now, timedelta(seconds=60)).run(item.job_id)
    told: list[int] = []

    def post(due: outgoing.Due, *_: object) -> outgoing.Tried:
        if not told:
            with database.begin() as session:
                erase_article(session, made[0].article_id or 0)
        told.append(due.message_id)
        return outgoing.Tried(200, "ok", 1)

    monkeypatch.setattr(outgoing, "post", post)
    monkeypatch.setattr(outgoing, "AT_ONCE", 1)
    assert Outgoing(database, lambda: now).step() == 2
    with database.begin() as session:
        sent = session.scalar(select(func.count()).select_from(Message).where(Message.state == "sent"))
    assert (len(told), sent) == (2, 1)
