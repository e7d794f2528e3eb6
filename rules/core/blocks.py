"""A tree's blocks in reading order: the text between block boundaries, as a reader sees it."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal, NamedTuple

from lxml.html import HtmlElement

Kind = Literal[
    "headline", "standfirst", "byline", "paragraph", "heading", "list-item", "quote", "caption", "table-cell", "embed",
    "other",
]  # fmt: skip
SKIPPED = frozenset({"script", "style", "template", "noscript", "head", "title", "svg", "math", "datalist", "select"})
EMBEDS = frozenset({"iframe", "embed", "object", "video", "audio"})
BLOCK_LEVEL = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li main menu nav "
    "ol p pre search section summary table tbody td tfoot th thead tr ul textarea embed object video "
    "audio option".split()
)
_KINDS: dict[str, Kind] = {
    "p": "paragraph", "li": "list-item", "dt": "list-item", "dd": "list-item", "blockquote": "quote", "figcaption": "caption",
    "caption": "caption", "td": "table-cell", "th": "table-cell", "iframe": "embed", "embed": "embed", "object": "embed",
    "video": "embed", "audio": "embed", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading",
    "h5": "heading", "h6": "heading",
}  # fmt: skip
_SPACE = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")  # what is not a single space already
_FOLDED = re.compile(r"[ \t\n\r\f\v]{2,}")
_STRAIGHT = (
    ("’", "'"), ("‘", "'"), ("‛", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("\u00a0", " "), ("\u202f", " "),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|is-hidden|hidden|d-none|w-form-fail|w-form-done)"
    r"(?=\s|$)(?!.*(?::|\bd-(?:sm|md|lg|xl|xxl)-)(?:block|flex|grid|inline|table))",  # "hidden md:block" shows on wide screens
    re.IGNORECASE | re.DOTALL,
)
PARTS = 12  # of a line of buttons, at most
_JOINT = re.compile(r"(?<=[a-z\d)])(?=[A-Z])|(?<=[a-z]X)(?=[A-Z][a-z])")  # where a scraper glued two labels: "ShareSave"
_INNER_CAPITALS = re.compile(r"WhatsApp|YouTube|LinkedIn|TikTok|SoundCloud|WeChat")  # of one label
GLUED = 20  # words of a line of labels that were glued together, at most
BREAK = "\v"  # stands for <br> inside a block until its text is collapsed; never in HTML text that was parsed


class Run(NamedTuple):
    """A stretch of character data in the tree: an element's text, its tail, or a ``<br>``."""

    node: HtmlElement | None  # None in plain text
    tail: bool
    text: str
    linked: bool


class Surroundings(NamedTuple):
    """What is known of an element and everything around it inside the story's region."""

    ancestors: tuple[HtmlElement, ...] = ()  # the element first
    tags: frozenset[str] = frozenset()
    names: str = ""
    hidden: bool = False


