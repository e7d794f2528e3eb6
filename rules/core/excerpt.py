"""The story's own stretch of the source: most of a page is not the story, and then need not be taken apart.

It is found by the start tag of the story's element, and taken only if that tag stands in text (in no comment, script or
attribute), if the stretch has the tags that the parser read, in their order, and its text to the letter, and if no other
stretch has them too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice

from lxml.etree import Element
from lxml.html import HtmlElement

from rules.core.markup import Markup, is_in_text, read_markup, start_tag_at
from rules.core.tree import is_tag_of, texts_of

_PLAIN = re.compile(r"[\w .:/-]+", re.ASCII)  # nothing that anybody writes as a reference
_DROPPED = frozenset({"html", "body"})  # a page has one of each; the parser drops the start tags of others inside it
LIKE_IT = 5  # start tags like the story's, at most: each is read up to its end
TRIED = 500  # places of the attribute's value, or of the tag's name, that are looked at
WITHIN = 1_000  # characters of a start tag at most
FIRST = 4  # times the length of the story's text: how far its end is looked for at first
ROOM = 1_000  # characters more, for a story of few words


@dataclass(frozen=True)
class Excerpt:
    """The markup of the story alone; where each of its texts begins in it, and which of its tags opened each element."""

    markup: Markup
    texts: dict[tuple[HtmlElement, bool], int]
    tags: dict[HtmlElement, int]


def cut_out(source: str, story: HtmlElement) -> Excerpt | None:
    """The excerpt of a story; None where it is not certain which stretch of the source the parser made it of."""
    if not isinstance(story.tag, str):
        return None
    starts = list(islice(_starts(source, story), LIKE_IT + 1))
    texts, nodes = texts_of(story), [node for node in story.iter(Element) if node.tag not in _DROPPED]
    said, names = "".join(text for _, _, text in texts), [node.tag for node in nodes]
    if story.tag == "body" and not starts:  # a fragment: the parser made the body up
        made = [read_markup(source)]
    else:
        made = [markup for start in starts if (markup := _element(source, start, FIRST * len(said) + ROOM))]
    alike = [(markup, opening) for markup in made if (opening := _opened(markup, names)) and markup.text.joined == said]
    found = [(markup, opening) for markup, opening in alike if is_in_text(source, markup.offsets[0])]
    if len(starts) > LIKE_IT or len(found) != 1:
        return None
    markup, opening = found[0]
    places = accumulate((len(text) for _, _, text in texts), initial=0)
    at = {(node, tail): place for (node, tail, _), place in zip(texts, places, strict=False)}
    return Excerpt(markup, at, dict(zip(nodes, opening, strict=True)))


def _opened(markup: Markup, names: list[str]) -> list[int]:
    """The indexes of the start tags of which the parser made elements, if these have the names given; else none."""
    opening = [index for index, tag in enumerate(markup.tags) if tag and tag[0] != "/" and tag not in _DROPPED]
    return opening if [markup.tags[index] for index in opening] == names else []


def _starts(source: str, story: HtmlElement) -> Iterator[int]:
    """Where a start tag like the story's stands, be it in a comment, a script or an attribute; nowhere after too many others."""
    name = f"<{story.tag}"
    said = max((str(value) for value in story.attrib.values() if _PLAIN.fullmatch(value)), key=len, default=name)
    at = source.find(said)
    for _ in range(TRIED):
        if at < 0:
            return
        start, after = source.rfind("<", max(0, at - WITHIN), at + 1), at + 1
        if start >= 0 and source[start : start + len(name)].lower() == name:
            tag = start_tag_at(source, start)
            after = max(after, start + len(tag))
            if at + 1 < after and len(tag) <= WITHIN and ("=" in tag) == bool(story.attrib) and is_tag_of(tag, story):
                yield start
        at = source.find(said, after)


def _element(source: str, start: int, size: int) -> Markup | None:
    """The markup from a start tag to the end tag that balances it, looked for ever further; None where there is none."""
    while True:
        markup = read_markup(source, start, start + size)
        last = _balance(markup.tags)
        if last is not None:
            return markup.upto(last)
        if start + size > len(source):
            return None
        size *= 2


def _balance(tags: list[str]) -> int | None:
    """The index of the end tag that balances the first tag, counting tags of its name; None where there is none."""
    name, depth = (tags or [""])[0], 0
    end = f"/{name}"
    for index, tag in enumerate(tags):
        depth += (tag == name) - (tag == end)
        if not depth:
            return index
    return None
