"""The rules and the sources, as a program lists them."""

from dataclasses import fields

from reports.models import Source
from reports.sources import find_source, list_sources
from rules.core import catalogue
from rules.core.errors import BadRuleError
from rules.core.rule import Rule
from rules.core.submission import time_text
from service.api import shapes
from service.api.blueprint import operations
from service.api.operation import Call
from service.parts import parts
from service.refusal import Refused


@operations.add("GET", "/rules", summary="The rules", scope="read", answer=shapes.RuleList)
def list_rules(_: Call) -> shapes.RuleList:
    """The whole catalogue, by name."""
    return shapes.RuleList(rules=[shapes.RuleOut.model_validate(_rule(rule)) for rule in catalogue.load()])


@operations.add("GET", "/rules/<name>", summary="A rule", scope="read", answer=shapes.RulePage, missing=True)
def show_rule(_: Call, name: str) -> shapes.RulePage:
    """One rule with its help page, by its name or an old one."""
    try:
        rule = catalogue.find(name)
    except BadRuleError as error:
        raise Refused(404, error.reason[:300]) from error
    options = {item.name: str(getattr(rule, item.name)) for item in fields(rule)}
    return shapes.RulePage.model_validate(_rule(rule) | {"help": rule.help, "options": options})


@operations.add("GET", "/sources", summary="The senders", scope="read", answer=shapes.SourceList)
def show_sources(_: Call) -> shapes.SourceList:
    """Every sender, without its secrets."""
    with parts().database.read() as session:
        return shapes.SourceList(sources=[_source(source) for source in list_sources(session)])


@operations.add("GET", "/sources/<name>", summary="A sender", scope="read", answer=shapes.SourceOut, missing=True)
def show_source(_: Call, name: str) -> shapes.SourceOut:
    """One sender, without its secrets."""
    with parts().database.read() as session:
        found = find_source(session, name)
        if found is None:
            raise Refused(404, "There is no such source.")
        return _source(found)


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "summary": rule.summary,
        "category": rule.category,
        "severity": rule.severity.word,
        "version": rule.version,
        "since": rule.since,
        "preview": rule.preview,
        "aliases": list(rule.aliases),
        "languages": sorted(rule.languages) if rule.languages is not None else None,
    }


def _source(source: Source) -> shapes.SourceOut:
    own = {name: getattr(source, name) for name in shapes.SourceOut.model_fields}
    return shapes.SourceOut.model_validate(own | {"created_at": time_text(own["created_at"])})
