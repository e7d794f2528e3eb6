"""The story's region in a whole page: the smallest element that holds at least 90% of the story's paragraph text."""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from rules.core.teasers import Teasers

SHARE = 0.9  # of the story's paragraph text, which the region holds at least
MOST = 0.6  # the share of an element's prose that makes a child the one to look into
MIN_PARAGRAPH = 60  # characters of text outside links that make a paragraph prose; a teaser's line is shorter
MIN_NAMED = 500  # characters of prose from which an element that is named like a box may be the story; promotion is shorter
NEARLY_ALL = 4  # … if it holds so many times the prose outside it
GALLERY = 2  # for captions: so many times what else there is, and they are the story
LINKED = 1 / 3  # the share of links from which a text beside the story is no part of it
ROUNDS = 4  # names that one page may carry by mistake; each costs a walk
MIN_STORY = 140  # characters of prose below which a page has no story (two short sentences)
FEW = 2500  # characters of paragraphs below which lines count too: a story of lines has no more text than what is around it
REST = 0.5  # the share of the paragraphs' prose that is left without teasers, at least; else it is a story of links
LONG_BODY = 20_000  # characters of articleBody from which lines are not looked up in it
MIN_OPENING = 16  # letters without which an opening is anybody's
OPENING = 40  # letters by which a paragraph is known again in articleBody
_ASIDE_TAGS = frozenset({"aside", "form", "header", "figcaption"})
_NEVER_TAGS = frozenset({"nav", "footer", "button"})  # these hold no story, however much text stands in them
_ASIDE_NAMES = re.compile(  # a modal by its last word: "modal-enabled" is a state of the page
    r"(?:^|[\s_-])(?:(?:related|recommend(?:ed|ations)?|sidebar|newsletter|promo|teasers?|most-?read|trending|subscribe|"
    r"author-?(?:bio|box|card|info|details|dropdown|profile)|latest-news|breadcrumbs?|d-print-block|print-only)(?:$|[\s_-])|"
    r"modal(?:$|\s))"
)
_NEVER_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-?list|disqus|footer|cookie|consent|onetrust|outbrain|taboola)(?:$|[\s_-])"
)
_WORDS = re.compile(r"\w+")
_LINE_TAGS = frozenset({"p", "li", "blockquote"})  # messages of the page's software stand in others
_ENDS = (".", "!", "?", ":", "…", "”", '"', "’", "'", ")", "。", "！", "？", "」")  # of a line that is prose
_INLINE = frozenset({"b", "strong", "em", "i", "span", "mark", "u", "font"})
MARK = "articleBody"  # schema.org's name for the story
_MARKED = etree.XPath(f"descendant::*[@itemprop='{MARK}']")
_UNLINKED = etree.XPath("descendant::text()[not(ancestor::a or ancestor::script or ancestor::style)]")
_NO_LEAD = ("img", "h1", "h2", "h3", "h4", "button", "svg")
_NUMBERED = re.compile(r"\d")
_Make = tuple[str, str]  # an element's tag, and its class and id
_NEVER: _Make = ("", "")  # stands for what holds no story whatever happens
_PARTS = frozenset({"p", "span", "li", "blockquote"})  # parts of a story, never all of it
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
    body_text, prose = body_text or "", _prose(top)
    found = _region(top, _told(top, prose, body_text, marked=marked) or prose)
    if found.prose >= FEW:
        return found
    story = _lines(top, body_text if len(body_text) <= LONG_BODY else "", marked=marked)
    lines = _region(top, story)
    return lines if _is_nearer(top, lines, story, found) else found


def _told(top: HtmlElement, prose: dict[HtmlElement, int], body_text: str, *, marked: bool) -> dict[HtmlElement, int] | None:
    """The prose that the page itself says is the story; None where it says nothing."""
    return _from_json(prose, body_text) or (_from_markup(top, prose) if marked else None)


