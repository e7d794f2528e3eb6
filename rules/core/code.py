"""Code in articles: what looks like a fault there is the subject."""

import re2

from rules.core.article import Article

CODE = frozenset({"code", "pre", "samp", "kbd", "tt", "var"})
_TOPIC = re2.compile(  # of RE2, which reads a whole story in a tenth of the time
    r"(?i)\b(?:template engine|templating|placeholder|jinja|mustache|handlebars|liquid tags?|javascript|typescript|python|php|"
    r"source code|programming|printf|format string|merge tags?|string interpolation|markdown|html tags?|shortcodes?|css|"
    r"not a number|web ?pages?[^.]{0,40}\btags?|(?-i:[a-z]+,? HTML))\b",  # not that of a doctype which shows as text
)
_ENCODING = re2.compile(r"(?i)\b(?:mojibake|unicode|utf-?8|latin-?1|character encoding|code ?points?|charset|html entit)")


def is_about_encoding(article: Article) -> bool:
    """Whether the article speaks of how characters are written down."""
    return _ENCODING.search(article.text) is not None


def is_about_code(article: Article) -> bool:
    """Whether the article shows code or speaks of it."""
    return article.once(_is_about_code)


def _is_about_code(article: Article) -> bool:
    shows = article.region is not None and next(article.region.element.iter(*CODE), None) is not None
    return shows or _TOPIC.search(article.text) is not None
