"""Signing in by OpenID Connect, against a provider that speaks HTTP."""

import time
from urllib.parse import urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from sqlalchemy import select

from reports.accounts import let_go
from reports.models import SignIn, User
from tests.service.conftest import PASSWORD
from tests.service.identity_provider import Provider, running
from tests.service.test_desk import sign_in

pytestmark = pytest.mark.usefixtures("editor")


@pytest.fixture
def provider():
    with running(Provider()) as provider:
        yield provider


@pytest.fixture
def desk(make_web, provider):
    return make_web(oidc_issuer=provider.issuer, oidc_client=provider.client, oidc_secret=provider.secret)


def come_back(client, target="/"):
    """The browser's way: to the provider, which answers at once, and back."""
    away = client.get(f"/login/provider?next={target}")
    assert away.status_code == 302, away.text
    back = urlsplit(requests.get(away.location, allow_redirects=False, timeout=5).headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def people(web):
    with web.database.begin() as session:
        return {user.name: user for user in session.scalars(select(User))}


def test_the_sign_in_page_names_the_provider_only_where_there_is_one(web, desk):
    assert "Sign in with 127.0.0.1" in desk.client.get("/login").text
    assert "Sign in with" not in web.client.get("/login").text
    assert web.client.get("/login/provider").status_code == 404
    assert web.client.get("/login/provider/return").status_code == 404


def test_somebody_new_becomes_a_reader_and_is_the_same_the_next_time(desk):
    client = desk.app.test_client()
    answer = come_back(client, "/you")
    assert (answer.status_code, answer.location) == (303, "/you")
    assert "maria" in client.get("/you").text
    maria = people(desk)["maria"]
    assert (maria.role, maria.email, maria.password_hash) == ("reader", "maria@news.example", "")
    come_back(desk.app.test_client())
    assert len(people(desk)) == 2
    with desk.database.begin() as session:
        assert session.scalars(select(SignIn.way)).all() == ["oidc", "oidc"]


def test_a_name_that_is_here_already_is_not_taken_over(desk, provider):
    provider.person |= {"preferred_username": "ada", "email": "ada@news.example"}
    client = desk.app.test_client()
    come_back(client)
    assert sorted(people(desk)) == ["ada", "ada-2"]
    assert people(desk)["ada"].subject is None
    assert "ada-2" in client.get("/you").text


def test_an_address_that_the_provider_did_not_verify_is_not_kept(desk, provider):
    provider.changed = {"email_verified": False}
    come_back(desk.app.test_client())
    assert people(desk)["maria"].email is None


def test_nobody_signs_in_by_password_as_somebody_from_the_provider(desk):
    come_back(desk.app.test_client())
    assert sign_in(desk.app.test_client(), "maria", "").status_code == 403
    assert sign_in(desk.app.test_client(), "maria", PASSWORD).status_code == 403


def test_who_was_let_go_does_not_come_back_that_way(desk):
    come_back(desk.app.test_client())
    with desk.database.begin() as session:
        let_go(session, people(desk)["maria"].id, desk.now)
    client = desk.app.test_client()
    assert come_back(client).status_code == 403
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "changed",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"nonce": "another"}, {"exp": int(time.time()) - 600}, {"sub": None}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_token_that_is_not_for_us_is_refused(desk, provider, changed):
    provider.changed = changed
    client = desk.app.test_client()
    answer = come_back(client)
    assert answer.status_code == 403
    assert "could not say who you are" in answer.text
    assert client.get("/").status_code == 302
    assert list(people(desk)) == ["ada"]


def test_a_token_signed_by_somebody_else_is_refused(desk, provider):
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(desk.app.test_client()).status_code == 403
    assert list(people(desk)) == ["ada"]


def test_a_return_that_this_browser_did_not_ask_for_is_refused(desk):
    away = desk.app.test_client().get("/login/provider")
    back = urlsplit(requests.get(away.location, allow_redirects=False, timeout=5).headers["Location"])
    victim = desk.app.test_client()
    assert victim.get(f"{back.path}?{back.query}").status_code == 403
    assert victim.get("/login/provider/return?error=access_denied&error_description=no").status_code == 403
    assert victim.get("/login/provider/return").status_code == 403
    assert list(people(desk)) == ["ada"]


def test_a_provider_that_is_away_is_said_and_the_password_still_works(make_web):
    web = make_web(oidc_issuer="http://127.0.0.1:1", oidc_client="copydesk", oidc_secret="x")
    assert web.client.get("/login/provider").status_code == 403
    assert sign_in(web.app.test_client()).status_code == 303


def test_behind_a_proxy_one_comes_back_to_the_address_that_the_settings_name(make_web, provider):
    named = {"oidc_issuer": provider.issuer, "oidc_client": provider.client, "oidc_secret": provider.secret}
    web = make_web(address="https://desk.news.example", **named)
    come_back(web.app.test_client())
    assert provider.redirect_uris == ["https://desk.news.example/login/provider/return"]


def test_after_the_provider_one_stays_on_this_desk(desk):
    assert come_back(desk.app.test_client(), "//evil.example").location == "/"
