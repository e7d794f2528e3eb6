"""One step of a trial: a rule over some more of the stored stories."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from reports import house_rules, trials
from reports.database import Database
from reports.errors import ReportsError
from reports.trials import Story
from rules.core import catalogue, engine
from rules.core.errors import BadRuleError
from rules.core.rule import Rule

AT_ONCE = 50  # stories read from the store at a time
STEP_S = 10  # of work in one step, so that trials and stories that come in take turns
log = structlog.get_logger("copydesk.trying")


@dataclass(frozen=True)
class Trying:
    """What a worker needs for it."""

    database: Database
    clock: Callable[[], datetime]

    def step(self, number: int) -> bool:
        """Reads on for some seconds; whether there is more to do."""
        with self.database.begin() as session:
            trial = trials.claim(session, number, self.clock())
            if trial is None:
                return False
            name, version = trial.rule, trial.version
        try:
            rule = self._rule(name, version)
            until = time.monotonic() + STEP_S
            while not (ended := self._read_on(number, rule)) and time.monotonic() < until:
                pass
            if not ended:
                with self.database.begin() as session:
                    trials.release(session, number)
        except Exception as error:
            with self.database.begin() as session:
                trials.fail(session, number, _reason(error), self.clock())
            log.exception("trial-failed", trial=number, rule=name)
            return False
        return not ended

    def _rule(self, name: str, version: int) -> Rule:
        if not name.startswith("house-"):
            return catalogue.find(name)
        with self.database.read() as session:
            return house_rules.rule_of(session, name, version)

    def _read_on(self, number: int, rule: Rule) -> bool:
        with self.database.read() as session:
            stories = trials.next_stories(session, trials.get(session, number), AT_ONCE)
        now = self.clock().replace(microsecond=0)
        found = [row for story in stories for row in _findings(rule, story, now)]
        with self.database.begin() as session:
            return trials.advance(session, number, stories, found, self.clock())


def _findings(rule: Rule, story: Story, now: datetime) -> Iterator[dict[str, Any]]:
    for finding in engine.lint(story.submission, now=now, rules=[rule])["findings"]:
        if not finding["suppressed"]:
            yield {
                "article": story.article_id,
                "headline": (story.headline or "")[:200],
                "source": story.source,
                "severity": finding["severity"],
                "message": finding["message"][:300],
                "prefix": finding["prefix"],
                "text": finding["text"][:300],
                "suffix": finding["suffix"],
            }


def _reason(error: Exception) -> str:
    return error.reason if isinstance(error, (ReportsError, BadRuleError)) else f"{type(error).__name__}: {error}"
