"""The numbers for Prometheus, from the store and behind a token."""

import re
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reports.database import open_database
from reports.meters import Meters
from reports.queries import store_bytes
from reports.settings import Settings
from tests.service.command_line import ROOT
from tests.service.test_desk import SEED
from workers.linting import Linting


def scrape(web, token):
    answer = web.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_strangers_do_not_see_them(web, token):
    assert web.client.get("/metrics").status_code == 401
    assert web.client.get("/metrics", headers={"Authorization": f"Bearer {token('submit')}"}).status_code == 403


def test_what_is_counted(web, token, publish):
    reader = token("read")
    publish(SEED, read=False)
    assert web.client.post("/webhooks/northgate", json={}).status_code == 401
    web.now += timedelta(seconds=90)
    seen = scrape(web, reader)
    assert seen["copydesk_oldest_queued_job_seconds",] == 90
    assert seen["copydesk_jobs", "queued"] == 1
    assert seen["copydesk_deliveries", "on-its-way"] == 1
    meters = Meters(web.database, lambda: web.now, timedelta(0))
    Linting(web.database, lambda: web.now, timedelta(seconds=90), meters=meters).run(web.rung.pop())
    publish(SEED, external_id="a-2", read=False)
    seen = scrape(web, reader)
    assert seen["copydesk_deliveries", "reported"] == 1
    assert seen["copydesk_findings", "open", "widget-error-text"] == 1
    assert seen["copydesk_webhook_answers_total", "200"] == 2
    assert seen["copydesk_webhook_answers_total", "401"] == 1
    assert seen["copydesk_rule_runs_total", "widget-error-text"] == 1
    assert 0 < seen["copydesk_rule_seconds_total", "widget-error-text"] < 5
    assert seen["copydesk_store_bytes",] > 100_000
    assert seen["copydesk_data_free_bytes",] > 0


def test_every_alarm_and_metric_of_the_page_is_there(web, token, publish):
    """docs/operations.md names only what /metrics gives, and /metrics gives only what the page explains."""
    publish(SEED)
    answer = web.client.get("/metrics", headers={"Authorization": f"Bearer {token('read')}"}).text
    given = {line.split()[2] for line in answer.splitlines() if line.startswith("# TYPE")}
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(re.findall(r"\b(copydesk_[a-z_]+)\b", page)) == given


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_the_size_of_either_store(request, tmp_path, database_url):
    database = open_database(Settings(tmp_path, database_url))
    database.upgrade()
    with database.begin() as session:
        assert store_bytes(session) > 100_000
    database.close()


def test_a_disk_that_fills_up_is_said(web, monkeypatch):
    assert not any("disk" in line for line in web.client.get("/readyz").json["wrong"])
    monkeypatch.setattr("service.health.LOW_BYTES", 10**18)
    answer = web.client.get("/readyz")
    assert answer.status_code == 200, "deliveries are still taken in"
    assert "are free on the disk" in answer.json["wrong"][-1]


def test_a_store_that_is_away_loses_no_count(web, web_without_store):
    meters = Meters(web_without_store.database, lambda: web.now, timedelta(0))
    meters.count("webhook-answers", "200")
    meters.add_when_due()
    meters.database = web.database
    meters.add_when_due()
    from reports.meters import read_meters

    with web.database.begin() as session:
        assert read_meters(session) == {"webhook-answers": {"200": 1.0}}