def _lines(top: HtmlElement, body_text: str, *, marked: bool) -> dict[HtmlElement, int]:
    """The prose of a story of lines: those that the page says are the story, else those that are no teasers."""
    told = _told(top, _prose(top, lines=True), body_text, marked=marked) if body_text or marked else None
    return told or _prose(top, lines=True, teasers=False)


def _region(top: HtmlElement, story: dict[HtmlElement, int]) -> Region:
    """The smallest element that holds a story; without one, what is around the headline."""
    total = sum(story.values())
    if total >= MIN_STORY:
        return Region(_smallest(top, story), total)
    around = _around_the_headline(top)
    return Region(top, total) if around is None else Region(around, _unlinked(around))


def _is_nearer(top: HtmlElement, lines: Region, story: dict[HtmlElement, int], found: Region) -> bool:
    """Whether what lines say is the story, and not what paragraphs say: it is inside that, or nearer the only headline.

    ``story`` are the lines. Reactions, a shop's terms and tonight's programme are lines too, and more of them than a brief has:
    so no story of paragraphs stands before what is inside; where both are as near, more lines come before the other than behind
    it. Where hardly anything is left without teasers, they are the story.
    """
    if lines.prose < REST * found.prose:
        return False
    if found.element in lines.element.iterancestors():
        paragraphs = {
            node: size for node, size in story.items() if size >= MIN_PARAGRAPH and found.element in node.iterancestors()
        }
        before, behind = _around(top, paragraphs, lines.element)
        return before < max(MIN_STORY, sum(paragraphs.values()) - before - behind)
    head = _only_headline(top)
    if head is None:
        return False
    one, other = _depth_around(head, lines.element), _depth_around(head, found.element)
    before, behind = _around(top, {node: story[node] for node in story if lines.element in node.iterancestors()}, found.element)
    return one > other or (one == other and before > behind)


def _around(top: HtmlElement, story: dict[HtmlElement, int], element: HtmlElement) -> tuple[int, int]:
    """The characters of a story's prose before an element and behind it."""
    before = behind = 0
    is_behind = False
    for node in top.iter(*_PROSE_TAGS, element.tag):
        is_behind = is_behind or node is element
        if node not in story or node is element or element in node.iterancestors():
            continue
        if is_behind:
            behind += story[node]
        else:
            before += story[node]
    return before, behind


def _depth_around(head: HtmlElement, element: HtmlElement) -> int:
    """How deep the smallest element lies that holds both."""
    around = {element, *element.iterancestors()}
    return next(sum(1 for _ in up.iterancestors()) for up in chain((head,), head.iterancestors()) if up in around)


def _only_headline(top: HtmlElement) -> HtmlElement | None:
    """The page's only ``<h1>`` with a text, or the only one in an ``<article>`` or ``<main>``: another may be the logo."""
    heads = [node for node in top.iter("h1") if node.text_content().strip()]
    if len(heads) > 1:
        heads = [node for node in heads if next(node.iterancestors("article", "main"), None) is not None]
    return heads[0] if len(heads) == 1 else None


def _around_the_headline(top: HtmlElement) -> HtmlElement | None:
    """The ``<article>`` or ``<main>`` that has the page's only headline and enough text beside it: scores, a poem, a table."""
    head = _only_headline(top)
    if head is None:
        return None
    least = MIN_STORY + len(head.text_content())
    return next((up for up in head.iterancestors("article", "main") if _unlinked(up) >= least), None)


def _unlinked(node: HtmlElement) -> int:
    """Characters of an element's text outside links."""
    return sum(len(text.strip()) for text in cast("list[str]", _UNLINKED(node)))


def _sole_wrapper(body: HtmlElement) -> HtmlElement | None:
    """The ``<article>`` or ``<main>`` that is all the body has: what an extractor or a CMS hands in."""
    children = [node for node in body if isinstance(node.tag, str) and node.tag not in ("script", "style", "link", "meta")]
    alone = len(children) == 1 and children[0].tag in ("article", "main") and not (body.text or "").strip()
    return children[0] if alone else None


