"""Markup, styles or code show as text.

## Why it matters
A visible "<p>" or "[caption id=…]" is a template that broke; the reader sees the workshop.

## What is checked
HTML tags, WordPress shortcodes, Markdown's bold and links, rules of CSS, pieces of JavaScript and JSON-LD in the visible
text.

## Known limits
Articles that show code or speak of it are left alone, as are footnote stars, [sic] and a lone less-than sign.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.code import CODE, is_about_code
from rules.core.findings import Finding, Place, Severity
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import occurring, sift

_FORMS = tuple(
    (name, sift(pattern, hint=r"\{" if name == "a style" else None))
    for name, pattern in (
        (
            "an HTML tag",
            r"</?(?:p|br|div|span|a|b|i|em|strong|img|h[1-6]|ul|ol|li|blockquote|iframe|script|style|table|tr|td)(?:\s[^<>]*)?/?>",
        ),
        (
            "a WordPress shortcode",
            r"\[/?(?:caption|gallery|embed|video|audio|playlist|vc_\w+|et_pb_\w+|contact-form-7|su_\w+)(?:\s[^\[\]]*)?\]",
        ),
        ("Markdown's bold", r"(?:^|[\s(“])\*\*[A-Za-z][^*\n]{0,80}[A-Za-z.!?:]\*\*"),
        ("Markdown's link", r"\[[^\[\]\n]{1,100}\]\(https?://[^\s()]+\)"),
        ("a style", r"(?:^|[\s}])[.#@]?[a-zA-Z][\w .#>:,-]{0,60}\{\s*(?:[a-z-]{3,25}\s*:\s*[^;{}]{1,60};?\s*)+\}"),
        (
            "JavaScript",
            r"(?:\bfunction\s*\w*\(\w*\)\s*\{|\bvar \w+\s*=\s*[\[{\"'(\w]|document\.(?:getEl|write|createEl)|window\.\w+\s*=)",
        ),
        ("JSON-LD", r"\"@(?:context|type|graph|id)\"\s*:"),
    )
)


class RawMarkup(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    specificity: ClassVar = 60

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each piece where it stands."""
        context.spend(8 * len(article.text))
        if is_about_code(article):
            return
        for block in article.blocks:
            for name, pattern in _FORMS if occurring(block) else ():
                for match in pattern.finditer(block) if not block.tags & CODE else ():
                    start = match.end() - len(match[0].lstrip(" (“}"))
                    yield Finding("Markup shows as text.", (Place(block, start, match.end()),), None, 0.92, (name,))

    examples: ClassVar = (
        Example(why="a tag", html="<p>Rain fell &lt;br /&gt; all day.</p>".replace("&lt;", "⟦&lt;").replace("&gt;", "&gt;⟧")),
        Example(why="a shortcode", html='<p>⟦[caption id="7" align="left"]⟧The bridge</p>'),
        Example(why="Markdown", html="<p>⟦**Rain**⟧ fell, says ⟦[the report](https://example.org/r)⟧.</p>"),
        Example(why="a style", html="<p>⟦.teaser { color: #fff; margin: 0; }⟧</p>"),
        Example(why="sic and stars", html="<p>He wrote that it was “there [sic] fault”.* Rain fell &lt; 2 mm, and x &gt; y.</p>"),
        Example(why="code is code", html="<p>Write <code>&lt;br&gt;</code> for a line.</p><p>The &lt;br&gt; tag ends it.</p>"),
    )
