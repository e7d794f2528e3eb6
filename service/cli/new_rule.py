"""``copydesk new-rule``: a rule's module and its cases, to be filled in."""

import keyword
import re
from pathlib import Path

import click

from rules.core.catalogue import load

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MODULE = '''"""TK: what is wrong, in one sentence that an editor would say.

## Why it matters
TK: what a reader sees, and what it costs.

## What is checked
TK: each sentence here has an example below.

## Known limits
TK: what is left alone, and why.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rules.core.article import Article
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule


@dataclass(frozen=True)
class {name}(Rule):
    category: ClassVar = "junk"  # or template, encoding, freshness, sourcing, consistency, duplication, links, accessibility
    severity: ClassVar = Severity.WARNING  # the highest that its findings carry
    since: ClassVar = "{since}"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """TK: what is given, in reading order."""
        context.spend(len(article.text))
        for block in article.prose:
            if block.text == "TK":
                yield Finding("TK: the reason, as one sentence.", (Place(block, 0, len(block.text)),))
        raise NotImplementedError("TK: remove this line once the rule finds what its examples mark")

    examples: ClassVar = (
        Example(why="TK: caught", html="<p>Rain fell.</p><p>⟦TK⟧</p>"),
        Example(why="TK: near miss", html="<p>Rain fell.</p><p>TK in a sentence.</p>"),
        Example(why="TK: exempt", html="<p>Rain fell.</p><p>Nothing is wrong here.</p>"),
    )
'''
CASES = """# {slug}

Cases in words of our own, read by the same runner as the examples in `rules/{module}.py`. The marks ⟦ and ⟧ stand around exactly
what is to be found; no marks means silence. Lines such as `now: 2026-01-15T12:00:00Z` may stand under a heading.

## TK: a regression or a trap

```html
<p>Rain fell.</p><p>⟦TK⟧</p>
```
"""


@click.command()
@click.argument("name")
def new_rule(name: str) -> None:
    """Write the skeleton of rules/NAME.py and tests/rules/NAME.md in this checkout; the tests fail until it is filled in."""
    root = _checkout()
    _check_name(name)
    module = name.replace("-", "_")
    files = {
        root / "rules" / f"{module}.py": MODULE.format(name=name.title().replace("-", ""), since=_version(root)),
        root / "tests" / "rules" / f"{name}.md": CASES.format(slug=name, module=module),
    }
    if taken := [path for path in files if path.exists()]:
        raise click.UsageError(f"{taken[0].relative_to(root)} is there already.", click.get_current_context())
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path.relative_to(root)}")
    click.echo(f"Fill in every TK, then: make test ARGS='-k {name}'")


def _checkout() -> Path:
    """The folder of the working copy that this command is called in."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "rules" / "core" / "rule.py").is_file() and (folder / "tests" / "rules").is_dir():
            return folder
    raise click.UsageError(
        "This is no checkout of Copydesk: rules/core and tests/rules are not here.", click.get_current_context()
    )


def _check_name(name: str) -> None:
    known = {known for rule in load() for known in (rule.name, *rule.aliases)}
    if not SLUG.fullmatch(name) or keyword.iskeyword(name) or name == "core":
        problem = f"{name!r} is no rule name: words in lower case with hyphens, naming the problem, such as stale-note."
    elif name in known:
        problem = f"{name} is a rule, or was one, and a name is never used again."
    else:
        return
    raise click.UsageError(problem, click.get_current_context())


def _version(root: Path) -> str:
    found = re.search(r'^version = "(.+)"$', (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else "0.1.0"
