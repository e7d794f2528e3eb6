"""Every kind of sender: what its own code signs is taken in, and every must-fail case is answered as told, never 500."""

import gzip
import http.client
import itertools
import json
import logging
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from reports.models import Article, Delivery, Finding, Job, Payload, Refusal, Report, Revision, Source
from reports.sources import begin_rotation, create_source, find_source, finish_rotation, remove_source
from service.refusal import Refused
from service.webhooks.kind import Call, Door
from service.webhooks.kinds import find_kind
from tests.service.conftest import NOW
from tests.service.sender_cases import CASES, ORIGIN, TITLE, TOKEN, URL, Case
from tests.service.signers import NeverSignedError, start_signers

OTHERS = {"whsec": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}


@pytest.fixture(scope="module")
def signers():
    started = start_signers()
    yield started
    started.process.terminate()
    started.process.wait(10)
    started.process.stdin.close()
    started.process.stdout.close()


@dataclass
class Sender:
    """One case's CMS, against one web."""

    web: Any
    signers: Any
    case: Case
    name: str = "northgate"

    def headers(self, body, *, secret=None, at=None, number=None):
        path = f"/webhooks/{self.name}"
        more = {"id": number or f"msg_{abs(hash(body))}", "path": path, "headers": self.case.headers_for(body)}
        return self.signers.sign(self.case.sender, secret or self.case.secret, body, at or self.web.now, **more)

    def post(self, body, headers, *, token=None):
        path = f"/webhooks/{self.name}" + (f"/{token or self.case.secret}" if self.case.in_url else "")
        return self.web.client.post(path, data=body, headers=headers)

    def send(self, body, *, secret=None, at=None, number=None, **changed):
        headers, wire = self.headers(body, secret=secret, at=at, number=number)
        kept = {name: value for name, value in (headers | changed).items() if value is not None}
        return self.post(wire, kept, token=secret)


@pytest.fixture(params=CASES)
def sender(request, web, signers):
    case = CASES[request.param]
    with web.database.begin() as session:
        create_source(session, "northgate", NOW, kind=case.kind, secret=case.secret, options=case.options, origin=ORIGIN)
    return Sender(web, signers, case)


def kept(web, model):
    with web.database.begin() as session:
        found = list(session.scalars(select(model)))
        session.expunge_all()
    return found


def other(case):
    if case.secret.startswith("whsec_"):
        return OTHERS["whsec"]
    return "f" * 64 if len(case.secret) == 64 else "another secret of enough length, for all"


def wrong(sender, body=None):
    """A call with another secret, wherever this sender carries it."""
    case = sender.case
    body = case.publish if body is None else body
    if case.kind == "prismic":
        return sender.send(body.replace(case.secret, other(case)))
    return sender.send(body, secret=other(case))


# what it takes in


def test_a_published_story_is_taken_in(sender):
    answer = sender.send(sender.case.publish)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json"
    assert answer.json["status"] == "accepted"
    article, revision = kept(sender.web, Article)[0], kept(sender.web, Revision)[0]
    assert article.external_id is not None
    assert article.external_id.endswith("7")
    if sender.case.fetched:
        assert (revision.content_kind, revision.content) == ("fetch", b"")
        assert revision.meta["url"].startswith(f"{ORIGIN}/news/")
        return
    assert article.headline == (TITLE.replace("y c", "y\xa0c") if sender.case.kind == "wordpress" else TITLE)
    assert revision.meta["url"] in (URL, f"{ORIGIN}/news/Ferry%20adds%20a%20Sunday%20crossing")
    assert b"May" in revision.content
    assert revision.meta.get("rendered", False) is sender.case.rendered
    assert len(sender.web.rung) == 1


def test_it_is_linted_and_the_report_says_where_positions_point(sender, read_all):
    sender.send(sender.case.publish)
    if sender.case.fetched:
        return
    read_all()
    report = kept(sender.web, Report)[0].body
    assert report["positions_in"] == ("rendering" if sender.case.rendered else "source")
    assert report["article"]["headline"].replace("\xa0", " ") == TITLE
    assert report["article"]["words"] > 1


def test_a_change_and_a_withdrawal(sender, read_all):
    case = sender.case
    sender.send(case.publish)
    sender.web.now += timedelta(minutes=1)
    assert sender.send(case.change).json["status"] == "accepted"
    if case.withdraw:
        sender.web.now += timedelta(minutes=1)
        assert sender.send(case.withdraw).json["status"] == "accepted"
        assert kept(sender.web, Article)[0].withdrawn_at == sender.web.now
    assert len(kept(sender.web, Article)) == 1
    assert len(kept(sender.web, Delivery)) == 2 + bool(case.withdraw)


