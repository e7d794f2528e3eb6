"""The JSON of the API, taken in and given out: what these say is what is checked and what is described."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from reports.verdicts import NOTE
from rules.core.submission import parse_time

Severity = Literal["error", "warning", "note"]
State = Literal["open", "reopened", "stands", "false-alarm", "fixed", "retired", "withdrawn"]
Outcome = Literal["reported", "superseded", "withdrawn", "no-body", "poisoned"]
LARGEST = 2_147_483_647  # of a number in the store
PAGE = 50
PAGE_MAX = 200
NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"


def _is_time(text: str) -> str:
    parse_time(text)
    return text


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 5.0 is as whole as 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Time = Annotated[str, AfterValidator(_is_time), Field(json_schema_extra={"format": "date-time"})]
Number = Annotated[int, Field(ge=0, le=LARGEST)]
Name = Annotated[str, Field(pattern=NAME)]
Cursor = Annotated[str, Field(pattern="^[0-9a-f]{16}$", description="The next_cursor of the page before.")]
Limit = Annotated[int, Field(ge=1, le=PAGE_MAX, description="How many at most.")]
Said = str | int | float | None


class Given(BaseModel):
    """What comes in: nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Told(BaseModel):
    """What goes out."""

    model_config = ConfigDict(extra="forbid")


class PageAsked(Given):
    """Which page of a list."""

    limit: Limit = PAGE
    cursor: Cursor | None = None


class Page(Told):
    """A page of a list; next_cursor is null on the last."""

    next_cursor: str | None


class Problem(Told):
    """An error (RFC 9457): what kind, and what to do about it."""

    type: str
    title: str
    status: int
    detail: str


class MetadataIn(Given):
    """What the sender knows of the article; it wins over what the page says."""

    headline: Said = None
    byline: Said = None
    published_at: Time | None = None
    modified_at: Time | None = None
    language: Said = None
    section: Said = None
    desk: Said = None
    kind: Said = None
    external_id: Said = Field(None, description="The CMS's own identity of the article; revisions of one article share it.")
    revision: Said = Field(None, description="A number or time that rises with each revision.")


class ArticleIn(Given):
    """An article: its html or its text, not both, and what is known of it. With a url alone nothing is linted."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "required": ["html", "text"],
                "properties": {name: {"type": "string", "minLength": 1} for name in ("html", "text")},
            }
        }
    )
    url: str | None = None
    html: str | None = Field(None, description="A page, or the story's part of one.")
    text: str | None = Field(None, description="Plain text; a blank line between paragraphs.")
    metadata: MetadataIn | None = None
    source: Name | None = Field(None, description="Whose story it is; without it, that of what the API hands in.")


class GateIn(ArticleIn):
    """A story that is not published yet, and how long its editor can wait for the answer."""

    budget_ms: Annotated[int, Field(ge=0, le=10_000, description="Milliseconds."), BeforeValidator(_whole)] = 1_500


class GateReason(Told):
    """A finding that fails the story."""

    rule: str
    severity: Severity
    message: str
    text: str
    fingerprint: str
    line: int | None


class GateOut(Told):
    """The verdict. allow is what to do; failed says, where there is no verdict, that the gate opened or closed for that."""

    check: int
    verdict: Literal["pass", "fail", "pending", "unread"]
    allow: bool
    failed: Literal["open", "closed"] | None
    detail: str
    reasons: list[GateReason]
    report_url: str | None


class Submitted(Told):
    """What became of a submission. ``duplicate``: it had been taken in before."""

    delivery: str
    status: Literal["accepted", "duplicate"]
    article: int | None = None
    report_url: str | None = None


class ReportOut(Told):
    """A report, as docs/report.schema.json has it."""


class Asked(Given):
    """How a report is wanted; without a format, as the Accept header says."""

    format: Literal["json", "jsonl", "csv", "sarif", "rdjson", "github", "html"] | None = None


class ArticlesAsked(PageAsked):
    """Which articles."""

    source: str | None = None
    external_id: str | None = None
    url: str | None = None


class ArticleOut(Told):
    """An article that has a report."""

    id: int
    source: str
    external_id: str | None
    url: str | None
    headline: str | None
    withdrawn_at: str | None
    report_id: int
    report_url: str


class ArticlePage(Page):
    """A page of articles, the newest first; next_cursor is null on the last."""

    articles: list[ArticleOut]


class FindingsAsked(PageAsked):
    """Which findings; a parameter that stands several times means any of its values."""

    state: list[State] = []
    severity: list[Severity] = []
    rule: list[str] = []
    source: str | None = None
    article: Number | None = None
    since: Time | None = Field(None, description="Changed at this time or later.")


class FindingOut(Told):
    """A finding and what became of it."""

    id: int
    rule: str
    version: int
    severity: Severity
    state: State
    message: str
    fingerprint: str
    text: str
    serial: int = Field(description="Rises with every change; send it with a verdict to speak only of what was seen.")
    appeared_at: str | None
    changed_at: str
    reason: str | None
    judged_by: str | None
    snoozed_until: str | None
    assignee: str | None
    desk: str | None
    note: str | None
    first_report_id: int
    last_report_id: int
    article: int
    source: str
    url: str | None
    headline: str | None


class FindingPage(Page):
    """A page of findings, the newest first; next_cursor is null on the last."""

    findings: list[FindingOut]


class IncidentsAsked(PageAsked):
    """Which incidents."""

    source: str | None = None
    rule: str | None = None
    severity: Severity | None = None
    since: Time | None = Field(None, description="Seen somewhere at this time or later.")


class IncidentOut(Told):
    """The same fault in several articles of one source."""

    source: str
    rule: str
    severity: Severity
    message: str
    text: str
    articles: int
    findings: int
    since: str | None
    last: str | None
    assignee: str | None


class IncidentPage(Page):
    """A page of incidents, the most harmful first; next_cursor is null on the last."""

    incidents: list[IncidentOut]


Note = Annotated[str, Field(max_length=NOTE)]
Seen = Annotated[
    int, Field(ge=0, le=LARGEST, description="The finding's serial; a change since is a conflict."), BeforeValidator(_whole)
]


class Verdict(Given):
    """What every verdict may say beside what it is."""

    note: Note | None = None
    serial: Seen | None = None


class Stet(Verdict):
    """Let it stand: this finding, the rule in this article, this phrase on this source, or until a time to come."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["scope"], "properties": {"scope": {"const": "until"}}},
            "then": {"required": ["until"], "properties": {"until": {"type": "string", "format": "date-time"}}},
        }
    )
    action: Literal["stet"]
    reason: Literal["correct-as-is", "house-style", "quoting", "wont-fix"]
    scope: Literal["finding", "article", "phrase", "until"] = "finding"
    until: Time | None = None


