"""Times are told where their reader is; the pages' datetime and the store keep UTC."""

import re
from datetime import UTC, datetime

import pytest

from tests.service.conftest import Web
from tests.service.test_desk import SEED, form_token
from tests.service.test_triage import desk, finding, judge  # noqa: F401 - fixtures too


@pytest.fixture
def web(make_web) -> Web:
    """A newsroom in Berlin, at 21:04 UTC."""
    return make_web(time_zone="Europe/Berlin")


def checked(page):
    return re.search(r'<dt>Checked</dt><dd>\s*<time datetime="([^"]+)">([^<]+)</time>', page.text).groups()


def set_zone(client, zone):
    return client.post("/you/zone", data={"csrf_token": form_token(client.get("/you")), "zone": zone})


def test_times_are_the_newsrooms_and_then_ones_own(desk, publish):  # noqa: F811
    article = publish(SEED)
    assert checked(desk.get(f"/articles/{article}")) == ("2026-11-24T21:04:00+00:00", "24 Nov 2026, 22:04 CET")
    assert set_zone(desk, "Asia/Kolkata").status_code == 303
    assert checked(desk.get(f"/articles/{article}")) == ("2026-11-24T21:04:00+00:00", "25 Nov 2026, 02:34 IST")
    assert ">02:34</time>" in desk.get("/").text
    assert 'min="2026-11-25"' in desk.get(f"/articles/{article}").text
    set_zone(desk, "")
    assert ">22:04</time>" in desk.get("/").text


def test_a_zone_that_is_none(desk):  # noqa: F811
    answer = set_zone(desk, "Europe/Atlantis")
    assert answer.status_code == 400
    assert "is no time zone" in answer.text


def test_until_a_day_is_until_it_begins_there(desk, publish, finding):  # noqa: F811
    article = publish(SEED)
    judge(desk, finding(article), "stet:house-style", scope="until", until="2026-12-24")
    assert finding(article).snoozed_until == datetime(2026, 12, 23, 23, 0, tzinfo=UTC)
    assert "24 Dec, 00:00" in desk.get("/?tab=snoozed").text
