"""The story's region in a whole page: the smallest element that holds at least 90% of the story's paragraph text."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

SHARE = 0.9  # DESIGN: the region holds at least this share of the story's paragraph text
MIN_PARAGRAPH = 60  # characters of text outside links that make a paragraph prose; a teaser's line is shorter
MIN_STORY = 140  # characters of prose below which a page has no story (two short sentences)
OPENING = 40  # letters by which a paragraph is known again in articleBody
_ASIDE_TAGS = frozenset({"nav", "footer", "aside", "form", "header", "figcaption", "button"})
_ASIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-?list|disqus|related|recommend(?:ed|ations)?|sidebar|footer|newsletter|promo|teasers?|"
    r"most-?read|trending|cookie|consent|onetrust|modal|paywall|subscribe|author-?bio|outbrain|taboola|latest-news)(?:$|[\s_-])"
)
_WORDS = re.compile(r"\w+")
_INLINE = frozenset({"b", "strong", "em", "i", "span", "mark", "u", "font"})
MARK = "articleBody"  # schema.org's name for the story
_MARKED = etree.XPath(f"descendant::*[@itemprop='{MARK}']")
_PROSE_TAGS = ("p", "div", "li", "blockquote", "td", "section", "span")


@dataclass(frozen=True)
class Region:
    """The element the story stands in, and how many characters of prose were found in it."""

    element: HtmlElement
    prose: int


def find_region(root: HtmlElement, *, page: bool, body_text: str | None = None, marked: bool = True) -> Region:
    """Where the story stands; in a fragment, and where a page holds nothing but one article, everything.

    Not ``marked``: the source is known to have no ``MARK``, so that nobody looks for it.
    """
    body = root.find("body")
    top = body if body is not None else root
    wrapper = _sole_wrapper(top)
    if not page or wrapper is not None:
        return Region(wrapper if wrapper is not None else top, sum(_prose(top).values()))
    prose = _prose(top)
    story = _from_json(prose, body_text) or (_from_markup(top, prose) if marked else None) or prose
    total = sum(story.values())
    if total < MIN_STORY:
        return Region(top, sum(prose.values()))
    return Region(_smallest(top, story), total)


def _sole_wrapper(body: HtmlElement) -> HtmlElement | None:
    """The ``<article>`` or ``<main>`` that is all the body has: what an extractor or a CMS hands in."""
    children = [node for node in body if isinstance(node.tag, str) and node.tag not in ("script", "style", "link", "meta")]
    alone = len(children) == 1 and children[0].tag in ("article", "main") and not (body.text or "").strip()
    return children[0] if alone else None


def _prose(top: HtmlElement) -> dict[HtmlElement, int]:
    """Elements that hold prose directly, with its characters outside links; asides of the page are left out."""
    found: dict[HtmlElement, int] = {}
    aside: dict[HtmlElement, bool] = {}
    for node in top.iter(*_PROSE_TAGS):
        size = _own_text(node)
        if size >= MIN_PARAGRAPH and not _is_aside(node, top, aside):
            found[node] = size
    return found


def _own_text(node: HtmlElement) -> int:
    """Characters of the node's own text and its inline children's, links left out."""
    text = node.text
    size = len(text.strip()) if text else 0
    for child in node:
        text = child.tail
        if text:
            size += len(text.strip())
        text = child.text
        if text and child.tag in _INLINE and node.tag != "span":
            size += len(text.strip())
    return size


def _is_aside(node: HtmlElement, top: HtmlElement, known: dict[HtmlElement, bool]) -> bool:
    path = []
    current: HtmlElement | None = node
    answer = False
    while current is not None and current is not top:
        if current in known:
            answer = known[current]
            break
        path.append(current)
        if current.tag in _ASIDE_TAGS or _ASIDE_NAMES.search(f"{current.get('class', '')} {current.get('id', '')}".lower()):
            answer = True
            break
        current = current.getparent()
    for seen in path:
        known[seen] = answer
    return answer


def _from_json(prose: dict[HtmlElement, int], body_text: str | None) -> dict[HtmlElement, int] | None:
    """The prose that JSON-LD's articleBody also holds, if that is most of a story."""
    letters = _letters(body_text or "")
    if len(letters) < MIN_STORY:
        return None
    found = {node: size for node, size in prose.items() if _opening(node.text_content()) in letters}
    return found if 2 * sum(found.values()) > len(letters) else None


def _from_markup(top: HtmlElement, prose: dict[HtmlElement, int]) -> dict[HtmlElement, int] | None:
    """The prose inside ``itemprop="articleBody"``, if it is a third of all or more."""
    marked = set(cast("list[HtmlElement]", _MARKED(top)))
    if not marked:
        return None
    found = {node: size for node, size in prose.items() if any(up in marked for up in (node, *node.iterancestors()))}
    return found if 3 * sum(found.values()) > sum(prose.values()) else None


def _opening(text: str) -> str:
    """The first letters of a text."""
    letters = _letters(text[: 4 * OPENING])
    return (letters if len(letters) >= OPENING else _letters(text))[:OPENING]


def _letters(text: str) -> str:
    return "".join(_WORDS.findall(text)).lower()


def _smallest(top: HtmlElement, story: dict[HtmlElement, int]) -> HtmlElement:
    """Goes down from the top into the heaviest child while it still holds the share of the story."""
    weight: dict[HtmlElement, int] = defaultdict(int)
    for node, size in story.items():
        for up in (node, *node.iterancestors()):
            weight[up] += size
    total = _dense(top, weight)
    node = top
    while (child := max(node, key=lambda c: weight.get(c, 0), default=None)) is not None:
        if weight.get(child, 0) < SHARE * total or child.tag in ("p", "span", "li"):
            break
        node = child
    return node


def _dense(top: HtmlElement, weight: dict[HtmlElement, int]) -> int:
    """The story's own prose: that of the densest element, reached by always entering a child that holds most."""
    node = top
    while (child := max(node, key=lambda c: weight.get(c, 0), default=None)) is not None:
        if weight.get(child, 0) < 0.6 * weight[node] or child.tag in ("p", "span", "li"):
            break
        node = child
    return weight[node]
