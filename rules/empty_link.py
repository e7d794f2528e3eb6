"""A link has nothing to click on, or leads nowhere.

## Why it matters
A screen reader reads out "link" and nothing else; whoever clicks on a link to "#" stays where they are.

## What is checked
A link with an address and neither text nor picture nor label, and a link in the story's text whose address is empty, "#" or
void.

## Known limits
Anchors without an address mark places. Links that scripts handle carry a role or a data attribute and are left alone.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule

_NOWHERE = ("", "#", "javascript:void(0)", "javascript:void(0);", "javascript:;")
_SHOWS = ("img", "svg", "picture", "video", "iframe", "i", "button", "input", "object")


class EmptyLink(Rule):
    category: ClassVar = "links"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a link."""
        for link in elements(article, context, "a"):
            address = link.get("href")
            if address is None or any(
                name.startswith("data-") or name in ("role", "onclick", "id", "name") for name in link.attrib
            ):
                continue
            text = "".join(link.itertext()).strip()
            if (
                not text
                and address.strip().lower() not in _NOWHERE
                and not link.get("aria-label")
                and not link.get("title")
                and next(link.iter(*_SHOWS), None) is None
            ):
                yield Finding(
                    "A link has nothing to click on.", (), Severity.NOTE, 0.9, (short(address),), element=link, subject=address
                )
            elif text and address.strip().lower() in _NOWHERE:
                yield Finding(
                    f"The link “{short(text)}” leads nowhere.", (), None, 0.85, (address or "empty",), element=link, subject=text
                )

    examples: ClassVar = (
        Example(why="nothing to click on", html='<p>Rain fell.⟦<a href="/rain">⟧</a></p>'),
        Example(why="leads nowhere", html='<p>Read ⟦<a href="#">⟧the report</a> of the council.</p>'),
        Example(why="anchors and pictures", html='<p><a name="top"></a><a href="/x"><img src="/i.png" alt="Bridge"></a></p>'),
        Example(why="a script's link", html='<p><a href="#" data-toggle="x">More</a></p>'),
    )
