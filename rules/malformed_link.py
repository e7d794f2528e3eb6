"""A link's address is mistyped.

## Why it matters
"http//example.org" leads to a page of this site that does not exist.

## What is checked
A broken, misspelled or doubled scheme, a space, a comma or two full stops inside the host, a host without a full stop, a
quotation mark or space before the address, an address that begins with "www." or with a public host and has no scheme, an e-mail
link without an address, an e-mail address where a web address belongs.

## Known limits
Whether the page exists is not asked: rules do not use the network. Without a scheme only hosts under the oldest endings (.com,
.org, .gov.uk …) are known from files of the same site.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_ENDINGS = r"(?:com|org|net|edu|gov|(?:gov|co|org|ac|com)\.[a-z]{2})"  # no files are called so
_FAULTS = (
    (
        "the scheme is broken",
        later(
            r"^\s*(?:https?/+|https?:/?[^/\s]|https?:/{3,}|https?;//|htt?s?p?//|(?!(?:https?|ssh):)[htps]{3,8}:/)", re.IGNORECASE
        ),
    ),
    ("two schemes", later(r"^\s*https?:?/{0,2}(?:%20)?https?:?//", re.IGNORECASE)),
    ("no scheme before www", later(r"^\s*www\.[\w-]+\.", re.IGNORECASE)),
    ("no scheme before the host", later(rf"^\s*(?:[\w-]+\.)+{_ENDINGS}(?:[/?#]|\s*$)", re.IGNORECASE)),
    ("a space inside the host", later(r"^\s*https?://[^/?#\s]*\s+[^/?#\s]", re.IGNORECASE)),
    ("a comma or two full stops inside the host", later(r"^\s*https?://[^/?#\s]*?(?:,|\.\.)", re.IGNORECASE)),
    ("the host has no full stop", later(r"^\s*https?://(?!localhost\b)[a-z][a-z0-9-]*(?::\d+)?(?:[/?#]|\s*$)", re.IGNORECASE)),
    ("a mark before the scheme", later(r"^\s*(?:[“”‘’«»\"']|%2[027]|%E2%80%9[89CD])+\s*(?:https?:|www\.)", re.IGNORECASE)),
    ("an e-mail address without mailto", later(r"^\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*$", re.IGNORECASE)),
    ("an e-mail link without an address", later(r"^\s*mailto:[^@?]*$", re.IGNORECASE)),
    ("a web address where an e-mail address belongs", later(r"^\s*https?://[\w.+-]+@[\w-]+(?:\.[\w-]+)+/?$", re.IGNORECASE)),
)


class MalformedLink(Rule):
    category: ClassVar = "links"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

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
            why="a misspelled scheme, and a host without one",
            html='<p>See ⟦<a href="htps://example.org/r">⟧the report</a>, ⟦<a href="hhttps://example.org/r">⟧its table</a>, '
            '⟦<a href="council.example.gov.uk/r">⟧the plan</a> and ⟦<a href="https:///example.org">⟧the map</a>.</p>',
        ),
        Example(
            why="what stands in or before the host",
            html='<p>See ⟦<a href="https://www,example.org/r">⟧the report</a>, ⟦<a href="“https://example.org/r”">⟧its '
            "table</a>, "
            '⟦<a href="https://example..org/r">⟧the plan</a> and ⟦<a href="https://example/r">⟧the map</a>.</p>',
        ),
        Example(
            why="an e-mail address",
            html='<p>Ask ⟦<a href="clerk@council.example.org">⟧her</a> or ⟦<a href="http://clerk@council.gov.uk">⟧him</a>.</p>',
        ),
        Example(
            why="files of the same site, and what is no host's",
            html='<p>See <a href="paper.html">one</a>, <a href="a,b..c/two">two</a>, <a '
            'href="https://example.org/a,b..c">three</a>, <a href="tel:+44123">four</a>, <a href="sms:123">five</a>, <a '
            'href="@ada">six</a>, <a href="http://localhost/x">seven</a>, <a href="ssh://git@example.org/x">eight</a>.</p>',
        ),
        Example(
            why="addresses that are right",
            html='<p>See <a href="https://example.org/?to=https://example.com">one</a>, <a href="/two">two</a>, <a '
            'href="//example.org/3">three</a>, '
            '<a href="mailto:ada@example.org">four</a>, <a href="HTTP://EXAMPLE.ORG">five</a>.</p>',
        ),
    )
