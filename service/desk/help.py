"""A rule's help page as data: its module docstring, cut at the headings."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from reports.house_rules import live_rules
from rules.core import catalogue
from rules.core.errors import BadRuleError
from service.parts import parts


@dataclass(frozen=True)
class Section:
    """One heading of the help, and its paragraphs as plain text."""

    heading: str
    paragraphs: tuple[str, ...]


@cache
def help_of(rule: str) -> tuple[Section, ...]:
    """The sections of a rule's help; none for a rule that this version of Copydesk does not have."""
    try:
        text = catalogue.find(rule).help
    except BadRuleError:
        return ()
    return tuple(read_sections(text))


def explain(rule: str) -> tuple[Section, ...]:
    """The help of any rule that is run here, house rules included."""
    if not rule.startswith("house-"):
        return help_of(rule)
    with parts().database.read() as store:
        found = next((item for item in live_rules(store) if item.name == rule), None)
    return tuple(read_sections(found.help)) if found else ()


def read_sections(text: str) -> Iterator[Section]:
    """The ``## `` sections of a docstring. What stands before the first one is the summary, and left out."""
    for part in f"\n{text}".split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        yield Section(heading.strip(), tuple(_paragraphs(body)))


def _paragraphs(body: str) -> Iterator[str]:
    for paragraph in body.split("\n\n"):
        if paragraph.strip():
            yield " ".join(paragraph.split())
