"""A link's address is mistyped.

## Why it matters
"http//example.org" leads to a page of this site that does not exist.

## What is checked
A broken or doubled scheme, a space inside the host, an address that begins with "www." and has no scheme, an e-mail link
without an address.

## Known limits
Whether the page exists is not asked: rules do not use the network.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_FAULTS = (
    (
        "the scheme is broken",
        later(r"^\s*(?:https?/+|https?:/?[^/\s]|https?;//|htt?s?p?:?//(?<!http://)(?<!https://)|ttps?://)", re.IGNORECASE),
    ),
    ("two schemes", later(r"^\s*https?:?/{0,2}(?:%20)?https?:?//", re.IGNORECASE)),
    ("no scheme before www", later(r"^\s*www\.[\w-]+\.", re.IGNORECASE)),
    ("a space inside the host", later(r"^\s*https?://[^/?#\s]*\s+[^/?#\s]", re.IGNORECASE)),
    ("an e-mail link without an address", later(r"^\s*mailto:[^@?]*$", re.IGNORECASE)),
    ("a web address where an e-mail address belongs", later(r"^\s*https?://[\w.+-]+@[\w-]+\.\w+/?$", re.IGNORECASE)),
)


class MalformedLink(Rule):
    category: ClassVar = "links"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a link."""
        for link in elements(article, context, "a"):
            address = link.get("href", "")[:2000]
            reason = next((name for name, pattern in _FAULTS if pattern.search(address)), None)
            if reason:
                yield Finding(
                    "A link's address is mistyped.", (), None, 0.93, (reason, short(address)), element=link, subject=address
                )

    examples: ClassVar = (
        Example(why="a broken scheme", html='<p>See ⟦<a href="http//example.org/r">⟧the report</a>.</p>'),
        Example(why="two schemes", html='<p>See ⟦<a href="https://https://example.org/r">⟧the report</a>.</p>'),
        Example(why="no scheme", html='<p>See ⟦<a href="www.example.org/r">⟧the report</a>.</p>'),
        Example(
            why="addresses that are right",
            html='<p>See <a href="https://example.org/?to=https://example.com">one</a>, <a href="/two">two</a>, <a '
            'href="//example.org/3">three</a>, '
            '<a href="mailto:ada@example.org">four</a>, <a href="HTTP://EXAMPLE.ORG">five</a>.</p>',
        ),
    )
