"""What only reads waits for nobody who writes."""

import sqlite3
import time
from contextlib import contextmanager

import pytest

from reports.accounts import create_user
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import form_token, sign_in

LOCKED_S = 5.0  # SQLite waits three times as long for a lock before it gives up
ASIDE = ("/metrics", "/healthz", "/readyz", "/readyz/details", "/login/provider", "/return", "/static")


@contextmanager
def written_to(settings):
    """Somebody writes to the store, and takes his time."""
    writer = sqlite3.connect(settings.data_dir / "copydesk.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    writer.execute("ROLLBACK")
    writer.close()
    assert took < LOCKED_S


@pytest.fixture
def desk(web):
    with web.database.begin() as session:
        create_user(session, "ruth", PASSWORD, NOW, role="admin")
    client = web.app.test_client()
    assert sign_in(client, "ruth").status_code == 303
    return client


def paths(app):
    """The addresses that are only looked at and need no number or name in them."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    return sorted(path for path in rules if not path.startswith(ASIDE))


def test_pages_and_the_api(web, settings, desk, token, read_all):
    secret = token("submit", "read")
    headers = {"Authorization": f"Bearer {secret}"}
    body = {"text": "One.\n\nLorem ipsum dolor sit amet.", "metadata": {"headline": "Ferry"}}
    article = web.client.post("/api/v1/articles", json=body, headers=headers).json["article"]
    read_all()
    looked_at = [f"/articles/{article}", f"/articles/{article}/news?event=0&report=1", "/rules/placeholder-copy", *paths(web.app)]
    asked = [path for path in looked_at if path.startswith("/api/")]
    asked += [f"/api/v1/articles/{article}/report", "/api/v1/reports/1", "/api/v1/findings/1"]
    shown = [path for path in looked_at if path not in asked]
    assert len(shown) > 15
    assert len(asked) > 6
    with written_to(settings):
        answers = {path: desk.get(path).status_code for path in shown}
        answers |= {path: web.client.get(path, headers=headers).status_code for path in asked}
    assert {path: status for path, status in answers.items() if status >= 400} == {}


def test_a_password_is_looked_at(web, settings, desk):
    client = web.app.test_client()
    page = form_token(client.get("/login"))
    with written_to(settings):
        answer = client.post("/login", data={"name": "ruth", "password": "wrong", "csrf_token": page})
    assert answer.status_code == 403
