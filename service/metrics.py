"""``/metrics`` for Prometheus: read from the store, so that every process and every machine is in it. Behind a token."""

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.meters import Meters, read_meters
from reports.models import Delivery, Finding
from reports.queries import queue_health, store_bytes
from service.api.tokens import require
from service.parts import parts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NAME = "copydesk-meters"
ANSWERS, RULE_SECONDS, RULE_RUNS = "webhook-answers", "rule-seconds", "rule-runs"

metrics = Blueprint("metrics", __name__)


def count_answer(response: Response) -> Response:
    """Counts what a webhook call was answered."""
    meters: Meters = current_app.extensions[NAME]
    meters.count(ANSWERS, str(response.status_code))
    meters.add_when_due()
    return response


@metrics.get("/metrics")
def show() -> Response:
    """The numbers; ``docs/operations.md`` says which of them to watch."""
    require(request, "read")
    registry = CollectorRegistry()
    with parts().database.read() as session:
        registry.register(_Collected(list(_read(session))))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE)


class _Collected(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterator[Metric]:
        """What was read."""
        return iter(self.families)


def _read(session: Session) -> Iterator[Metric]:
    health = queue_health(session, parts().clock())
    oldest = health.oldest_queued.total_seconds() if health.oldest_queued else 0.0
    yield GaugeMetricFamily("copydesk_oldest_queued_job_seconds", "Age of the oldest queued job; 0 without one", value=oldest)
    yield _gauge("copydesk_jobs", "Jobs by state", ["state"], {(state,): count for state, count in health.jobs.items()})
    ended = session.execute(select(Delivery.outcome, func.count()).group_by(Delivery.outcome)).all()
    outcomes = {(outcome or "on-its-way",): count for outcome, count in ended}
    yield _gauge("copydesk_deliveries", "Deliveries by how they ended", ["outcome"], outcomes)
    found = session.execute(select(Finding.rule, Finding.state, func.count()).group_by(Finding.rule, Finding.state)).all()
    yield _gauge("copydesk_findings", "Findings by rule", ["rule", "state"], {(rule, state): n for rule, state, n in found})
    yield GaugeMetricFamily("copydesk_store_bytes", "Disk that the store takes", value=store_bytes(session))
    free = shutil.disk_usage(parts().settings.data_dir).free
    yield GaugeMetricFamily("copydesk_data_free_bytes", "Disk that is free where the data directory is", value=free)
    meters = read_meters(session)
    for name, what, label, key in (
        ("copydesk_webhook_answers", "Webhook calls by status of their answer", "status", ANSWERS),
        ("copydesk_rule_seconds", "Seconds that each rule took, in all", "rule", RULE_SECONDS),
        ("copydesk_rule_runs", "Stories that each rule read", "rule", RULE_RUNS),
    ):
        family = CounterMetricFamily(name, what, labels=[label])
        for value, amount in meters.get(key, {}).items():
            family.add_metric([value], amount)
        yield family


def _gauge(name: str, what: str, labels: list[str], values: Mapping[Any, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=labels)
    for label, value in values.items():
        family.add_metric(list(label), value)
    return family