def _prose(top: HtmlElement, *, lines: bool = False, teasers: bool = True) -> dict[HtmlElement, int]:
    """Elements that hold prose directly, with its characters outside links; asides of the page are left out.

    With ``lines`` sentences that stand alone are prose too: a story of short paragraphs has no more text than what is around it.
    Without ``teasers`` what stands under linked headlines in a row is none.

    A name can mislead: ``with-sidebar`` is what the story's own wrapper is called, ``paywall`` each of its paragraphs, and some
    servers put the page in one form. What holds nearly everything is no aside, so that name is not believed on that page.
    """
    believed: set[_Make] = set()
    left_out = None if teasers else Teasers()
    for _ in range(ROUNDS):
        found, asides = _split(top, believed, left_out, lines=lines)
        make, most = max(asides.items(), key=lambda item: item[1], default=(None, 0))
        times = GALLERY if make is not None and make[0] == "figcaption" else NEARLY_ALL
        if make is None or most < MIN_NAMED or most <= times * sum(found.values()):
            break
        believed.add(make)
    return found


def _split(
    top: HtmlElement, believed: set["_Make"], teasers: Teasers | None, *, lines: bool
) -> tuple[dict[HtmlElement, int], dict["_Make", int]]:
    """The prose outside the page's asides, by element, and the characters of that inside them, by what makes them asides."""
    found: dict[HtmlElement, int] = {}
    asides: dict[_Make, int] = defaultdict(int)
    known: dict[HtmlElement, _Make | None] = {top: None}
    for node in top.iter(*_PROSE_TAGS):
        size = _own_text(node)
        if size < MIN_PARAGRAPH and not (lines and size and _is_line(node)):
            continue
        make = _aside(node, known, believed)
        if make is None and teasers is not None and teasers.hold(node):
            continue
        if make is None:
            found[node] = size
        elif make != _NEVER:
            asides[make] += size
    return found, asides


def _is_line(node: HtmlElement) -> bool:
    """Whether a short text is prose for all that: it is marked up as such, and ends as a sentence does."""
    return node.tag in _LINE_TAGS and node.text_content().rstrip().endswith(_ENDS)


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


def _aside(node: HtmlElement, known: dict[HtmlElement, "_Make | None"], believed: set["_Make"]) -> "_Make | None":
    """What makes an element part of an aside: tag and names of the nearest one around it; None in none."""
    path = []
    current: HtmlElement | None = node
    answer: _Make | None = None
    while current is not None:
        if current in known:
            answer = known[current]
            break
        path.append(current)
        make = (current.tag, f"{current.get('class', '')} {current.get('id', '')}".lower())
        if make[0] in _NEVER_TAGS or _NEVER_NAMES.search(make[1]) or (make[0] == "a" and "href" in current.attrib):
            answer = _NEVER
            break
        if make not in believed and (make[0] in _ASIDE_TAGS or _ASIDE_NAMES.search(make[1])):
            answer = make
            break
        current = current.getparent()
    for seen in path:
        known[seen] = answer
    return answer


def _from_json(prose: dict[HtmlElement, int], body_text: str) -> dict[HtmlElement, int] | None:
    """The prose that JSON-LD's articleBody also holds, if that is most of a story."""
    letters = _letters(body_text)
    if len(letters) < MIN_STORY:
        return None
    found = {node: size for node, size in prose.items() if _is_in(letters, _opening(node.text_content()))}
    return found if 2 * sum(found.values()) > len(letters) else None


def _from_markup(top: HtmlElement, prose: dict[HtmlElement, int]) -> dict[HtmlElement, int] | None:
    """The prose inside ``itemprop="articleBody"``, if it is a third of all or more."""
    marked = set(cast("list[HtmlElement]", _MARKED(top)))
    if not marked:
        return None
    found = {node: size for node, size in prose.items() if any(up in marked for up in (node, *node.iterancestors()))}
    return found if 3 * sum(found.values()) > sum(prose.values()) else None


def _is_in(letters: str, opening: str) -> bool:
    return len(opening) >= MIN_OPENING and opening in letters


