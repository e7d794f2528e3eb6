"""A template's placeholder was never filled in.

## Why it matters
"Hello {{ user.name }}" or "[object Object]" tells every reader that nobody looked at the page.

## What is checked
Placeholders of common template languages in the visible text: ``{{ … }}``, ``{% … %}``, ``<%= … %>``, ``${name}``, ``%s``,
``%(name)s``, ``*|NAME|*``, ``%%NAME%%``, ``{firstName}``, ``[FIRST NAME]``, ``[[ name ]]``, ``#{name}``, ``[object Object]``. A
block that is only ``undefined``, ``null`` or ``NaN``, and such a value where a number, a name or a date belongs ("NaN% off",
"£undefined"); "Invalid Date" as a whole line or behind "Published". The address of a link or a picture that holds
``{{ … }}`` or ends on ``undefined`` or ``null``.

## Known limits
Single braces and doubled brackets count only around a name of two parts or a common one, and "[YOUR NAME]" may be a letter's
that readers copy, as may two or more of "[FIRST NAME]" in one block. "{name}@" shows how addresses are made, and another site's
page "/dictionary/null", or a link that says "null", is about the word. Text in ``<code>`` or ``<pre>`` is code. An article that
has code, or that speaks of templates, variables or HTML, may show placeholders in its prose, and a quotation that has one among
other words tells of somebody else's blunder.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from lxml.html import HtmlElement

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.code import CODE, is_about_code
from rules.core.elements import elements, short
from rules.core.findings import Finding, Place, Severity
from rules.core.patterns import later
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import Sifted, occurring, sift

_FIELD = r"(?:[a-z]+(?:[A-Z][a-z]+|_[a-z]+)+|name|author|title|headline|date|count)"
_GREETING = "a mail's greeting"
_SINGLE = "a format's field: {name}"
_NO_DATE = "a date that was none"
_DATED = r"(?:published|updated|posted|modified)(?: on)?:? "
# One pattern a form, so that the evidence can name it; RE2 keeps each linear.
_FORMS = tuple(
    (name, sift(pattern))
    for name, pattern in (
        ("Mustache, Jinja, Angular, Vue: {{ … }}", r"\{\{\{?\s*[#/^>!&]?\s*[A-Za-z_$][\w.$|:'\"(),\[\] /-]*\}\}\}?"),
        ("Jinja, Liquid, Twig: {% … %}", r"\{%-?\s*[A-Za-z][^%{}]*%\}"),
        ("ERB, EJS, ASP: <% … %>", r"<%[=#@-]?\s*[A-Za-z_@$][^%<>]*%>"),
        ("JavaScript, Ruby, shell: ${ … }, #{ … }", r"[$#]\{\s*[A-Za-z_][\w.()\[\]'\" -]*\}"),
        ("Mailchimp: *|…|*", r"\*\|[A-Z][A-Z0-9_:]*\|\*"),
        ("Salesforce: %%…%%", r"%%[A-Za-z]\w*%%"),
        (_GREETING, r"\[(?:FIRST|LAST|FULL)[ _]?NAME\]|\[(?:first|last)_?name\]"),
        ("Mustache in square brackets: [[ … ]]", rf"\[\[\s*(?:{_FIELD}|[a-z]+\.\w+)\s*\]\]"),
        (_SINGLE, rf"\{{{_FIELD}\}}"),
        ("Python: %(name)s", r"%\([A-Za-z_]\w*\)[sd]"),
        ("JavaScript's text of an object", r"\[object (?:Object|Undefined|Null|Promise|HTML\w*Element)\]"),
        ("printf: %s", r"(?:^|[\s(\"'“])(%(?:\d\$)?[sd])(?:[\s).,!?:;\"'”]|$)"),
        ("a number that was none", r"(?:^|[\s($€£:])(NaN(?:[:/-]NaN)*)(?:%|[\s).,]|$)"),
        (_NO_DATE, rf"(?m)^(?i:(?:last )?{_DATED}|by [^.]{{1,40}}[|,] )?(Invalid Date)\W*$"),
        ("a value that was missing", r"(?:^|\s)(undefined undefined|by undefined|null null)(?:[\s.,]|$)"),
        (
            "a sum or a length that was missing",
            r"(?:^|\s)([$€£](?:undefined|null)\b|undefined(?:%| a year\b| per ?cent\b| miles\b))",
        ),
    )
)
ALONE = 4  # characters beside it in quotation marks: a quotation that is the placeholder was to be filled in
_ADDRESS = later(r"\{\{.{1,60}\}\}|%7[Bb]%7[Bb]")
_NOWHERE = later(r"(?:^|/)(?:undefined|null)$")
_ELSEWHERE = later(r"(?:https?:)?//([^/]+)/.+/")
_WORD = later(r"\b(?:undefined|null)\b", re.IGNORECASE)
_GLUED = later(r"@|\.[\w{]")  # behind it, the pattern of an address: {name}@council.gov.uk
_LONE = frozenset({"undefined", "null", "nan", "none", "[object object]", "undefined undefined"})


class TemplatePlaceholder(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.1.0"
    version: ClassVar = 3
    specificity: ClassVar = 95

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Each placeholder where it stands, a block that is nothing else as a whole, then addresses."""
        context.spend(4 * len(article.text))
        if is_about_code(article):
            return
        for block in (*_headlines(article), *article.blocks):
            lone = block.key in _LONE
            if not (lone or occurring(block)) or block.tags & CODE:
                continue
            found = (_lone(block),) if lone else _placeholders(block)
            for finding in found:
                context.spend(len(article.quotations_in(block)))
                if not _is_told(article, finding.places[0]):
                    yield finding
        for node in elements(article, context, "a", "img"):
            address = node.get("href" if node.tag == "a" else "src", "")[:2000]
            if _ADDRESS.search(address) or (_NOWHERE.search(address) and not _is_word(article, node, address)):
                message = "A placeholder of a template stands in an address."
                yield Finding(message, (), None, 0.93, (short(address),), element=node, subject=address)

    examples: ClassVar = (
        Example(why="a Jinja variable", html="<p>By ⟦{{ article.author }}⟧, in Leeds</p>"),
        Example(why="a price that was none", html="<p>Enter your email for ⟦NaN⟧% off.</p>"),
        Example(why="an object as text", html="<p>Rain fell in ⟦[object Object]⟧ on Monday.</p>"),
        Example(
            why="a block that is only a missing value", html="<p>Rain fell.</p><p>⟦undefined⟧</p>", fixed="<p>Rain fell.</p>"
        ),
        Example(why="ERB, Liquid, printf", html="<p>⟦{% include ad %}⟧ Rain fell for ⟦%s⟧ hours.</p>"),
        Example(
            why="a date and a sum that were none", html="<p>Published on ⟦Invalid Date⟧</p><p>It costs ⟦£undefined⟧ a day.</p>"
        ),
        Example(why="an address", html='<p>See ⟦<a href="{{ url }}">⟧the report</a>.</p>'),
        Example(why="code is code", html="<p>Write <code>{{ title }}</code> to print it.</p><pre>${name}</pre>"),
        Example(why="a programming article", html="<p>In JavaScript, ${name} in a string prints the value of name.</p>"),
        Example(
            why="somebody tells of another's blunder",
            html="<p>A third letter says only “{{first_name}}, we need to talk.”</p><p>“⟦{{quote}}⟧”</p>",
        ),
        Example(
            why="a phrase of the law", html="<p>The court declared the contract null and void, and NaNs were not discussed.</p>"
        ),
    )


