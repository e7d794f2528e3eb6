"""Text to an lxml tree, and what is measured so that nothing is silently left unread."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import cast

from lxml import etree, html

MAX_DEPTH = 250  # levels below <body>; lxml drops text below some 255 (seen with lxml 6.1.3)
MAX_TEXT_NODE = 10_000_000  # characters; libxml2 gives up at a 10 MB text node
MAX_ATTRIBUTES = 1_000  # on one tag; 100,000 cost lxml 14.7 s
_LONG_TAG = re.compile(r"<[a-zA-Z][^>]{2000,}")  # 1,000 attributes need at least 2,000 characters
_RAW_MARK = re.compile(  # what begins and ends text that is no markup (HTML standard, 13.2.5 and "raw text elements")
    r"<!---?>|<!--|--!?>|</?(?:script|style|textarea|title|xmp|iframe|noembed|noframes)\b(?:[^<>]*/>)?", re.IGNORECASE
)
_LONG_TEXT = re.compile(rf"[^<]{{{MAX_TEXT_NODE},}}")
_ATTRIBUTE = re.compile(r"""[^\s=/"'>]+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
_HTML = re.compile(r"<(?:!doctype|!--|/?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|body|head)[\s>]", re.IGNORECASE)
_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 3) + ")")  # level by level, a fifth of the cost of asking every element
_TOO_DEEP = etree.XPath(f"//body//*[count(ancestor::*) > {MAX_DEPTH + 1}]")  # html and body are above

# One class for all elements: lxml.html's own lookup calls Python for each element that is touched, each time.
_CLASSES = etree.ElementDefaultClassLookup(
    element=html.HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction, entity=html.HtmlEntity
)
_TAG_PARSER = html.HTMLParser(encoding="utf-8")  # to make one costs more than to read a tag


@dataclass(frozen=True)
class Limit:
    """A limit that the input met: which one, and where, in words for people."""

    name: str
    where: str


@dataclass(frozen=True)
class Tree:
    """A parsed document; ``limits`` is empty when every character of it was read."""

    root: html.HtmlElement
    limits: tuple[Limit, ...]


def texts_of(root: html.HtmlElement) -> list[tuple[html.HtmlElement, bool, str]]:
    """The character data inside ``root`` in document order: the node, whether it is its tail, the text."""
    made: list[tuple[html.HtmlElement, bool, str]] = []
    _gather(root, made)
    return made


def _gather(node: html.HtmlElement, made: list[tuple[html.HtmlElement, bool, str]]) -> None:
    text = node.text
    if text and isinstance(node.tag, str):
        made.append((node, False, text))
    for child in node:
        _gather(child, made)
        text = child.tail
        if text:
            made.append((child, True, text))


def is_tag_of(tag: str, node: html.HtmlElement) -> bool:
    """Whether a start tag, as it stands in a source, is read as this element: its name, and every attribute."""
    folded = tag.replace("\r\n", "\n").replace("\r", "\n") if "\r" in tag else tag
    made = etree.fromstring(folded.encode("utf-8", "replace"), _TAG_PARSER)
    if made is None:  # no start tag
        return False
    twin = next((item for item in made.iter() if item.tag == node.tag), None)  # lxml cannot search for every name
    return twin is not None and twin.attrib == node.attrib


def is_html(text: str) -> bool:
    """Whether the text holds at least one tag, comment or doctype."""
    return _HTML.search(text) is not None


def is_page(text: str) -> bool:
    """Whether the source says that it is a whole page and no fragment."""
    return _PAGE.search(text) is not None


def parse(text: str) -> Tree:
    """The tree of an HTML text; limits that were met are named, and a tag past the attribute limit is read without any."""
    text, limits = _without_attribute_floods(text)
    limits += [Limit("text", f"a stretch of {_size(m)} characters without a tag") for m in _long_texts(text)]
    # Newlines are folded as the HTML standard's input preprocessing asks; lone surrogates cannot be encoded.
    folded = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    parser = html.HTMLParser(encoding="utf-8")
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = html.document_fromstring(folded.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments
        root = html.document_fromstring("<html><body></body></html>")
    return Tree(root, tuple(limits + _met_in_parser(parser, root, limits)))


def _met_in_parser(parser: html.HTMLParser, root: html.HtmlElement, known: list[Limit]) -> list[Limit]:
    deep = cast("list[html.HtmlElement]", _TOO_DEEP(root)) if _DEEP(root) else []
    if deep:
        return [Limit("depth", f"more than {MAX_DEPTH} elements inside one another, from <{deep[0].tag}> on")]
    if known:
        return []
    fatal = [entry.message.strip() for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"]
    return [Limit("parser", message) for message in fatal[:1]]


def _without_attribute_floods(text: str) -> tuple[str, list[Limit]]:
    """Floods go whatever they stand in, since a parser that sees a tag there takes minutes; those in a script are no limit."""
    floods = [m for m in _LONG_TAG.finditer(text) if _attributes(m[0]) > MAX_ATTRIBUTES]
    raw = _raw_stretches(text) if floods else []
    for match in reversed(floods):
        blank = " " * (len(match[0]) - 2)
        text = f"{text[: match.start()]}<x{blank}{text[match.end() :]}"
    tags = [m for m in floods if not _is_inside(m.start(), raw)]
    return text, [Limit("attributes", f"{_attributes(m[0]):,} attributes on one tag") for m in tags]


def _raw_stretches(text: str) -> list[tuple[int, int]]:
    """Where scripts, comments and their like run, in order; in a script "a<b" begins no tag. One that nothing ends is none."""
    found: list[tuple[int, int]] = []
    begun: re.Match[str] | None = None
    for mark in _RAW_MARK.finditer(text):
        said = mark[0].lower()
        if begun is None:
            begun = mark if said == "<!--" or (said[1] != "/" and said[-1] != ">") else None
        elif said.endswith(("-->", "--!>")) if begun[0] == "<!--" else said == f"</{begun[0][1:].lower()}":
            found.append((begun.start(), mark.end()))
            begun = None
    return found


def _is_inside(at: int, stretches: list[tuple[int, int]]) -> bool:
    number = bisect_right(stretches, at, key=itemgetter(0)) - 1
    return number >= 0 and at < stretches[number][1]


def _attributes(tag: str) -> int:
    return sum(1 for _ in _ATTRIBUTE.finditer(tag)) - 1


def _long_texts(text: str) -> list[re.Match[str]]:
    return list(_LONG_TEXT.finditer(text)) if len(text) > MAX_TEXT_NODE else []


def _size(match: re.Match[str]) -> str:
    return f"{match.end() - match.start():,}"