def test_a_withdrawal_closes_and_another_publication_opens(sender, read_all):
    case = sender.case
    if case.fetched:
        return
    faulty = "{{ article.title }}"
    first, again = case.publish.replace("May", faulty), case.change.replace("June", faulty)
    sender.send(first)
    read_all()
    states = [finding.state for finding in kept(sender.web, Finding)]
    assert "open" in states
    sender.web.now += timedelta(minutes=1)
    sender.send(case.withdraw)
    assert {finding.state for finding in kept(sender.web, Finding)} == {"withdrawn"}
    sender.web.now += timedelta(minutes=1)
    later = (
        again.replace("20:30:00", "20:59:00").replace('"revision":5', '"revision":9').replace('"version":"2"', '"version":"9"')
    )
    later = later.replace("20%3A30%3A00", "20%3A59%3A00").replace('"value":12', '"value":99')
    if case.kind == "ghost":  # a deleted post tells no time of its own, so the clock counted
        later = later.replace("20:59:00", "23:59:00")
    assert sender.send(later).status_code == 200
    read_all()
    assert "reopened" in {finding.state for finding in kept(sender.web, Finding)}


def test_an_event_of_no_concern_is_answered_200(sender):
    if sender.case.ignored is None:
        return
    answer = sender.send(sender.case.ignored)
    assert (answer.status_code, answer.json["status"]) == (200, "ignored"), answer.text
    assert kept(sender.web, Delivery) == []
    assert [row.status for row in kept(sender.web, Refusal)] == [200]


# the same again, and out of order


def test_a_replay_is_a_duplicate_with_one_job(sender):
    first, second = (sender.send(sender.case.publish, number="msg_1") for _ in range(2))
    assert (first.status_code, second.status_code, second.json["status"]) == (200, 200, "duplicate")
    assert second.json["delivery"] == first.json["delivery"]
    assert (len(kept(sender.web, Delivery)), len(kept(sender.web, Job))) == (1, 1)


def test_fifty_copies_at_once_are_one(sender):
    headers, wire = sender.headers(sender.case.publish, number="msg_1")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sender.post(wire, headers), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 49
    assert len(kept(sender.web, Job)) == 1


def test_an_older_revision_after_a_newer_one(sender, read_all):
    case = sender.case
    if case.fetched:
        return
    sender.send(case.change)
    sender.send(case.publish)
    read_all()
    assert sorted(row.outcome for row in kept(sender.web, Delivery)) == ["reported", "superseded"]
    newest = kept(sender.web, Report)[0].revision_id
    assert b"June" in next(row.content for row in kept(sender.web, Revision) if row.id == newest)


# who sent it


def test_another_secret(sender):
    answer = wrong(sender)
    assert answer.status_code == 401, answer.text
    assert answer.content_type == "application/problem+json"
    assert kept(sender.web, Delivery) == []
    assert kept(sender.web, Refusal)[0].reason == answer.json["detail"]


def test_without_any_proof(sender):
    body = sender.case.publish.replace(f'"secret":"{sender.case.secret}",', "")
    kind = "application/x-www-form-urlencoded" if sender.case.in_url else "application/json"
    answer = sender.web.client.post("/webhooks/northgate", data=body.encode(), headers={"content-type": kind})
    assert answer.status_code == 401
    assert kept(sender.web, Refusal)[0].headers


def test_a_body_that_was_written_anew(sender):
    if not sender.case.signed:
        return
    headers, wire = sender.headers(sender.case.publish)
    again = json.dumps(json.loads(wire), indent=1).encode()
    assert sender.post(again, headers).status_code == 401


GARBAGE = [
    "", " ", ",", ",,", "v1", "v1,a,b", "=", "t=", "t=1,v1", "t=,v1=", "sha256", "sha1=", "sha256=%%%", "zz", "é", "v1,AAAA",
    "t=1633519811129,v5=aa", "t=9" * 9, "a" * 9_000, "t=1,t=2,v1=aa", "sha256=00, t=é", "Basic é", "Bearer ", "é" * 20,
]  # fmt: skip


def test_garbage_in_every_header_that_proves_something(sender):
    headers, wire = sender.headers(sender.case.publish)
    proofs = [name for name in headers if "signature" in name or name in ("authorization", "x-contentful-signed-headers")]
    for name, garbage in itertools.product(proofs, GARBAGE):
        answer = sender.post(wire, headers | {name: garbage})
        assert answer.status_code in (400, 401), (name, garbage, answer.status_code)
    assert kept(sender.web, Delivery) == []


