"""Markup, styles or code show as text.

## Why it matters
A visible "<p>" or "[caption id=…]" is a template that broke; the reader sees the workshop.

## What is checked
HTML tags, comments and what is left of a tag whose beginning was lost, WordPress shortcodes, closing tags of bulletin boards,
Drupal's media tokens, Markdown's headings, bold and links, rules of CSS, pieces of JavaScript and JSON in the visible text.

## Known limits
Articles that show code or speak of it are left alone, as are footnote stars, [sic] and a lone less-than sign. One "#" counts
only in a paragraph, before five words or where another paragraph begins so: a table may head its numbers with it. Markdown's
italics and quotations look like prose.
"""

from collections.abc import Iterator
from typing import ClassVar

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.code import CODE, is_about_code
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import occurring, sift

_TAGS = (
    r"p|br|hr|div|span|a|b|i|u|s|em|strong|small|sup|sub|font|center|cite|img|figure|figcaption|h[1-6]|ul|ol|li|blockquote|iframe|"
    r"script|style|table|tr|td|o:p"
)
_SHORTCODE = (
    r"\[/?(?:caption|gallery|embed|video|audio|playlist|pullquote|dropcap|vc_\w+|et_pb_\w+|contact-form-7|su_\w+)(?:\s[^\[\]]*)?\]|"
    r"\[[a-z][\w-]*(?: [\w-]+=\"[^\"\[\]]*\")+ ?/?\]|\[/(?:b|i|u|url|img|quote|button)\]"
)
_TITLE = "Markdown's title"
TITLE_WORDS = 5  # from there on it is a sentence; a shorter one may head numbers
_HASHED = later(r"#{2,6} \w|# [A-Z][a-z]+ [a-z]")
_FORMS = tuple(
    (name, sift(pattern, hint=r"\{" if name == "a style" else None))
    for name, pattern in (
        ("an HTML tag", rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>"),
        ("the end of an HTML tag", r"^(?:(?:style|class|href|target|rel|src|id|align|dir)=\"[^\"<>]*\" ?)+/?>"),
        ("an HTML comment", r"<!--[^<>]*-->|<!\[CDATA\["),
        ("a shortcode", _SHORTCODE),
        ("Drupal's token", r"\[\[\{\"\w+\":[^\n]*\}\]\]|\[\[(?:nid|fid):\d+\]\]"),
        ("Markdown's heading", r"(?m)^#{2,6} \w[^*_~<>\[\]\n]*"),
        (_TITLE, r"(?m)^# [A-Z][a-z]+ [a-z][^*_~<>\[\]\n]*"),
        (
            "Markdown's bold",
            r"(?:^|[\s(“])(?:\*\*[A-Za-z][^*\n]{0,80}[A-Za-z.!?:]\*\*|__[A-Za-z][^_\n]{0,80}__|~~[A-Za-z][^~\n]{0,80}~~)",
        ),
        ("Markdown's link", r"!?\[[^\[\]\n]{0,100}\]\((?:https?:/)?/[^\s()]+\)"),
        ("a style", r"(?:^|[\s}])[.#@]?[a-zA-Z][\w .#>:,-]{0,60}\{\s*(?:[a-z-]{3,25}\s*:\s*[^;{}]{1,60};?\s*)+\}"),
        ("JavaScript", r"\bfunction\s*\w*\([\w, ]*\)\s*\{|\bvar \w+\s*=\s*[\[{\"'(\w]"),
        ("JavaScript", r"document\.(?:getEl|write|createEl)|window\.\w+\s*="),
        ("JSON", r"\"@(?:context|type|graph|id)\"\s*:|^\[?\{\s*\"\w+\"\s*:"),
    )
)


class RawMarkup(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 2
    specificity: ClassVar = 60

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each piece where it stands."""
        context.spend(8 * len(article.text))
        if is_about_code(article):
            return
        for block in article.blocks:
            for name, pattern in _FORMS if occurring(block) else ():
                if block.tags & CODE or (name == _TITLE and not _may_be_title(article, block)):
                    continue
                for match in pattern.finditer(block):
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


def _may_be_title(article: Article, block: Block) -> bool:
    """Whether one "#" is a heading's here and not the word "number"."""
    return block.kind == "paragraph" and (block.words > TITLE_WORDS or len(article.once(_hashed)) > 1)


def _hashed(article: Article) -> list[int]:
    return [block.index for block in article.blocks if block.kind == "paragraph" and _HASHED.match(block.text)]
