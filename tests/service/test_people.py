"""People, sign-ins, tokens, routes and the audit log through Flask's client."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.accounts import create_user, verify_token
from reports.models import Article, Audit, User
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import form_token, sign_in

OTHER = "another proof, read twice"


@pytest.fixture
def desk(web):
    with web.database.begin() as session:
        create_user(session, "ruth", PASSWORD, NOW, role="admin")
        create_user(session, "ada", PASSWORD, NOW)
    client = web.app.test_client()
    assert sign_in(client, "ruth").status_code == 303
    return client


def post(client, path, at=None, **fields):
    return client.post(path, data=fields | {"csrf_token": form_token(client.get(at or "/you"))})


def number_of(web, name):
    with web.database.begin() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def audit(web, action):
    with web.database.begin() as session:
        return [
            (row.actor, row.detail) for row in session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.id))
        ]


# people


def test_an_admin_adds_somebody_who_then_signs_in(web, desk):
    answer = post(desk, "/people", name="keane", role="rule-owner", desk="sport", password=OTHER)
    assert answer.status_code == 303
    assert "keane can sign in as rule-owner." in desk.get("/people").text
    assert sign_in(web.app.test_client(), "keane", OTHER).status_code == 303
    assert audit(web, "user-added") == [("ruth", {"name": "keane", "role": "rule-owner"})]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "ada", "role": "editor", "password": OTHER}, "There is a user &#39;ada&#39; already."),
        ({"name": "eve", "role": "king", "password": OTHER}, "is no role"),
        ({"name": "eve", "role": "editor", "password": "short"}, "12 characters"),
        ({"name": "eve", "role": "editor", "password": "qwerty123456"}, "among the first that are guessed"),
        ({"name": "", "role": "editor", "password": OTHER}, "Give a name"),
        ({"name": "e" * 65, "role": "editor", "password": OTHER}, "at most 64"),
    ],
)
def test_what_cannot_be_added_is_said(web, desk, fields, says):
    answer = post(desk, "/people", **fields)
    assert answer.status_code == 400
    assert says in answer.text
    assert audit(web, "user-added") == []


def test_another_role_holds_at_once(web, desk):
    ada = web.app.test_client()
    sign_in(ada, "ada")
    assert ada.get("/people").status_code == 403
    post(desk, f"/people/{number_of(web, 'ada')}", role="admin", desk="sport", email="ada@news.example")
    assert ada.get("/people").status_code == 200
    assert audit(web, "user-changed") == [("ruth", {"name": "ada", "role": "admin", "desk": "sport", "sees": []})]


def test_the_last_admin_stays_one(web, desk):
    ruth = number_of(web, "ruth")
    for path, fields in ((f"/people/{ruth}", {"role": "editor"}), (f"/people/{ruth}/let-go", {})):
        answer = post(desk, path, **fields)
        assert answer.status_code == 400
        assert "the only admin" in answer.text
    assert desk.get("/people").status_code == 200


def test_who_is_let_go_is_out_at_once_and_may_be_taken_back(web, desk):
    ada, number = web.app.test_client(), number_of(web, "ada")
    sign_in(ada, "ada")
    post(desk, f"/people/{number}/let-go")
    assert ada.get("/").status_code == 302
    assert sign_in(ada, "ada").status_code == 403
    post(desk, f"/people/{number}/take-back")
    assert sign_in(ada, "ada").status_code == 303


def test_an_admin_sets_a_password_and_ends_what_was_signed_in(web, desk):
    ada = web.app.test_client()
    sign_in(ada, "ada")
    post(desk, f"/people/{number_of(web, 'ada')}/password", password=OTHER)
    assert ada.get("/").status_code == 302
    assert sign_in(ada, "ada", OTHER).status_code == 303


def test_nobody_is_not_found(desk):
    assert desk.get("/people/4711").status_code == 404
    for path in ("/people/4711", "/people/4711/let-go", "/people/4711/password", "/people/sign-ins/4711/end"):
        assert post(desk, path, role="editor", password=OTHER).status_code == 404


# sign-ins


def test_one_sees_ones_sign_ins_and_ends_the_others(web, desk):
    other = web.app.test_client()
    sign_in(other, "ruth")
    page = desk.get("/you").text
    assert page.count("last seen") == 2
    ending = re.search(r"/you/sign-ins/\d+/end(?!-)", page)[0]
    post(desk, ending)
    assert other.get("/").status_code == 302
    assert desk.get("/").status_code == 200
    sign_in(other, "ruth")
    post(desk, "/you/sign-ins/end-others")
    assert other.get("/").status_code == 302


def test_nobody_ends_a_sign_in_of_somebody_else_but_an_admin(web, desk):
    ada = web.app.test_client()
    sign_in(ada, "ada")
    mine = re.search(r"/people/sign-ins/(\d+)/end", desk.get(f"/people/{number_of(web, 'ruth')}").text)[1]
    assert post(ada, f"/you/sign-ins/{mine}/end").status_code == 404
    assert desk.get("/").status_code == 200
    theirs = re.search(r"/people/sign-ins/(\d+)/end", desk.get(f"/people/{number_of(web, 'ada')}").text)[0]
    post(desk, theirs)
    assert ada.get("/").status_code == 302


def test_a_cookie_of_a_sign_in_that_was_ended_is_worth_nothing(web, desk):
    cookie = desk.get_cookie("copydesk")
    post(desk, "/logout")
    desk.set_cookie("copydesk", cookie.value)
    assert desk.get("/").status_code == 302


@pytest.mark.parametrize(("idle", "times"), [(timedelta(hours=13), 1), (timedelta(hours=11), 16)])
def test_a_sign_in_ends_when_it_was_idle_and_after_a_week_of_work(web, desk, idle, times):
    for _ in range(times - 1):
        web.now += idle
        desk.get("/")
    web.now += idle
    assert desk.get("/").status_code == 302


def test_ones_own_password_takes_the_old_one_and_ends_the_other_sign_ins(web, desk):
    other = web.app.test_client()
    sign_in(other, "ruth")
    assert post(desk, "/you/password", old="guess", new=OTHER).status_code == 400
    assert post(desk, "/you/password", old=PASSWORD, new="short").status_code == 400
    common = post(desk, "/you/password", old=PASSWORD, new="1qaz2wsx3edc")
    assert (common.status_code, "Take four words or more" in common.text) == (400, True)
    assert other.get("/").status_code == 200
    assert post(desk, "/you/password", old=PASSWORD, new=OTHER).status_code == 303
    assert desk.get("/").status_code == 200
    assert other.get("/").status_code == 302


# tokens


def test_a_token_is_shown_once_works_and_is_revoked(web, desk):
    answer = post(desk, "/people/tokens", label="cms", scope=["read", "submit"])
    secret = re.search(r'<code id="secret">(cdk_\w+)</code>', answer.text)[1]
    assert secret not in desk.get("/people/tokens").text
    with web.database.begin() as session:
        token = verify_token(session, secret)
    assert token.scopes == ["read", "submit"]
    assert web.client.get("/api/v1/reports/1", headers={"Authorization": f"Bearer {secret}"}).status_code == 404
    post(desk, f"/people/tokens/{secret[:12]}/revoke")
    assert web.client.get("/api/v1/reports/1", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert secret not in str(audit(web, "token-added"))
    assert len(audit(web, "token-revoked")) == 1


def test_a_token_that_may_nothing_is_not_made(desk):
    assert post(desk, "/people/tokens", label="cms").status_code == 400
    assert post(desk, "/people/tokens", label="", scope="read").status_code == 400
    assert post(desk, "/people/tokens", label="cms", scope="everything").status_code == 400
    assert post(desk, "/people/tokens/cdk_nobody/revoke").status_code == 404


# routes


def test_a_route_sends_stories_to_a_desk(web, desk, publish):
    assert post(desk, "/people/routes", source="northgate", section="sport", desk="Sport").status_code == 303
    assert post(desk, "/people/routes", byline="keane", desk="Politics").status_code == 303
    publish("<p>Rain fell.</p>", section="Sport/Football", byline="Maria Keane")
    with web.database.begin() as session:
        assert session.scalars(select(Article.desk)).one() == "Sport"
    second = re.findall(r"/people/routes/(\d+)/up", desk.get("/people/routes").text)[0]
    post(desk, f"/people/routes/{second}/up")
    publish("<p>Rain fell on.</p>", section="Sport/Football", byline="Maria Keane")
    with web.database.begin() as session:
        assert session.scalars(select(Article.desk)).one() == "Politics"
    for _ in range(2):
        post(
            desk,
            f"/people/routes/{re.search(r'/people/routes/(?P<n>[0-9]+)/remove', desk.get('/people/routes').text)['n']}/remove",
        )
    assert "No routes yet" in desk.get("/people/routes").text
    assert [len(audit(web, name)) for name in ("route-added", "route-moved", "route-removed")] == [2, 1, 2]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"desk": "Sport"}, "at least one"),
        ({"section": "sport"}, "Name the desk"),
        ({"source": "nowhere", "desk": "Sport"}, "no source"),
        ({"section": "s" * 150, "desk": "Sport"}, "at most 128"),
    ],
)
def test_a_route_that_says_nothing_is_refused(desk, fields, says):
    answer = post(desk, "/people/routes", **fields)
    assert answer.status_code == 400
    assert says in answer.text


# the audit log


def test_the_log_is_read_by_person_and_kind(web, desk):
    sign_in(web.app.test_client(), "ada")
    post(desk, "/people/tokens", label='<script>alert("x")</script>', scope="read")
    page = desk.get("/people/audit").text
    assert "signed in" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "ruth" not in re.search(r"<tbody>.*</tbody>", desk.get("/people/audit?actor=ada").text, re.DOTALL)[0]
    assert "signed in" not in re.search(r"<tbody>.*</tbody>", desk.get("/people/audit?action=token-added").text, re.DOTALL)[0]
    assert desk.get("/people/audit?before=x&actor=%00").status_code == 200


def test_the_log_is_paged(web, desk):
    with web.database.begin() as session:
        session.add_all(Audit(at=NOW, actor="x", action="made", detail={"number": number}) for number in range(150))
    first = desk.get("/people/audit?action=made").text
    assert first.count("<i>number</i>") == 100
    older = re.search(r'href="(/people/audit\?[^"]+)">Older', first)[1].replace("&amp;", "&")
    assert desk.get(older).text.count("<i>number</i>") == 50
