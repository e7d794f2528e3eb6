"""A link has nothing to click on, or leads nowhere.

## Why it matters
A screen reader reads out "link" and nothing else; whoever clicks on a link to "#" stays where they are.

## What is checked
A link with an address and neither text nor picture nor label, and a link in the story's text whose address is empty, "#" or
void.

## Known limits
Anchors without an address mark places, and empty links to a place of the same page offer that place to copy. Links that scripts
handle carry a role or a data attribute and are left alone.
"""

from collections.abc import Iterator
from typing import ClassVar

from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule

_NOWHERE = ("", "#", "javascript:void(0)", "javascript:void(0);", "javascript:;")
SHOWN = 3
_SHOWS = ("img", "svg", "picture", "video", "iframe", "i", "button", "input", "object")


class EmptyLink(Rule):
    category: ClassVar = "links"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a link that readers see and that leads nowhere; one for all that show nothing."""
        bare: list[HtmlElement] = []
        for link in elements(article, context, "a"):
            address = link.get("href")
            if address is None or any(
                name.startswith("data-") or name in ("role", "onclick", "id", "name") for name in link.attrib
            ):
                continue
            text = "".join(link.itertext()).strip()
            nowhere = address.strip().lower() in _NOWHERE
            if text and nowhere:
                yield Finding(
                    f"The link “{short(text)}” leads nowhere.", (), None, 0.85, (address or "empty",), element=link, subject=text
                )
            elif not text and not nowhere and not address.startswith("#") and not _shows(link):
                bare.append(link)
        if bare:
            message = "A link has nothing to click on." if len(bare) == 1 else f"{len(bare)} links have nothing to click on."
            shown = tuple(short(link.get("href", "")) for link in bare[:SHOWN])
            yield Finding(message, (), Severity.NOTE, 0.9, shown, element=bare[0], subject="links")

    examples: ClassVar = (
        Example(why="nothing to click on", html='<p>Rain fell.⟦<a href="/rain">⟧</a></p>'),
        Example(
            why="several with nothing to click on are one finding",
            html='<p>Rain fell.⟦<a href="/rain">⟧</a> It stopped.<a href="/sun"></a></p>',
        ),
        Example(why="a place in the page to link to", html='<h2>Rain<a href="#rain"></a></h2>'),
        Example(why="leads nowhere", html='<p>Read ⟦<a href="#">⟧the report</a> of the council.</p>'),
        Example(why="anchors and pictures", html='<p><a name="top"></a><a href="/x"><img src="/i.png" alt="Bridge"></a></p>'),
        Example(why="a script's link", html='<p><a href="#" data-toggle="x">More</a></p>'),
    )


def _shows(link: HtmlElement) -> bool:
    """Whether a link without text has a label, or something that readers see."""
    return bool(link.get("aria-label") or link.get("title")) or next(link.iter(*_SHOWS), None) is not None
