"""The attack list, over HTTP against the running service: sign-in, forms, roles, tokens, headers, cookies, logs, secrets."""

import http.client
import json
import re
import socket
import time
import urllib.parse
from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, select, text

from reports.accounts import create_token
from reports.models import Audit, Delivery
from tests.service.conftest import PASSWORD, SECRET
from tests.service.sender import payload, sign
from tests.service.test_web import call

POLICY = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
HOSTILE = "<script>alert(1)</script>{{7*7}}"


class Browser:
    """Keeps a cookie, as a browser does."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def get(self, path: str, **headers: str):
        return self._call("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str], **headers: str):
        form = urllib.parse.urlencode(fields)
        return self._call("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def token(self, path: str) -> str:
        return re.search(r'name="csrf_token" value="([^"]+)"', self.get(path)[2])[1]

    def sign_in(self, name: str = "ada", password: str = PASSWORD):
        return self.post("/login", {"name": name, "password": password, "csrf_token": self.token("/login")})

    def _call(self, method, path, body, headers):
        status, answered, content = call(
            self.port, method, path, body, headers | ({"Cookie": self.cookie} if self.cookie else {})
        )
        if "Set-Cookie" in answered:
            self.cookie = answered["Set-Cookie"].partition(";")[0]
        return status, answered, content.decode()


def deliver(port: int, delivery: str, **metadata: str):
    body = json.dumps(payload(metadata={"external_id": "a-1"} | metadata)).encode()
    return call(port, "POST", "/webhooks/northgate", body, sign(body, delivery=delivery, secret=SECRET, at=datetime.now(UTC)))


def test_every_answer_carries_the_headers(served):
    port, _, _ = served
    for path in (
        "/login",
        "/",
        "/nowhere",
        "/healthz",
        "/readyz",
        "/api/v1/reports/1",
        "/webhooks/northgate",
        "/metrics",
        "/jobs/",
    ):
        _, headers, _ = call(port, "GET", path)
        assert all(part in headers["Content-Security-Policy"] for part in POLICY), path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "no-store" in headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in headers


def test_forms_and_cookies(served):
    port, _, _ = served
    browser = Browser(port)
    _, headers, _ = browser.get("/login")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(headers["Set-Cookie"].split("; "))
    before = browser.cookie
    assert browser.sign_in()[0] == 303
    assert browser.cookie != before, "a sign-in of its own"
    assert browser.get("/")[0] == 200
    foreign = Browser(port).token("/login")  # a token of another session
    for fields in ({}, {"csrf_token": "x"}, {"csrf_token": foreign}):
        assert browser.post("/logout", fields, Origin="https://evil.example")[0] == 400
    assert browser.get("/logout")[0] == 405, "a look changes nothing"
    assert browser.get("/")[0] == 200, "still signed in"
    stolen = browser.cookie[:-2] + ("aa" if browser.cookie[-2:] != "aa" else "bb")
    assert call(port, "GET", "/", headers={"Cookie": stolen})[0] == 302


def test_a_thousand_sign_ins(served):
    port, _, _ = served
    browser = Browser(port)
    token, codes = browser.token("/login"), []
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    began = time.monotonic()
    for number in range(1000):
        form = urllib.parse.urlencode({"name": f"ada{number % 90}", "password": "guess", "csrf_token": token})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": browser.cookie,
            "X-Forwarded-For": f"10.0.{number // 250}.{number % 250}",
            "Forwarded": f"for=10.1.{number // 250}.{number % 250}",
        }
        line.request("POST", "/login", form, headers)
        answer = line.getresponse()
        answer.read()
        codes.append(answer.status)
    line.close()
    assert codes[-1] == 429
    minutes = 1 + int((time.monotonic() - began) // 60)
    assert codes.count(403) <= 2 * 20 * minutes, "20 a minute in each of two processes, without Redis between them"
    assert codes.count(403) + codes.count(429) == 1000


def test_a_token_does_what_it_may_and_no_more(served, database):
    port, _, _ = served
    with database.begin() as session:
        read, reader = create_token(session, "reader", ["read"], datetime.now(UTC))
    bearer = {"Authorization": f"Bearer {reader}", "Content-Type": "application/json"}
    status, _, body = call(port, "POST", "/api/v1/articles", b'{"html": "<p>x</p>"}', bearer)
    assert status == 403
    assert b"submit" in body
    for wrong in (reader[:-1] + ("1" if reader.endswith("0") else "0"), "", "cdk_", "x" * 5_000):
        status, headers, _ = call(port, "GET", "/api/v1/reports/1", headers={"Authorization": f"Bearer {wrong}"})
        assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
    assert call(port, "GET", f"/api/v1/reports/1?token={reader}")[0] == 401, "never in an address"
    with database.begin() as session:
        row = session.scalars(select(Audit)).one()
    assert (row.actor, row.action, row.detail["method"]) == (f"token {read.prefix}", "refused", "POST")


def test_what_strangers_write_is_one_line_of_the_log(served):
    port, process, log = served
    browser = Browser(port)
    forged = 'x\r\n{"level": "info", "event": "forged"}'
    browser.sign_in(forged, "guess")
    call(port, "GET", "/" + urllib.parse.quote(forged))
    body = json.dumps(payload()).encode()
    headers = sign(body, delivery="msg_1", secret=SECRET, at=datetime.now(UTC)) | {"webhook-signature": "v1,é".encode("latin-1")}
    call(port, "POST", "/webhooks/northgate", body, headers)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"POST /webhooks/northgate HTTP/1.1\r\nHost: x\r\nwebhook-id: a\rb\x0b{\r\n\r\n")
        line.recv(1000)
    process.terminate()
    process.join(15)
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events, "something was logged"
    assert "forged" not in events
    assert "fault" not in events


PLANTED = {"password": "planted-passw0rd-9f3a", "cookie": "planted-cookie-77aa"}


def test_secrets_stand_nowhere(served, database, settings):
    """Passwords, tokens, webhook secrets and the session key: not in logs, pages, answers, reports or audit rows."""
    port, process, log = served
    with database.begin() as session:
        _, token = create_token(session, "planted", ["read", "submit"], datetime.now(UTC))
    browser, seen = Browser(port), []
    seen.append(browser.sign_in("ada", PLANTED["password"])[2])
    seen.append(call(port, "GET", "/", headers={"Cookie": f"copydesk={PLANTED['cookie']}"})[2].decode())
    key = (settings.data_dir / "cookie.key").read_text().strip()
    assert browser.sign_in()[0] == 303
    seen += [browser.get(path)[2] for path in ("/", "/jobs/", "/nowhere", "/readyz")]
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for body in (b'{"html": "<p>x</p>"}', b"{", b'{"html": 7}'):
        seen.append(call(port, "POST", "/api/v1/articles", body, bearer)[2].decode())
    seen.append(call(port, "GET", "/metrics", headers=bearer)[2].decode())
    assert deliver(port, "msg_1", headline=HOSTILE)[0] == 200
    bad = sign(b"{}", delivery="msg_2", secret=SECRET, at=datetime.now(UTC)) | {"webhook-signature": f"v1,{SECRET}"}
    seen.append(call(port, "POST", "/webhooks/northgate", b"{}", bad)[2].decode())
    process.terminate()
    process.join(15)
    seen.append(log.read_text())
    kept = dump(database)
    secrets = {**PLANTED, "own password": PASSWORD, "token": token, "key": key, "webhook": SECRET.removeprefix("whsec_")}
    for name, secret in secrets.items():
        assert not any(secret in page for page in seen), name
        if name != "webhook":  # the store needs it whole, to check signatures
            assert secret not in kept, name
    assert kept.count(secrets["webhook"]) == 1, "in its one column"
    with database.begin() as session:
        assert len(list(session.scalars(select(Delivery)))) == 2


def dump(database) -> str:
    """Every row of every table as text."""
    with database.begin() as session:
        names = inspect(database.engine).get_table_names()
        return "\n".join(str(tuple(row)) for name in names for row in session.execute(text(f'SELECT * FROM "{name}"')))


@pytest.mark.parametrize("path", ["/articles/1", "/jobs/", "/?page=2"])
def test_nobody_looks_in_without_signing_in(served, path):
    port, _, _ = served
    status, headers, body = call(port, "GET", path)
    assert status == 302
    assert headers["Location"].startswith("/login")
    assert b"finding" not in body