@dataclass(frozen=True, eq=False)
class Block:
    """One block of the article: ``text`` as a reader sees it (``<br>`` is a line feed), and where it stands."""

    index: int
    kind: Kind
    text: str
    element: HtmlElement | None  # the innermost element that holds all of it; None in plain text
    runs: tuple[Run, ...] = ()
    region: HtmlElement | None = field(default=None, repr=False)
    start: int = 0  # of plain text: where it stands in the source, line ends counted as one character
    sifted: dict[int, frozenset[int]] = field(default_factory=dict, repr=False)  # what ``sieve`` found in its text
    said: list[dict[str, Any]] = field(default_factory=list, repr=False)  # what ``residue`` found in it, once it was asked
    known: dict[HtmlElement, Surroundings] = field(default_factory=dict, repr=False)  # of all the article's elements asked for

    @cached_property
    def key(self) -> str:
        """The text for comparing (``normalised``)."""
        return normalised(self.text)

    @cached_property
    def parted(self) -> str:
        """The key with a mark between its parts, in a line of few; "" where it has none.

        Each part is an element of its own or, where that is not so, begins with a capital that was glued to what stands before
        it ("ShareSaveComment").
        """
        runs = [run for run in self.runs if run.text.strip()] if len(self.runs) > 1 else []
        if not 1 < len(runs) <= PARTS or any(run.tail or run.node is None or run.node is self.element for run in runs):
            return self._unglued()
        in_words = sum(any(map(str.isalpha, run.text)) for run in runs)
        return normalised(fold(" • ".join(run.text for run in runs))) if 2 * in_words >= len(runs) else ""

    def _unglued(self) -> str:
        if self.words > GLUED:
            return ""
        labels = _JOINT.split(_INNER_CAPITALS.sub(lambda name: name[0].capitalize(), self.text))
        return normalised(" • ".join(labels)) if 2 < len(labels) <= PARTS else ""  # of two a name may be made: "NewsNation"

    @property
    def tag(self) -> str:
        """The element's tag; ``p`` in plain text."""
        return str(self.element.tag) if self.element is not None else "p"

    @property
    def ancestors(self) -> tuple[HtmlElement, ...]:
        """The elements around the text, innermost first, up to and without the story's region."""
        return self._surroundings.ancestors

    @property
    def tags(self) -> frozenset[str]:
        """The tags of ``ancestors``."""
        return self._surroundings.tags

    @property
    def names(self) -> str:
        """What names the element and those around it, lower case: custom tags, class, id, role, component, test id."""
        return self._surroundings.names

    @property
    def hidden(self) -> bool:
        """Whether attributes, style or class say that a reader does not see it."""
        return self._surroundings.hidden

    @cached_property
    def _surroundings(self) -> Surroundings:
        """Each element is looked at once, whichever blocks it stands around."""
        path: list[HtmlElement] = []
        node = self.element
        while node is not None and node is not self.region and node.tag not in ("body", "html") and node not in self.known:
            path.append(node)
            node = node.getparent()
        around = Surroundings() if node is None else self.known.get(node, Surroundings())
        for node in reversed(path):
            tag, attributes = str(node.tag), dict(node.items())
            names = _names(tag, {**attributes, "id": ""} if _is_anchored(node) else attributes)
            around = self.known[node] = Surroundings(
                (node, *around.ancestors),
                around.tags if tag in around.tags else around.tags | {tag},
                f"{names} {around.names}" if around.ancestors else names,
                around.hidden or _is_hidden(attributes),
            )
        return around

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Where the links in it and around it lead, as written."""
        inside = self.element.iter("a") if self.element is not None and self.link_share else ()
        around = (node for node in self.ancestors if node.tag == "a")
        return tuple(node.attrib["href"] for node in (*inside, *around) if "href" in node.attrib)

    @cached_property
    def link_share(self) -> float:
        """The share of the block's characters that stand in links, 0 to 1."""
        linked = sum(len(run.text.strip()) for run in self.runs if run.linked)
        return linked / sum(len(run.text.strip()) for run in self.runs) if linked else 0.0

    @cached_property
    def words(self) -> int:
        """How many words, by white space."""
        return len(self.text.split())

    def offset(self, at: int) -> int:
        """Where the character ``text[at]`` stands in the runs' texts joined."""
        starts, shifts = self._folds
        return at + shifts[bisect_right(starts, at) - 1]

    def links_within(self, start: int, end: int) -> bool:
        """Whether words of ``text[start:end]`` are a link's."""
        first, last = self.offset(start), self.offset(end - 1)
        touched = self.runs[bisect_right(self._starts, first) - 1 : bisect_right(self._starts, last)]
        return any(run.linked and run.text.strip() for run in touched)

    def run_at(self, offset: int) -> tuple[Run, int] | None:
        """The run that holds a character of the runs' texts joined, and which of its own characters that is."""
        number = bisect_right(self._starts, offset) - 1
        if number >= len(self.runs):  # it has none
            return None
        run, within = self.runs[number], offset - self._starts[number]
        return (run, within) if within < len(run.text) else None

    @cached_property
    def _starts(self) -> list[int]:
        """Where each run's text starts in all of them joined."""
        return list(accumulate((len(run.text) for run in self.runs[:-1]), initial=0))

    @cached_property
    def _folds(self) -> tuple[list[int], list[int]]:
        return folds("".join(run.text for run in self.runs))


def folds(raw: str) -> tuple[list[int], list[int]]:
    """Starts and shifts: from ``starts[i]`` on, a character of ``fold(raw)`` stands ``shifts[i]`` further on in ``raw``."""
    lead = len(raw) - len(raw.lstrip(" \t\n\r\f\v"))
    starts, shifts, shift = [0], [lead], lead
    for match in _FOLDED.finditer(raw, lead):
        place = match.start() - shift  # of the one character that stands for them all
        shift += len(match[0]) - 1
        broken = max(0, match[0].find(BREAK))
        starts += [place, place + 1] if broken else [place + 1]
        shifts += [match.start() - place + broken, shift] if broken else [shift]
    return starts, shifts


def fold(raw: str) -> str:
    """Text as a reader sees it: white space folded to a space, or to a line feed where there is a BREAK; none at the ends."""
    if BREAK not in raw:
        return _SPACE.sub(" ", raw).strip(" ")
    return "\n".join(filter(None, (_SPACE.sub(" ", line).strip(" ") for line in raw.split(BREAK))))


