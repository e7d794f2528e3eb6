"""The rules: the catalogue with how right each is, how each is set, and trials over the stored stories."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reports import house_rules, numbers, precision, rulebook, shadow, sources, trials
from reports.accounts import record
from reports.errors import ReportsError, UnknownError
from reports.precision import BY_ITSELF, Precision
from reports.rulebook import EVERYWHERE, RuleSettings, Setting
from reports.sight import Sight
from rules.core import catalogue
from rules.core.errors import BadRuleError
from rules.core.findings import Severity
from rules.core.rule import Rule
from service.desk import charts
from service.desk.access import guard
from service.desk.forms import number, text
from service.desk.marked import marked
from service.parts import parts

WEEKS = 12

rules = Blueprint("rules", __name__, url_prefix="/rules")
guard(rules)


@dataclass(frozen=True)
class Line:
    """A rule in the catalogue: how it is set, how right it is, what it found."""

    rule: Rule
    is_house: bool
    mode: str  # on, off or shadow, where no source is set apart
    apart: int  # on how many sources it is set apart
    ceiling: Severity | None
    demoted: Setting | None
    precision: Precision
    weeks: tuple[int, ...]

    @property
    def severity(self) -> str:
        """The highest that its findings carry as it is set."""
        return min(self.rule.severity, self.ceiling or self.rule.severity).word


@rules.get("")
def show() -> ResponseReturnValue:
    """The catalogue."""
    return _show()


@rules.post("/limit")
def set_limit() -> ResponseReturnValue:
    """From when on a rule is demoted by itself."""
    share, least, now = number("share", 0) / 100, number("least", 0), parts().clock()
    try:
        with parts().database.begin() as store:
            precision.set_limit(store, share, least, author=g.user.name, now=now)
            record(store, g.user.name, "limit-set", {"share": share, "least": least}, now)
    except ReportsError as error:
        return _show(error.reason)
    flash("The limit is set.")
    return redirect(url_for("rules.show"), 303)


@rules.get("/<name>")
def show_rule(name: str) -> ResponseReturnValue:
    """One rule: its help, its examples, its figures, how it is set and was set."""
    return _show_rule(name)


@rules.post("/<name>/settings")
def set_rule(name: str) -> ResponseReturnValue:
    """Sets a rule on one source, or everywhere."""
    source, mode, ceiling = text("source", 64), text("mode", 8), text("ceiling", 8) or None
    reason, now = text("reason", 600), parts().clock()
    _find(name)
    try:
        with parts().database.begin() as store:
            moved = rulebook.set_rule(store, name, source, mode, ceiling, author=g.user.name, reason=reason, now=now)
            detail: dict[str, object] = {
                "rule": name,
                "source": source or "all",
                "mode": mode,
                "at most": ceiling,
                "reason": reason,
            }
            record(store, g.user.name, "rule-set", detail, now)
    except ReportsError as error:
        return _show_rule(name, error.reason)
    open_ones = f" {moved} open finding{'' if moved == 1 else 's'} followed at once." if moved else ""
    flash(f"It is set; what comes in from now on is read so.{open_ones}")
    return redirect(url_for("rules.show_rule", name=name), 303)


@rules.post("/<name>/trials")
def start_trial(name: str) -> ResponseReturnValue:
    """Runs a rule over the stories of the last days, beside everything else; nothing of them changes."""
    version, days, now = number("version", 0), number("days", 30), parts().clock()
    with parts().database.begin() as store:
        found = _version(store, name, version)
        meant = found.definition.sources if isinstance(found, house_rules.Version) else ()
        at = found.number if isinstance(found, house_rules.Version) else found.version
        started = trials.start(store, name, at, days, author=g.user.name, sources=meant, now=now)
        record(store, g.user.name, "trial-started", {"rule": name, "version": at, "days": days}, now)
    return redirect(url_for("rules.show_trial", trial_id=started), 303)


@rules.get("/trials/<int(max=2147483647):trial_id>")
def show_trial(trial_id: int) -> ResponseReturnValue:
    """How far a trial is, and what the rule would have flagged."""
    return _show_trial("trial.html", trial_id)


@rules.get("/trials/<int(max=2147483647):trial_id>/progress")
def poll_trial(trial_id: int) -> ResponseReturnValue:
    """The part of that page that changes, for the page that asks every second."""
    return _show_trial("trial_progress.html", trial_id)


def _show(failed: str | None = None) -> ResponseReturnValue:
    with parts().database.read() as store:
        lines = _lines(store)
        limit = precision.limit(store)
        drafts = [slug for slug in house_rules.slugs(store) if slug not in {line.rule.name for line in lines}]
    groups: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (-sum(line.weeks), line.rule.name)):  # so the groups that find most come first
        groups.setdefault("house rules" if line.is_house else line.rule.category, []).append(line)
    page = render_template(
        "rules.html",
        groups=sorted(groups.items(), key=lambda group: group[0] != "house rules"),
        drafts=drafts,
        demoted=[line for line in lines if line.demoted],
        limit=limit,
        failed=failed,
        weeks=WEEKS,
        spark=charts.spark,
        whisker=charts.whisker,
    )
    return page, 400 if failed else 200


def _lines(store: Session) -> list[Line]:
    settings = rulebook.current_settings(store)
    judged = precision.precisions(store)
    weeks = numbers.findings_per_week(store, WEEKS, parts().clock())
    house = house_rules.live_rules(store)
    return [_line(rule, settings, judged, weeks, is_house=rule in house) for rule in (*house, *catalogue.load())]


def _line(
    rule: Rule, settings: RuleSettings, judged: dict[str, Precision], weeks: dict[str, tuple[int, ...]], *, is_house: bool = False
) -> Line:
    everywhere = settings.get((rule.name, EVERYWHERE))
    return Line(
        rule=rule,
        is_house=is_house,
        mode=rulebook.mode_of(rule.name, EVERYWHERE, settings, usual="off" if rule.preview else "on"),
        apart=sum(name == rule.name and source != EVERYWHERE and is_apart(row) for (name, source), row in settings.items()),
        ceiling=rulebook.ceiling_of(rule.name, EVERYWHERE, settings),
        demoted=everywhere if everywhere and everywhere.author == BY_ITSELF and everywhere.ceiling else None,
        precision=judged.get(rule.name, Precision(0, 0)),
        weeks=weeks.get(rule.name, (0,) * WEEKS),
    )


def is_apart(setting: Setting) -> bool:
    """Whether a source's setting says anything of its own."""
    return setting.mode != "usual" or setting.ceiling is not None


