"""``copydesk db``, ``user``, ``token`` and ``source``, on a store of their own."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.service.command_line import COPYDESK, Ended, environ, refused, run


@pytest.fixture
def data(tmp_path: Path) -> dict[str, str]:
    return {"COPYDESK_DATA": str(tmp_path)}


def done(*arguments: str, data: dict[str, str], given: bytes = b"") -> Ended:
    ended = run(*arguments, given=given, **data)
    assert ended.status == 0, ended
    return ended


def test_the_store_is_made_and_answers(data: dict[str, str], tmp_path: Path) -> None:
    assert "up to date" in done("db", "upgrade", data=data).out
    assert "answers" in done("db", "check", data=data).out
    assert (tmp_path / "copydesk.sqlite3").exists()


def test_a_store_that_is_away() -> None:
    assert "cannot be reached" in refused("db", "check", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")


def test_people(data: dict[str, str]) -> None:
    made = done("user", "add", "ada", "--role", "admin", "--desk", "city", "--generate", data=data).out
    assert re.search(r"this once: \S{16}\n", made)
    done("user", "add", "ben", data=data, given=b"a long enough password\n")
    listed = done("user", "list", data=data).out
    assert re.search(r"^ada +admin +city +\d{4}-", listed, re.MULTILINE)
    assert re.search(r"^ben +editor +- ", listed, re.MULTILINE)
    assert "another password" in done("user", "password", "ben", "--generate", data=data).out
    assert "already" in refused("user", "add", "ada", "--generate", **data)
    assert "There is no user" in refused("user", "password", "cleo", "--generate", **data)
    assert "12 characters" in refused("user", "add", "dan", given=b"short\n", **data)
    assert "Take four words" in refused("user", "add", "dan", given=b"qwerty123456\n", **data)
    assert "Take four words" in refused("user", "password", "ben", given=b"sonyericsson\n", **data)


def test_a_password_typed_on_a_terminal_is_not_shown(data: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COPYDESK, "user", "add", "eve"], stdin=theirs, stdout=theirs, stderr=theirs, env=environ(**data), start_new_session=True
    )
    os.close(theirs)
    seen = b""
    for _ in range(2):
        while not seen.endswith(b": "):
            seen += os.read(ours, 1)
        os.write(ours, b"a long enough password\n")
        seen += b"|"
    while b"can sign in" not in seen:
        seen += os.read(ours, 1)
    os.close(ours)
    process.wait(60)
    assert b"long enough" not in seen


def test_tokens(data: dict[str, str]) -> None:
    secret = done("token", "add", "cms", "--scope", "read", "--scope", "submit", data=data).out.strip()
    assert secret.startswith("cdk_")
    listed = done("token", "list", data=data).out
    assert secret[:12] in listed
    assert secret not in listed
    assert "read,submit" in listed
    done("token", "revoke", secret[:12], data=data)
    assert re.search(r"cms +read,submit +\S+ \S+ +- +\d{4}-", done("token", "list", data=data).out)
    assert "There is no token" in refused("token", "revoke", "cdk_nothing", **data)


def test_sources(data: dict[str, str]) -> None:
    made = done("source", "add", "northgate", data=data)
    assert made.out.startswith("whsec_")
    assert "/webhooks/northgate" in made.err
    assert "northgate" in done("source", "list", data=data).out
    assert made.out.strip() not in done("source", "list", data=data).out
    given = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
    assert done("source", "add", "eastport", "--secret-stdin", data=data, given=given).out == ""
    assert "0 bytes" in refused("source", "add", "empty", "--secret-stdin", given=b"\n", **data)
    assert "already" in refused("source", "add", "northgate", **data)


def test_a_setting_that_is_none() -> None:
    assert "COPYDESK_PORT" in refused("db", "check", COPYDESK_PORT="eighty")