def normalised(text: str) -> str:
    """Text for comparing: lower case, straight quotes, single spaces."""
    if not text.isascii():
        for mark, straight in _STRAIGHT:
            text = text.replace(mark, straight)
    return _SPACE.sub(" ", text).strip().lower()


def read_blocks(region: HtmlElement) -> tuple[Block, ...]:
    """The blocks below ``region`` in reading order."""
    return tuple(_Walk(region).blocks())


class _Walk:
    """One walk over the tree; a block ends wherever a block-level element begins or ends, and at two ``<br>`` in a row."""

    def __init__(self, region: HtmlElement) -> None:
        self.region = region
        self.made: list[Block] = []
        self.runs: list[Run] = []
        self.seen_headline = False
        self.known: dict[HtmlElement, Surroundings] = {}

    def blocks(self) -> list[Block]:
        self._enter(self.region, linked=False)
        self._flush(self.region)
        return self.made

    def _enter(self, node: HtmlElement, *, linked: bool) -> None:
        if node.text:
            self.runs.append(Run(node, False, node.text, linked))
        for child in node:
            if isinstance(child.tag, str):
                self._child(child, node, linked=linked)
            if child.tail:
                self.runs.append(Run(child, True, child.tail, linked))

    def _child(self, child: HtmlElement, parent: HtmlElement, *, linked: bool) -> None:
        tag = child.tag
        if tag in SKIPPED:
            return
        if tag == "br":
            self._break(child, parent)
        elif tag in BLOCK_LEVEL:
            self._flush(parent)
            self._block(child, linked=linked)
            self._flush(child)
        else:
            self._enter(child, linked=linked or tag == "a")

    def _block(self, child: HtmlElement, *, linked: bool) -> None:
        if child.tag in EMBEDS:
            self._make("embed", "", child, ())
            if child.tag != "iframe":  # what a browser shows only where it cannot play: seen by scrapers and old readers
                self._enter(child, linked=linked)
            return
        self._enter(child, linked=linked)

    def _break(self, node: HtmlElement, parent: HtmlElement) -> None:
        said = next((run.text for run in reversed(self.runs) if run.text.strip(" \t\r\n\f")), None)
        if said == BREAK:
            self._flush(_block_ancestor(parent))
            return
        self.runs.append(Run(node, False, BREAK, False))

    def _flush(self, holder: HtmlElement) -> None:
        runs, self.runs = self.runs, []
        text = fold("".join(run.text for run in runs))
        if not text:
            return
        element = _block_ancestor(holder)
        self._make(self._kind(element), text, element, tuple(runs))

    def _make(self, kind: Kind, text: str, element: HtmlElement, runs: tuple[Run, ...]) -> None:
        self.made.append(Block(len(self.made), kind, text, element, runs, self.region, known=self.known))

    def _kind(self, element: HtmlElement) -> Kind:
        node: HtmlElement | None = element
        inner = _KINDS.get(str(element.tag))
        while node is not None and node is not self.region:
            tag = str(node.tag)
            if tag == "h1" and not self.seen_headline:
                self.seen_headline = True
                return "headline"
            if tag in ("figcaption", "blockquote", "td", "th", "li") and inner in (None, "paragraph"):
                return _KINDS[tag]
            node = node.getparent()
        return inner or ("paragraph" if element is self.region else "other")


def _block_ancestor(node: HtmlElement) -> HtmlElement:
    while node.tag not in BLOCK_LEVEL:
        parent = node.getparent()
        if parent is None:
            return node
        node = parent
    return node


def _names(tag: str, attributes: dict[str, str]) -> str:
    words = [tag] if "-" in tag else []
    words += [attributes[name] for name in ("class", "id", "role", "data-component", "data-testid") if name in attributes]
    return " ".join(words).lower()


def _is_anchored(node: HtmlElement) -> bool:
    """Whether a heading's id is made of its own words, as Ghost and Markdown make it: it names no box, it repeats the text."""
    made = _WORD.findall(node.get("id", "").lower()) if node.tag in _HEADINGS else []
    return bool(made) and not set(made) - set(_WORD.findall(node.text_content().lower()))


def _is_hidden(attributes: dict[str, str]) -> bool:
    if "hidden" in attributes or ("style" in attributes and _HIDDEN_STYLE.search(attributes["style"])):
        return True
    return "class" in attributes and _HIDDEN_CLASS.search(attributes["class"]) is not None
