"""What a rule is: one class in one module, with its help page, its options, its examples and its check."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from rules.core.article import Article
from rules.core.findings import Category, Finding, Severity, Upcoming
from rules.core.similarity import Neighbour

HELP_HEADINGS = ("## Why it matters", "## What is checked", "## Known limits")
WORK_PER_CHARACTER = 60  # how many units of work a rule may spend for each character of the story
WORK_AT_LEAST = 50_000  # so that a short story never runs into it


class BudgetExceededError(Exception):
    """A rule spent more work than its article's length allows."""


class NotRunError(Exception):
    """A rule cannot say anything about this article; the reason goes into the report."""


@dataclass
class Context:
    """What a rule may know besides the article: the clock, and how much work it may do."""

    now: datetime
    budget: int
    upcoming: list[Upcoming] = field(default_factory=list)
    neighbours: tuple[Neighbour, ...] = ()  # articles of the store that share word sequences with this one

    def spend(self, work: int) -> None:
        """Counts work (about one unit a character looked at); raises BudgetExceededError past the budget."""
        self.budget -= work
        if self.budget < 0:
            raise BudgetExceededError

    def expect(self, text: str, due_at: datetime) -> None:
        """Says that ``text`` becomes a finding at ``due_at`` (up to a whole second) if nobody touches the article before."""
        whole = due_at.replace(microsecond=0)
        self.upcoming.append(Upcoming(text, whole if whole == due_at else whole + timedelta(seconds=1)))


@dataclass(frozen=True)
class Example:
    """A piece of article with ``⟦…⟧`` around exactly what is to be found; no marks means silence.

    ``html`` is a fragment or a page, ``text`` plain text; ``fixed`` is the source after the rule's fix.
    """

    why: str
    html: str | None = None
    text: str | None = None
    fixed: str | None = None
    now: datetime | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    kind: str | None = None
    headline: str | None = None
    language: str | None = None
    url: str | None = None
    count: int | None = None  # how often the one finding was seen, where it is more than once
    neighbours: Mapping[str, float] = field(default_factory=dict)  # addresses of other articles, and how alike they are
    options: Mapping[str, Any] = field(default_factory=dict)  # of the rule, as a configuration gives them
    whole_input: bool = False  # the finding is about the input and marks no text


@dataclass(frozen=True)
class Rule:
    """One kind of fault. A rule with options is a frozen dataclass whose fields they are; any other needs no decorator."""

    category: ClassVar[Category]
    severity: ClassVar[Severity]  # the highest its findings carry
    since: ClassVar[str]
    version: ClassVar[int] = 1  # rises whenever its findings change
    aliases: ClassVar[tuple[str, ...]] = ()
    preview: ClassVar[bool] = False
    languages: ClassVar[frozenset[str] | None] = None  # the languages it reads; None: any
    specificity: ClassVar[int] = 50  # which rule reports a block that several flag: the highest
    examples: ClassVar[tuple[Example, ...]] = ()

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """The findings, in reading order. Raises NotRunError when the article lacks what the rule needs."""
        raise NotImplementedError

    @cached_property
    def name(self) -> str:
        """The slug: the module's name with hyphens."""
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    @property
    def help(self) -> str:
        """The module's docstring: the help page."""
        return (sys.modules[type(self).__module__].__doc__ or "").strip()

    @property
    def summary(self) -> str:
        """The help page's first line."""
        return self.help.partition("\n")[0]


def budget_for(article: Article) -> int:
    """The units of work one rule may spend on an article."""
    return WORK_AT_LEAST + WORK_PER_CHARACTER * len(article.text)
