"""The article page's view of one story: its newest report, set as a galley."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from reports import deliveries, history
from reports.deliveries import DeliveryFilter, LogRow
from reports.facets import Facets, desks, people
from reports.history import Done, Moment
from reports.models import Finding, User
from reports.queries import ArticlePage, article_page
from reports.tallies import OPEN
from rules.core.engine import marks, sources_of, story
from rules.core.findings import SEVERITIES
from rules.core.report import summarise
from rules.core.submission import parse_time
from service.desk.galley import Galley, make_galley
from service.desk.mending import edits_of, source_of
from service.parts import parts

DELIVERIES = 20  # of a story that are shown: an evening's edits
SHOWN = 200  # findings that hang beside a story, and judged ones below it: 1 MB of page, and more than anybody works off at once
JUDGED = ("stands", "false-alarm")  # what the desk has decided once is not shown to it again


@dataclass(frozen=True)
class Banner:
    """Something that must be known first, about the whole story or the whole desk."""

    severity: str
    title: str
    text: str


@dataclass(frozen=True)
class Upcoming:
    """A text that becomes a finding by itself when its time comes."""

    rule: str
    text: str
    due_at: datetime


@dataclass(frozen=True)
class Page:
    """A story as the page shows it; the times in UTC. ``link`` is its address where one may follow it."""

    headline: str | None
    source: str
    byline: str | None
    words: int
    url: str | None
    link: str | None
    published_at: datetime | None
    modified_at: datetime | None
    checked_at: datetime | None
    counts: Mapping[str, int]
    banners: tuple[Banner, ...]
    upcoming: tuple[Upcoming, ...]
    not_run: tuple[Mapping[str, str], ...]
    galley: Galley
    id: int
    section: str | None
    desk: str | None
    event_id: int
    report_id: int
    came: Mapping[str, int] | None  # kinds of events since the page that takes this one in by itself; None: asked for by hand
    judged: tuple[Finding, ...]
    judged_before: int  # how many more there are
    moments: tuple[Moment, ...]
    deliveries: tuple[LogRow, ...]
    facets: Facets
    done: Done | None
    fixable: int  # findings with a safe fix
    sourcing: Mapping[str, Any] | None  # None: the story is not in a language whose sources are read, or could not be read


def read_page(article_id: int, user: User, done: int | None = None, taken_in: int | None = None) -> Page | None:
    """The page of an article; None when there is none, or nobody has read it yet.

    ``done``: a batch to be told of. ``taken_in``: the newest event of the page that takes this one in by itself.
    """
    with parts().database.read() as session:
        kept = article_page(session, article_id)
        if kept is None:
            return None
        told = history.done(session, by=user.name, limit=1, batch_id=done) if done is not None else []
        moments = tuple(history.timeline(session, article_id))
        sent = tuple(deliveries.deliveries(session, DeliveryFilter(article_id=article_id), limit=DELIVERIES))
        choices = Facets(desks(session), (), (), people(session))
        came = Counter(kind for _, kind in history.changes_since(session, article_id, taken_in)) if taken_in is not None else None
    return make_page(kept, moments, sent, choices, told[0] if told else None, came)


def make_page(
    kept: ArticlePage,
    moments: tuple[Moment, ...],
    sent: tuple[LogRow, ...],
    facets: Facets,
    done: Done | None,
    came: Mapping[str, int] | None,
) -> Page:
    """The revision's text with the findings of the newest report set in it, and what else the report says."""
    report, about = kept.report, kept.report["article"]
    rows = story(kept.submission)
    findings = open_findings(kept)
    hung = gravest(findings, kept)
    judged = sorted((row for row in kept.kept.values() if row.state in JUDGED), key=lambda row: row.id)
    return Page(
        headline=about["headline"] or kept.headline,
        source=kept.source,
        byline=about["byline"],
        words=about["words"],
        url=kept.url,
        link=safe_link(kept.url),
        published_at=_time(about["published_at"]),
        modified_at=_time(about["modified_at"]),
        checked_at=_time(report["checked_at"]),
        counts=summarise(to_judge(findings)),
        banners=tuple(_banners(kept, sent, len(findings))),
        upcoming=tuple(_upcoming(report)),
        not_run=tuple(report["not_run"]),
        galley=make_galley(rows, hung, marks(report | {"findings": hung}, rows)),
        id=kept.id,
        section=kept.section,
        desk=kept.desk,
        event_id=kept.event_id,
        report_id=kept.report_id,
        came=came,
        judged=tuple(judged[-SHOWN:]),
        judged_before=len(judged[:-SHOWN]),
        moments=moments,
        deliveries=sent,
        facets=facets,
        done=done,
        fixable=sum(bool(finding["fix"] and finding["fix"]["safe"]) for finding in findings),
        sourcing=_sourcing(kept),
    )


def open_findings(kept: ArticlePage) -> list[dict[str, Any]]:
    """The report's findings that are neither suppressed nor judged, each with its life."""
    return [
        finding | {"cause": kept.causes.get(finding["fingerprint"]), "kept": kept.kept.get(finding["fingerprint"])}
        for finding in kept.report["findings"]
        if _open(finding, kept.states)
    ]


def to_judge(findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are open at the desk: none of a story that its CMS took back."""
    return [finding for finding in findings if finding["kept"] is None or finding["kept"].state in OPEN]


def gravest(findings: Sequence[dict[str, Any]], kept: ArticlePage) -> list[dict[str, Any]]:
    """The gravest of an article's findings, in the report's order, each with its fix as a difference."""
    ranked = sorted(range(len(findings)), key=lambda number: SEVERITIES.index(findings[number]["severity"]))
    source = source_of(kept.submission) or ""
    return [findings[number] | {"edits": edits_of(findings[number]["fix"], source)} for number in sorted(ranked[:SHOWN])]


def safe_link(url: str | None) -> str | None:
    """``url`` when a reader may follow it; a ``javascript:`` or ``data:`` address is text and no link."""
    try:
        split = urlsplit(url or "")
    except ValueError:
        return None
    return url if split.scheme in ("http", "https") and split.netloc else None


def _open(finding: Mapping[str, Any], states: Mapping[str, str]) -> bool:
    return not finding["suppressed"] and states.get(finding["fingerprint"]) not in JUDGED


def _banners(kept: ArticlePage, sent: Sequence[LogRow], findings: int) -> Iterator[Banner]:
    if kept.withdrawn_at is not None:
        yield Banner("note", "Withdrawn.", "The CMS took this story back; its findings are closed.")
    elif sent and sent[0].outcome == "no-body":
        yield Banner("error", "The CMS sent this story again without its text.", "What stands here is what it sent before.")
    if kept.report["error"]:
        yield Banner("error", "This story could not be read.", kept.report["error"]["reason"])
    elif not kept.report["complete"]:
        yield Banner("error", "This story was not read whole.", "There may be more wrong with it than stands here.")
    if findings > SHOWN:
        text = f"The {SHOWN} gravest stand here; the others come up as these are judged or mended."
        yield Banner("warning", f"{findings:,} findings.", text)


def _upcoming(report: Mapping[str, Any]) -> Iterator[Upcoming]:
    for item in report["upcoming"]:
        due_at = _time(item["due_at"])
        if due_at:
            yield Upcoming(item["rule"], item["text"], due_at)


def _sourcing(kept: ArticlePage) -> Mapping[str, Any] | None:
    made = sources_of(kept.submission)
    return made if made["error"] is None and made["language"] == "en" and made["words"] else None


def _time(text: str | None) -> datetime | None:
    return parse_time(text).astimezone(UTC) if text else None
