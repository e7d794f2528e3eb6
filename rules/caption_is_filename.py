"""A caption is a file name.

## Why it matters
The name "IMG_4032.jpg" under a picture was the uploader's default.

## What is checked
A caption that ends in a picture's extension or is a name that a camera, a telephone, a picture library or a screenshot gives.

## Known limits
A caption that names a file inside a sentence is left alone, and so are names of words without an extension.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.filenames import is_filename
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.residue import whole
from rules.core.rule import Context, Example, Rule

_NUMBERED = later(r"(?:screen ?shot|image|photo|untitled)[-_ ]\d{2,}\S*", re.IGNORECASE)


class CaptionIsFilename(Rule):
    category: ClassVar = "consistency"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each caption."""
        context.spend(10 * len(article.blocks))
        for block in article.blocks:
            if (block.kind == "caption" or "caption" in block.names) and (
                is_filename(block.text) or _NUMBERED.fullmatch(block.text)
            ):
                yield Finding("A caption is a file name.", (whole(block),), None, 0.95, ("in a caption",))

    examples: ClassVar = (
        Example(
            why="an extension", html='<figure><img src="/a.jpg" alt="Bridge"><figcaption>⟦bridge_final.jpg⟧</figcaption></figure>'
        ),
        Example(
            why="a camera's number", html='<figure><img src="/a.jpg" alt="Bridge"><figcaption>⟦IMG_4032⟧</figcaption></figure>'
        ),
        Example(
            why="a telephone's name",
            html='<figure><img src="/a.jpg" alt="Bridge"><figcaption>⟦IMG-20260310-WA0007⟧</figcaption></figure>',
        ),
        Example(
            why="spaces before the extension",
            html='<figure><img src="/a.jpg" alt="Bridge"><figcaption>⟦The hall in March final.jpg⟧</figcaption></figure>',
        ),
        Example(
            why="a file named in a sentence, and a form",
            html='<figure><img src="/a.jpg" alt="Bridge"><figcaption>The file hall.jpg shows the bridge.</figcaption></figure>'
            '<figure><img src="/b.jpg" alt="Form"><figcaption>Form 1040</figcaption></figure>',
        ),
        Example(
            why="a caption", html='<figure><img src="/a.jpg" alt="Bridge"><figcaption>The bridge in 1931.</figcaption></figure>'
        ),
    )
