"""A picture's alternative text is a file name.

## Why it matters
"IMG_4032.jpg" tells a listener nothing.

## What is checked
An alt that ends in a picture's extension, is a camera's number, or is the picture's own file name with its hyphens.

## Known limits
Words that a file was named by and that read as words are left alone.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_FILE = later(
    r"^\S*\.(?:jpe?g|png|gif|webp|avif|svg|tiff?|bmp)$|^(?:IMG|DSC[NF]?|PXL|image|photo|picture|"
    r"screen ?shot|untitled|unnamed)[-_ ]?\d+$|^\w{16,}$",
    re.IGNORECASE,
)


class AltIsFilename(Rule):
    category: ClassVar = "accessibility"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a picture."""
        for image in elements(article, context, "img"):
            alt = image.get("alt", "").strip()
            stem = image.get("src", "").rpartition("/")[2].partition("?")[0].rpartition(".")[0]
            if alt and (_FILE.match(alt) or (alt == stem and re.search(r"[-_]|\d{3}", alt) and " " not in alt)):
                message = f"A picture's alternative text is a file name: “{short(alt)}”."
                yield Finding(message, (), None, 0.93, (short(image.get("src", "")),), element=image, subject=alt)

    examples: ClassVar = (
        Example(why="an extension", html='<p>⟦<img src="/a.jpg" alt="bridge_final.jpg">⟧</p>'),
        Example(why="a camera's number", html='<p>⟦<img src="/a.jpg" alt="IMG_4032">⟧</p>'),
        Example(why="the file's own name", html='<p>⟦<img src="/old-bridge-2.jpg" alt="old-bridge-2">⟧</p>'),
        Example(why="words", html='<p><img src="/bridge.jpg" alt="bridge"><img src="/x.jpg" alt="The old bridge in 1931"></p>'),
    )