def _opening(text: str) -> str:
    """The first letters of a text."""
    letters = _letters(text[: 4 * OPENING])
    return (letters if len(letters) >= OPENING else _letters(text))[:OPENING]


def _letters(text: str) -> str:
    return "".join(_WORDS.findall(text)).lower()


def _smallest(top: HtmlElement, story: dict[HtmlElement, int]) -> HtmlElement:
    """Goes down from the top into the heaviest child while it still holds the share of the story."""
    weight = _weights(story)
    total = weight[_densest(top, weight)]
    node = top
    while (child := _heaviest(node, weight)) is not None and weight[child] >= SHARE * total and not _is_led(child, weight):
        node = child
    return node


def _weights(story: dict[HtmlElement, int]) -> dict[HtmlElement, int]:
    """The characters of a story's prose in each element that holds some of it."""
    weight: dict[HtmlElement, int] = defaultdict(int)
    for node, size in story.items():
        for up in (node, *node.iterancestors()):
            weight[up] += size
    return weight


def _densest(top: HtmlElement, weight: dict[HtmlElement, int]) -> HtmlElement:
    """The densest element, reached by always entering a child that holds most and beside which the story does not go on."""
    node = top
    while (child := _heaviest(node, weight)) is not None and weight[child] >= MOST * weight[node]:
        if _beside(node, child, weight) > (1 - SHARE) * weight[node]:
            break
        node = child
    return node


def _beside(node: HtmlElement, child: HtmlElement, weight: dict[HtmlElement, int]) -> int:
    """The characters by which the story goes on beside an element's heaviest child: in a lead, or in another part like it."""
    size, before = 0, True
    for other in node:
        if other is child:
            before = False
        elif weight.get(other) and ((before and _is_lead(other, child)) or _is_alike(other, child)):
            size += weight[other]
    return size


def _is_led(child: HtmlElement, weight: dict[HtmlElement, int]) -> bool:
    """Whether a lead, however short, stands between the headline and an element's heaviest child, and nothing behind that.

    What stands before a byline is a standfirst; and what stands behind the story, a pitch or its author, would be read too.
    """
    if any(isinstance(other.tag, str) and other.text_content().strip() for other in child.itersiblings()):
        return False
    above = (other for other in child.itersiblings(preceding=True) if isinstance(other.tag, str) and other.text_content().strip())
    before = next(above, None)
    if before is None or weight.get(before, 0) < MIN_PARAGRAPH or not _is_lead(before, child):
        return False
    return any(other.tag == "h1" or other.find(".//h1") is not None for other in above)


def _heaviest(node: HtmlElement, weight: dict[HtmlElement, int]) -> HtmlElement | None:
    """The child with most prose, where it is one that a story can stand in."""
    child = max(node, key=lambda child: weight.get(child, 0), default=None)
    if child is None or child not in weight:
        return None
    return None if child.tag in _PARTS and (child.tag != "span" or child.find("p") is None) else child


def _is_lead(other: HtmlElement, child: HtmlElement) -> bool:
    """Whether what stands before the story's heaviest part is its beginning: a paragraph, a quotation, text in such an element.

    What stands bare after a story is about its author, its rights or its sponsors, so nobody asks this of that.
    """
    if other.tag in ("p", "blockquote"):
        return True
    if other.tag != child.tag or next(other.iter(*_NO_LEAD), None) is not None:
        return False
    return _is_text(other)


def _is_alike(other: HtmlElement, child: HtmlElement) -> bool:
    """Whether two elements are of one make, and the other is text more than links."""
    return other.tag == child.tag and _classes(other) == _classes(child) != frozenset() and _is_text(other)


def _classes(node: HtmlElement) -> frozenset[str]:
    """An element's classes, without the number that a page builder gives each."""
    return frozenset(name for name in (node.get("class") or "").split() if not _NUMBERED.search(name))


def _is_text(node: HtmlElement) -> bool:
    """Whether what is inside an element is text more than links."""
    return sum(len(link.text_content()) for link in node.iter("a")) <= LINKED * len(node.text_content())
