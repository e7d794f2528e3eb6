"""Counts of several processes add up in the store."""

from datetime import timedelta

from reports.meters import Meters, read_meters
from tests.conftest import NOW


def test_what_two_processes_count_adds_up(database):
    for amounts in ((0.5, 1.0), (0.25, 2.0)):
        meters = Meters(database, lambda: NOW, timedelta(0))
        for rule, amount in zip(("mojibake", "stale-note"), amounts, strict=True):
            meters.count("rule-seconds", rule, amount)
            meters.count("rule-runs", rule)
        meters.add_when_due()
    with database.read() as session:
        assert read_meters(session) == {
            "rule-runs": {"mojibake": 2.0, "stale-note": 2.0},
            "rule-seconds": {"mojibake": 0.75, "stale-note": 3.0},
        }


def test_what_was_added_is_not_added_again(database):
    meters = Meters(database, lambda: NOW, timedelta(0))
    meters.count("rule-runs", "mojibake")
    meters.add_when_due()
    meters.add_when_due()
    with database.read() as session:
        assert read_meters(session) == {"rule-runs": {"mojibake": 1.0}}