STAMPS = ["1614265330.5", "16142_65330", "0001614265330", "1e9", " ", "é" * 10, "-1", "9" * 400]


def test_a_time_that_is_none(sender):
    for stamp in STAMPS if sender.case.stamp else []:
        answer = sender.send(sender.case.publish, **{sender.case.stamp: stamp})
        assert answer.status_code in (400, 401)
        assert kept(sender.web, Delivery) == []


def test_a_time_outside_the_window(sender):
    for seconds in (301, -301) if sender.case.timed else ():
        answer = sender.send(sender.case.publish, at=NOW + timedelta(seconds=seconds))
        assert answer.status_code == 401
        assert "clock" in answer.json["detail"]


def test_a_time_inside_the_window(sender):
    inside = 30 if sender.case.kind == "contentful" else 300  # as long as Contentful's own toolkit lets a signature live
    for seconds in (inside, -inside):
        assert sender.send(sender.case.publish, at=NOW + timedelta(seconds=seconds)).status_code == 200
    if sender.case.kind == "contentful":
        assert sender.send(sender.case.publish, at=NOW + timedelta(seconds=31)).status_code == 401


def test_another_sources_secret(sender):
    with sender.web.database.begin() as session:
        create_source(session, "southgate", NOW, kind=sender.case.kind, secret=other(sender.case), options=sender.case.options)
    assert wrong(sender).status_code == 401


def test_during_a_rotation_both_secrets_are_good_and_after_it_one(sender):
    case = sender.case
    new = other(case)

    def with_new(body):
        return sender.send(body.replace(case.secret, new) if case.kind == "prismic" else body, secret=new)

    with sender.web.database.begin() as session:
        begin_rotation(find_source(session, "northgate"), new)
    assert sender.send(case.publish).status_code == 200
    assert with_new(case.change).status_code == 200
    with sender.web.database.begin() as session:
        finish_rotation(find_source(session, "northgate"))
    assert sender.send(case.publish).status_code == 401
    assert with_new(case.change).status_code == 200


def test_the_secret_is_in_no_log_and_no_refusal(sender, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    sender.send(sender.case.publish)
    wrong(sender)
    sender.send("{" if sender.case.kind != "prismic" else sender.case.ignored)
    said = capsys.readouterr()
    stored = json.dumps([[row.reason, row.headers] for row in kept(sender.web, Refusal)])
    for secret in (sender.case.secret, other(sender.case)):
        assert secret not in said.out + said.err + caplog.text + stored


def test_the_payload_is_kept_without_a_secret(sender):
    sender.send(sender.case.publish)
    (payload,) = kept(sender.web, Payload)
    assert sender.case.secret.encode() not in zlib.decompress(payload.body)
    assert not {"authorization", "webhook-signature"} & set(payload.headers)


# what was sent


BROKEN = [
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"type": NaN}',
    b'{"a": 1, "a": 2}',
    b'{"n": ' + b"9" * 5_000 + b"}",
    b"",
    b"[]",
    b"7",
    "é".encode("latin-1"),
    '{"a": "é"}'.encode("utf-16"),
]


def test_a_body_that_cannot_be_read(sender):
    """Signed by the right secret where its own code can sign such a thing, so that it is the body that is refused."""
    for body in BROKEN:
        try:
            headers, _ = sender.headers(body.decode())
        except (NeverSignedError, UnicodeDecodeError):
            headers, _ = sender.headers("{}")
        answer = sender.post(body, headers)
        assert answer.status_code in ((200, 400) if sender.case.in_url else (400, 401)), (body[:40], answer.text)
    assert kept(sender.web, Delivery) == []


def test_a_structure_that_is_not_the_vendors(sender):
    """Signed, JSON, and everything in it of another type: 200 and ignored, or 400; never 500, never a lost story."""
    case = sender.case
    if case.in_url:
        return
    for value in (7, [], "x", None, {}, True, [[]], {"a": {"b": []}}):
        for key in json.loads(case.publish):
            if key == "secret":
                continue
            body = json.dumps(json.loads(case.publish) | {key: value})
            answer = sender.send(body)
            assert answer.status_code in (200, 400), (key, value, answer.text)