def _show_rule(name: str, failed: str | None = None) -> ResponseReturnValue:
    rule = _find(name)
    with parts().database.read() as store:
        settings = rulebook.current_settings(store)
        weeks = numbers.findings_per_week(store, WEEKS, parts().clock())
        line = _line(rule, settings, precision.precisions(store), weeks, is_house=name.startswith("house-"))
        shown: dict[str, Any] = {
            "line": line,
            "rule": rule,
            "examples": [(example.why, marked(example.html or example.text or "")) for example in rule.examples],
            "here": settings.get((name, EVERYWHERE)),
            "apart": [row for (of, source), row in sorted(settings.items()) if of == name and source and is_apart(row)],
            "history": rulebook.history(store, name),
            "sources": [source.name for source in sources.list_sources(store)],
            "trials": trials.trials_of(store, name),
            "shadow": shadow.seen(store, name, parts().clock(), Sight.of(g.user)),
            "in_shadow": any(of == name and row.mode == "shadow" for (of, _), row in settings.items()),
            "shadow_days": shadow.DAYS,
            "days": trials.DAYS,
            "failed": failed,
            "form": request.form,
            "whisker": charts.whisker,
            "spark": charts.spark,
            "by_itself": BY_ITSELF,
        }
    return render_template("rule.html", **shown), 400 if failed else 200


def _show_trial(template: str, trial_id: int) -> ResponseReturnValue:
    with parts().database.read() as store:
        trial = trials.get(store, trial_id)
        seen = Sight.of(g.user).seen(store, {row["article"] for row in trial.samples["rows"]})
        rows = [row for row in trial.samples["rows"] if row["article"] in seen]
        shown: dict[str, Any] = {"trial": trial, "rows": rows, "is_house": trial.rule.startswith("house-")}
    return render_template(template, **shown)


def _version(store: Session, name: str, version: int) -> house_rules.Version | Rule:
    """The version of a house rule, or the rule of the catalogue. Raises UnknownError."""
    if not name.startswith("house-"):
        return _find(name)
    found = next((item for item in house_rules.versions(store, name) if item.number == version), None)
    if found is None:
        raise UnknownError(f"{name[:64]} has no version {version}.")
    return found


def _find(name: str) -> Rule:
    """A rule that is run or could be, by its present name. Raises UnknownError."""
    if name.startswith("house-"):
        with parts().database.read() as store:
            found = next((rule for rule in house_rules.live_rules(store) if rule.name == name), None)
        if found is None:
            raise UnknownError(f"No version of {name[:64]} is run.")
        return found
    try:
        return catalogue.find(name)
    except BadRuleError as error:
        raise UnknownError(error.reason) from error
