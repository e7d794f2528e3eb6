"""A link leads to a machine or page that readers cannot reach.

## Why it matters
A link to the staging server or to the editor's own login gives the reader an error, and a stranger a hint.

## What is checked
Addresses on this machine or a private network, hosts named staging, preprod, www-stage or the like, and pages of a CMS's back
office or its preview.

## Known limits
A host named "stage" may be a theatre's, and "dev" one for developers; both are left alone.
The text may name localhost; only where a link leads is looked at.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_HOST = later(
    r"^(?:localhost|.+\.(?:local|localhost|internal|lan|test|invalid)|(?:.*\.)?(?:(?:staging|stg|uat|preprod|pre-prod)[.-]|"
    r"www-(?:stage|staging|stg|uat|dev|test)\.).+)$"
)
_PREVIEW = later(r"^(?:.*\.)?preview[.-].+$")
_FILE = later(r"\.(?:jpe?g|png|gif|webp|avif|svg|mp4)(?:[?#]|$)", re.IGNORECASE)  # forums serve pictures from such hosts
_AUTHORITY = later(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#]*)")
_PAGE = later(
    r"/wp-admin/|/wp-login\.php|[?&]preview=true\b|[?&]preview_id=|/admin/content|/node/\d+/edit\b|/umbraco/|/ghost/#/editor"
)


class StagingLink(Rule):
    category: ClassVar = "links"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a link or picture."""
        for node in elements(article, context, "a", "img"):
            address = node.get("href") or node.get("src") or ""
            reason = _reason(address.strip())
            if reason:
                yield Finding(
                    "A link leads where no reader can follow.",
                    (),
                    None,
                    0.95,
                    (reason, short(address)),
                    element=node,
                    subject=address,
                )

    examples: ClassVar = (
        Example(why="this machine", html='<p>See ⟦<a href="http://localhost:3000/story">⟧the story</a>.</p>'),
        Example(why="a staging host", html='<p>See ⟦<a href="https://staging.northgate.example/story">⟧the story</a>.</p>'),
        Example(why="the site's stage", html='<p>See ⟦<a href="https://www-stage.northgate.example/s">⟧the story</a>.</p>'),
        Example(why="a preview", html='<p>See ⟦<a href="https://preview.northgate.example/s">⟧the story</a>.</p>'),
        Example(why="public previews of pictures", html='<p>See <a href="https://preview.pics.example/x.jpg?w=9">it</a>.</p>'),
        Example(why="a theatre", html='<p>See <a href="https://stage.northgate.example/plays">what is on</a>.</p>'),
        Example(
            why="the back office", html='<p>See ⟦<a href="https://northgate.example/wp-admin/post.php?post=7">⟧the story</a>.</p>'
        ),
        Example(
            why="the text names it",
            html='<p>Open localhost, says <a href="https://example.org/staging-a-play">the guide to staging</a>.</p>',
        ),
    )


def _reason(address: str) -> str | None:
    if address.lower().startswith("file:"):
        return "a file on somebody's machine"
    named = _AUTHORITY.match(address)
    host = named[1].strip("[]").lower() if named else ""
    is_preview = _PREVIEW.match(host) is not None and not _FILE.search(address)
    if is_preview or _HOST.match(host) or _is_private(host):
        return f"{host} is no public host"
    return "a page of the back office" if _PAGE.search(address) else None


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
