"""What became of each delivery is told wherever somebody asks: by the API, on the desk, in a terminal."""

import pytest

from tests.service.command_line import run
from tests.service.test_api import get
from tests.service.test_desk import sign_in


@pytest.fixture
def article(web, publish, read_all) -> int:
    """An evening: read, overtaken before anybody read it, read again, and one that is on its way."""
    publish("<p>Rain fell.</p>", modified_at="2026-11-24T20:00:00Z")
    publish("<p>Rain fell hard.</p>", modified_at="2026-11-24T20:10:00Z", read=False)
    number = publish("<p>Snow fell.</p>", modified_at="2026-11-24T20:30:00Z")
    publish("<p>Sun.</p>", modified_at="2026-11-24T20:40:00Z", read=False)
    return number


def test_the_api_tells_how_each_ended(web, article, token):
    secret = token("read")
    rows = get(web, secret, f"deliveries?article={article}").json["deliveries"]
    told = [(row["delivery"], row["outcome"], row["superseded_by"]) for row in rows]
    assert told == [
        ("msg_4", None, None),
        ("msg_3", "reported", None),
        ("msg_2", "superseded", "msg_3"),
        ("msg_1", "reported", None),
    ]
    assert [bool(row["superseded_by_revision"]) for row in rows] == [False, False, True, False]
    assert (rows[2]["duplicates"], rows[2]["received_at"][-1]) == (0, "Z")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("delivery=msg_2", ["msg_2"]),
        ("delivery=msg_2&source=northgate", ["msg_2"]),
        ("outcome=reported", ["msg_3", "msg_1"]),
        ("source=elsewhere", []),
        ("delivery=never", []),
    ],
)
def test_deliveries_are_filtered(web, article, token, asked, found):
    answer = get(web, token("read"), f"deliveries?{asked}")
    assert [row["delivery"] for row in answer.json["deliveries"]] == found


def test_pages_follow_one_another(web, article, token):
    secret, seen, cursor = token("read"), [], ""
    while cursor is not None:
        page = get(web, secret, f"deliveries?limit=3{f'&cursor={cursor}' if cursor else ''}").json
        seen += [row["delivery"] for row in page["deliveries"]]
        cursor = page["next_cursor"]
    assert seen == ["msg_4", "msg_3", "msg_2", "msg_1"]


def test_what_is_no_outcome_is_refused(web, token):
    assert get(web, token("read"), "deliveries?outcome=lost").status_code == 400
    assert get(web, token("submit"), "deliveries").status_code == 403


def test_the_desk_tells_it_on_the_article(web, editor, article):
    client = web.app.test_client()
    sign_in(client)
    page = client.get(f"/articles/{article}").text
    assert "superseded by msg_3" in page
    assert page.index("msg_4") < page.index("on its way") < page.index("superseded by msg_3")


def test_a_terminal_tells_it(web, article, settings):
    log = run("source", "log", "northgate", COPYDESK_DATA=str(settings.data_dir)).out
    assert "superseded by msg_3" in log
