"""Who may do what: every route of the application, for every role."""

import pytest
from sqlalchemy import select

from reports.accounts import ROLES, create_user
from reports.models import Audit
from service.desk.access import ACCESS, ANYBODY
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import form_token, sign_in

FOR_MACHINES = ("api", "receiver", "health", "metrics")  # a token, a signature, or nothing to hide


def routes(app):
    """The desk's routes: endpoint, a method that it takes, and an address that fits."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in FOR_MACHINES:
            method = "POST" if "POST" in rule.methods else "GET"
            given = dict.fromkeys(rule.arguments, 1) | {
                "filename": "desk.css",
                "prefix": "cdk_0",
                "name": "stale-note",
                "how": "finish",
            }
            yield rule.endpoint, method, app.url_map.bind("localhost").build(rule.endpoint, {n: given[n] for n in rule.arguments})


@pytest.fixture
def clients(web):
    made = {}
    for role in ROLES:
        with web.database.begin() as session:
            create_user(session, role, PASSWORD, NOW, role=role)
        made[role] = web.app.test_client()
        assert sign_in(made[role], role).status_code == 303
    return made


def test_every_route_is_in_the_table_and_the_table_names_no_other(web):
    assert {endpoint for endpoint, _, _ in routes(web.app)} == set(ACCESS)
    assert set(ACCESS.values()) <= {*ROLES, ANYBODY}


def test_nothing_but_the_way_in_is_open_to_anybody(web):
    opened = {endpoint for endpoint, least in ACCESS.items() if least == ANYBODY}
    assert opened == {"desk.static", "desk.log_in", "desk.try_log_in", "provider.go", "provider.come_back"}
    token = form_token(web.client.get("/login"))
    for endpoint, method, path in routes(web.app):
        if ACCESS[endpoint] != ANYBODY:
            client = web.app.test_client()
            client.get("/login")
            token = form_token(client.get("/login"))
            answer = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), endpoint


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says_on_every_route(web, clients, role):
    client = clients[role]
    for endpoint, method, path in routes(web.app):
        if ACCESS[endpoint] == ANYBODY or endpoint in ("desk.log_out", "you.end_sign_in", "people.let_go", "people.change"):
            continue  # these would change who is asking; their own tests are in test_people
        token = form_token(client.get("/you"))
        answer = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        may = ROLES.index(role) >= ROLES.index(ACCESS[endpoint])
        assert (answer.status_code != 403) is may, (endpoint, answer.status_code)
        assert answer.status_code < 500, endpoint
        if may and endpoint in ("people.set_password", "you.change_password"):
            assert answer.status_code == 400, "without a password nothing is changed"


def test_what_was_refused_is_recorded(web, clients):
    client = clients["editor"]
    answer = client.post("/people", data={"csrf_token": form_token(client.get("/you")), "name": "eve", "role": "admin"})
    assert answer.status_code == 403
    assert "takes the role admin" in answer.text
    with web.database.begin() as session:
        row = session.scalars(select(Audit).where(Audit.action == "refused")).one()
    assert (row.actor, row.detail["method"], row.detail["path"]) == ("editor", "POST", "/people")


def test_a_route_that_somebody_forgets_to_name_is_nobodys(web, clients, monkeypatch):
    monkeypatch.delitem(ACCESS, "people.show")
    assert clients["admin"].get("/people").status_code == 403
