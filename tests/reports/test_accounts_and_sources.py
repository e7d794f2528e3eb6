from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from reports import accounts
from reports.accounts import (
    create_token,
    create_user,
    find_user,
    record,
    revoke_token,
    set_password,
    verify_password,
    verify_token,
)
from reports.database import Database
from reports.errors import ReportsError, TakenError, UnknownError, WeakSecretError
from reports.models import Audit, Refusal
from reports.refusals import KEPT, keep_refusal, refusals
from reports.sources import api_source, create_source, find_source, list_sources
from tests.conftest import NOW

PASSWORD = "correct horse battery"


def test_passwords(database: Database) -> None:
    with database.begin() as session:
        create_user(session, "keane", PASSWORD, NOW)
        assert verify_password(session, "keane", PASSWORD)
        assert verify_password(session, "keane", "wrong horse battery") is None
        assert verify_password(session, "nobody", PASSWORD) is None
        set_password(session, "keane", "another horse battery", NOW)
        assert verify_password(session, "keane", PASSWORD) is None
        assert PASSWORD not in find_user(session, "keane").password_hash  # type: ignore[union-attr]


def test_a_password_costs_what_rfc_9106_recommends(database: Database) -> None:
    """Its second choice, for where memory is scarce: 64 MiB, three passes, four lanes."""
    with database.begin() as session:
        assert create_user(session, "keane", PASSWORD, NOW).password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_who_is_not_known_is_found_out_no_sooner(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is that of one password, whoever it is said to be; each is counted where it is computed."""
    computed: list[str] = []
    real = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with database.begin() as session:
        create_user(session, "keane", PASSWORD, NOW)
        create_user(session, "elsewhere", PASSWORD, NOW).password_hash = ""  # signs in by OpenID Connect
    monkeypatch.setattr(accounts, "_HASHER", SimpleNamespace(
        hash=lambda password: computed.append("hash") or real.hash(password),
        verify=lambda known, password: computed.append("verify") or real.verify(known, password),
    ))  # fmt: skip
    for name in ("keane", "nobody", "elsewhere"):
        with database.begin() as session:
            verify_password(session, name, "wrong horse battery")
    assert computed == ["verify", "hash", "hash"]


@pytest.mark.parametrize(
    ("name", "password", "role", "error"),
    [
        ("keane", PASSWORD, "editor", TakenError),
        ("other", "short", "editor", WeakSecretError),
        ("other", "121212121212", "editor", WeakSecretError),
        ("marlowe", "Marlowe-Marlowe-1931", "editor", WeakSecretError),
        ("other", "copydesk-password-1", "editor", WeakSecretError),
        ("other", PASSWORD, "king", UnknownError),
    ],
)
def test_refused_users(database: Database, name: str, password: str, role: str, error: type[ReportsError]) -> None:
    with database.begin() as session:
        create_user(session, "keane", PASSWORD, NOW)
        with pytest.raises(error):
            create_user(session, name, password, NOW, role=role)


def test_tokens_are_known_by_their_hash_alone(database: Database) -> None:
    with database.begin() as session:
        token, secret = create_token(session, "cms", ["submit", "read"], NOW)
        assert verify_token(session, secret) is token
        assert secret not in (token.hash, token.prefix)
        for wrong in (secret[:-1] + "x", secret.upper(), "cdk_", "", secret[4:], "cdk_é" + secret[5:]):
            assert verify_token(session, wrong) is None
        revoke_token(session, token.prefix, NOW)
        assert verify_token(session, secret) is None


@pytest.mark.parametrize("scopes", [[], ["fly"]])
def test_tokens_need_scopes(database: Database, scopes: list[str]) -> None:
    with database.begin() as session, pytest.raises(UnknownError):
        create_token(session, "cms", scopes, NOW)


def test_sources(database: Database) -> None:
    with database.begin() as session:
        made = create_source(session, "daily", NOW)
        assert made.secret_current.startswith("whsec_")  # type: ignore[union-attr]
        assert api_source(session, NOW) is api_source(session, NOW)
        assert [source.name for source in list_sources(session)] == ["api", "daily"]
        assert find_source(session, "weekly") is None


@pytest.mark.parametrize(
    ("name", "secret", "error"),
    [
        ("daily", None, TakenError),
        ("Daily News", None, UnknownError),
        ("weekly", "", WeakSecretError),
        ("weekly", "whsec_", WeakSecretError),
        ("weekly", "whsec_YWJj", WeakSecretError),
        ("weekly", "not base64!", WeakSecretError),
    ],
)
def test_refused_sources(database: Database, name: str, secret: str | None, error: type[ReportsError]) -> None:
    with database.begin() as session:
        create_source(session, "daily", NOW)
        with pytest.raises(error):
            create_source(session, name, NOW, secret=secret)


def test_the_last_refusals_of_each_source_are_kept(database: Database) -> None:
    with database.begin() as session:
        keep_refusal(session, "weekly", "no signature", ["Host"], NOW)
        for number in range(KEPT + 20):
            keep_refusal(session, "daily", f"refused {number}", ["Host", "X-Secret"], NOW)
    with database.begin() as session:
        kept = refusals(session, "daily")
        assert [len(kept), kept[0].reason, kept[0].headers] == [KEPT, f"refused {KEPT + 19}", ["Host", "X-Secret"]]
        assert session.scalar(select(func.count()).select_from(Refusal)) == KEPT + 1


def test_audit(database: Database) -> None:
    with database.begin() as session:
        record(session, "token cms", "refused", {"route": "/api/v1/articles"}, NOW)
        assert session.scalars(select(Audit)).one().detail == {"route": "/api/v1/articles"}
