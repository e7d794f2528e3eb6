"""A picture's alternative text is a file name.

## Why it matters
"IMG_4032.jpg" tells a listener nothing.

## What is checked
An alt that ends in a picture's extension, is a name that a camera, a telephone, a picture library or a screenshot gives, ends
in the picture's size, is one long row of letters and digits, or is the picture's own file name with its hyphens.

## Known limits
Words that a file was named by and that read as words are left alone.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.elements import elements, short
from rules.core.filenames import is_filename
from rules.core.findings import Finding, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule

_FILE = later(
    r"(?:IMG|DSC[NF]?|PXL|image|photo|picture|screen ?shot|untitled|unnamed)[-_ ]?\d+|\S+[-_]\d{3,4}x\d{3,4}"
    r"|(?=[^\W\d_]*[\d_])\w{16,}",
    re.IGNORECASE,
)


class AltIsFilename(Rule):
    category: ClassVar = "accessibility"
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "0.2.0"
    version: ClassVar = 2

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """One finding a picture."""
        for image in elements(article, context, "img"):
            alt = image.get("alt", "").strip()
            stem = image.get("src", "").rpartition("/")[2].partition("?")[0].rpartition(".")[0]
            is_own_name = alt == stem and re.search(r"[-_]|\d{3}", alt) is not None and " " not in alt
            if alt and (is_own_name or is_filename(alt) or _FILE.fullmatch(alt)):
                message = f"A picture's alternative text is a file name: “{short(alt)}”."
                yield Finding(message, (), None, 0.93, (short(image.get("src", "")),), element=image, subject=alt)

    examples: ClassVar = (
        Example(why="an extension", html='<p>⟦<img src="/a.jpg" alt="bridge_final.jpg">⟧</p>'),
        Example(why="a camera's number", html='<p>⟦<img src="/a.jpg" alt="IMG_4032">⟧</p>'),
        Example(why="the file's own name", html='<p>⟦<img src="/old-bridge-2.jpg" alt="old-bridge-2">⟧</p>'),
        Example(why="a drone's, with a copy's number", html='<p>⟦<img src="/a.jpg" alt="DJI_0143 (1)">⟧</p>'),
        Example(why="a picture library's", html='<p>⟦<img src="/a.jpg" alt="GettyImages-2183746501">⟧</p>'),
        Example(why="with the picture's size", html='<p>⟦<img src="/a.jpg" alt="old-bridge-1200x800">⟧</p>'),
        Example(
            why="a long word, and a screenshot that is described",
            html='<p><img src="/x.jpg" alt="Oberbürgermeisterin"><img src="/y.jpg" alt="Screenshot of the site in 2026"></p>',
        ),
        Example(why="words", html='<p><img src="/bridge.jpg" alt="bridge"><img src="/x.jpg" alt="The old bridge in 1931"></p>'),
    )
