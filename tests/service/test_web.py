"""The production server as ``copydesk web`` runs it, over a real socket."""

import http.client
import json
import logging
import socket
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from reports.models import Delivery, Refusal
from service.web import WORKERS, AddressTakenError, check_free
from tests.conftest import until
from tests.service.conftest import SECRET, free_port, serve_web
from tests.service.sender import payload, sign
from workers.logs import JsonLines


def call(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def imports_of(module, log):
    return [line.split("|")[-1].strip() for line in log.read_text().splitlines()].count(module)


def post(port, body, **headers):
    signed = sign(body, delivery="msg_1", secret=SECRET, at=datetime.now(UTC))
    return call(port, "POST", "/webhooks/northgate", body, signed | headers)


def test_a_delivery_over_a_real_socket(served, database):
    port, process, log = served
    status, _, body = post(port, json.dumps(payload()).encode())
    assert (status, json.loads(body)["status"]) == (200, "accepted")
    with database.begin() as session:
        assert len(list(session.scalars(select(Delivery)))) == 1
    process.terminate()
    process.join(10)
    assert process.exitcode == 0
    assert "Traceback" not in log.read_text()


def test_a_body_in_chunks_is_stopped_at_ten_megabytes(served, database):
    port, _, _ = served
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(
            b"POST /webhooks/northgate HTTP/1.1\r\nHost: desk\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            while sent < 100_000_000:
                line.sendall(b"100000\r\n" + b" " * 0x100000 + b"\r\n")
                sent += 0x100000
        except OSError:
            pass  # the server hung up, as it should
        try:
            answer = line.recv(100)
        except OSError:
            answer = b""
    assert sent < 100_000_000
    assert not answer or b" 413 " in answer
    with database.begin() as session:
        refused = until(lambda: list(session.scalars(select(Refusal))))
    assert "10,000,000" in refused[0].reason


def test_a_body_that_is_too_long_by_its_own_word(served):
    port, _, _ = served
    status, _, _ = post(port, b"{}", **{"content-length": "100000000"})
    assert status == 413


RUBBISH = (
    b"GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n b: 2\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nWebhook-Id: " + b"m" * 10_240 + b"\r\n\r\n",
    b"POST /webhooks/northgate HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00",
    b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /webhooks/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
)


def test_rubbish_leaves_the_server_standing(served):
    port, _, log = served
    for raw in RUBBISH:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            line.recv(1000)
    assert call(port, "GET", "/healthz")[0] == 200
    assert "Traceback" not in log.read_text()


def test_both_workers_sign_with_one_key(served, settings):
    port, _, _ = served
    cookie = call(port, "GET", "/login")[1]["Set-Cookie"].partition(";")[0]
    assert {call(port, "GET", "/login", headers={"Cookie": cookie})[1].get("Set-Cookie") for _ in range(20)} == {None}
    assert stat.S_IMODE((settings.data_dir / "cookie.key").stat().st_mode) == 0o600


def test_the_application_is_imported_once_for_all_workers(settings, monkeypatch):
    """Python itself says what it imports, in each process: all of it before the workers are there, and nothing after."""
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    chosen = replace(settings, port=free_port())
    with serve_web(chosen) as (process, log):
        until(lambda: len(children(process.pid)) == WORKERS)
        assert imports_of("service.app", log) == 1
        for _ in range(3 * WORKERS):
            assert call(chosen.port, "GET", "/healthz")[0] == 200
        assert imports_of("service.app", log) == 1


def test_a_port_that_is_taken_is_said(served):
    port, _, _ = served
    with pytest.raises(AddressTakenError, match=f"127.0.0.1:{port} cannot be used: Address already in use"):
        check_free("127.0.0.1", port)
    check_free("127.0.0.1", free_port())


def test_a_log_line_stays_one_line():
    record = logging.LogRecord("gunicorn", logging.WARNING, "x", 1, "Invalid request: %s", ("a\r\nlevel=error",), None)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["event"] == "Invalid request: a\r\nlevel=error"