def _headlines(article: Article) -> Iterator[Block]:
    headline = article.headline
    if headline is not None and headline.index < 0:
        yield headline


def _is_told(article: Article, place: Place) -> bool:
    """Whether it stands in quotation marks with other words: the story tells of somebody else's blunder."""
    return any(
        quote.start < place.start and place.end < quote.end and quote.end - quote.start > ALONE + place.end - place.start
        for quote in article.quotations_in(place.block)
    )


def _lone(block: Block) -> Finding:
    place = Place(block, 0, len(block.text))
    return Finding("A missing value of a template stands in the story.", (place,), None, 0.95, ("the whole block",), fix="remove")


def _fields(block: Block, name: str, pattern: Sifted) -> list[Any]:
    """The form's matches, without those of a text that tells readers what stands in a form or on a ballot."""
    found = list(pattern.finditer(block))
    is_told = (name == _GREETING and len(found) > 1) or (name == _NO_DATE and block.kind in ("headline", "heading"))
    return [] if is_told else found


def _is_word(article: Article, link: HtmlElement, address: str) -> bool:
    """Whether "null" in an address is the word itself: the link speaks of it, or it is another site's page in a section."""
    page = _ELSEWHERE.match(address)
    return (page is not None and page[1] not in (article.metadata.url or "")) or bool(_WORD.search(link.text_content()))


def _placeholders(block: Block) -> Iterator[Finding]:
    taken: set[int] = set()
    for name, pattern in _FORMS:
        for match in _fields(block, name, pattern):
            group = 1 if pattern.groups else 0
            start, end = match.start(group), match.end(group)
            if start in taken or (name == _SINGLE and _GLUED.match(block.text, end)):
                continue
            taken.update(range(start, end))
            yield Finding("A placeholder of a template was never filled in.", (Place(block, start, end),), None, 0.95, (name,))