class FalseAlarm(Verdict):
    """The rule was wrong; it counts against its precision."""

    action: Literal["false-alarm"]


class Reopen(Verdict):
    """It is to be worked on after all."""

    action: Literal["reopen"]


class Assign(Verdict):
    """Who works on it: a person, a desk; both null: nobody."""

    action: Literal["assign"]
    assignee: Annotated[str, Field(max_length=64)] | None = None
    desk: Annotated[str, Field(max_length=64)] | None = None


class Remark(Given):
    """A note, and nothing else."""

    action: Literal["note"]
    note: Note
    serial: Seen | None = None


class VerdictIn(RootModel[Annotated[Stet | FalseAlarm | Reopen | Assign | Remark, Field(discriminator="action")]]):
    """What is to become of a finding."""

    model_config = ConfigDict(strict=True)


class Judged(Told):
    """The finding after the verdict. ``batch``: the number of what was done; ``changed``: how many findings it changed."""

    finding: FindingOut
    batch: int | None
    changed: int


class DeliveriesAsked(Given):
    """Which deliveries."""

    source: str | None = None
    delivery: str | None = Field(None, description="The sender's own id of it, as the answer to the call has it.")
    article: Number | None = None
    outcome: Outcome | None = None
    limit: Limit = PAGE
    cursor: Cursor | None = None


class DeliveryOut(Told):
    """What was sent, and how it ended. ``outcome`` is null while it is on its way."""

    id: int
    delivery: str
    received_at: str
    article: int | None
    outcome: Outcome | None
    superseded_by: str | None = Field(description="The delivery that brought the newer revision; null where that is not known.")
    superseded_by_revision: int | None
    reason: str | None
    duplicates: int
    conflicts: int = Field(description="Duplicates by their id whose body was another.")


class DeliveryPage(Told):
    """A page of deliveries, the newest first; next_cursor is null on the last."""

    deliveries: list[DeliveryOut]
    next_cursor: str | None


class LeftOut(Told):
    """A finding that was not taken back, for somebody has judged it since."""

    finding: int
    state: State
    by: str | None


class Undone(Told):
    """What taking back came to. ``findings``: those that are again what they were."""

    batch: int
    findings: list[int]
    left: list[LeftOut]


class RuleOut(Told):
    """A rule in a line."""

    name: str
    summary: str
    category: str
    severity: Severity
    version: int
    since: str
    preview: bool
    aliases: list[str]
    languages: list[str] | None


class RulePage(RuleOut):
    """A rule with its help page and its options."""

    help: str
    options: dict[str, str]


class RuleList(Told):
    """Every rule, by name."""

    rules: list[RuleOut]


class SourceOut(Told):
    """A sender; its secrets are told to nobody."""

    name: str
    kind: str
    language: str | None
    desk: str | None
    origin: str | None
    created_at: str


class SourceList(Told):
    """Every sender, by name."""

    sources: list[SourceOut]
