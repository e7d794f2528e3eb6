"""A picture never loads.

## Why it matters
The page keeps a place for a picture and shows a grey box: a lazy loader's script was left out, or the address is empty.

## What is checked
A picture without an address, or with a placeholder's while the real one stands in a data attribute that nothing here reads.

## Known limits
A picture with sources, a real address, or a copy in a noscript element beside it is shown.
"""

from collections.abc import Iterator
from typing import ClassVar

from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.rule import Context, Example, Rule

_LAZY = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-srcset",
    "data-lazy",
    "data-lazy-srcset",
    "data-hi-res-src",
    "data-image",
)
_DUMMY = ("data:image/gif", "data:image/svg", "data:image/png;base64,ivborw0kggoaaaansuheugaaaaeaaaab", "about:blank")
_DUMMY_NAMES = ("placeholder", "lazy", "blank.gif", "spacer", "transparent", "grey-placeholder", "1x1", "loading.gif")


class ImageMissing(Rule):
    category: ClassVar = "links"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding for all pictures of the article."""
        found = [image for image in elements(article, context, "img") if _is_missing(image)]
        if found:
            message = "A picture never loads." if len(found) == 1 else f"{len(found)} pictures never load."
            shown = tuple(short(image.get("alt") or image.get("data-src") or "no address") for image in found[:3])
            yield Finding(message, (), None, 0.85, shown, element=found[0], subject="pictures")

    examples: ClassVar = (
        Example(
            why="a lazy loader without its script",
            html='<p>⟦<img src="data:image/gif;base64,R0lGOD" data-src="/b.jpg" alt="Bridge">⟧</p>',
        ),
        Example(why="no address", html='<p>⟦<img src="" alt="Bridge">⟧</p>'),
        Example(why="shown", html='<p><img src="/b.jpg" data-src="/b2.jpg" loading="lazy" alt="Bridge"></p>'),
        Example(
            why="a copy for browsers without scripts",
            html='<p><img src="data:image/gif;base64,R0lGOD" data-src="/b.jpg" alt="Bridge"><noscript><img '
            'src="/b.jpg" alt="Bridge"></noscript></p>',
        ),
        Example(why="sources", html='<picture><source srcset="/b.webp"><img alt="Bridge"></picture>'),
    )


def _is_missing(image: HtmlElement) -> bool:
    source = (image.get("src") or "").strip().lower()
    if image.get("srcset") or _has_other_source(image):
        return False
    if not source:
        return True
    dummy = source.startswith(_DUMMY) or any(name in source.rpartition("/")[2] for name in _DUMMY_NAMES)
    return dummy and any(image.get(name) for name in _LAZY)


def _has_other_source(image: HtmlElement) -> bool:
    parent = image.getparent()
    if parent is None:
        return False
    beside = (*parent.iter("noscript"), *(source for source in parent.iter("source") if source.get("srcset")))
    after = image.getnext()
    return bool(beside) or (after is not None and after.tag == "noscript")