def test_times_at_the_ends_of_the_calendar(sender):
    case = sender.case
    for ends in ("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "soon", "", "2026-13-45T99:00:00Z"):
        body = case.publish
        for known in ("2026-11-24T20:00:00.000Z", "2026-11-24T20:30:00+0000", "2026-11-24T20:00:00"):
            body = body.replace(known, ends)
        assert sender.send(body).status_code in (200, 400)


def test_what_no_store_keeps_is_replaced(sender):
    if sender.case.fetched or sender.case.kind == "drupal":
        return
    body = sender.case.publish
    body = body.replace("May", "May%00%ED%A0%80" if sender.case.in_url else "May\\u0000\\ud800")
    answer = sender.send(body)
    if sender.case.in_url:
        assert answer.status_code in (200, 400)  # %ED%A0%80 is no UTF-8
        return
    assert answer.status_code == 200
    assert "May\ufffd\ufffd" in kept(sender.web, Revision)[0].content.decode()


def test_more_than_ten_megabytes(sender):
    headers, _ = sender.headers(sender.case.publish)
    assert sender.post(b" " * 10_000_001, headers).status_code == 413


def test_a_compressed_body_is_not_inflated(sender):
    headers, wire = sender.headers(sender.case.publish)
    assert sender.post(gzip.compress(wire), headers | {"content-encoding": "gzip"}).status_code == 415


def test_a_form_to_a_json_source_and_json_to_a_form_source(sender):
    headers, wire = sender.headers(sender.case.publish)
    kind = "application/json" if sender.case.in_url else "application/x-www-form-urlencoded"
    assert sender.post(wire, headers | {"content-type": kind}).status_code == 415


def test_no_body(sender):
    case = sender.case
    if case.fetched or case.in_url:
        return
    payload = json.loads(case.publish)
    for shape in _without_body(payload):
        answer = sender.send(json.dumps(shape))
        assert answer.status_code == 200, answer.text
    assert {row.outcome for row in kept(sender.web, Delivery)} == {"no-body"}
    assert sender.web.rung == []


@pytest.mark.parametrize(
    ("content", "status"), [([{"type": "p", "children": [{"text": "Rain."}]}], 200), ({"html": "<p>Rain.</p>"}, 400), (5, 400)]
)
def test_another_shape_of_a_wordpress_body_is_read_or_refused(web, content, status):
    with web.database.begin() as session:
        create_source(session, "wp", NOW, kind="wordpress", secret=TOKEN)
    post = {"id": 7, "status": "publish", "title": "Ferry", "content": content}
    answer = web.client.post("/webhooks/wp", json=post, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, len(web.rung)) == (status, int(status == 200))


def test_a_wordpress_post_without_text_is_no_mistake(web):
    """Password-protected posts come so: the body is an object, and what it renders to is empty."""
    with web.database.begin() as session:
        create_source(session, "wp", NOW, kind="wordpress", secret=TOKEN)
    post = {"id": 7, "status": "publish", "title": {"rendered": "Ferry"}, "content": {"rendered": "", "protected": True}}
    answer = web.client.post("/webhooks/wp", json=post, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, [row.outcome for row in kept(web, Delivery)]) == (200, ["no-body"])


def _without_body(payload):
    """The same payload with nothing where its body stands."""
    names = ("html", "body_html", "content_elements", "content", "body", "text")

    def strip(value):
        if not isinstance(value, dict):
            return value
        return {
            name: None if name in names and not (isinstance(inner, dict) and "_id" in inner) else strip(inner)
            for name, inner in value.items()
        }

    yield strip(payload)


def test_the_store_is_down(sender, web_without_store, capsys):
    away = replace(sender, web=web_without_store)
    answer = away.send(sender.case.publish)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    said = capsys.readouterr()
    assert sender.case.secret not in said.out + said.err


def test_another_method(sender):
    for method in ("get", "put", "delete", "patch"):
        assert getattr(sender.web.client, method)("/webhooks/northgate").status_code == 405


def test_a_removed_source_is_gone(sender):
    with sender.web.database.begin() as session:
        remove_source(session.scalars(select(Source).where(Source.name == "northgate")).one(), NOW)
    assert sender.send(sender.case.publish).status_code == 404


@pytest.mark.parametrize("name", ["contentful", "wordpress-com", "ghost"])
def test_through_the_web_server_of_production(served, database, signers, name):
    """The path as it was called, which Contentful signs; and no secret of an address in the server's own lines."""
    port, _, log = served
    case, now = CASES[name], datetime.now(UTC)
    with database.begin() as session:
        create_source(session, "southgate", now, kind=case.kind, secret=case.secret, options=case.options)
    path = "/webhooks/southgate"
    headers, wire = signers.sign(case.sender, case.secret, case.publish, now, path=path, headers=case.headers, id="m1")
    for end, status in ((f"/{case.secret}" if case.in_url else "", 200), (f"/{other(case)}", 401 if case.in_url else 404)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", path + end.replace(" ", "%20"), wire, headers)
        answer = connection.getresponse()
        assert answer.status == status, answer.read()
        assert answer.headers["content-type"] == ("application/json" if status == 200 else "application/problem+json")
        connection.close()
    assert case.secret not in log.read_text()


@pytest.fixture
def undated(web, signers):
    """A sender that says neither a delivery's id nor when a story was changed."""
    options = {name: path for name, path in CASES["generic-github"].options.items() if name != "modified_at"}
    case = replace(CASES["generic-github"], options=options)
    with web.database.begin() as session:
        create_source(session, "northgate", NOW, kind="generic", secret=case.secret, options=options)
    return Sender(web, signers, case)


def test_an_edit_that_goes_back_to_the_words_of_before_is_no_duplicate(undated, read_all):
    case, seen = undated.case, []
    for body in (case.publish, case.publish, case.change, case.publish, case.publish):
        undated.web.now += timedelta(seconds=1)
        seen.append(undated.send(body).json["status"])
        read_all()
    assert seen == ["accepted", "duplicate", "accepted", "accepted", "duplicate"]
    newest = max(kept(undated.web, Revision), key=lambda row: row.order_key)
    assert b"May" in newest.content


def test_ten_edits_in_five_seconds_end_with_the_last(undated, read_all):
    for number in range(10):
        undated.web.now += timedelta(seconds=0.5)
        undated.send(undated.case.publish.replace("May", f"May {number}"))
    read_all()
    outcomes = [row.outcome for row in kept(undated.web, Delivery)]
    assert outcomes == ["superseded"] * 9 + ["reported"]


def test_a_senders_own_id_in_a_header_of_its_choice(undated):
    with undated.web.database.begin() as session:
        source = find_source(session, "northgate")
        source.options = source.options | {"id_header": "X-GitHub-Delivery"}
    first = undated.send(undated.case.publish, **{"x-github-delivery": "d-1"})
    second = undated.send(undated.case.change, **{"x-github-delivery": "d-1"})
    assert (first.json["delivery"], second.json["status"]) == ("d-1", "duplicate")
    assert kept(undated.web, Delivery)[0].conflicts == 1
    for value in ("a b", "x" * 201, "", "é"):
        assert undated.send(undated.case.publish, **{"x-github-delivery": value}).status_code == 400


def test_many_documents_of_one_release(web, signers):
    case = CASES["prismic"]
    with web.database.begin() as session:
        create_source(session, "northgate", NOW, kind="prismic", secret=case.secret, options=case.options, origin=ORIGIN)
    sender = Sender(web, signers, case)
    body = case.publish.replace('["7"]', '["7","8","9"]')
    answer = sender.send(body).json
    assert (answer["status"], len(answer["articles"])) == ("accepted", 3)
    assert sender.send(body).json["status"] == "duplicate"
    assert len(web.rung) == 3


@pytest.mark.parametrize("query", ["site=north", "a=b&c=%C3%A9", "q=a%20b+c", "a=1?b=2", "it's=(fine)!*~", "é=ü"])
def test_contentfuls_own_code_signs_an_address_with_a_query(web, signers, query):
    case, path = CASES["contentful"], f"/webhooks/northgate?{query}"
    headers, wire = signers.sign("contentful", case.secret, case.publish, NOW, path=path, headers=case.headers_for(case.publish))
    call = Call(wire, {name.lower(): value for name, value in headers.items()}, NOW, target=path)
    find_kind("contentful").verify(call, Door((case.secret,)))
    with pytest.raises(Refused):
        find_kind("contentful").verify(replace(call, target=path.replace("?", "?x", 1)), Door((case.secret,)))
    with web.database.begin() as session:
        create_source(session, "northgate", NOW, kind="contentful", secret=case.secret)
    if query.isascii():
        assert web.client.post(path, data=wire, headers=headers).status_code == 200


@pytest.mark.parametrize("page", ["https://x.example/{uid}", "https://x.example/{type}/{id}", "https://x.example/news", ""])
def test_prismics_page_can_be_found_by_id_only(page):
    with pytest.raises(Refused, match="id"):
        find_kind("prismic").check({"page": page} if page else {})
