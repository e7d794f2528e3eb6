"""``copydesk rules``: the catalogue, and a rule's help page."""

from dataclasses import fields
from itertools import groupby

import click

from rules.core.catalogue import find, load
from rules.core.rule import Example, Rule


@click.command()
@click.argument("name", required=False)
def rules(name: str | None) -> None:
    """List the rules, or show one rule's help page."""
    click.echo(_page(find(name)) if name else _catalogue())


def _catalogue() -> str:
    width = max(len(rule.name) for rule in load())
    parts = []
    for category, members in groupby(sorted(load(), key=lambda rule: (rule.category, rule.name)), lambda rule: rule.category):
        parts.append(click.style(category, bold=True))
        parts += [f"  {rule.name:{width}}  {rule.severity.word:7}  {rule.summary}" for rule in members]
    return "\n".join([*parts, "", "copydesk rules NAME shows a rule's help page."])


def _page(rule: Rule) -> str:
    head = click.style(rule.name, bold=True) + f"  {rule.category}, up to {rule.severity.word}, since {rule.since}"
    options = [f"- {item.name} = {getattr(rule, item.name)}" for item in fields(rule)]
    examples = [_example(example) for example in rule.examples]
    sections = [head, rule.help, *(["## Options\n" + "\n".join(options)] if options else []), "## Examples"]
    return "\n\n".join([*sections, *examples])


def _example(example: Example) -> str:
    source = example.html if example.html is not None else example.text or ""
    known = {name: getattr(example, name) for name in ("headline", "published_at", "modified_at", "now", "kind", "language")}
    given = "; ".join(f"{name} {value}" for name, value in known.items() if value)
    verdict = "found" if "⟦" in source or example.whole_input else "silent"
    shown = source if len(source) <= 400 else f"{source[:400]} …"
    return f"{verdict}: {example.why}{f' ({given})' if given else ''}\n    " + shown.replace("\n", "\n    ")
